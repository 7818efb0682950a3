"""What an explanation found, and how it lies on disk: explanation.json for the figures, maps.safetensors for the maps. Source: ours."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.explaining import Meaning
from sim_suite.studies.explain.ablation import Ablation
from sim_suite.studies.explain.options import ExplainOptions

Floats = NDArray[np.float32]
DIGITS = 6
"""Significant digits of figures in JSON: what float32 holds."""


@dataclass(frozen=True)
class Moment:
    """One step of the episode."""

    step: int
    did: str
    """The action, in words."""
    outputs: tuple[float, ...]
    """All outputs, as named in `Explanation.outputs`."""
    frame: NDArray[np.uint8] | None
    """[H, W, 3] RGB: of pictures the newest one that the network is shown, of vectors the environment's own; None where there is none."""


@dataclass(frozen=True)
class Asked:
    """One output that is explained, at all moments."""

    name: str
    columns: tuple[int, ...]
    """Which output it is, by moment: the chosen one may change."""
    gradient: Floats
    """[M, H, W] largest magnitude over channels, in output units for the input's whole range; of vectors [M, D], signed, times the
    input's standard deviation over the episode."""
    hidden: Floats
    """[M, H, W] or [M, D] output as it is minus output with the place hidden, or with the input at its mean over the episode."""
    by_frame: Floats | None
    """[M, S] share of the gradient's magnitude on each frame of the stack, the newest last; None where there is no stack."""


@dataclass(frozen=True)
class Explanation:
    """All of it."""

    agent: str
    """As it was named."""
    env: str
    env_kwargs: dict[str, Any]
    options: ExplainOptions
    meaning: Meaning
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    """Names of the inputs of a vector; empty for pictures."""
    steps: int
    """Of the episode."""
    episode_return: float
    moments: tuple[Moment, ...]
    asked: tuple[Asked, ...]
    ablation: Ablation | None

    @property
    def is_picture(self) -> bool:
        """Whether the network is shown pictures."""
        return not self.inputs

    def output_at(self, asked: Asked, moment: int) -> tuple[str, float]:
        """Name and value of what is asked about at a moment."""
        column = asked.columns[moment]
        return self.outputs[column], self.moments[moment].outputs[column]


def to_json(found: Explanation) -> dict[str, Any]:
    """Plain data; maps of pictures are left to `tensors`. Equal findings give equal data."""
    moments = []
    for place, moment in enumerate(found.moments):
        asked = []
        for one in found.asked:
            name, value = found.output_at(one, place)
            row: dict[str, Any] = {"asked": one.name, "output": name, "value": _plain(value)}
            if found.is_picture:
                row["largest_gradient"] = _plain(one.gradient[place].max())
                row["most_gained"], row["most_lost"] = _plain(one.hidden[place].max()), _plain(one.hidden[place].min())
            else:
                row["gradient_times_deviation"] = _named(found.inputs, one.gradient[place])
                row["lost_without"] = _named(found.inputs, one.hidden[place])
            if one.by_frame is not None:
                row["gradient_by_frame"] = [_plain(share) for share in one.by_frame[place]]
            asked.append(row)
        moments.append(
            {
                "step": moment.step,
                "action": moment.did,
                "outputs": _named(found.outputs, moment.outputs),
                "asked": asked,
            }
        )
    return {
        "agent": found.agent,
        "env": found.env,
        "env_kwargs": found.env_kwargs,
        "options": asdict(found.options),
        "meaning": found.meaning,
        "steps": found.steps,
        "return": _plain(found.episode_return),
        "moments": moments,
        "ablation": None if found.ablation is None else _ablation(found.ablation),
    }


def tensors(found: Explanation) -> dict[str, Floats]:
    """Maps of pictures, [M, H, W] float32, by `gradient.` or `hidden.` and the name of the output."""
    if not found.is_picture:
        return {}
    return {
        f"{kind}.{one.name}": np.ascontiguousarray(value, np.float32)
        for one in found.asked
        for kind, value in (("gradient", one.gradient), ("hidden", one.hidden))
    }


def _ablation(found: Ablation) -> dict[str, Any]:
    return {
        "seeds": list(found.seeds),
        "returns": [_plain(value) for value in found.whole],
        "parts": [
            {
                "name": loss.name,
                "weights": loss.layer.path,
                "shape": list(loss.layer.shape),
                "channels": [loss.channels.start, loss.channels.stop],
                "returns": [_plain(value) for value in loss.returns],
                "change": loss.change.to_dict(),
            }
            for loss in found.losses
        ],
    }


def _named(names: tuple[str, ...], values: Any) -> dict[str, float]:
    return {name: _plain(value) for name, value in zip(names, values, strict=True)}


def _plain(value: Any) -> float:
    return float(f"{float(value):.{DIGITS}g}")
