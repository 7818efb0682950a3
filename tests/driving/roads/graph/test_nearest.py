"""The search itself, as other kernels call it: which cells it looks at, what it prefers, and where it gives up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.grid import build_grid
from sim_suite.driving.roads.graph.kinds import ANY_LANE, DRIVABLE, WALKABLE, LaneKind
from sim_suite.driving.roads.graph.nearest import LEVEL_M, lanes_in_cell, nearest_lane, place_on_lane, wrapped
from tests.driving.roads.lanes_by_hand import Strip, graph_of

NAN = math.nan


@pytest.fixture(scope="module")
def grid():
    """Two lanes far apart, a sidewalk, and a lane above the first."""
    return build_grid(
        graph_of([
            Strip(0, 0, 0, 60), Strip(0, 90, 0, 60), Strip(0, -3.0, 0, 60, width=2.5, kind=LaneKind.SIDEWALK),
            Strip(30, -30, math.pi / 2, 60, z=8.0),
        ])
    )  # fmt: skip


def test_a_place_is_lane_arc_lateral_gap_and_heading_error(grid):
    place = nearest_lane(10.0, 1.0, NAN, 0.3, DRIVABLE, 5.0, grid)
    assert place == pytest.approx((0, 10.0, 1.0, 0.0, 0.3))
    assert place_on_lane(10.0, 1.0, 7.0, 1, grid) == pytest.approx((1, 10.0, -89.0, 87.25, 7.0 - 2 * math.pi))


def test_rings_reach_lanes_many_cells_away_and_no_farther_than_asked(grid):
    assert nearest_lane(-40.0, 49.0, NAN, NAN, ANY_LANE, math.inf, grid)[0] == 1
    assert nearest_lane(70.0, 45.6, NAN, NAN, DRIVABLE, math.inf, grid)[0] == 3
    gap = math.hypot(40.0, 49.0 - 1.75)
    assert nearest_lane(-40.0, 49.0, NAN, NAN, WALKABLE, gap, grid)[0] == -1
    for limit, lane in ((gap - 25.0, -1), (math.hypot(40.0, 39.25) - 1e-6, -1), (math.hypot(40.0, 39.25) + 1e-6, 1)):
        assert nearest_lane(-40.0, 49.0, NAN, NAN, ANY_LANE, limit, grid)[0] == lane


def test_without_a_place_there_is_nothing(grid):
    for place in ((NAN, 0.0), (0.0, math.inf)):
        found = nearest_lane(*place, NAN, NAN, ANY_LANE, math.inf, grid)
        assert found[0] == -1
        assert np.isnan(found[1])
    empty = build_grid(graph_of([Strip(0, 0, 0, 5)]))._replace(runs=np.zeros((0, 3), np.int32))
    assert nearest_lane(1.0, 0.0, NAN, NAN, ANY_LANE, math.inf, empty)[0] == -1


def test_what_is_off_level_is_as_far_as_it_is_high(grid):
    under, over = nearest_lane(30.0, 0.0, 8.0 - LEVEL_M - 3.5, NAN, DRIVABLE, 9.0, grid), 8.0 - LEVEL_M + 0.1
    assert (under[0], under[3]) == (0, pytest.approx(0.5))
    assert nearest_lane(30.0, 0.0, over, NAN, DRIVABLE, 9.0, grid)[0] == 3


def test_lanes_of_a_cell_are_counted_beyond_the_room_for_them(grid):
    column, line = int((30.0 - grid.x_min) / grid.cell_m), int((0.0 - grid.y_min) / grid.cell_m)
    for room in (0, 1, 4):
        places = np.full((room, 3), -1.0)
        assert lanes_in_cell(30.0, 0.0, ANY_LANE, line * grid.columns + column, 0.0, grid, places) == 2
        assert places[:2] == pytest.approx(np.array([[0.0, 30.0, 0.0], [3.0, 30.0, 0.0]])[:room])


def test_angles_are_wrapped():
    assert [wrapped(angle) for angle in (0.5, 4.0, -4.0)] == pytest.approx([0.5, 4 - 2 * math.pi, 2 * math.pi - 4])
