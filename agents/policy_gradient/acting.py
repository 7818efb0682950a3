"""Draws actions from what a policy says, with random numbers of the caller's. Sources: inverse transform sampling; noise.py, host.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.policy_gradient.distributions import Distribution, Gaussian
from agents.policy_gradient.host import HostPolicy
from agents.policy_gradient.networks import Deviation, PolicyNetwork
from agents.policy_gradient.noise import HeldNoise
from agents.policy_gradient.spec import PolicySpec

Floats = NDArray[np.float32]


def chosen_by_chance(logits: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.int64]:
    """[E, A] -> [E]: each action as often as its softmax says. One number is drawn for each row."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
    drawn = rng.random((len(logits), 1)) * shares[:, -1:]
    chosen: NDArray[np.int64] = np.minimum((shares <= drawn).sum(axis=1), logits.shape[1] - 1)
    return chosen


def pushed(features: Floats, noise: Floats, deviation: Deviation) -> Floats:
    """Noise as a function of the state, [E, A]. Raffin et al. 2021 (arXiv:2005.05719), eq. 8: features [E, M] times drawn weights.

    noise: [E, M * A] float32, standard normal, held for some steps.
    """
    with torch.inference_mode():
        widths = deviation.weights().cpu().numpy()
    found: Floats = np.einsum("em,ema->ea", features, noise.reshape(len(features), *widths.shape) * widths)
    return found


class Actor:
    """A policy in training: the network as it is, and noise."""

    def __init__(self, spec: PolicySpec, network: PolicyNetwork, count: int, hold: int) -> None:
        """count: E, environments; hold: steps for which noise of continuous actions is held."""
        self._spec, self._network, self._count = spec, network, count
        self._device = next(network.parameters()).device
        self._host = HostPolicy(network) if self._device.type == "cpu" and not network.learns_features else None
        self._one_hot = np.eye(spec.states, dtype=np.float32)
        self._noisy = network.deviation if network.deviation is not None and network.deviation.noisy else None
        size = 0 if spec.choices else spec.outputs if self._noisy is None else self._noisy.raw.numel()
        self.noise = HeldNoise(count, size, hold)

    def act(self, observations: NDArray[Any], begun: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[Any]:
        """Drawn actions of observations [E, ...]: [E] int64, or [E, A] float32 in units of half the range, not clipped.

        begun: [E] bool, where an episode has just begun.
        """
        if self._host is None:
            said, deviation, features = self._said(observations, begun)
        else:
            said, deviation, features = self._host(self._shown(observations))
        if deviation is None:
            return chosen_by_chance(said, rng)
        noise = self.noise.draw(rng, begun)
        drawn: NDArray[Any] = said + (
            deviation * noise if self._noisy is None else pushed(features, noise, self._noisy)
        )
        return drawn

    @property
    def memory(self) -> Floats:
        """What is remembered of each episode before the next step, [E, ...] float32; of a policy without memory nothing, [E, 0]."""
        return np.zeros((self._count, 0), np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `restore` needs, by name."""
        return self.noise.arrays()

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """The inverse of `arrays`."""
        self.noise.restore(arrays)

    def _shown(self, observations: NDArray[Any]) -> NDArray[np.float32]:
        """As `PolicySpec.prepare` shows them, [E, N]."""
        if self._spec.states:
            rows: NDArray[np.float32] = self._one_hot[observations]
            return rows
        return observations.reshape(len(observations), -1).astype(np.float32, copy=False)

    def _said(self, observations: NDArray[Any], begun: NDArray[np.bool_]) -> tuple[Floats, Floats | None, Floats]:
        """By torch: of pictures, and where the network lies on a device."""
        with torch.inference_mode():
            said, features = self._distribution(
                self._spec.prepare(torch.from_numpy(observations).to(self._device)), begun
            )
        if isinstance(said, Gaussian):
            return said.mean.cpu().numpy(), said.deviation.cpu().numpy(), features.cpu().numpy()
        return said.logs.cpu().numpy(), None, features.cpu().numpy()

    def _distribution(self, shown: Tensor, begun: NDArray[np.bool_]) -> tuple[Distribution, Tensor]:
        """What the policy says, and what its dense layers were shown, [E, M]. begun: [E] bool; a policy without memory need not know."""
        features = self._network.encode(shown)
        return self._network.distribution(features), features
