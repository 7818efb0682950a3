"""Values of lane sets from values of lanes, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.baking.bake import bake
from sim_suite.driving.roads.baking.lookup import lookup
from sim_suite.driving.roads.baking.sets import per_set
from tests.driving.roads.lanes_by_hand import Strip, graph_of

EAST, NORTH, APART = 0, 1, 2
CROSSING, EAST_LINE, NORTH_LINE, EAST_ONLY, OFF = (10.8, 0.8), (10.8, -0.05), (9.95, 0.8), (3.0, 0.8), (3.0, 8.0)


@pytest.fixture(scope="module")
def textures():
    strips = [Strip(0.0, 0.0, 0.0, 20.0), Strip(10.0, -10.0, math.pi / 2, 20.0), Strip(50.0, 0.0, 0.0, 20.0)]
    return bake(graph_of(strips))


def shown(textures, values, place):
    return values[..., int(lookup(textures, *place)[1])]


def test_lanes_that_overlap_are_joined(textures):
    speed = np.array([10.0, 20.0, 30.0])
    for reduce, joined in ((np.maximum, 20.0), (np.minimum, 10.0), (np.add, 30.0)):
        values = per_set(textures, speed, reduce, empty=-1.0)
        assert shown(textures, values, CROSSING) == joined
        assert shown(textures, values, EAST_ONLY) == 10.0
        assert shown(textures, values, OFF) == -1.0
    on_route = per_set(textures, np.array([False, True, False]), np.logical_or)
    assert on_route.dtype == bool
    assert [bool(shown(textures, on_route, place)) for place in (CROSSING, EAST_ONLY, OFF)] == [True, False, False]


def test_lines_show_their_own_lane_where_lanes_cross(textures):
    light = per_set(textures, np.array([1, 3, 2], np.uint8), np.maximum, on_centre=True)
    assert light.dtype == np.uint8
    assert [int(shown(textures, light, place)) for place in (EAST_LINE, NORTH_LINE, CROSSING)] == [1, 3, 0]


def test_many_worlds_at_once(textures):
    values = np.arange(12.0).reshape(2, 2, 3)
    table = per_set(textures, values)
    assert table.shape == (2, 2, textures.num_sets)
    assert np.array_equal(shown(textures, table, CROSSING), values[..., :2].max(axis=-1))


def test_too_few_values_are_refused(textures):
    with pytest.raises(ValueError, match="values for 2 lanes, the textures know of 3"):
        per_set(textures, np.zeros(2))
