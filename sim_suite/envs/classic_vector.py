"""CartPole and MountainCarContinuous of Gymnasium, many at once: each world is the single environment with the same seeds, bit by bit.

Gymnasium's own vector environments draw all worlds from one stream and begin anew by themselves; these begin the worlds that they are told,
each from a seed of its own. Source: gymnasium.envs.classic_control (Barto, Sutton and Anderson 1983; Moore 1990).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Final

import gymnasium as gym
import numpy as np
from gymnasium.utils.seeding import np_random
from numpy.typing import NDArray

from sim_suite.envs.catalog import card

Array = NDArray[Any]
Moved = tuple[Array, Array, Array]
"""States [E, S] float64, rewards [E] float64, terminated [E] bool."""


class ClassicVector(ABC):
    """E worlds under one time limit. After `step` ends an episode its world rests until `reset` begins the next."""

    env_id: str

    def __init__(self, count: int) -> None:
        """count: E."""
        with gym.make(self.env_id) as env:
            self.single_observation_space, self.single_action_space = env.observation_space, env.action_space
        self._limit = card(self.env_id).max_episode_steps
        self._ages = np.zeros(count, np.int64)
        self._states = np.stack([self._first(np.random.default_rng(0)) for _ in range(count)])

    def reset(self, *, seed: list[int | None], options: dict[str, Any]) -> tuple[Array, dict[str, Any]]:
        """Begin the worlds of `options["reset_mask"]` [E] bool, each from its seed; observations [E, ...] float32 of all."""
        for index in np.flatnonzero(options["reset_mask"]).tolist():
            self._states[index] = self._first(np_random(seed[index])[0])
            self._ages[index] = 0
        return self._states.astype(np.float32), {}

    def step(self, actions: Array) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Actions [E, ...] of the action space -> observations [E, ...] float32, rewards [E] float64, terminated, truncated [E] bool."""
        self._states, rewards, terminated = self._moved(self._states, actions, self._ages == 0)
        self._ages += 1
        return self._states.astype(np.float32), rewards, terminated, self._ages >= self._limit, {}

    @abstractmethod
    def _first(self, rng: np.random.Generator) -> Array:
        """The state that an episode begins with."""

    @abstractmethod
    def _moved(self, states: Array, actions: Array, first: Array) -> Moved:
        """One step. first: [E] bool, the first of its episode."""


class CartPoleVector(ClassicVector):
    """State: place [m], speed [m/s], angle [rad], angular speed [rad/s]; actions 0 left, 1 right."""

    env_id = "CartPole-v1"
    gravity_mps2: Final = 9.8
    pole_kg: Final = 0.1
    total_kg: Final = 1.1
    half_pole_m: Final = 0.5
    force_n: Final = 10.0
    dt_s: Final = 0.02
    furthest_m: Final = 2.4
    widest_rad: Final = 12 * 2 * math.pi / 360

    def _first(self, rng: np.random.Generator) -> Array:
        return rng.uniform(-0.05, 0.05, 4)

    def _moved(self, states: Array, actions: Array, first: Array) -> Moved:
        _, speed, angle, turning = states.T
        force = np.where(actions == 1, self.force_n, -self.force_n)
        cosine, sine, moment = np.cos(angle), np.sin(angle), self.pole_kg * self.half_pole_m
        pushed = (force + moment * np.square(turning) * sine) / self.total_kg
        lever = self.half_pole_m * (4.0 / 3.0 - self.pole_kg * np.square(cosine) / self.total_kg)
        turned = (self.gravity_mps2 * sine - cosine * pushed) / lever
        changes = np.stack([speed, pushed - moment * turned * cosine / self.total_kg, turning, turned], axis=1)
        states = states + self.dt_s * changes
        fallen = (np.abs(states[:, 0]) > self.furthest_m) | (np.abs(states[:, 2]) > self.widest_rad)
        return states, np.ones(len(states)), fallen


class MountainCarContinuousVector(ClassicVector):
    """State: position and velocity; actions [E, 1] float32, forces in -1..1.

    The arithmetic is float32 but for an episode's first step, as Gymnasium's is.
    """

    env_id = "MountainCarContinuous-v0"
    power: Final = np.float32(0.0015)
    slope: Final = 0.0025
    fastest: Final = np.float32(0.07)
    leftmost: Final = np.float32(-1.2)
    rightmost: Final = np.float32(0.6)
    goal: Final = np.float32(0.45)

    def _first(self, rng: np.random.Generator) -> Array:
        return np.array([rng.uniform(-0.6, -0.4), 0.0])

    def _moved(self, states: Array, actions: Array, first: Array) -> Moved:
        position, velocity = states.T
        near, moving, force = position.astype(np.float32), velocity.astype(np.float32), actions[:, 0]
        if first.any():
            angle = np.where(first, 3 * position, np.float32(3) * near)
            pull = self._pull(force, angle)
            moving = self._slowed(np.where(first, (velocity + pull).astype(np.float32), moving + pull))
            near = np.where(first, (position + moving).astype(np.float32), near + moving)
        else:
            moving = self._slowed(moving + self._pull(force, (np.float32(3) * near).astype(np.float64)))
            near = near + moving
        near = np.minimum(np.maximum(near, self.leftmost), self.rightmost)
        moving[(near == self.leftmost) & (moving < 0)] = 0
        arrived = (near >= self.goal) & (moving >= 0)
        rewards = np.where(arrived, 100.0, 0.0) - np.square(force.astype(np.float64)) * 0.1
        return np.array((near, moving), np.float64).T, rewards, arrived

    def _pull(self, force: Array, angle: Array) -> Array:
        """Of motor and slope; angle: float64, of which the cosine is taken."""
        pull: Array = force * self.power - (self.slope * np.cos(angle)).astype(np.float32)
        return pull

    def _slowed(self, moving: Array) -> Array:
        slowed: Array = np.minimum(np.maximum(moving, -self.fastest), self.fastest)
        return slowed


CLASSIC: Final[dict[str, type[ClassicVector]]] = {
    vector.env_id: vector for vector in (CartPoleVector, MountainCarContinuousVector)
}
"""By the environment's identifier."""
