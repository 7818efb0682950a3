"""Rates of the driving environment through Gymnasium, and how long a new process waits for its first step. Source: ours.

Actions steer a little and give some gas; episodes end by themselves and resets are part of the rate.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np

import sim_suite.envs  # noqa: F401  # registers
from sim_suite.benchmarking import Row, median_rate, single_rate

ENV = "sim_suite/Driving-v0"
VECTOR_BAR, RASTER_BAR = 10_000.0, 2_500.0
RESET_BAR_MS = 5.0
RESETS = 200
MANY = 256
COMPILE_BAR_S, FIRST_STEP_BAR_S = 120.0, 3.0
_TIMEOUT_S = 600.0
_FIRST_STEP = """
import gymnasium, sim_suite.envs
env = gymnasium.make("sim_suite/Driving-v0")
env.reset(seed=0)
env.step(env.action_space.sample())
"""
_ALL_KERNELS = """
import gymnasium, sim_suite.envs
both = {"observation": "both", "raster": "bench"}
seen = {"action": "waypoints", "model": "single_track", "render_mode": "rgb_array"}
for arguments in ({}, both, seen):
    env = gymnasium.make("sim_suite/Driving-v0", **arguments)
    env.reset(seed=0)
    env.step(env.action_space.sample())
    env.render()
many = gymnasium.make_vec("sim_suite/Driving-v0", num_envs=8, vectorization_mode="vector_entry_point", observation="both", raster="bench")
many.reset(seed=0)
many.step(many.action_space.sample())
"""


def env_rows() -> Iterator[Row]:
    """Steps of one environment by observation, of many at once; resets."""
    measured: tuple[tuple[str, float | None, dict[str, Any]], ...] = (
        ("vector", VECTOR_BAR, {}),
        ("raster bench", RASTER_BAR, {"observation": "raster", "raster": "bench"}),
        ("raster small", None, {"observation": "raster", "raster": "small"}),
    )
    for label, bar, arguments in measured:
        measure = single_rate(gym.make(ENV, disable_env_checker=True, **arguments), some_actions(256))
        measure()
        rate = statistics.median(measure() for _ in range(5))
        holds = None if bar is None else rate >= bar
        yield Row(f"{ENV} alone, {label}", rate, "steps/s", bar=bar, holds=holds)
    yield from _resets()
    many: Any = gym.make_vec(ENV, num_envs=MANY, vectorization_mode="vector_entry_point")
    many.reset(seed=0)
    actions = some_actions(64, MANY)

    def step() -> int:
        for action in actions:
            many.step(action)
        return 64 * MANY

    yield Row(f"{ENV}, {MANY} at once, vector", median_rate(step), "steps/s")


def first_rows() -> Iterator[Row]:
    """Compiling everything into an empty cache, then the first step with what was compiled."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.times()
        seconds = child_seconds(_ALL_KERNELS, folder)
        after = os.times()
        label = "first use on a machine: all kernels compiled, maps baked, one step of each (at most)"
        yield Row(label, seconds, "s", bar=COMPILE_BAR_S, holds=seconds <= COMPILE_BAR_S)
        busy = after.children_user - before.children_user + after.children_system - before.children_system
        yield Row("first use on a machine: processor time of it", busy, "s")
        seconds = statistics.median(child_seconds(_FIRST_STEP, folder) for _ in range(3))
        label = "first step of a new process, kernels from disk (at most)"
        yield Row(label, seconds, "s", bar=FIRST_STEP_BAR_S, holds=seconds <= FIRST_STEP_BAR_S)


def some_actions(*shape: int) -> Any:
    """A little steering and some gas: [*shape, 2] float32."""
    return np.random.default_rng(0).uniform((-0.05, 0.0), (0.05, 0.4), size=(*shape, 2)).astype(np.float32)


def child_seconds(script: str, cache: str) -> float:
    """From the command to the end of a script in a new process, with a kernel cache of its own."""
    started = time.perf_counter()
    environment = os.environ | {"SIM_SUITE_CACHE": cache}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=_TIMEOUT_S, capture_output=True)
    return time.perf_counter() - started


def _resets() -> Iterator[Row]:
    env = gym.make(ENV, disable_env_checker=True)
    env.reset(seed=0)
    taken = []
    for seed in range(RESETS):
        started = time.perf_counter()
        env.reset(seed=seed)
        taken.append((time.perf_counter() - started) * 1e3)
    median = statistics.median(taken)
    yield Row(
        f"{ENV}: reset, median of {RESETS} (at most)", median, "ms", bar=RESET_BAR_MS, holds=median <= RESET_BAR_MS
    )
    yield Row(f"{ENV}: slowest reset of {RESETS}", max(taken), "ms")
