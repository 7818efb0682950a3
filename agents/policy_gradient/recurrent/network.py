"""A policy and a critic that are shown what an LSTM made of all that was seen in the episode so far.

An LSTM stands between the features (or convolutions) and the dense layers; the critic has one of its own, shares the policy's, or has none.
So has sb3-contrib's RecurrentPPO; other than there, a shared one learns from the critic too, as in Mnih et al. 2016 (arXiv:1602.01783).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.policy_gradient.networks import PolicyNetwork
from agents.policy_gradient.options import MemoryOptions, NetworkOptions
from agents.policy_gradient.recurrent.memory import Memory, States


class Recalled(NamedTuple):
    """What the dense layers are shown of T steps of B sequences."""

    policy: Tensor
    """[T * B, H] float32, the B sequences of the first step first."""
    critic: Tensor
    """[T * B, H] float32, or [T * B, M] features where the critic has no memory."""
    states: States
    """By step, [B, R, 2, H] float32 each; see `Memory.forward`."""


class RecurrentNetwork(PolicyNetwork):
    """Its state is [B, R, 2, H] float32: of the policy's LSTM and, where the critic has one of its own (R = 2), of that."""

    def __init__(
        self,
        shape: tuple[int, ...],
        outputs: int,
        continuous: bool,
        options: NetworkOptions,
        critic: bool,
        memory: MemoryOptions,
    ) -> None:
        """See `PolicyNetwork`."""
        recalled = (memory.units, 0 if memory.critic == "none" else memory.units)
        super().__init__(shape, outputs, continuous, options, critic, recalled)
        self.units = memory.units
        """H, of each LSTM."""
        self.critic_remembers = memory.critic != "none"
        self.policy_memory = Memory(self.width, memory.units)
        own = critic and memory.critic == "own"
        self.critic_memory = Memory(self.width, memory.units) if own else None

    @property
    def memories(self) -> list[Memory]:
        """R of them: the policy's first, the critic's last."""
        return [self.policy_memory] if self.critic_memory is None else [self.policy_memory, self.critic_memory]

    def policy_parameters(self) -> list[Tensor]:
        """Those of the policy, its memory included."""
        return [*super().policy_parameters(), *self.policy_memory.parameters()]

    def blank(self, count: int) -> Tensor:
        """The state of `count` sequences of which nothing is remembered."""
        return torch.zeros(count, len(self.memories), 2, self.units, device=next(self.parameters()).device)

    def recall(self, features: Tensor, begun: NDArray[np.bool_], state: Tensor, stops: Iterable[int] = ()) -> Recalled:
        """Features [T, B, M] of `encode`, begun [T, B] bool, state [B, R, 2, H] before the first step; see `Memory.forward`."""
        stops = tuple(stops)
        found = [memory(features, begun, state[:, k], stops) for k, memory in enumerate(self.memories)]
        states = {at: torch.stack([each[at] for _, each in found], dim=1) for at in found[0][1]}
        said = [each.flatten(0, 1) for each, _ in found]
        return Recalled(said[0], said[-1] if self.critic_remembers else features.flatten(0, 1), states)

    def forward(self, shown: Tensor) -> Tensor:
        """[B, N] or [B, C, H, W] float32 -> [B, A], as of observations that begin an episode each."""
        said, _ = self.policy_memory.step(self.features(self.scale(shown)), self.blank(len(shown))[:, 0])
        logits: Tensor = self.policy(said)
        return logits
