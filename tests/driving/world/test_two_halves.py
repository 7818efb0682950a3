"""A tick in two halves, as another simulator that moves an actor needs it, is a tick; what that simulator saw is noted once."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.world import layout as col
from sim_suite.driving.world.contact import SAME_TICKS, SCENERY
from sim_suite.driving.world.kinds import EventKind
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.step import move_world, settle_world
from sim_suite.driving.world.world import World, WorldOptions
from tests.driving.sensors.scenes import prepared

NOTHING = np.zeros((0, 5), np.float32)


def town() -> World:
    world = World(prepared("crossing_lights"), 1, WorldOptions(vehicles=8, pedestrians=3))
    world.reset([5])
    world.state.controls[:, 0] = 0.0, 0.4, 0.0
    return world


def settle(world: World, told: np.ndarray) -> list:
    """One tick in halves; its events."""
    world.state.world[0, col.NUM_EVENTS_NOW] = 0
    move_world(world.state, world.ground, world.presence)
    settle_world(world.state, world.ground, world.push, told)
    return world.events(0)


def test_two_halves_are_a_tick():
    whole, halved = town(), town()
    for _ in range(100):
        whole.step(1)
        settle(halved, NOTHING)
    for name, one, other in zip(State._fields, whole.state, halved.state, strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)
    assert whole.state.world[0, col.TICK] == 100


@pytest.mark.parametrize(("slot", "column"), [(3, col.TALLY_VEHICLE), (-1, col.TALLY_OTHER)])
def test_what_another_simulator_saw_is_noted_once(slot, column):
    world = town()
    told = np.array([[0, slot, -1.0, 0.0, 2.5]], np.float32)
    hits = [event for event in settle(world, told) if event.actor == 0 and event.kind == EventKind.COLLISION]
    assert [(one.partner, one.value_2) for one in hits] == [(slot, 2.5)]
    assert hits[0].tick == world.state.world[0, col.TICK] == 1
    for _ in range(SAME_TICKS - 1):
        settle(world, told)
    assert world.state.tally[0, 0, [EventKind.COLLISION, column]].tolist() == [1, 1]
    known = world.state.mind[0, 0, col.CONTACT]
    assert known == (world.state.mind[0, slot, col.ID] if slot >= 0 else SCENERY)
