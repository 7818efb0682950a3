"""Contact of boxes: by hand, and against the intersection of polygons in float64."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.collisions import overlap


def touch(first, other):
    """Boxes (x, y, yaw, length, width)."""
    return tuple(float(value) for value in overlap(*(np.float32(value) for value in (*first, *other))))


CAR = (4.0, 2.0)


@pytest.mark.parametrize(
    ("first", "other", "depth", "normal"),
    [
        ((0, 0, 0, *CAR), (3.5, 0, 0, *CAR), 0.5, (-1, 0)),  # ran into a rear
        ((3.5, 0, 0, *CAR), (0, 0, 0, *CAR), 0.5, (1, 0)),
        ((0, 0, 0, *CAR), (0, 1.75, 0, *CAR), 0.25, (0, -1)),  # side by side
        ((0, 0, math.pi / 2, *CAR), (0, 3.5, math.pi / 2, *CAR), 0.5, (0, -1)),
        ((0, 0, 0, *CAR), (2.75, 0, math.pi / 2, *CAR), 0.25, (-1, 0)),  # into a side
        ((0, 0, 0, 2, 2), (1 + math.sqrt(2) - 0.1, 0, math.pi / 4, 2, 2), 0.1, (-1, 0)),  # corner first
        ((0, 0, 0, 4, 4), (0, 0, 0, 2, 2), 3.0, (1, 0)),  # within
    ],
)
def test_depth_and_normal_by_hand(first, other, depth, normal):
    found, nx, ny = touch(first, other)
    assert found == pytest.approx(depth, abs=1e-4)
    assert (nx, ny) == pytest.approx(normal, abs=1e-4)


@pytest.mark.parametrize(
    ("other", "most"), [((4.5, 0, 0, *CAR), -0.5), ((0, -3, 0, *CAR), -1.0), ((4.1, 0, math.pi, *CAR), -0.1)]
)
def test_boxes_that_are_apart_say_at_least_how_far(other, most):
    depth, _, _ = touch((0, 0, 0, *CAR), other)
    assert most - 1e-4 <= depth <= 0.0


def test_boxes_that_pass_corner_to_corner_do_not_touch():
    """Their circles and their upright bounding boxes overlap."""
    depth, _, _ = touch((0, 0, math.pi / 4, 4, 1), (1.2, -1.2, math.pi / 4, 4, 1))
    assert depth <= 0.0


def corners(x, y, yaw, length, width):
    """[4, 2] counter-clockwise, float64."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    half = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * (length / 2, width / 2)
    return half @ np.array([[cos, sin], [-sin, cos]]) + (x, y)


def common_area(first, other):
    """Of two convex polygons: Sutherland and Hodgman 1974, then the shoelace formula."""
    polygon = list(first)
    for a, b in zip(other, np.roll(other, -1, axis=0), strict=True):

        def inside(p, a=a, b=b):
            return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])

        kept = []
        for p, q in zip(polygon, polygon[1:] + polygon[:1], strict=True):
            at, to = inside(p), inside(q)
            if at >= 0:
                kept.append(p)
            if at * to < 0:
                kept.append(p + (q - p) * at / (at - to))
        polygon = kept
        if not polygon:
            return 0.0
    x, y = np.array(polygon).T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))


def test_the_oracle_by_hand():
    assert common_area(corners(0, 0, 0, 4, 2), corners(3, 1, 0, 4, 2)) == pytest.approx(1.0)
    assert common_area(corners(0, 0, 0, 2, 2), corners(0, 0, math.pi / 4, 2, 2)) == pytest.approx(
        8 * (math.sqrt(2) - 1)
    )
    assert common_area(corners(0, 0, 0, 2, 2), corners(5, 0, 0.3, 2, 2)) == 0.0


BOX = st.tuples(
    st.floats(-6, 6, width=32), st.floats(-6, 6, width=32), st.floats(-7, 7, width=32), st.floats(0.5, 12, width=32),
    st.floats(0.5, 3, width=32),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(BOX, BOX)
def test_boxes_touch_where_polygons_share_an_area(first, other):
    depth, nx, ny = touch(first, other)
    area = common_area(corners(*first), corners(*other))
    assert math.hypot(nx, ny) == pytest.approx(1.0, abs=1e-4)
    if depth > 1e-3:
        assert area > 0.0
    if area > 1e-2:
        assert depth > 0.0
    # The normal points from the other to the first, and moving by the depth along it is just enough.
    if depth > 1e-3:
        assert nx * (first[0] - other[0]) + ny * (first[1] - other[1]) >= -1e-4
        moved = (first[0] + nx * (depth + 1e-3), first[1] + ny * (depth + 1e-3), *first[2:])
        assert common_area(corners(*moved), corners(*other)) < 1e-6
        short = (first[0] + nx * (depth - 1e-3), first[1] + ny * (depth - 1e-3), *first[2:])
        assert common_area(corners(*short), corners(*other)) > 0.0


@settings(max_examples=200, deadline=None)
@given(BOX, BOX)
def test_both_sides_agree(first, other):
    depth, *_ = touch(first, other)
    back, bx, by = touch(other, first)
    assert (depth > 0) == (back > 0) or abs(depth) < 1e-4
    if depth > 1e-3 and math.hypot(first[0] - other[0], first[1] - other[1]) > 1e-2:
        assert back == pytest.approx(depth, abs=1e-4)
    assert math.hypot(bx, by) == pytest.approx(1.0, abs=1e-4)
