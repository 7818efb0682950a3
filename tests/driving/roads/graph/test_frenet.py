"""The Frenet frame at the places where it is delicate: kinks, ends that lean, centres of curvature."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.grid import build_grid
from sim_suite.driving.roads.graph.projection import lane_pose, project, project_onto
from tests.driving.roads.lanes_by_hand import Strip, graph_of


def test_poses_by_hand():
    grid = build_grid(graph_of([Strip(1, 2, math.pi / 2, 10)]))
    x, y, heading = lane_pose(grid, 0, [0.0, 4.0, 99.0, -5.0], [0.0, 1.5, 0.0, 0.0])
    assert x == pytest.approx([1, -0.5, 1, 1])
    assert y == pytest.approx([2, 6, 12, 2])
    assert heading == pytest.approx([math.pi / 2] * 4)


def test_headings_stay_within_pi_and_turn_smoothly():
    strip = Strip(0, 0, 3.0, 2 * math.pi * 20, 1 / 20, step=0.5)
    arcs = np.linspace(0, strip.length, 400)
    heading = lane_pose(build_grid(graph_of([strip])), 0, arcs)[2]
    assert np.abs(heading).max() <= math.pi
    assert np.unwrap(heading) - heading[0] == pytest.approx(arcs / 20, abs=1e-3)


def test_the_wedge_between_two_lanes_that_meet_at_an_angle_belongs_to_them():
    """Where a lane widens to one side, its centre bends: both lanes end at the road's cross-section, which leans."""
    graph = graph_of([Strip(0, 0, 0.1, 20, width=4), Strip(20 * math.cos(0.1), 20 * math.sin(0.1), 0.0, 20, width=4)])
    points, last = graph.points, 20
    for k in (last, last + 1):  # the cross-section stands upright at the joint, as the road does
        points.left_x[k] = points.right_x[k] = points.x[k]
        points.left_y[k], points.right_y[k] = points.y[k] + 2, points.y[k] - 2
    grid = build_grid(graph)
    assert grid.lean[0, 1] == pytest.approx(math.tan(0.1))
    joint = points.x[last], points.y[last]
    found = project(grid, [joint[0] - 0.05, joint[0] + 0.05], [joint[1] + 1.9, joint[1] + 1.9])
    assert found.lane.tolist() == [0, 1]
    assert found.inside.all()


def test_beyond_the_centre_of_curvature_the_nearer_end_counts():
    strip = Strip(0, 0, 0, 5 * math.pi / 2, 1 / 5, width=2, step=0.2)
    places = [(-4.0, 9.0), (2.0, 12.0)]
    found = project_onto(build_grid(graph_of([strip])), 0, *np.array(places).T)
    for k, (x, y) in enumerate(places):
        to_ends = [math.hypot(x - px, y - py) for px, py, _ in (strip.pose(0), strip.pose(strip.length))]
        assert found.gap_m[k] <= min(to_ends)
        assert found.arc_m[k] == pytest.approx([0.0, strip.length][int(np.argmin(to_ends))])
