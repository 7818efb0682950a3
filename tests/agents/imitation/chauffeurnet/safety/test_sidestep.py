"""Waypoints past somebody who stands, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from agents.imitation.chauffeurnet.safety.conflicts import Margins, meeting, widened
from agents.imitation.chauffeurnet.safety.sidestep import PERSON_M, past_standing, standing
from sim_suite.driving.sensors.raster.raster_spec import preset
from tests.agents.imitation.chauffeurnet.safety.test_safety_conflicts import others

SPEC = preset("small")
ROAD = np.full(SPEC.size, 255, np.uint8)
AHEAD = np.stack([2.0 * np.arange(1, 11), np.zeros(10)], axis=1).astype(np.float32)
STRAIGHT = np.zeros(10, np.float32)


def moved(*rows, road=ROAD, places=AHEAD):
    there = standing(widened(others(*rows), Margins(person=PERSON_M)))
    return past_standing(places, STRAIGHT, there, road, SPEC)


def test_a_person_at_the_right_edge_of_the_way_is_passed_on_the_left():
    """0.9 and 0.1 m of car, 0.125 and 0.3 m of person: the middle must pass 1.425 m from him, which 0.6 m aside does and 0.3 m does not."""
    found = moved((9.0, -0.9, 0.0, 0.0, 1))
    assert found[:, 0] == pytest.approx(AHEAD[:, 0])
    assert found[:, 1] == pytest.approx(0.6 * np.minimum(AHEAD[:, 0] / 5.0, 1.0))
    assert moved((9.0, 0.9, 0.0, 0.0, 1))[-1, 1] == pytest.approx(-0.6)
    assert moved((9.0, -1.2, 0.0, 0.0, 1))[-1, 1] == pytest.approx(0.3)


def test_nothing_is_moved_where_nothing_need_or_can_be():
    for rows in ([(9.0, -1.5, 0.0, 0.0, 1)], [(9.0, 0.0, 0.0, 0.0, 1)], [(9.0, -0.9, 1.0, 0.0, 1)], []):
        assert np.array_equal(moved(*rows), AHEAD)
    narrow = ROAD.copy()
    narrow[:, :62] = 85  # a sidewalk, from 1 m to the left on
    assert np.array_equal(moved((9.0, -0.9, 0.0, 0.0, 1), road=narrow), AHEAD)
    assert np.array_equal(moved((3.0, -0.9, 0.0, 0.0, 1), places=AHEAD * 0.04), AHEAD * 0.04), "about to stop"


def test_the_way_aside_meets_nobody_else_who_stands():
    """A car on the left, whose side is 2.1 m away, leaves no room for 0.6 m more."""
    rows = [(9.0, -0.9, 0.0, 0.0, 1), (9.0, 2.4, 0.0, 0.0, 0)]
    assert np.array_equal(moved(*rows), AHEAD)
    found = moved((9.0, -0.9, 0.0, 0.0, 1), (9.0, 3.4, 0.0, 0.0, 0))
    assert found[-1, 1] == pytest.approx(0.6)
    poses = found[:, 0].astype(float), found[:, 1].astype(float), np.zeros(10)
    assert meeting(poses, widened(others(*rows), Margins(person=PERSON_M))[:1], Margins()) == 10
