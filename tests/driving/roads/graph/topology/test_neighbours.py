"""Left and right as the traveller sees them."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.topology.neighbours import find_neighbours
from tests.driving.roads.graph.straight import document, lane, lanes_of, road, section


def beside(doc):
    """{(section, lane id): (left lane id, right lane id)}, 0 where there is none."""
    lanes, _ = lanes_of(doc)
    ids = np.append(lanes.lane_id, 0)
    keys = zip(lanes.section.tolist(), lanes.lane_id.tolist(), strict=True)
    return dict(zip(keys, zip(ids[lanes.left].tolist(), ids[lanes.right].tolist(), strict=True), strict=True))


def test_right_hand_traffic_across_the_centre_line():
    doc = document(road("1", section(lane(2), lane(1), lane(-1), lane(-2))))
    assert beside(doc) == {(0, 2): (1, 0), (0, 1): (-1, 2), (0, -1): (1, -2), (0, -2): (-1, 0)}


def test_left_hand_traffic():
    doc = document(road("1", section(lane(1), lane(-1), lane(-2)), rule="LHT"))
    assert beside(doc) == {(0, 1): (0, -1), (0, -1): (-2, 1), (0, -2): (0, -1)}


def test_a_reversed_lane_looks_the_other_way():
    doc = document(road("1", section(lane(-1, direction="reversed"), lane(-2))))
    assert beside(doc) == {(0, -1): (-2, 0), (0, -2): (-1, 0)}


def test_neighbours_stay_within_road_and_section():
    doc = document(road("1", section(lane(-1)), section(lane(1), s=50.0)), road("2", section(lane(-1))))
    assert set(beside(doc).values()) == {(0, 0)}


@pytest.mark.parametrize("count", [0, 1])
def test_few_lanes(count):
    left, right = find_neighbours(np.zeros(count, np.int32), np.zeros(count, np.int32), np.ones(count, np.int8))
    assert left.dtype == right.dtype == np.int32
    assert left.tolist() == right.tolist() == [-1] * count
