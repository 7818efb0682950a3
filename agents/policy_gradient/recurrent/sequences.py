"""PPO's round for a policy that remembers: each environment's rollout is learned from as sequences, in the order in which it was played.

A sequence begins with the state that was held there when it was played (Kapturowski et al. 2019, "Recurrent experience replay in
distributed reinforcement learning", section 3.1: the stored state), and gradients end there; within it the state is wiped where an
episode begins. Minibatches are of whole sequences. As sb3-contrib's RecurrentPPO, but that its sequences end with the minibatch.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.policy_gradient.ascent import Ascent, Material, Told
from agents.policy_gradient.distributions import Distribution
from agents.policy_gradient.ppo import clipped_round
from agents.policy_gradient.recurrent.config import RecurrentPpoConfig
from agents.policy_gradient.recurrent.network import Recalled, RecurrentNetwork


class Sequences:
    """A rollout as S = E * T / L sequences of L steps; sequence s is number s // E of environment s % E. See `ppo.Reading`."""

    def __init__(self, ascent: Ascent, material: Material, length: int, minibatches: int) -> None:
        """length: L, which divides T."""
        assert isinstance(ascent.network, RecurrentNetwork)
        self._ascent, self._network, self._material = ascent, ascent.network, material
        self._minibatches, self._length = minibatches, length
        self._times, self._envs = material.rewards.shape
        self._firsts = np.arange(self._times // length).repeat(self._envs) * (length * self._envs) + np.tile(
            np.arange(self._envs), self._times // length
        )
        """[S] the step that each begins with."""
        self._states = torch.zeros(())
        """[S, R, 2, H] float32: the state before it, since `before`."""

    def before(self) -> tuple[Distribution, Tensor]:
        """See `Reading`. The last observations of the rollout and of cut episodes are valued by what was remembered when they came."""
        rollout, network = self._material.rollout, self._network
        times, envs, count = self._times, self._envs, self._times * self._envs
        features = self._ascent.features(self._material, slice(None))
        start = torch.from_numpy(rollout.memory).to(self._ascent.device)
        starts = range(0, times, self._length)
        played = network.recall(features[:count].view(times, envs, -1), rollout.begun, start, starts)
        self._states = torch.cat([played.states[time] for time in starts]).detach()
        after = self._values_of(features[count : count + envs], rollout.ended[-1], played.states[times])
        values = [network.value(played.critic), after]
        cut_times, cut_envs = np.nonzero(rollout.ended & ~rollout.terminated)
        if len(cut_times):
            # Where an episode ends, the next step begins one or the rollout ends, so that the state is told.
            held = [
                played.states[time + 1][env] for time, env in zip(cut_times.tolist(), cut_envs.tolist(), strict=True)
            ]
            goes_on = np.zeros(len(held), np.bool_)
            values.append(self._values_of(features[count + envs :], goes_on, torch.stack(held)))
        return network.distribution(played.policy), torch.cat(values)

    def minibatches(self, mixing: np.random.Generator) -> list[NDArray[np.int64]]:
        """See `Reading`. Each is of some sequences [b], their first steps first: [L * b]."""
        groups = np.array_split(mixing.permutation(self._firsts), self._minibatches)
        return [self._steps_of(firsts).reshape(-1) for firsts in groups]

    def said(self, steps: NDArray[np.int64]) -> tuple[Distribution, Tensor]:
        """See `Reading`."""
        found = self._recall(steps.reshape(self._length, -1))
        return self._network.distribution(found.policy), self._network.value(found.critic)

    def policy(self) -> Distribution:
        """See `Reading`."""
        found = self._recall(self._steps_of(self._firsts)).policy
        by_time = found.view(self._length, -1, self._envs, found.shape[1]).transpose(0, 1)
        return self._network.distribution(by_time.reshape(found.shape))

    def _steps_of(self, firsts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The steps of sequences that begin with these [b]: [L, b]."""
        steps: NDArray[np.int64] = firsts + self._envs * np.arange(self._length)[:, None]
        return steps

    def _recall(self, steps: NDArray[np.int64]) -> Recalled:
        """What is remembered along sequences, steps [L, b]."""
        device = self._ascent.device
        part, env = np.divmod(steps[0], self._envs)
        states = self._states[torch.from_numpy(part // self._length * self._envs + env).to(device)]
        features = self._ascent.features(self._material, torch.from_numpy(steps.reshape(-1)).to(device))
        begun = self._material.rollout.begun.reshape(-1)[steps]
        return self._network.recall(features.view(*steps.shape, -1), begun, states)

    def _values_of(self, features: Tensor, begun: NDArray[np.bool_], states: Tensor) -> Tensor:
        """Values [B] of one step each: features [B, M], begun [B] bool, states [B, R, 2, H] before it."""
        return self._network.value(self._network.recall(features[None], begun[None], states).critic)


def recurrent_epochs(ascent: Ascent, material: Material, progress: float, mixing: np.random.Generator) -> Told:
    """A round of PPO in which whole sequences are learned from."""
    config = ascent.config
    assert isinstance(config, RecurrentPpoConfig)
    reading = Sequences(ascent, material, config.sequence_steps, config.minibatches)
    return clipped_round(ascent, material, reading, progress, mixing)
