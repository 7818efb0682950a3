"""How far a model's waypoints are from an expert's, moment by moment, without driving. Source: Bansal et al. 2018, section 6.5.

It ranks models wrongly, as the paper shows: M0 is ahead of M4 here, and far behind it on the road. It is printed to be compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.spec import ChauffeurSpec

EXAMPLES: Final = 10_000
"""The paper's number."""
WARNING: Final = (
    "This table ranks models wrongly: it says how well a model goes on with what an expert did, not how it drives where its own driving "
    "has led it. In the paper M0 is ahead of M4 here, and far behind it in closed loop."
)


@dataclass(frozen=True)
class OpenLoop:
    """One model on one set of examples."""

    agent: str
    data: str
    """`clean` or `perturbed`."""
    l2_m: tuple[float, ...]
    """Mean distance of each waypoint from the driven one, m; w0 first."""
    metres_per_pixel: float
    examples: int
    """Those whose waypoints are all known."""

    @property
    def l2_px(self) -> tuple[float, ...]:
        """Likewise, pixels of the model's own raster."""
        return tuple(one / self.metres_per_pixel for one in self.l2_m)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "agent": self.agent, "data": self.data, "examples": self.examples, "metres_per_pixel": self.metres_per_pixel,
            "l2_m": [round(one, 6) for one in self.l2_m], "l2_px": [round(one, 6) for one in self.l2_px],
        }  # fmt: skip


def distances(predicted: Tensor, batch: Batch) -> NDArray[np.float64]:
    """[n, N] pixels between waypoints predicted [B, N, 2] and driven, of the n examples of which all waypoints are known."""
    whole = batch.known.all(dim=1)
    apart = torch.linalg.vector_norm(predicted.double() - batch.waypoints.double(), dim=-1)
    found: NDArray[np.float64] = apart[whole].cpu().numpy()
    return found


def judge(
    agent: str, data: str, spec: ChauffeurSpec, batches: Iterable[Batch], predict: Callable[[Tensor], Tensor]
) -> OpenLoop:
    """Mean distances over all batches. predict: waypoints [B, N, 2] in pixels from rasters uint8 [B, C, H, W]."""
    sums, count = np.zeros(spec.waypoints), 0
    for batch in batches:
        apart = distances(predict(batch.raster), batch)
        sums += apart.sum(axis=0)
        count += len(apart)
    metres = spec.raster.metres_per_pixel
    return OpenLoop(agent, data, tuple((sums / max(count, 1) * metres).tolist()), metres, count)


def by_data(found: Iterable[OpenLoop]) -> Mapping[str, list[OpenLoop]]:
    """Models of each set of examples."""
    sets: dict[str, list[OpenLoop]] = {}
    for one in found:
        sets.setdefault(one.data, []).append(one)
    return sets
