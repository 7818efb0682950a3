"""The line of a route: on the lanes, equally spaced, and smooth where lanes are changed."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.grid import build_grid
from sim_suite.driving.roads.graph.projection import project_onto
from sim_suite.driving.roads.routes.network import DEFAULT_SPEED_MPS
from sim_suite.driving.roads.routes.planner import RoutePlanner
from sim_suite.driving.roads.routes.polyline import route_line
from sim_suite.driving.roads.routes.route import LanePosition, Manoeuvre
from sim_suite.errors import SuiteError
from tests.driving.roads.lanes_by_hand import graph_of
from tests.driving.roads.routes.strips import highway, ring


def test_a_line_lies_on_its_lanes():
    planner = RoutePlanner(graph_of(ring()))
    route = planner.search(LanePosition(0, 20.0), LanePosition(7, 55.5))
    line = route_line(planner.graph, route, spacing_m=0.7)
    assert line.arc_m[-1] == pytest.approx(route.length_m, abs=0.05)
    assert np.diff(line.arc_m) == pytest.approx(line.arc_m[1])
    assert line.arc_m[1] <= 0.7
    on = project_onto(build_grid(planner.graph), line.lane, line.x, line.y, line.heading)
    assert np.abs(on.lateral_m).max() < 0.03  # points of a turn are a metre apart here: 2.5 cm between them
    assert np.abs(on.heading_error).max() < 0.06
    assert np.hypot(np.diff(line.x), np.diff(line.y)) == pytest.approx(line.arc_m[1], abs=0.01)
    assert set(line.speed_limit_mps[line.lane == 0]) == {10.0}
    assert set(line.speed_limit_mps[line.lane == 3]) == {DEFAULT_SPEED_MPS}
    assert (line.manoeuvre[(line.lane == 3) | (line.lane == 6)] == Manoeuvre.TURN_RIGHT).all()
    assert np.abs(np.diff(line.heading)).max() < 0.1


def test_a_change_goes_smoothly_from_centre_to_centre():
    planner = RoutePlanner(graph_of(highway()))
    route = planner.search(LanePosition(1, 0.0), LanePosition(2, 200.0))
    line = route_line(planner.graph, route, spacing_m=0.5)
    assert (line.y[0], line.y[-1]) == pytest.approx((-3.5, -7.0))
    assert np.diff(line.y).max() < 1e-9
    change = line.manoeuvre == Manoeuvre.CHANGE_RIGHT
    assert np.ptp(line.x[change]) == pytest.approx(25.0, abs=1.0)
    # The steepest place of the smooth step: 1.5 times the mean slope.
    assert line.heading.min() == pytest.approx(-np.arctan(1.5 * 3.5 / 25), abs=1e-3)
    slope = np.arctan2(np.diff(line.y), np.diff(line.x))
    assert line.heading[:-1] == pytest.approx(slope, abs=0.02)
    assert line.heading[[0, -1]] == pytest.approx([0.0, 0.0])


def test_a_route_of_no_length_is_two_points():
    planner = RoutePlanner(graph_of(ring()))
    here = LanePosition(0, 20.0)
    line = route_line(planner.graph, planner.search(here, here))
    assert line.x == pytest.approx([20.0, 20.0])
    with pytest.raises(SuiteError, match="above 0"):
        route_line(planner.graph, planner.search(here, here), 0.0)
