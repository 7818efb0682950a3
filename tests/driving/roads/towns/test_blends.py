"""Blends: smooth joints between two poses."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.towns.blends import EASE, blend, through
from sim_suite.driving.roads.towns.paths import Pose, wrap
from sim_suite.errors import SuiteError


def test_in_line_is_a_line():
    path = blend(Pose(1.0, 1.0, 0.0), Pose(8.0, 1.0, 0.0))
    assert path.length == 7.0
    assert path.sharpest == 0.0


def test_a_right_angle_is_an_arc_between_spirals():
    path = blend(Pose(0.0, 0.0, 0.0), Pose(10.0, 10.0, math.pi / 2))
    first, middle, last = path.pieces
    assert middle.curvature_start == middle.curvature_end == first.curvature_end == last.curvature_start
    # the heading is the area under the trapezoid of curvature
    assert middle.curvature_start * path.length * (1.0 - EASE) == pytest.approx(math.pi / 2)


@given(
    st.floats(1.0, 300.0), st.floats(-3.1, 3.1), st.floats(-1.3, 1.3), st.floats(-1.3, 1.3), st.floats(-500.0, 500.0)
)
def test_it_ends_where_it_should_and_its_curvature_never_jumps(distance, bearing, leaving, arriving, x):
    start = Pose(x, -3.0, bearing + leaving)
    end = Pose(x + distance * math.cos(bearing), -3.0 + distance * math.sin(bearing), bearing + arriving)
    path = blend(start, end)
    assert math.dist((path.end.x, path.end.y), (end.x, end.y)) < 1e-6
    assert abs(wrap(path.end.heading - end.heading)) < 1e-6
    curvatures = [(piece.curvature_start, piece.curvature_end) for piece in path.pieces]
    assert curvatures[0][0] == curvatures[-1][1] == 0.0
    assert all(one[1] == other[0] for one, other in pairwise(curvatures))


def test_what_would_loop_is_refused():
    with pytest.raises(SuiteError, match="no smooth road leads from"):
        blend(Pose(0.0, 0.0, math.pi - 0.01), Pose(10.0, 0.0, math.pi + 0.02))


def test_through_visits_every_pose():
    poses = [Pose(0.0, 0.0, 0.0), Pose(30.0, 10.0, 0.5), Pose(50.0, 40.0, 1.5)]
    path = through(poses)
    half = blend(poses[0], poses[1]).length
    assert math.dist(path.at(half)[:2], poses[1][:2]) < 1e-6
    assert math.dist(path.end[:2], poses[2][:2]) < 1e-6
