"""Drives a million ticks with ten thousand resets, and says how much memory grew and whether a number was ever lost. Source: ours.

    python -m sim_suite.studies.memory_soak [--map town_1km] [--ticks 1000000] [--resets 10000] [--worlds 4]

Worlds have traffic, pedestrians and rules judged for everybody; the environment is reset as often. Growth is that of the process's
resident memory between the end of the first tenth, when all is allocated, and the end. It fails above 1 %, or at a NaN.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final

import gymnasium as gym
import numpy as np

import sim_suite.envs  # noqa: F401  # registers
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world.layout import TICK
from sim_suite.driving.world.terrain import prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError

ROUNDS: Final = 100
MOST_GROWTH: Final = 0.01


def resident_bytes() -> int:
    """Of this process, as Linux counts it. Raises SuiteError elsewhere."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError as error:
        raise SuiteError(f"memory is read from /proc/self/statm, which this system does not have: {error}.") from None
    return pages * os.sysconf("SC_PAGE_SIZE")


def memory_soak(name: str, ticks: int, resets: int, worlds: int) -> dict[str, Any]:
    """About so many ticks and resets, half of each in worlds, half in the environment; the answer says how many there were."""
    options = WorldOptions(vehicles=12, pedestrians=3, bubble_m=120, judge_all=True, trail=8)
    world = World(prepare(load_map(name)), worlds, options)
    env: Any = gym.make("sim_suite/Driving-v0", disable_env_checker=True, map=name)
    env.action_space.seed(0)
    started, lost, early, seed, driven = time.perf_counter(), 0, 0, 0, 0
    half_resets, half_ticks = max(resets // ROUNDS // 2, 1), max(ticks // ROUNDS // 2, 1)
    rng = np.random.default_rng(0)
    for turn in range(ROUNDS):
        for _ in range(-(-half_resets // worlds)):
            world.reset(np.arange(worlds) + seed)
            seed += worlds
            world.state.controls[:, 0] = rng.uniform((-0.2, 0.0, 0.0), (0.2, 0.5, 0.1), (worlds, 3))
            world.step(max(half_ticks // half_resets, 1))
            driven += worlds * int(world.state.world[0, TICK])
            lost += sum(not np.isfinite(array).all() for array in world.state)
        for _ in range(half_resets):
            observation, _ = env.reset(seed=seed)
            seed += 1
            for _ in range(max(half_ticks // half_resets // 2, 1)):
                observation, _, terminated, truncated, _ = env.step(env.action_space.sample())
                driven += 2
                if terminated or truncated:
                    break
            lost += not np.isfinite(observation).all()
        if turn + 1 == ROUNDS // 10:
            gc.collect()
            early = resident_bytes()
    gc.collect()
    late = resident_bytes()
    return {
        "map": name, "ticks": driven, "resets": seed, "early_mb": early / 1e6, "late_mb": late / 1e6,
        "growth": late / early - 1.0, "lost": lost, "seconds": time.perf_counter() - started,
    }  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the study; 1 where memory grew or a number was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--map", default="town_1km")
    parser.add_argument("--ticks", type=int, default=1_000_000)
    parser.add_argument("--resets", type=int, default=10_000)
    parser.add_argument("--worlds", type=int, default=4)
    chosen = parser.parse_args(arguments)
    found = memory_soak(chosen.map, chosen.ticks, chosen.resets, chosen.worlds)
    print(json.dumps(found))
    return 0 if found["growth"] <= MOST_GROWTH and found["lost"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
