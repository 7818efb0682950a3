"""`Carla-v0` on an embedded server of its own beside `Driving-v0` with the same car: how far apart they come with equal actions, and how
many steps a second each takes. An expert drives `Driving-v0`, and both do what it says.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from agents.experts.driving.idm import IdmDriver
from sim_suite.benchmarking import ROUNDS, SECONDS, Row
from sim_suite.driving.world.layout import X, Y
from sim_suite.envs.carla.env import CarlaEnv
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.judging import EGO

SUMMARY = "Carla-v0 on the embedded server beside Driving-v0: the same trajectory, steps a second"
MAP: Final = "town_1km"
SEEDS: Final = range(20_000, 20_006)
NEAR_M: Final = 0.01
"""A centimetre: what float32 may come to in half a minute."""


def rows() -> Iterator[Row]:
    """Differences, then rates."""
    here, there = DrivingEnv(map=MAP, model="single_track"), CarlaEnv(map=MAP, server="own")
    try:
        metres, number, steps = 0.0, 0.0, 0
        for seed in SEEDS:
            apart, seen, count = _side_by_side(here, there, seed)
            metres, number, steps = max(metres, apart), max(number, seen), steps + count
        name = f"farthest apart in {steps} steps of {len(SEEDS)} routes, {MAP} (at most)"
        yield Row(name, 1000 * metres, "mm", bar=1000 * NEAR_M, holds=metres <= NEAR_M)
        yield Row("greatest difference of an observation's number", number, "")
        yield Row("Driving-v0, vector, 16 actors", _median(here), "steps/s")
        yield Row("Carla-v0, the same", _median(there), "steps/s")
    finally:
        there.close()


def _side_by_side(here: DrivingEnv, there: CarlaEnv, seed: int) -> tuple[float, float, int]:
    """One route with the same actions: metres apart, difference of observations, steps."""
    driver = IdmDriver()
    seen, _ = here.reset(seed=seed)
    other, _ = there.reset(seed=seed)
    metres, number, count, over, memory = 0.0, float(np.abs(seen - other).max()), 0, False, None
    while not over:
        action, memory = driver.predict([here.read_state()], memory, np.array([count == 0]), True)
        seen, _, done, cut, _ = here.step(action[0])
        other, _, other_done, other_cut, _ = there.step(action[0])
        number = max(number, float(np.abs(seen - other).max()))
        metres = max(metres, float(np.hypot(*(_place(here) - _place(there)))))
        count, over = count + 1, done or cut or other_done or other_cut
    return metres, number, count


def _place(env: DrivingEnv) -> Any:
    return env.live_state.body[0, EGO, [X, Y]].copy()


def _median(env: DrivingEnv) -> float:
    rates = []
    for seed in range(ROUNDS):
        env.reset(seed=seed)
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            _, _, over, cut, _ = env.step(np.array([0.0, 0.2], np.float32))
            count += 1
            if over or cut:
                env.reset()
        rates.append(count / (time.perf_counter() - started))
    return statistics.median(rates)
