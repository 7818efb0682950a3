"""What the scripted experts score on a hundred episodes, seeds 10000 to 10099, on which none of them was tuned.

CarRacing runs without drawing, which has no influence on the physics (tests/agents/experts/test_expert_car_racing.py
compares both). A failure is a return below 800 or a car that left the playing field.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import gymnasium as gym

from agents.experts.car_racing import PursuitDriver
from agents.experts.cart_pole import LqrBalancer
from agents.experts.mountain_car import EnergyPump
from agents.experts.pendulum import SwingUp
from agents.experts.trials import Trial, physics_only, run_trials
from agents.interface import Agent
from sim_suite.benchmarking import Row

SUMMARY = "Experts: returns of the scripted agents on CarRacing, MountainCar, CartPole and Pendulum over 100 seeds"

SEEDS = range(10_000, 10_100)
FAILED_BELOW = 800.0
_CLASSIC: tuple[tuple[str, str, Agent, float | None], ...] = (
    ("mountain-car-pump", "MountainCarContinuous-v0", EnergyPump(), 95.0),
    ("cart-pole-lqr", "CartPole-v1", LqrBalancer(), 500.0),
    ("pendulum-swing-up", "Pendulum-v1", SwingUp(), None),
)
"""Name, environment, agent, and the promised mean."""


def rows() -> Iterator[Row]:
    """Mean, least and, on CarRacing, failures of each expert."""
    env = physics_only(gym.make("CarRacing-v3", disable_env_checker=True))
    trials = run_trials(env, PursuitDriver(), SEEDS)
    yield from returns("car-racing-pursuit", trials, 900.0)
    failures = sum(trial.total < FAILED_BELOW or trial.off_track for trial in trials)
    yield Row("car-racing-pursuit, failures (at most)", failures, "of 100", bar=1.0, holds=failures <= 1)
    yield Row("car-racing-pursuit, mean steps", statistics.fmean(trial.steps for trial in trials), "steps")
    for name, env_id, agent, bar in _CLASSIC:
        yield from returns(name, run_trials(gym.make(env_id), agent, SEEDS), bar)


def returns(name: str, trials: list[Trial], bar: float | None) -> Iterator[Row]:
    """Mean and least return; the bar is on the mean."""
    mean = statistics.fmean(trial.total for trial in trials)
    yield Row(f"{name}, mean return", mean, "return", bar=bar, holds=None if bar is None else mean >= bar)
    yield Row(f"{name}, least return", min(trial.total for trial in trials), "return")
