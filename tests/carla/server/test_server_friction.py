"""Triggers of friction: which boxes hold the map, what they do to braking, and what ends it."""

from __future__ import annotations

import pytest

from sim_suite.carla.server.friction import DRY, LEAST
from sim_suite.driving.world.layout import FRICTION
from tests.carla.asking import Asked, Asking

CAR, TRIGGER = "vehicle.tesla.model3", "static.trigger.friction"
HOLDS = {f"extent_{axis}": "1e6" for axis in "xyz"}
"""10 km about the origin, in centimetres."""


@pytest.fixture
def ask():
    return Asking("crossing_lights")


def grip(ask):
    return float(ask.simulator.episode.world.state.weather[0, FRICTION])


def stopping_m(ask, friction=None):
    """The way from 20 m/s to a stand."""
    trigger = ask.spawn(TRIGGER, friction=str(friction), **HOLDS) if friction is not None else 0
    car = ask.spawn(CAR, 60.0, 2.0)
    ask("set_actor_target_velocity", car, [20.0, 0.0, 0.0])
    ask("apply_control_to_vehicle", car, [0.0, 0.0, 1.0, False, False, False, 0])
    ask.tick(1)
    begin = float(ask.record(car)["x"])
    ask.tick(200)
    way = float(ask.record(car)["x"]) - begin
    ask("destroy_actor", car)
    if trigger:
        ask("destroy_actor", trigger)
    return way


def test_half_the_grip_doubles_the_braking_distance_until_the_trigger_is_gone(ask):
    dry, wet = stopping_m(ask), stopping_m(ask, 0.5)
    assert wet == pytest.approx(2.0 * dry, rel=0.15)
    assert grip(ask) == DRY
    assert stopping_m(ask) == dry


def test_a_box_that_does_not_hold_the_whole_map_changes_nothing(ask):
    ask.spawn(TRIGGER, friction="0.2", extent_x="1e4", extent_y="1e4", extent_z="1e4")  # 100 m about the origin
    assert grip(ask) == DRY
    far = ask.spawn(TRIGGER, 20000.0, friction="0.2", **HOLDS)
    assert grip(ask) == DRY
    ask("set_actor_location", far, [0.0, 0.0, 0.0])
    assert grip(ask) == pytest.approx(0.2)


def test_the_last_that_holds_the_map_counts_within_what_there_is(ask):
    ask.spawn(TRIGGER, friction="0.3", **HOLDS)
    last = ask.spawn(TRIGGER, friction="0.0", **HOLDS)
    assert grip(ask) == pytest.approx(LEAST)
    ask("destroy_actor", last)
    assert grip(ask) == pytest.approx(0.3)
    ask.spawn(TRIGGER, friction="3.5", **HOLDS)
    assert grip(ask) == DRY


def test_what_is_no_number_is_refused_and_leaves_nothing(ask):
    before = len(ask.simulator.episode.actors)
    with pytest.raises(Asked, match="friction is 'much'; give a number"):
        ask.spawn(TRIGGER, friction="much")
    assert len(ask.simulator.episode.actors) == before
