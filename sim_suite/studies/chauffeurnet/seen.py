"""What a ChauffeurNet says at one moment, as arrays to be drawn. Source: Bansal et al. 2018, figures 1 and 2."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from agents.imitation.chauffeurnet.nets.model import ChauffeurNet
from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.imitation.chauffeurnet.spec import ChauffeurSpec

Floats = NDArray[np.float32]


@runtime_checkable
class Foreseeing(Protocol):
    """An agent that says where it means to go: `agents.imitation.chauffeurnet.agent.ChauffeurAgent`, or one of your own."""

    policy: Any
    """Whose `spec` is a `ChauffeurSpec`: policies of networks differ in all else."""
    network: nn.Module

    def foresee(self, rasters: NDArray[np.uint8]) -> Prediction:
        """What the network says of rasters [B, C, H, W]; on the CPU."""
        ...


class Seen(NamedTuple):
    """N waypoints on a grid [h, w]; None: this network does not say it."""

    raster: NDArray[np.uint8]
    """[C, H, W] What it was shown."""
    places: Floats | None
    """[N, h, w] P_k: chances that sum to 1 over the grid."""
    waypoints: Floats
    """[N, 2] p_k: row and column, pixels of the raster."""
    boxes: Floats
    """[N, h, w] B_k, 0 to 1."""
    objects: Floats | None
    """[N, h, w] Obj_k, 0 to 1."""
    road: Floats | None
    """[h, w] Road, 0 to 1."""


def foreseeing(agent: object) -> Foreseeing | None:
    """The agent, where it is one that says where it means to go."""
    return agent if isinstance(agent, Foreseeing) else None


def look(agent: Foreseeing, raster: NDArray[np.uint8]) -> Seen:
    """Ask for all that can be said of one raster [C, H, W], by the co-trained parts too."""
    spec: ChauffeurSpec = agent.policy.spec
    said = agent.foresee(raster[None])
    places = None if said.place_logits is None else said.place_logits[0].float().flatten(1).softmax(1)
    road, objects = _around(agent.network, spec, raster)
    return Seen(
        raster=raster,
        places=None if places is None else _array(places.view(-1, *spec.grid)),
        waypoints=_array(said.waypoints[0]),
        boxes=_array(said.boxes[0]),
        objects=objects,
        road=road,
    )


def _around(network: nn.Module, spec: ChauffeurSpec, raster: NDArray[np.uint8]) -> tuple[Floats | None, Floats | None]:
    """(Road, Obj_1..Obj_N) of a network that has learned them: it is not asked for them while it drives."""
    if not isinstance(network, ChauffeurNet):
        return None, None
    given = torch.from_numpy(np.ascontiguousarray(raster))[None].to(next(network.parameters()).device)
    training = network.training
    network.eval()
    with torch.inference_mode():
        features = network.features(given)
        road = _array(network.road(features).sigmoid()[0]) if network.says_road else None
        objects = _array(network.perception(features, _now(given, spec)).sigmoid()[0]) if network.says_objects else None
    network.train(training)
    return road, objects


def _now(raster: torch.Tensor, spec: ChauffeurSpec) -> torch.Tensor:
    """Obj_0 [B, h, w]: the share of each cell that others cover now, from the raster; nobody where it does not show them."""
    if "actors_0" not in spec.raster.channels:
        return torch.zeros(len(raster), *spec.grid, device=raster.device)
    plane = (raster[:, [spec.raster.channels.index("actors_0")]] > 0).float()
    return functional.avg_pool2d(plane, spec.stride)[:, 0]


def _array(tensor: torch.Tensor) -> Floats:
    found: Floats = tensor.float().cpu().numpy()
    return found
