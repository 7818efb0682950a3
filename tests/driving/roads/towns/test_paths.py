"""Paths: chains of lines, arcs and spirals."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import fresnel

from sim_suite.driving.roads.opendrive.model import Arc, Line, Spiral
from sim_suite.driving.roads.towns.paths import Path, Piece, Pose, advance, wrap

ORIGIN = Pose(0.0, 0.0, 0.0)


def assert_near(pose, x, y, heading):
    assert (pose.x, pose.y) == pytest.approx((x, y), abs=1e-9)
    assert wrap(pose.heading - heading) == pytest.approx(0.0, abs=1e-9)


def test_poses_move_as_a_driver_would():
    assert_near(Pose(1.0, 2.0, math.pi / 2).ahead(3.0), 1.0, 5.0, math.pi / 2)
    assert_near(Pose(1.0, 2.0, math.pi / 2).beside(3.0), -2.0, 2.0, math.pi / 2)
    assert_near(Pose(1.0, 2.0, 0.5).turned(), 1.0, 2.0, 0.5 + math.pi)


@pytest.mark.parametrize(
    ("angle", "wrapped"), [(0.0, 0.0), (math.pi, math.pi), (-math.pi, math.pi), (7.0, 7.0 - 2 * math.pi)]
)
def test_angles_wrap_into_a_turn(angle, wrapped):
    assert wrap(angle) == pytest.approx(wrapped)


def test_a_line_and_an_arc_by_hand():
    assert_near(advance(ORIGIN, Piece(5.0), 5.0), 5.0, 0.0, 0.0)
    assert_near(advance(ORIGIN, Piece(5.0 * math.pi, 0.1, 0.1), 5.0 * math.pi), 10.0, 10.0, math.pi / 2)


def test_a_spiral_against_fresnel_integrals():
    length, end = 40.0, 0.08
    scale = math.sqrt(math.pi * length / end)
    sine, cosine = fresnel(length / scale)
    assert_near(advance(ORIGIN, Piece(length, 0.0, end), length), scale * cosine, scale * sine, 0.5 * end * length)


def test_the_end_is_reached_piece_by_piece():
    path = Path(ORIGIN).straight(10.0).bend(20.0, math.pi / 2, 8.0).straight(3.0)
    assert math.dist(path.at(path.length)[:2], path.end[:2]) < 1e-6
    assert path.end.heading == pytest.approx(math.pi / 2)
    assert_near(path.at(4.0), 4.0, 0.0, 0.0)
    assert path.sharpest == pytest.approx(1 / 20)


def test_a_bend_without_room_for_its_spirals_is_refused():
    with pytest.raises(ValueError, match="shorter than its easing"):
        Path(ORIGIN).bend(20.0, 0.1, 8.0)


def test_a_part_lies_on_the_whole():
    path = Path(ORIGIN).straight(10.0).bend(20.0, -1.0, 8.0)
    part = path.part(6.0, 20.0)
    assert part.length == pytest.approx(14.0)
    for s in (0.0, 5.0, 14.0):
        assert_near(part.at(s), *path.at(6.0 + s))


def test_shapes_are_named_after_their_curvature():
    path = Path(ORIGIN, (Piece(1.0), Piece(2.0, 0.1, 0.1), Piece(3.0, 0.1, 0.0), Piece(0.0)))
    assert [geometry.shape for geometry in path.geometries()] == [Line(), Arc(0.1), Spiral(0.1, 0.0)]
    assert [geometry.s for geometry in path.geometries()] == [0.0, 1.0, 3.0]


@given(
    st.lists(st.tuples(st.floats(1, 80), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1)), min_size=1, max_size=6),
    st.floats(-10, 10),
)
def test_written_geometries_meet_within_a_micrometre(pieces, heading):
    path = Path(Pose(100.0, -50.0, heading), tuple(Piece(*piece) for piece in pieces))
    geometries = path.geometries()
    for one, other in pairwise(geometries):
        match one.shape:
            case Spiral(a, b):
                piece = Piece(one.length, a, b)
            case Arc(k):
                piece = Piece(one.length, k, k)
            case _:
                piece = Piece(one.length)
        end = advance(Pose(one.x, one.y, one.heading), piece, one.length)
        assert math.dist((end.x, end.y), (other.x, other.y)) < 1e-6
        assert abs(wrap(end.heading - other.heading)) < 1e-6
        assert other.s == pytest.approx(one.s + one.length, abs=1e-9)
