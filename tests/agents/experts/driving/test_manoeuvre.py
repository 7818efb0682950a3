"""Manoeuvres on a straight lane: speeds that are held, braking distances, places beside the lane's centre."""

from __future__ import annotations

import numpy as np
import pytest

from agents.experts.driving.manoeuvre import ManoeuvreDriver
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.driving.controls import CONTINUOUS, write_controls
from sim_suite.errors import SuiteError
from tests.driving.actors_by_hand import route_along
from tests.driving.sensors.scenes import prepared

LANE, FROM_M = 4, 5.0
"""A middle lane of the motorway, straight for 130 m."""
SPEED_MPS, TICKS = 10.0, 2


def begin(worlds, told_mps=SPEED_MPS):
    """Equal worlds with nobody but the agent."""
    world = World(prepared("highway"), worlds, WorldOptions(vehicles=0, start_speed_mps=SPEED_MPS))
    world.reset([0] * worlds, routes=[[route_along(world.map.graph, [LANE], FROM_M)]] * worlds)
    world.state.body[:, 0, col.TOLD_SPEED] = told_mps
    return world


def drive(world, driver, steps):
    """The agents' bodies before each step and after the last, [steps + 1, W, BODY]."""
    memory, actions = np.zeros((world.num_worlds, 1), np.float32), np.zeros((world.num_worlds, 2), np.float32)
    seen = [world.state.body[:, 0].copy()]
    for _ in range(steps):
        driver.drive_worlds(world.state, world.map, 0, TICKS, memory, actions)
        write_controls(world.state, 0, CONTINUOUS, actions)
        world.step(TICKS)
        seen.append(world.state.body[:, 0].copy())
    return np.array(seen)


def test_it_holds_the_told_speed_or_the_one_that_it_has():
    for told_mps, reached in ((SPEED_MPS, SPEED_MPS), (0.0, SPEED_MPS), (7.0, 7.0), (12.0, 12.0)):
        bodies = drive(begin(1, told_mps), ManoeuvreDriver(10_000, 5.0, 1.0), 50)[:, 0]
        assert bodies[-1, col.SPEED] == pytest.approx(reached, abs=0.01)
        assert np.abs(bodies[:, col.LATERAL]).max() < 0.01
        assert np.abs(bodies[:, col.ACCEL]).max() < 2.1


def test_braking_distances_are_those_of_the_book():
    brake = np.array([1.0, 2.0, 4.0, 6.0, 9.0], np.float32)
    world = begin(len(brake))
    from_tick = np.array([0, 4, 10, 5, 10])  # at tick 5 nothing is decided: it begins at 6
    bodies = drive(world, ManoeuvreDriver(from_tick, brake, 0.0), 110)
    first = np.ceil(from_tick / TICKS).astype(int)
    own = np.arange(len(brake))
    assert (bodies[-1, :, col.SPEED] == 0.0).all()
    distance = bodies[-1, :, col.X] - bodies[first, own, col.X], bodies[-1, :, col.Y] - bodies[first, own, col.Y]
    # The pedal is set for the drag at a step's beginning and held for the step, in which the drag falls.
    assert np.hypot(*distance) == pytest.approx(SPEED_MPS**2 / (2 * brake), rel=1e-3)
    for w, begun in enumerate(first):
        speeds = bodies[begun:, w, col.SPEED]
        expected = np.maximum(SPEED_MPS - brake[w] * TICKS * TICK_S * np.arange(len(speeds)), 0.0)
        assert speeds == pytest.approx(expected, abs=0.01)
        assert bodies[: begun + 1, w, col.SPEED] == pytest.approx(SPEED_MPS, abs=1e-3)


def test_brakes_give_what_they_can():
    bodies = drive(begin(1), ManoeuvreDriver(0, 30.0, 0.0), 20)[:, 0]
    # 9.81 m/s^2 of friction, and what rolls and drags.
    assert bodies[:8, col.ACCEL].min() == pytest.approx(-9.96, abs=0.05)
    assert bodies[-1, col.SPEED] == 0.0


def test_it_moves_aside_as_far_as_told_and_keeps_its_speed():
    offset = np.array([0.0, 0.5, 1.5, -1.5, -3.0], np.float32)
    bodies = drive(begin(len(offset)), ManoeuvreDriver(20, 0.0, offset), 100)
    assert np.abs(bodies[:11, :, col.LATERAL]).max() < 0.01
    assert bodies[-1, :, col.LATERAL] == pytest.approx(offset, abs=0.02)
    assert np.abs(bodies[-1, :, col.HEADING_ERROR]).max() < 0.01
    assert bodies[:, :, col.SPEED] == pytest.approx(SPEED_MPS, abs=0.01)


def test_who_shifts_faster_is_there_sooner():
    reached = []
    for shift_mps in (0.5, 1.2, 3.0):
        lateral = drive(begin(1), ManoeuvreDriver(0, 0.0, 2.0, shift_mps), 80)[:, 0, col.LATERAL]
        reached.append(int(np.argmax(lateral > 1.8)))
    assert reached[0] > reached[1] > reached[2] > 0
    # 1.8 m at 0.5 m/s take 3.6 s, and the car lags behind its point by the look-ahead of pure pursuit, 8 m.
    assert reached[0] * TICKS * TICK_S == pytest.approx(3.6 + 0.8, abs=0.1)


def test_braking_and_moving_aside_go_together():
    bodies = drive(begin(1), ManoeuvreDriver(0, 2.0, 1.0), 60)[:, 0]
    assert bodies[-1, col.SPEED] == 0.0
    assert bodies[-1, col.LATERAL] == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        (([0, 0], [1.0, 1.0, 1.0], 0.0), "have the shapes"),
        ((0.5, 1.0, 0.0), "give integers"),
        ((0, -1.0, 0.0), "0 or more"),
        ((0, 1.0, np.nan), "finite"),
        ((0, 1.0, 0.0, 0.0), "shift_mps is 0"),
    ],
)
def test_manoeuvres_that_do_not_fit_are_refused(orders, said):
    with pytest.raises(SuiteError, match=said):
        ManoeuvreDriver(*orders)


def test_there_is_a_manoeuvre_for_each_world():
    with pytest.raises(SuiteError, match="2 manoeuvres for 3 worlds"):
        drive(begin(3), ManoeuvreDriver([0, 0], 1.0, 0.0), 1)
