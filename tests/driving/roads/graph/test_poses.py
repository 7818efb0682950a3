"""Reading lanes between their points."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import fresnel

from sim_suite.driving.roads.graph.poses import heading_between, lane_poses
from sim_suite.errors import SuiteError
from tests.driving.roads.lanes_by_hand import Bend, Strip, graph_of


@dataclass
class Clothoid(Strip):
    """Curvature rises from nothing by `rate` a metre; positions by Fresnel's integrals."""

    rate: float = 0.005

    def bend(self, arc):
        return self.rate * arc

    def pose(self, arc, lateral=0.0):
        scale = math.sqrt(math.pi / self.rate)
        s, c = fresnel(arc / scale)
        heading = 0.5 * self.rate * arc**2
        return scale * c - lateral * math.sin(heading), scale * s + lateral * math.cos(heading), heading


def test_by_hand():
    graph = graph_of([Strip(0, 0, 0, 5), Strip(1, 2, math.pi / 2, 10, width=3, end_width=4, z=7.0)])
    poses = lane_poses(graph, 1, [0.0, 4.0, 99.0, -5.0], [0.0, 1.5, 0.0, -1.0])
    assert poses.x == pytest.approx([1, -0.5, 1, 2])
    assert poses.y == pytest.approx([2, 6, 12, 2])
    assert poses.z == pytest.approx([7.0] * 4)
    assert poses.heading == pytest.approx([math.pi / 2] * 4)
    assert poses.width == pytest.approx([3.0, 3.4, 4.0, 3.0])
    assert poses.road_s == pytest.approx([0, 4, 10, 0])
    assert lane_poses(graph, [0, 1], 4.0).x == pytest.approx([4.0, 1.0])


@pytest.mark.parametrize("lateral", [-2.0, 0.0, 2.0])
def test_a_line_that_becomes_an_arc_keeps_its_heading_exact(lateral):
    strip = Bend(0.0, 0.0, 3.0, 25.3, 0.1, step=0.6)
    arc = np.linspace(0.0, 25.3, 500)
    poses = lane_poses(graph_of([strip]), 0, arc, lateral)
    x, y, heading = np.array([strip.pose(a, lateral) for a in arc]).T
    np.testing.assert_allclose(poses.heading, heading, atol=math.radians(0.001))
    np.testing.assert_allclose(np.stack((poses.x, poses.y)), np.stack((x, y)), atol=0.005)


def test_a_clothoid_keeps_its_heading_within_a_tenth_of_a_degree():
    arc = np.linspace(0.0, 20.0, 500)
    poses = lane_poses(graph_of([Clothoid(0, 0, 0, 20.0, step=0.9)]), 0, arc)
    assert np.abs(poses.heading - 0.5 * 0.005 * arc**2).max() < math.radians(0.1)
    np.testing.assert_allclose(poses.curvature, 0.005 * arc, atol=1e-12)


def test_headings_meet_both_points_whatever_their_curvatures():
    for bends in ((0.0, 0.0), (0.5, -0.3), (0.2, 0.2)):
        assert heading_between(1.0, 1.4, *bends, 2.0, 0.0) == pytest.approx(1.0)
        assert heading_between(1.0, 1.4, *bends, 2.0, 1.0) == pytest.approx(1.4)


def test_lanes_that_are_not_there_are_refused():
    for lanes in ([0, 7], -1):
        with pytest.raises(SuiteError, match="are asked for; the map has 0 to 0"):
            lane_poses(graph_of([Strip(0, 0, 0, 10)]), lanes, 0.0)
