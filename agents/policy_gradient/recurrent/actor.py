"""Draws actions of a policy that remembers, in training. Source: ours; network.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from agents.policy_gradient.acting import Actor, Floats
from agents.policy_gradient.distributions import Distribution
from agents.policy_gradient.recurrent.memory import wiped
from agents.policy_gradient.recurrent.network import RecurrentNetwork
from agents.policy_gradient.spec import PolicySpec


class RecurrentActor(Actor):
    """The network as it is, noise, and what it remembers of the episode in each of E environments."""

    def __init__(self, spec: PolicySpec, network: RecurrentNetwork, count: int, hold: int) -> None:
        """count: E; hold: steps for which noise of continuous actions is held."""
        super().__init__(spec, network, count, hold)
        self._host = None  # numpy's network remembers nothing
        self._recurrent = network
        self._state = network.blank(count)

    @property
    def memory(self) -> Floats:
        """[E, R, 2, H] float32: the state before the next step; where an episode begins with that, it is not wiped yet."""
        kept: Floats = self._state.cpu().numpy()
        return kept

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `restore` needs, by name."""
        return super().arrays() | {"memory": self.memory}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """The inverse of `arrays`."""
        super().restore(arrays)
        self._state = torch.from_numpy(arrays["memory"]).to(self._device)

    def _distribution(self, shown: torch.Tensor, begun: NDArray[np.bool_]) -> tuple[Distribution, torch.Tensor]:
        """The critic remembers too, so that its values begin from there when the steps are learned from."""
        network, state = self._recurrent, wiped(self._state, begun)
        features = network.encode(shown)
        steps = [memory.step(features, state[:, k]) for k, memory in enumerate(network.memories)]
        self._state = torch.stack([kept for _, kept in steps], dim=1)
        said = steps[0][0]
        return network.distribution(said), said
