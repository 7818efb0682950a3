"""Takes the action that its network holds to be worth most. Source: Mnih et al. 2015 (Nature 518)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agents.explaining import Explainable
from agents.interface import Batch, Interface
from agents.learning.observing import known
from agents.value_based.networks import QNetwork
from agents.value_based.spec import QSpec, read_policy, write_policy
from sim_suite.errors import SuiteError


class QAgent:
    """Greedy on a Q-network. It never explores: a suite that asks for an epsilon mixes random actions in itself."""

    def __init__(self, spec: QSpec, network: QNetwork) -> None:
        """network: one of the spec's, used as it is."""
        self.interface = Interface(spec.view, "discrete")
        self.spec = spec
        self.network = network

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Actions [B] int64 for observations [B, ...] in the declared view: the first of the best, whether `deterministic` or not."""
        return self.q_values(observation).argmax(axis=1), state

    def q_values(self, observations: Batch) -> NDArray[np.float32]:
        """What each action is worth, [B, A] float32: the discounted sum of what the training rewarded.

        observations: [B, ...] in the declared view. Raises `SuiteError` for others than those of training.
        """
        return values_of(self.network, self.spec, known(observations, self.spec.shape, self.spec.states))

    def explainable(self, actions: Sequence[str]) -> Explainable:
        """See `agents.explaining`. Raises `SuiteError` where there are more or fewer names than actions."""
        spec = self.spec
        if len(actions) != spec.actions:
            raise SuiteError(
                f"this network values {spec.actions} actions, so that {len(actions)} names do not fit: {list(actions)}."
            )

        def prepare(observation: Batch) -> Tensor:
            device = next(self.network.parameters()).device
            return spec.prepare(torch.as_tensor(np.asarray(observation), device=device))

        pictures = spec.view.kind == "pixels"
        return Explainable(
            self.network.eval(), prepare, self.network, tuple(actions), "action value",
            choices=(tuple(range(spec.actions)),), colours=(1 if spec.view.grey else 3) if pictures else 0,
        )  # fmt: skip

    def torch_module(self) -> tuple[nn.Module, Tensor]:
        """The policy as one graph, and an example of its input; see `agents.export`."""
        return _Graph(self.spec, self.network).eval(), self.spec.example()

    def save(self, folder: Path) -> None:
        """Write model.safetensors and policy.json into an existing folder."""
        write_policy(folder, self.spec, self.network)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> QAgent:
        """Read what `save` wrote. Raises `DamagedFileError` when the files are not that."""
        spec, network = read_policy(folder)
        return cls(spec, network.to(torch.device(device)))


def values_of(network: QNetwork, spec: QSpec, observations: NDArray[Any]) -> NDArray[np.float32]:
    """Action values [B, A] float32 on the host of observations [B, *shape], in the arithmetic of the network's numbers."""
    weight = next(network.parameters())
    with torch.inference_mode():
        values = network(spec.prepare(torch.from_numpy(observations).to(weight.device), weight.dtype))
    found: NDArray[np.float32] = values.float().cpu().numpy()
    return found


class _Graph(nn.Module):
    """observation [B, ...] -> (action [B], values [B, A])."""

    input_names = ("observation",)
    output_names = ("action", "values")

    def __init__(self, spec: QSpec, network: QNetwork) -> None:
        super().__init__()
        self.network = network
        self.states = spec.states
        self._spec = spec

    def forward(self, observation: Tensor) -> tuple[Tensor, Tensor]:
        values = self.network(self._spec.prepare(observation))
        return values.argmax(dim=1), values
