"""Paths: arcs and lateral distances by hand, against a search along the polyline, and curvature of an arc."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agents.navigation.path import Path

coordinate = st.floats(-50.0, 50.0)
corners = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=6, unique=True).map(np.array)


def test_places_beside_before_and_beyond_a_corner():
    path = Path(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]))  # to the right, in CARLA's frame
    arc, lateral = path.project(np.array([[4.0, 2.0], [4.0, -2.0], [8.0, 6.0], [-3.0, 1.0], [11.0, 14.0]]))
    assert arc == pytest.approx([4.0, 4.0, 16.0, -3.0, 24.0])
    assert lateral == pytest.approx([2.0, -2.0, 2.0, 1.0, -1.0])
    assert path.length_m == 20.0
    assert [path.heading_rad(one) for one in (-1.0, 5.0, 15.0, 99.0)] == pytest.approx(
        [0.0, 0.0, math.pi / 2, math.pi / 2]
    )


def test_points_on_top_of_each_other_are_one():
    path = Path(np.array([[0.0, 0.0], [0.01, 0.0], [10.0, 0.0]]))
    assert len(path.points) == 2
    assert path.project(np.array([[5.0, 1.0]]))[0] == pytest.approx([5.0])


@given(corners, st.tuples(coordinate, coordinate))
def test_the_nearest_place_is_found(points, place):
    assume(np.hypot(*np.diff(points, axis=0).T).min() > 0.1)
    path = Path(points)
    arc, lateral = path.project(np.array([place]))
    walked = np.linspace(0.0, path.length_m, 4000)
    x, y = (np.interp(walked, path.arc_m, path.points[:, axis]) for axis in (0, 1))
    nearest = np.hypot(x - place[0], y - place[1]).min()
    if 0.0 <= arc[0] <= path.length_m:
        assert abs(lateral[0]) == pytest.approx(nearest, abs=path.length_m / 4000)
    else:
        assert abs(lateral[0]) <= nearest + 1e-9  # the ends go on


@given(st.floats(5.0, 100.0), st.booleans())
def test_curvature_of_an_arc_is_one_over_its_radius(radius, is_left):
    angle = np.arange(0.0, 1.0, 2.0 / radius)[:20]
    points = radius * np.stack([np.sin(angle), (1.0 - np.cos(angle)) * (-1.0 if is_left else 1.0)], axis=1)
    arcs, curvature = Path(points).curvatures()
    assert curvature == pytest.approx(1.0 / radius, rel=0.01)
    assert arcs == pytest.approx(2.0 * np.arange(1, len(points) - 1), rel=0.01)
