"""A cloned policy: what it looks at, its network, and what its outputs mean. Kept as policy.json beside model.safetensors. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.imitation.action_grid import ActionGrid
from agents.imitation.heads import Act, ClassesHead, Head, HeadName, HillHead, RegressionHead
from agents.imitation.networks import NETWORKS
from sim_suite.envs.views import View
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.learning.weights import load_weights, save_weights

MODEL: Final = "model.safetensors"
POLICY: Final = "policy.json"
_FORMAT: Final = 1


@dataclass(frozen=True)
class PolicySpec:
    """All that a policy is besides its numbers."""

    policy: str
    """Name of the network."""
    head: HeadName
    view: View
    shape: tuple[int, ...]
    """Of one observation, as the view shows it."""
    grid: ActionGrid
    """The actions of heads that choose; of a regression, only how many columns there are."""
    low: tuple[float, ...]
    high: tuple[float, ...]
    """Bounds of the action; empty for whole numbers."""
    act: Act = "mean"
    hidden_rows: int = 0

    def __post_init__(self) -> None:
        if self.head != "classes" and self.grid.whole:
            raise SuiteError(
                f"head = {self.head!r} needs continuous actions; choose head = 'classes' for whole numbers."
            )
        if self.picture[1] - self.hidden_rows < 1:
            raise SuiteError(f"hidden_rows is {self.hidden_rows}, but a picture has only {self.picture[1]} rows.")

    @property
    def picture(self) -> tuple[int, int, int]:
        """(channels, height, width) of what the network is shown, before rows are cut off."""
        shape = self.shape
        if self.view.kind == "raster":
            return (shape[0], shape[1], shape[2])
        if self.view.grey:
            return (self.view.stack, shape[-2], shape[-1])
        return (3 * self.view.stack, shape[-3], shape[-2])

    def uncut(self, observation: Tensor) -> Tensor:
        """Observations [B, *shape] uint8 as pictures [B, C, H, W] uint8."""
        batch = len(observation)
        if self.view.kind == "pixels" and not self.view.grey:
            stacked = observation.reshape(batch, self.view.stack, *self.picture[1:], 3)
            observation = stacked.permute(0, 1, 4, 2, 3)
        return observation.reshape(batch, *self.picture)

    def cut(self, pictures: Tensor) -> Tensor:
        """Pictures [B, C, H, W] without the rows that are cut off."""
        return pictures[:, :, : self.picture[1] - self.hidden_rows]

    def head_of(self, weights: Sequence[Tensor] | None = None) -> Head:
        """The head; weights of classes for training."""
        if self.head == "classes":
            return ClassesHead(self.grid, "likeliest" if self.grid.whole else self.act, weights)
        if self.head == "hill":
            return HillHead(self.grid)
        return RegressionHead(np.asarray(self.low, np.float32), np.asarray(self.high, np.float32))

    def network(self, dropout: float = 0.0) -> nn.Module:
        """A fresh network. Its weights come from torch's global generator."""
        channels, height, width = self.picture
        return NETWORKS[self.policy](channels, (height - self.hidden_rows, width), self.head_of().outputs, dropout)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "format": _FORMAT, "policy": self.policy, "head": self.head, "view": self.view.to_dict(), "shape": list(self.shape),
            "grid": self.grid.to_dict(), "low": list(self.low), "high": list(self.high), "act": self.act,
            "hidden_rows": self.hidden_rows,
        }  # fmt: skip

    @staticmethod
    def from_dict(data: dict[str, Any], where: str) -> PolicySpec:
        """The inverse of `to_dict`. Raises `DamagedFileError` for what is no policy."""
        try:
            if data["format"] != _FORMAT or data["policy"] not in NETWORKS or data["head"] not in get_args(HeadName):
                raise ValueError(f"format {data['format']}, policy {data['policy']!r}, head {data['head']!r}")
            return PolicySpec(
                data["policy"], data["head"], View.from_dict(data["view"]), tuple(data["shape"]),
                ActionGrid.from_dict(data["grid"]), tuple(data["low"]), tuple(data["high"]), data["act"], data["hidden_rows"],
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedFileError(
                f"{where} describes no cloned policy ({error}). Restore it from a copy or train anew."
            ) from error


def forward(network: nn.Module, spec: PolicySpec, pictures: Tensor) -> Tensor:
    """Raw outputs [B, outputs] of pictures [B, C, H, W] uint8."""
    floats = pictures.to(torch.float32, memory_format=torch.channels_last) / 255
    return cast("Tensor", network(floats))


def write_policy(folder: Path, spec: PolicySpec, network: nn.Module) -> None:
    """Write policy.json and model.safetensors into an existing folder."""
    write_json(folder / POLICY, spec.to_dict())
    save_weights(network, folder / MODEL)


def read_policy(folder: Path) -> tuple[PolicySpec, nn.Module]:
    """The inverse of `write_policy`. Raises `DamagedFileError` for numbers that do not fit."""
    spec = PolicySpec.from_dict(read_json(folder / POLICY), str(folder / POLICY))
    network = spec.network()
    load_weights(network, folder / MODEL)
    return spec, network


def bounds_of(space: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Low and high of a space of floats; empty for whole numbers."""
    if not hasattr(space, "low"):
        return (), ()
    low: NDArray[Any] = space.low
    return tuple(low.tolist()), tuple(space.high.tolist())
