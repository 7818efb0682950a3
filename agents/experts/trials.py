"""Drives experts over many seeds of an environment, and says how they did. Used to tune and to measure them. Source: ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np

from agents.interface import Agent
from sim_suite.envs.car_racing.read_state import read_state


@dataclass(frozen=True)
class Trial:
    """One episode."""

    seed: int
    total: float
    """Sum of rewards."""
    steps: int
    off_track: bool
    """CarRacing only: the car left the playing field."""


def physics_only(env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
    """A Gymnasium CarRacing whose observations stay black: the physics never looks at what is drawn."""
    world: Any = env.unwrapped  # Gymnasium leaves its CarRacing untyped.
    world._render = lambda mode: np.zeros((96, 96, 3), dtype=np.uint8)
    return env


def run_trials(env: gym.Env[Any, Any], agent: Agent, seeds: Iterable[int]) -> list[Trial]:
    """One episode a seed, alone in its batch."""
    return [_run_one(env, agent, seed) for seed in seeds]


def _run_one(env: gym.Env[Any, Any], agent: Agent, seed: int) -> Trial:
    observation, _ = env.reset(seed=seed)
    memory: Any = None
    info: dict[str, Any] = {}
    total, steps, done = 0.0, 0, False
    while not done:
        seen: Any = [read_state(env)] if agent.interface.privileged else observation[None]
        action, memory = agent.predict(seen, memory, np.array([steps == 0]), deterministic=True)
        observation, reward, terminated, truncated, info = env.step(action[0])
        total, steps, done = total + float(reward), steps + 1, terminated or truncated
    return Trial(seed, total, steps, info.get("lap_finished") is False)
