"""What was seen, done and earned between two updates, by a policy that did not change meanwhile. Source: ours."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.learning.worlds import Worlds
from agents.policy_gradient.acting import Actor
from agents.policy_gradient.spec import PolicySpec

Array = NDArray[Any]


class Rollout(NamedTuple):
    """T steps of E environments."""

    observations: Array
    """[T, E, ...] as the view shows them."""
    actions: Array
    """[T, E] int64, or [T, E, A] float32 as they were drawn: in units of half the range, before they were clipped."""
    rewards: Array
    """[T, E] float32, the true ones."""
    terminated: Array
    """[T, E] bool"""
    ended: Array
    """[T, E] bool: terminated or truncated."""
    after: Array
    """[E, ...] what is shown after the last step."""
    cut_observations: Array
    """[K, ...] the true last observation of each episode that was truncated, in the order of `numpy.flatnonzero(ended & ~terminated)`."""
    learned: Array
    """[T, E] bool: the steps that are learned from."""
    begun: Array
    """[T, E] bool: where a step is an episode's first."""
    memory: Array
    """[E, ...] float32: what the policy remembered before the first step; [E, 0] of one without memory."""


class Player:
    """Plays a policy in a run's environments."""

    def __init__(self, spec: PolicySpec, actor: Actor, worlds: Worlds, count: int) -> None:
        """count: E."""
        self._spec, self._actor, self._worlds, self._count = spec, actor, worlds, count
        self.begun = np.ones(count, np.bool_)
        """[E] bool: where an episode has just begun."""

    def steps(self, number: int, rng: np.random.Generator) -> Rollout:
        """The next steps of each environment, all learned from; episodes that end are followed by the next."""
        gathered = _Gathered(self.begun, self._actor.memory)
        for _ in range(number):
            self._step(gathered, rng)
        return gathered.rollout(self._worlds.observations, np.ones((number, self._count), np.bool_))

    def episodes(self, rng: np.random.Generator) -> Rollout:
        """A new episode of each environment to its end. Those that end early play on, but their steps are not learned from."""
        self._worlds.begin_anew()
        self.begun[:] = True
        gathered, learned = _Gathered(self.begun, self._actor.memory), []
        playing = np.ones(self._count, np.bool_)
        while playing.any():
            learned.append(playing)
            playing = playing & ~self._step(gathered, rng)
        return gathered.rollout(self._worlds.observations, np.stack(learned))

    def _step(self, gathered: _Gathered, rng: np.random.Generator) -> Array:
        """One step of all; which episodes it ended, [E] bool."""
        shown = self._worlds.observations
        drawn = self._actor.act(shown, self.begun, rng)
        outcome = self._worlds.step(self._spec.bounded(drawn))
        self.begun = outcome.terminated | outcome.truncated
        cut = outcome.truncated & ~outcome.terminated
        if cut.any():
            gathered.cut.extend(outcome.next_observations[cut])
        gathered.steps.append((shown, drawn, outcome.rewards, outcome.terminated, self.begun))
        return self.begun


class _Gathered:
    """Steps so far."""

    def __init__(self, begun: Array, memory: Array) -> None:
        """begun: [E] bool, where the first step is an episode's first; memory: before it."""
        self._begun, self._memory = begun.copy(), memory
        self.steps: list[tuple[Array, Array, Array, Array, Array]] = []
        self.cut: list[Array] = []

    def rollout(self, after: Array, learned: Array) -> Rollout:
        observations, actions, rewards, terminated, ended = (
            np.stack(column) for column in zip(*self.steps, strict=True)
        )
        cut = np.stack(self.cut) if self.cut else after[:0]
        begun = np.concatenate([self._begun[None], ended[:-1]])
        rewards = rewards.astype(np.float32)
        return Rollout(observations, actions, rewards, terminated, ended, after, cut, learned, begun, self._memory)
