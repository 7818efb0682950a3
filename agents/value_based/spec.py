"""All that a Q-network is besides its numbers: what it is shown, what it chooses among, how it is built. Source: ours.

policy.json         the spec
model.safetensors   the network
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from gymnasium import spaces
from torch import Tensor

from agents.interface import Task
from agents.learning.observing import example, prepare, seen_in
from agents.value_based.networks import QNetwork
from sim_suite.envs.views import View
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.learning.weights import load_weights, save_weights

MODEL: Final = "model.safetensors"
POLICY: Final = "policy.json"
_FORMAT: Final = 1


@dataclass(frozen=True)
class QSpec:
    """A Q-network without its numbers."""

    view: View
    shape: tuple[int, ...]
    """Of one observation, as the view shows it; () for a number."""
    states: int
    """How many numbers there are where it observes one, from 0; 0 for arrays."""
    actions: int
    hidden: tuple[int, ...]
    """Widths of the dense layers."""
    layer_norm: bool
    dueling: bool

    def network(self) -> QNetwork:
        """A fresh network. Its weights come from torch's global generator."""
        seen = self.prepare(self.example()).shape[1:]
        return QNetwork(tuple(seen), self.actions, self.hidden, self.layer_norm, self.dueling)

    def prepare(self, observations: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
        """Observations [B, *shape] as the network is shown them: numbers one-hot [B, states], pictures [B, C, H, W] in 0..1."""
        return prepare(observations, self.view, self.states, dtype)

    def example(self) -> Tensor:
        """One observation of zeros, with a batch of 1."""
        return example(self.view, self.shape, self.states)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        plain = {**asdict(self), "view": self.view.to_dict(), "format": _FORMAT}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}

    @staticmethod
    def from_dict(data: dict[str, Any], where: str) -> QSpec:
        """The inverse of `to_dict`. Raises `DamagedFileError` for what is no Q-network."""
        try:
            if data["format"] != _FORMAT:
                raise ValueError(f"format {data['format']}")
            return QSpec(
                View.from_dict(data["view"]), tuple(data["shape"]), data["states"], data["actions"], tuple(data["hidden"]),
                data["layer_norm"], data["dueling"],
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedFileError(
                f"{where} describes no Q-network ({error}). Restore it from a copy or train anew."
            ) from error


def spec_for(task: Task, view: View, hidden: tuple[int, ...], layer_norm: bool, dueling: bool) -> QSpec:
    """The spec for a task. Raises `SuiteError` where actions are not numbered from 0, and for observations of other kinds."""
    seen = seen_in(task, view, "value-based agents")
    acted = seen.acted
    if not isinstance(acted, spaces.Discrete) or acted.start != 0:
        raise SuiteError(
            f"value-based agents choose among actions numbered from 0; {task.env_id} has {acted}. Take a method for "
            f"continuous actions, such as sb3-sac."
        )
    return QSpec(view, seen.shape, seen.states, int(acted.n), hidden, layer_norm, dueling)


def write_policy(folder: Path, spec: QSpec, network: QNetwork) -> None:
    """Write policy.json and model.safetensors into an existing folder."""
    write_json(folder / POLICY, spec.to_dict())
    save_weights(network, folder / MODEL)


def read_policy(folder: Path) -> tuple[QSpec, QNetwork]:
    """The inverse of `write_policy`. Raises `DamagedFileError` for numbers that do not fit."""
    spec = QSpec.from_dict(read_json(folder / POLICY), str(folder / POLICY))
    network = spec.network()
    load_weights(network, folder / MODEL)
    return spec, network
