"""Draws actions from what a policy says, with random numbers of the caller's. Sources: inverse transform sampling; noise.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from agents.policy_gradient.distributions import Gaussian
from agents.policy_gradient.networks import PolicyNetwork
from agents.policy_gradient.noise import HeldNoise
from agents.policy_gradient.spec import PolicySpec


def chosen_by_chance(logits: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """[E, A] -> [E]: each action as often as its softmax says. One number is drawn for each row."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
    drawn = rng.random((len(logits), 1)) * shares[:, -1:]
    chosen: NDArray[np.int64] = np.minimum((shares <= drawn).sum(axis=1), logits.shape[1] - 1)
    return chosen


class Actor:
    """A policy in training: the network as it is, and noise."""

    def __init__(self, spec: PolicySpec, network: PolicyNetwork, count: int, hold: int) -> None:
        """count: E, environments; hold: steps for which noise of continuous actions is held."""
        self._spec, self._network = spec, network
        self._device = next(network.parameters()).device
        self.noise = HeldNoise(count, 0 if spec.choices else spec.outputs, hold)

    def act(self, observations: NDArray[Any], begun: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[Any]:
        """Drawn actions of observations [E, ...]: [E] int64, or [E, A] float32 in units of half the range, not clipped.

        begun: [E] bool, where an episode has just begun.
        """
        network = self._network
        with torch.inference_mode():
            shown = self._spec.prepare(torch.from_numpy(observations).to(self._device))
            said = network.distribution(network.encode(shown))
        if isinstance(said, Gaussian):
            drawn: NDArray[Any] = said.mean.cpu().numpy() + said.deviation.cpu().numpy() * self.noise.draw(rng, begun)
            return drawn
        return chosen_by_chance(said.logits.cpu().numpy(), rng)
