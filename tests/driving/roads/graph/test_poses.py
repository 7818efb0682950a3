"""Reading lanes between their points."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.poses import heading_between, lane_poses
from sim_suite.driving.roads.opendrive.model import Arc, LaneSection, Line, Spiral
from sim_suite.errors import SuiteError
from tests.driving.roads.geometry.one_road import chain, lanes, one_road


def one_lane(*shapes, width=1e-6):
    """A lane that is (nearly) its road's reference line, so that arcs are s."""
    sections = [LaneSection(0.0, lanes(-1, width=width))]
    return build_graph(one_road(*chain(shapes), sections=sections)).graph


def test_a_line_that_becomes_an_arc_keeps_its_heading_exact():
    graph = one_lane((Line(), 10.3), (Arc(0.1), 15.0))
    arc = np.linspace(0.0, 25.3, 500)
    poses = lane_poses(graph, 0, arc)
    np.testing.assert_allclose(poses.heading, 0.1 * np.maximum(arc - 10.3, 0.0), atol=math.radians(0.001))


def test_a_clothoid_keeps_its_heading_within_a_tenth_of_a_degree():
    graph = one_lane((Spiral(0.0, 0.1), 20.0))
    arc = np.linspace(0.0, 20.0, 500)
    error = lane_poses(graph, 0, arc).heading - 0.5 * 0.005 * arc**2
    assert np.abs(error).max() < math.radians(0.1)


def test_arcs_beyond_the_ends_are_cut():
    graph = one_lane((Line(), 10.0))
    poses = lane_poses(graph, 0, [-5.0, 3.0, 50.0])
    np.testing.assert_allclose(poses.x, [0.0, 3.0, 10.0], atol=2e-6)
    np.testing.assert_allclose(poses.road_s, [0.0, 3.0, 10.0])


def test_headings_meet_both_points_whatever_their_curvatures():
    for bends in ((0.0, 0.0), (0.5, -0.3), (0.2, 0.2)):
        assert heading_between(1.0, 1.4, *bends, 2.0, 0.0) == pytest.approx(1.0)
        assert heading_between(1.0, 1.4, *bends, 2.0, 1.0) == pytest.approx(1.4)


def test_a_lane_that_is_not_there_is_refused():
    with pytest.raises(SuiteError, match="lanes 0 to 7 are asked for; the map has 0 to 0"):
        lane_poses(one_lane((Line(), 10.0)), [0, 7], 0.0)
