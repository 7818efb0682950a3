"""Cutting quadrilaterals with convex polygons, and the boxes that spare it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.graph.topology.outlines import convex_hull, rectangle
from sim_suite.driving.roads.graph.topology.overlaps import (
    BLOCK,
    arc_of,
    area_of,
    clip,
    driven_strips,
    lane_strips,
    load_quad,
)
from tests.driving.roads.graph.straight import STEPS, document, lane, lanes_of, road, section


def shared_area(a, b):
    subject, spare = np.empty((len(a) + len(b), 2)), np.empty((len(a) + len(b), 2))
    subject[: len(a)] = a
    return area_of(subject, clip(subject, len(a), np.array(b), len(b), spare))


def test_by_hand():
    unit = rectangle(0.5, 0.5, 0.0, 1.0, 1.0)
    assert shared_area(unit, unit) == pytest.approx(1.0)
    assert shared_area(unit, rectangle(1.0, 1.0, 0.0, 1.0, 1.0)) == pytest.approx(0.25)
    assert shared_area(unit, rectangle(0.5, 0.5, math.pi / 4, 9.0, math.sqrt(2))) == pytest.approx(1.0)
    assert shared_area(unit, rectangle(0.5, 0.5, math.pi / 4, 9.0, math.sqrt(2) / 2)) == pytest.approx(0.75)
    assert shared_area(unit, rectangle(3.0, 0.5, 0.0, 1.0, 1.0)) == 0.0


CONVEX = st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=3, max_size=7).map(
    lambda points: convex_hull([(float(x), float(y)) for x, y in points])
)


@given(CONVEX, CONVEX)
def test_both_ways_round_and_against_a_grid(a, b):
    """The oracle counts the cells of a grid whose centres lie in both; a cell on a border is the only error."""
    if len(a) < 3 or len(b) < 3:
        return
    area = shared_area(a, b)
    assert shared_area(b, a) == pytest.approx(area, abs=1e-9)
    grid = (np.arange(-6, 6, 0.1) + 0.05)[:, None], (np.arange(-6, 6, 0.1) + 0.05)[None, :]
    inside = np.ones((120, 120), bool)
    for hull in (a, b):
        for (ax, ay), (bx, by) in zip(hull, hull[1:] + hull[:1], strict=True):
            inside &= (bx - ax) * (grid[1] - ay) - (by - ay) * (grid[0] - ax) >= 0.0
    assert area == pytest.approx(0.01 * inside.sum(), abs=0.1 * 48 * 0.5)


def test_strips_have_the_width_asked_for_at_most():
    lanes, points = lanes_of(document(road("1", section(lane(-1, width=3.5), lane(-2, width=1.5)))))
    driven = driven_strips(lanes, points, 2.0, np.array([0, 1], np.int32))
    assert driven.left_y - driven.right_y == pytest.approx([2.0] * 11 + [1.5] * 11)
    first_only = driven_strips(lanes, points, 2.0, np.array([0], np.int32))
    assert first_only.left_y - first_only.right_y == pytest.approx([2.0] * 11 + [0.0] * 11)
    assert lane_strips(lanes, points).lane_boxes == pytest.approx(np.array([[0, -3.5, 100, 0], [0, -5, 100, -3.5]]))


def test_blocks_cover_their_quadrilaterals():
    lanes, points = lanes_of(document(road("1", section(lane(1), lane(-1)), heading=0.7)))
    strips = lane_strips(lanes, points)
    assert strips.first_block.tolist() == [0, -(-STEPS // BLOCK), 2 * -(-STEPS // BLOCK)]
    assert strips.boxes[0] == pytest.approx(strips.lane_boxes[0])


def test_arcs_and_quadrilaterals():
    lanes, points = lanes_of(document(road("1", section(lane(-1)))))
    strips = lane_strips(lanes, points)
    assert arc_of(strips, 0, 3, 37.0, -9.0) == pytest.approx(37.0)
    assert arc_of(strips, 0, 3, 99.0, 0.0) == pytest.approx(40.0)
    polygon = np.zeros((4, 2))
    load_quad(strips, 3, polygon)
    assert polygon == pytest.approx(np.array([[30.0, -3.5], [40.0, -3.5], [40.0, 0.0], [30.0, 0.0]]))
