"""The way that waypoints lead, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from agents.imitation.chauffeurnet.safety.path import BEYOND_M, TIGHTEST, path_through, reachable_headings


def through(*places, headings=None):
    at = np.array(places, np.float32)
    return path_through(at, np.zeros(len(at), np.float32) if headings is None else np.array(headings, np.float32))


def test_a_path_leads_from_the_car_through_the_waypoints_and_straight_on():
    path = through((3.0, 0.0), (6.0, 4.0), headings=[0.0, 1.0])
    assert path.planned == pytest.approx([3.0, 8.0])
    x, y, heading = path.at(np.array([0.0, 1.5, 3.0, 5.5, 8.0, 10.0]))
    assert x == pytest.approx([0.0, 1.5, 3.0, 4.5, 6.0, 6.0 + 2.0 * math.cos(1.0)], abs=1e-5)
    assert y == pytest.approx([0.0, 0.0, 0.0, 2.0, 4.0, 4.0 + 2.0 * math.sin(1.0)], abs=1e-5)
    assert heading == pytest.approx([0.0, 0.0, 0.0, 0.5, 1.0, 1.0], abs=1e-5)
    assert path.arc[-1] == pytest.approx(8.0 + BEYOND_M)


def test_who_trembles_or_goes_back_stands():
    path = through((0.01, 0.0), (-0.5, 0.0), (-0.5, 0.01))
    assert path.planned == pytest.approx([0.01, 0.01, 0.02], abs=0.02)
    assert path.at(np.array([2.0]))[0] == pytest.approx([2.0])
    assert path.at(np.array([2.0]))[1] == pytest.approx([0.0])


def test_a_heading_is_held_to_what_the_tightest_turn_comes_to_on_the_way():
    """TIGHTEST rad on each metre: after 0.6 m, after 1 m, and not before the heading itself is reached."""
    places = np.array([[0.6, 0.0], [0.6, 0.4], [6.0, 0.4]], np.float32)
    found = reachable_headings(places, np.array([0.9, -0.9, 0.9], np.float32))
    assert found == pytest.approx([0.6 * TIGHTEST, -1.0 * TIGHTEST, 0.9], rel=1e-5)
    assert 0.15 < TIGHTEST < 0.5, "a radius of 2 to 6 m"
