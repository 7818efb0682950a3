"""Worlds are the same whatever they are computed with: seeds, batches, processes, threads, the order of slots, snapshots."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from sim_suite.compiling.sharing import at_most
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.world import World, WorldOptions
from tests.driving.sensors.scenes import prepared

OPTIONS = {
    "crossroads": WorldOptions(agents=2, vehicles=10, pedestrians=4, trail=6, route_m=(60.0, 150.0), judge_all=True),
    "village": WorldOptions(agents=1, vehicles=14, pedestrians=6, parked=6, bubble_m=120, route_m=(60.0, 200.0)),
}
SEEDS = np.arange(64) * 7 + 3


def controls(seeds, agents, tick):
    """[W, N, 3] what each agent does now, by its world's seed."""
    found = np.empty((len(seeds), agents, 3), np.float32)
    for w, seed in enumerate(seeds):
        rng = np.random.default_rng([int(seed), tick])
        found[w] = rng.uniform((-0.3, 0.0, 0.0), (0.3, 0.6, 0.2), size=(agents, 3))
    return found


def drive(world, seeds, ticks, begin=0):
    agents = world.options.agents
    for tick in range(begin, begin + ticks, 20):
        world.state.controls[:, :agents] = controls(seeds, agents, tick)
        world.step(20)


def ran(town, seeds, ticks=200):
    world = World(prepared(town), len(seeds), OPTIONS[town])
    world.reset(seeds)
    drive(world, seeds, ticks)
    return world


def digest(world, row):
    found = hashlib.sha256()
    for array in world.state:
        found.update(np.ascontiguousarray(array[row]).tobytes())
    return found.hexdigest()


def assert_equal_rows(state, other, row, other_row):
    for name, array, theirs in zip(state._fields, state, other, strict=True):
        assert np.array_equal(array[row].view(np.uint8), theirs[other_row].view(np.uint8)), name


@pytest.fixture(scope="module", params=sorted(OPTIONS))
def batch(request):
    """64 worlds after 200 ticks."""
    return request.param, ran(request.param, SEEDS)


def test_a_seed_gives_the_same_bytes_again(batch):
    town, world = batch
    again = ran(town, SEEDS)
    for name, array, other in zip(world.state._fields, world.state, again.state, strict=True):
        assert array.tobytes() == other.tobytes(), name


@pytest.mark.parametrize("row", [0, 17, 63])
def test_a_world_of_a_batch_is_the_seed_alone(batch, row):
    town, world = batch
    alone = ran(town, SEEDS[row : row + 1])
    assert_equal_rows(world.state, alone.state, row, 0)


def test_a_world_that_begins_anew_keeps_nothing_of_what_it_was(batch):
    town, world = batch
    fresh, used = (World(prepared(town), 1, OPTIONS[town]) for _ in range(2))
    longest = np.argmax((world.state.legs[:, 0] >= 0).sum(axis=1))
    used.reset(SEEDS[longest, None])
    drive(used, SEEDS[longest, None], 60)
    for one in (fresh, used):
        one.reset(SEEDS[(longest + 1) % 64, None])
    for name in set(world.state._fields) - {"event", "event_place"}:
        assert getattr(fresh.state, name).tobytes() == getattr(used.state, name).tobytes(), name


def test_seeds_differ(batch):
    _, world = batch
    assert len({digest(world, row) for row in range(64)}) == 64


def test_nothing_is_nan_and_traffic_moves(batch):
    _, world = batch
    for name, array in zip(world.state._fields, world.state, strict=True):
        assert np.isfinite(array).all(), name
    assert (world.state.body[:, :, col.SPEED] > 1.0).any(axis=1).mean() > 0.9


def test_threads_change_nothing(batch):
    town, world = batch
    for threads in (1, 2):
        with at_most(threads):
            other = ran(town, SEEDS[:16])
        for row in range(16):
            assert_equal_rows(world.state, other.state, row, row)


def test_one_call_is_as_many_as_its_ticks():
    one, many = (World(prepared("crossroads"), 1, OPTIONS["crossroads"]) for _ in range(2))
    for world in (one, many):
        world.reset([5])
    one.step(40)
    for _ in range(40):
        many.step()
    for name in ("body", "mind", "path", "span", "tally", "trail"):
        assert np.array_equal(getattr(one.state, name), getattr(many.state, name)), name


CHILD = """
import sys
from tests.driving.world.test_same_worlds import digest, ran
seeds = list(map(int, sys.argv[2].split(",")))
world = ran(sys.argv[1], seeds, 1000)
print(*(digest(world, row) for row in range(len(seeds))))
"""


def hashes(town, seeds):
    """Of worlds after 1,000 ticks in a process of their own."""
    command = [sys.executable, "-c", CHILD, town, ",".join(map(str, seeds))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=250)
    return done.stdout.split()


@pytest.mark.parametrize("town", sorted(OPTIONS))
def test_hashes_are_equal_across_processes_and_batches(town):
    ran(town, SEEDS[:1], 20)  # compiles what the children load
    here = ran(town, SEEDS[:8], 1000)
    many = hashes(town, SEEDS)
    assert [digest(here, row) for row in range(8)] == many[:8]
    assert hashes(town, SEEDS[40:41]) == [many[40]]


@pytest.mark.slow
@pytest.mark.parametrize("town", sorted(OPTIONS))
def test_hashes_are_equal_in_a_batch_of_1024(town):
    seeds = np.arange(1024) * 7 + 3
    many = ran(town, seeds, 1000)
    few = ran(town, SEEDS, 1000)
    assert [digest(many, row) for row in range(64)] == [digest(few, row) for row in range(64)]
