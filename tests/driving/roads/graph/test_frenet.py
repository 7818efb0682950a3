"""The Frenet frame at the places where it is delicate: kinks, ends that lean, centres of curvature."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.grid import build_grid
from sim_suite.driving.roads.graph.projection import project, project_onto
from tests.driving.roads.lanes_by_hand import Bend, Strip, altered, graph_of


@pytest.mark.parametrize("lateral", [-1.7, 0.0, 1.7])
def test_the_foot_is_exact_where_a_straight_becomes_a_curve(lateral):
    """A tangent that turned evenly from point to point would put the foot 2.6 cm off here."""
    strip = Bend(4.0, -7.0, 2.0, 25.0, 0.1, step=0.6)
    grid, arcs = build_grid(graph_of([strip])), np.linspace(9.0, 12.0, 301)
    x, y, heading = np.array([strip.pose(arc, lateral) for arc in arcs]).T
    found = project_onto(grid, 0, x, y, heading)
    assert found.arc_m == pytest.approx(arcs, abs=0.003)
    assert found.lateral_m == pytest.approx(np.full(301, lateral), abs=0.005)
    assert np.abs(found.heading_error).max() < math.radians(0.03)


def test_the_wedge_between_two_lanes_that_meet_at_an_angle_belongs_to_them():
    """Where a lane widens to one side, its centre bends: both lanes end at the road's cross-section, which leans."""
    graph = graph_of([Strip(0, 0, 0.1, 20, width=4), Strip(20 * math.cos(0.1), 20 * math.sin(0.1), 0.0, 20, width=4)])
    points, last = graph.points, 20
    borders = {name: getattr(points, name).copy() for name in ("left_x", "left_y", "right_x", "right_y")}
    for k in (last, last + 1):  # the cross-section stands upright at the joint, as the road does
        borders["left_x"][k] = borders["right_x"][k] = points.x[k]
        borders["left_y"][k], borders["right_y"][k] = points.y[k] + 2, points.y[k] - 2
    grid = build_grid(altered(graph, "points", **borders))
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
