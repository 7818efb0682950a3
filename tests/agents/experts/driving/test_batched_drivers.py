"""Many worlds driven at once go as each alone by `predict`, bit for bit, on any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from agents.experts.driving.blind import BlindDriver
from agents.experts.driving.idm import IdmDriver
from agents.experts.driving.manoeuvre import ManoeuvreDriver
from agents.experts.driving.pdm import PdmDriver
from agents.experts.driving.pursuit import PursuitDriver
from sim_suite.compiling.sharing import at_most
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.driving.controls import CONTINUOUS, write_controls
from sim_suite.envs.driving.state import driving_state
from sim_suite.errors import SuiteError
from tests.driving.sensors.scenes import prepared

OPTIONS = {
    "town_1km": WorldOptions(vehicles=8, pedestrians=4, parked=3, bubble_m=120, start_speed_mps=6.0),
    "highway": WorldOptions(vehicles=5, start_speed_mps=15.0),
}
WORLDS = 130
"""Enough that every driver is given two threads."""
ALL = [BlindDriver, IdmDriver, PursuitDriver, PdmDriver]
SLOT, TICKS = 0, 2


@pytest.fixture(scope="module", params=sorted(OPTIONS))
def world(request):
    """Worlds that were driven for two seconds, a third of them with a told speed."""
    world = World(prepared(request.param), WORLDS, OPTIONS[request.param])
    world.reset(np.arange(WORLDS))
    world.state.body[::3, SLOT, col.TOLD_SPEED] = 7.0
    memory, actions = rooms(IdmDriver)
    driver = IdmDriver()
    for _ in range(20):
        driver.drive_worlds(world.state, world.map, SLOT, TICKS, memory, actions)
        write_controls(world.state, SLOT, CONTINUOUS, actions)
        world.step(TICKS)
    assert np.ptp(world.state.body[:, SLOT, col.SPEED]) > 3.0
    return world


def rooms(driver):
    """Memory as it may be after a while, and room for actions."""
    memory = np.random.default_rng(4).uniform(-0.1, 0.1, (WORLDS, driver.memory_size)).astype(np.float32)
    return memory, np.full((WORLDS, 2), 7.0, np.float32)


@pytest.mark.parametrize("driver", ALL)
def test_a_batch_equals_predict_for_each_world(world, driver):
    agent, (memory, actions) = driver(), rooms(driver)
    before = memory.copy()
    agent.drive_worlds(world.state, world.map, SLOT, TICKS, memory, actions)
    assert len(np.unique(actions, axis=0)) > 10
    for w in range(0, WORLDS, 5):
        moment = driving_state(world.state, w, world.map, SLOT, TICKS)
        action, after = driver().predict([moment], before[w : w + 1])
        assert np.array_equal(action[0], actions[w])
        assert np.array_equal(after[0], memory[w])


@pytest.mark.parametrize("driver", ALL)
def test_threads_and_the_choice_of_worlds_change_nothing(world, driver):
    kept = [rows.copy() for rows in world.state]
    agent, (memory, actions) = driver(), rooms(driver)
    begun = memory.copy()
    with at_most(1):
        agent.drive_worlds(world.state, world.map, SLOT, TICKS, memory, actions)
    which = np.arange(WORLDS - 1, 0, -2)
    mask = np.zeros(WORLDS, np.bool_)
    mask[which] = True
    for chosen in (None, which, mask):
        again, found = rooms(driver)
        with at_most(2):
            agent.drive_worlds(world.state, world.map, SLOT, TICKS, again, found, chosen)
        rows = slice(None) if chosen is None else mask
        assert np.array_equal(found[rows], actions[rows])
        assert np.array_equal(again[rows], memory[rows])
        if chosen is not None:
            assert (found[~mask] == 7.0).all()
            assert np.array_equal(again[~mask], begun[~mask])
    for rows, was in zip(world.state, kept, strict=True):
        assert np.array_equal(rows, was)


@pytest.mark.parametrize("driver", ALL)
def test_no_world_is_no_work(world, driver):
    memory, actions = rooms(driver)
    driver().drive_worlds(world.state, world.map, SLOT, TICKS, memory, actions, np.zeros(0, np.int64))
    assert (actions == 7.0).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slot": 1}, "slot is 1"),
        ({"ticks_per_step": 0}, "ticks_per_step 0"),
        ({"memory": np.zeros((WORLDS, 3), np.float32)}, "memory must be"),
        ({"memory": np.zeros((WORLDS, 2))}, "memory must be contiguous float32"),
        ({"memory": np.zeros((2, WORLDS), np.float32).T}, "memory must be contiguous"),
        ({"actions": np.zeros((WORLDS + 1, 2), np.float32)}, "actions must be"),
        ({"which": np.array([0, WORLDS])}, "names the worlds 0 to 130"),
        ({"which": np.array([-1])}, "names the worlds -1"),
        ({"which": np.zeros(3, np.bool_)}, "`which` is bool"),
        ({"which": np.zeros(3)}, "`which` is float64"),
    ],
)
def test_what_does_not_fit_is_refused(change, said):
    world = World(prepared("highway"), WORLDS, OPTIONS["highway"])
    memory, actions = rooms(BlindDriver)
    given = {"slot": SLOT, "ticks_per_step": TICKS, "memory": memory, "actions": actions} | change
    with pytest.raises(SuiteError, match=said):
        BlindDriver().drive_worlds(world.state, world.map, **given)


def test_manoeuvres_in_a_batch_equal_each_alone(world):
    rng = np.random.default_rng(6)
    orders = rng.integers(30, 50, WORLDS), rng.uniform(0, 8, WORLDS), rng.uniform(-2, 2, WORLDS)
    memory, actions = rooms(ManoeuvreDriver)
    begun = memory.copy()
    ManoeuvreDriver(*orders).drive_worlds(world.state, world.map, SLOT, TICKS, memory, actions)
    for w in range(0, WORLDS, 9):
        alone = World(world.map, 1, world.options)
        alone.restore(world.snapshot([w]))
        own, action = begun[w : w + 1].copy(), np.zeros((1, 2), np.float32)
        driver = ManoeuvreDriver(*(order[w] for order in orders))
        driver.drive_worlds(alone.state, alone.map, SLOT, TICKS, own, action)
        assert np.array_equal(action[0], actions[w])
        assert np.array_equal(own[0], memory[w])
