"""Tabular learning: exact scores on FrozenLake, seconds to reach them, and steps per second beside Gymnasium's. Source: ours.

Scores are the exact success rate of the greedy policy within the step limit, the worst of three seeds that nothing was
tuned on. Bars: the least that a user may expect, 0.7401 of the 0.740165 that the best policy reaches on the small map,
0.86 of 0.8936 on the large one, each within 20 s including compilation. Rates compare the same Q-learning with its world
played in compiled code and stepped through Gymnasium, and that with bare stepping, which learns nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import gymnasium as gym
import numpy as np

from agents.interface import Task
from agents.tabular.config import QLearningConfig
from agents.tabular.exact import best_expected_return
from agents.tabular.memory import NUM_SUMS, STEPS
from agents.tabular.methods import METHODS
from agents.tabular.sampling_learners import QLearner
from agents.tabular.temporal_difference import Q_LEARNING, learn_on_table
from sim_suite.benchmarking import Row, median_rate

SUMMARY = "tabular methods: exact scores on FrozenLake, seconds to reach them, steps per second against Gymnasium"

SEEDS = (0, 1, 2)
LAKES = {"4x4": ("FrozenLake-v1", 0.7401, 0.74419), "8x8": ("FrozenLake8x8-v1", 0.86, 0.91322)}
"""Environment, least score of Q-learning, and the known optimum of a policy that counts its steps."""
MOST_SECONDS = 20.0
COMPILED_STEPS, STEPPED_STEPS = 1_000_000, 20_000


def rows() -> Iterator[Row]:
    """Q-learning first, then all methods, then rates."""
    for size, (env_id, bar, optimum) in LAKES.items():
        yield from q_learning_rows(size, env_id, bar)
        table = QLearner(task(env_id), QLearningConfig(), 0).table
        assert table is not None
        value = best_expected_return(table)
        holds = abs(value - optimum) < 5e-6
        yield Row(f"time-aware optimum, {size}", value, "success rate", bar=optimum, holds=holds)
    for name in METHODS:
        for size, (env_id, _, _) in LAKES.items():
            scores = [score(name, env_id, seed)[0] for seed in SEEDS]
            yield Row(f"{name}, {size}, worst of {len(SEEDS)} seeds", min(scores), "success rate")
    yield from rate_rows()


def task(env_id: str) -> Task:
    """The task of an environment with its defaults."""
    env = gym.make(env_id)
    return Task(env_id, env.observation_space, env.action_space, {})


def score(name: str, env_id: str, seed: int) -> tuple[float, float]:
    """Exact return of a method's default run, and its seconds."""
    method = METHODS[name]
    started = time.perf_counter()
    *_, last = method.start(task(env_id), method.config(), seed, "cpu").run()
    return last["exact_return"], time.perf_counter() - started


def q_learning_rows(size: str, env_id: str, bar: float) -> Iterator[Row]:
    """Worst score and longest time over the seeds."""
    runs = [score("q-learning", env_id, seed) for seed in SEEDS]
    worst, longest = min(run[0] for run in runs), max(run[1] for run in runs)
    yield Row(f"q-learning, {size}, worst of {len(SEEDS)} seeds", worst, "success rate", bar=bar, holds=worst >= bar)
    in_time = longest <= MOST_SECONDS
    yield Row(f"q-learning, {size}, longest run", longest, "s", bar=MOST_SECONDS, holds=in_time)


def rate_rows() -> Iterator[Row]:
    """Steps per second on the large map."""
    compiled, stepped, bare = compiled_rate(), stepped_rate(), bare_rate()
    name = "q-learning's inner loop, compiled"
    yield Row(name, compiled, "steps/s", "q-learning stepped through Gymnasium", stepped, compiled / stepped)
    yield Row(name, compiled, "steps/s", "Gymnasium stepping alone", bare, compiled / bare)


def compiled_rate() -> float:
    """Q-learning with its world in compiled code, without the exact evaluation that a run does for its reports."""

    def run() -> int:
        learner = QLearner(task("FrozenLake8x8-v1"), QLearningConfig(steps=COMPILED_STEPS), 0)
        assert learner.table is not None
        unused = np.ones((1, 1))
        learn_on_table(
            Q_LEARNING, learner.table, learner.memory, learner.schedule, unused, COMPILED_STEPS, np.zeros(NUM_SUMS)
        )
        return int(learner.memory.counters[STEPS])

    return median_rate(run)


def stepped_rate() -> float:
    """The same learning on an environment of which only `step` is known."""

    def run() -> int:
        learner = QLearner(task("FrozenLake8x8-v1"), QLearningConfig(steps=STEPPED_STEPS), 0)
        learner.table = None
        *_, last = learner.run()
        return int(last["step"])

    return median_rate(run)


def bare_rate() -> float:
    """Gymnasium's own stepping with actions drawn beforehand."""
    env = gym.make("FrozenLake8x8-v1")
    actions = np.random.default_rng(0).integers(4, size=STEPPED_STEPS).tolist()

    def run() -> int:
        env.reset(seed=0)
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()
        return len(actions)

    return median_rate(run)
