"""Rates of driving worlds on the processor, for the benchmark of driving: traffic, collisions, and rules judged for everybody.

Source: ours. Two settings of 16 actors a world. In the town an agent stands, and 12 vehicles and 3 pedestrians move within 120 m of
it, as in the environment. At the crossroads 13 vehicles and 3 pedestrians share one junction: the most that they can have to do with
each other. Only slots that are in use count.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import numpy as np

from sim_suite.benchmarking import SECONDS, Measurement, Row, compared, median_rate, peer_rate
from sim_suite.compiling.sharing import at_most
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL, new_state
from sim_suite.driving.world.terrain import prepare
from sim_suite.driving.world.world import World, WorldOptions

TOWN = "town_1km"
SETTINGS = {
    TOWN: WorldOptions(agents=1, vehicles=12, pedestrians=3, bubble_m=120, judge_all=True),
    "crossroads": WorldOptions(agents=0, vehicles=13, pedestrians=3, judge_all=True),
}
BARS = {1024: 2_000_000.0, 64: 1_000_000.0}
"""Actor-ticks a second on two cores, by the number of worlds."""
CORES = 2
WARM_TICKS = 200
"""10 s after the beginning traffic has met."""
MEMORY_WORLDS, MEMORY_ACTORS, MEMORY_MB = 4096, 64, 128.0
PEER_RATIO = 400.0
PEER = "highway-fast-v0, 1 core"
_HIGHWAY = """
import sys, time
import gymnasium, highway_env
env = gymnasium.make("highway-fast-v0")
env.reset(seed=0)
inner = env.unwrapped
substeps = inner.config["simulation_frequency"] // inner.config["policy_frequency"]
for _ in range(3):
    env.step(1)
done, started = 0, time.perf_counter()
while time.perf_counter() - started < float(sys.argv[1]):
    *_, terminated, truncated, _ = env.step(1)
    done += substeps * len(inner.road.vehicles)
    if terminated or truncated:
        env.reset()
print(done / (time.perf_counter() - started))
"""


def world_rows() -> Iterator[Row]:
    """Many worlds on two cores, one alone, beside a peer; memory."""
    with at_most(CORES):
        for town in SETTINGS:
            for worlds, bar in BARS.items():
                rate = statistics.median(_rates(warm_world(town, worlds)))
                label = f"{town}, {worlds} worlds x {SETTINGS[town].actors} actors, {CORES} cores"
                yield Row(label, rate, "actor-ticks/s", bar=bar, holds=rate >= bar)
        theirs = peer_rate(_HIGHWAY, SECONDS)
        many = warm_world(TOWN, max(BARS))
        yield compared(f"{TOWN}, {max(BARS)} worlds", "vehicle-steps/s", _measurement(many), PEER, theirs, PEER_RATIO)
    for town in SETTINGS:
        world = warm_world(town, 1)

        def step(world: World = world) -> int:
            for _ in range(2000):
                world.step()
            return 2000

        yield Row(f"{town}, one world of {SETTINGS[town].actors} actors: a tick", 1e6 / median_rate(step), "us")
    megabytes = state_bytes(MEMORY_WORLDS, MEMORY_ACTORS) / 1e6
    label = f"state of {MEMORY_WORLDS} worlds x {MEMORY_ACTORS} actors without raster (at most)"
    yield Row(label, megabytes, "MB", bar=MEMORY_MB, holds=megabytes <= MEMORY_MB)


def warm_world(town: str, worlds: int) -> World:
    """Worlds of a setting, a while after their beginning."""
    world = World(prepare(load_map(town)), worlds, SETTINGS[town])
    world.reset(range(worlds))
    world.state.controls[:, 0] = 0.0, 0.0, 1.0
    world.step(WARM_TICKS)
    return world


def state_bytes(worlds: int, actors: int) -> int:
    """Of the worlds of one agent on the town's map; rows are equal, so that one world tells."""
    groups = len(load_map(TOWN).graph.group_ids)
    one = new_state(1, actors, 1, groups, max_legs=WorldOptions().max_legs)
    return worlds * sum(array.nbytes for array in one)


def _measurement(world: World) -> Measurement:
    ticks = max(20_000 // world.num_worlds, 10)

    def measure() -> float:
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            world.step(ticks)
            done += ticks * in_use(world)
        return done / (time.perf_counter() - started)

    return measure


def _rates(world: World, repeats: int = 5) -> Iterator[float]:
    measure = _measurement(world)
    measure()
    for _ in range(repeats):
        yield measure()


def in_use(world: World) -> int:
    """Slots with somebody in them, of all worlds."""
    return int(np.count_nonzero(world.state.mind[:, :, CONTROL] != NO_CONTROL))
