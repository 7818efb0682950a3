"""The grid lists every lane where it lies, whatever the map's size and place."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.frenet import HALF_LEFT, HALF_RIGHT
from sim_suite.driving.roads.graph.grid import MAX_CELLS, build_grid
from tests.driving.roads.lanes_by_hand import Strip, graph_of


def cells_of(grid, x, y):
    column, line = int((x - grid.x_min) / grid.cell_m), int((y - grid.y_min) / grid.cell_m)
    return line * grid.columns + column


def listed(grid, cell):
    return {
        (int(lane), k)
        for lane, begin, stop in grid.runs[grid.first_run[cell] : grid.first_run[cell + 1]]
        for k in range(begin, stop)
    }


@pytest.mark.parametrize("step", [1.0, 90.0])
def test_every_place_of_a_strip_lies_in_a_cell_that_lists_its_segment(step):
    strips = [Strip(3, 5, 0.7, 90, step=step), Strip(0, 0, 2.0, 60, 1 / 25, width=4, end_width=7, step=min(step, 2.0))]
    grid = build_grid(graph_of(strips))
    for lane, strip in enumerate(strips):
        segments = math.ceil(strip.length / strip.step)
        for arc in np.linspace(0.1, strip.length - 0.1, 50):
            k = int(grid.first_point[lane]) + int(arc / strip.length * segments)
            for lateral in (-1.7, 0.0, 1.7):
                x, y, _ = strip.pose(arc, lateral)
                assert (lane, k) in listed(grid, cells_of(grid, x, y))


def test_runs_are_sorted_by_lane_and_segments_of_one_lane_are_joined():
    grid = build_grid(graph_of([Strip(0, 3.5, 0, 20), Strip(0, 0, 0, 20)]), cell_m=50.0)
    assert grid.runs.tolist() == [[0, 0, 20], [1, 21, 41]]
    assert (grid.columns, grid.lines) == (1, 1)


def test_half_widths_follow_the_borders():
    widening = build_grid(graph_of([Strip(0, 0, 0, 100, width=3, end_width=5)]))
    assert widening.rows[:, HALF_LEFT] == pytest.approx(np.linspace(1.5, 2.5, 101))
    assert widening.rows[:, HALF_RIGHT] == pytest.approx(np.linspace(1.5, 2.5, 101))
    assert widening.lean == pytest.approx(np.zeros((1, 2)))


def test_clearance_never_skips_a_lane():
    grid = build_grid(graph_of([Strip(0, 0, 0, 30), Strip(80, 60, 1, 40, -1 / 20)]))
    occupied = np.argwhere((np.diff(grid.first_run) > 0).reshape(grid.lines, grid.columns))
    for cell, clearance in enumerate(grid.clearance):
        place = divmod(cell, grid.columns)
        assert clearance == np.abs(occupied - place).max(axis=1).min()


def test_a_wide_map_stays_small():
    """100 km apart: the cells grow instead of their number."""
    grid = build_grid(graph_of([Strip(0, 0, 0, 50), Strip(100_000, 100_000, 0, 50)]))
    assert len(grid.clearance) <= 1.01 * MAX_CELLS
    assert sum(a.nbytes for a in grid if isinstance(a, np.ndarray)) < 30e6


def test_arrays_are_read_only():
    grid = build_grid(graph_of([Strip(0, 0, 0, 5)]))
    with pytest.raises(ValueError, match="read-only"):
        grid.rows[0, 0] = 1.0
