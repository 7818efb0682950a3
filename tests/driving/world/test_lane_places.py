"""Places along lanes in float32 against the lane graph's own in float64, and the speeds at which lanes can be driven."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.graph.projection import project_onto
from sim_suite.driving.roads.maps import map_names
from sim_suite.driving.world.lanes import foot_near, pose_at, width_and_speeds, wrap
from sim_suite.driving.world.safe_speeds import GENTLE_BRAKE, LATERAL_ACCEL, SLOWEST_MPS, safe_speeds
from tests.driving.sensors.scenes import prepared


def places(graph, count, seed=0):
    """lane, arc: uniform over all lanes and along each."""
    rng = np.random.default_rng(seed)
    lane = rng.integers(graph.num_lanes, size=count)
    return lane, rng.random(count) * graph.lanes.length_m[lane]


@pytest.mark.parametrize("town", map_names())
def test_poses_are_the_graphs(town):
    terrain, graph = prepared(town).ground.terrain, prepared(town).graph
    lane, arc = places(graph, 300)
    truth = lane_poses(graph, lane, arc)
    found = np.array([pose_at(terrain, one, np.float32(at)) for one, at in zip(lane.tolist(), arc, strict=True)])
    assert np.allclose(found[:, 0], truth.x, atol=1e-3)
    assert np.allclose(found[:, 1], truth.y, atol=1e-3)
    assert np.abs(found[:, 2] - truth.heading).max() < 0.05
    half = np.array(
        [width_and_speeds(terrain, one, np.float32(at))[0] for one, at in zip(lane.tolist(), arc, strict=True)]
    )
    step_change = 0.5 * np.abs(half - truth.width / 2)
    assert np.median(step_change) < 0.01


def test_poses_beyond_the_ends_are_those_of_the_ends():
    terrain, graph = prepared("crossroads").ground.terrain, prepared("crossroads").graph
    length = float(graph.lanes.length_m[3])
    assert pose_at(terrain, 3, np.float32(-5.0)) == pose_at(terrain, 3, np.float32(0.0))
    assert pose_at(terrain, 3, np.float32(length + 5.0)) == pose_at(terrain, 3, np.float32(length))


@pytest.mark.parametrize("town", map_names())
def test_the_foot_from_an_arc_nearby_is_the_projection(town):
    """Up to 1 m off (20 m/s for a tick) and 2 m beside the centre; 2 cm, as long as the place is clear of the bend's centre."""
    driving_map = prepared(town)
    terrain, graph = driving_map.ground.terrain, driving_map.graph
    rng = np.random.default_rng(1)
    lane, arc = places(graph, 400, seed=1)
    lateral = rng.uniform(-2.0, 2.0, len(lane))
    there = lane_poses(graph, lane, arc, lateral)
    clear = (1.0 - lateral * there.curvature > 0.5) & (arc > 1.5) & (arc < graph.lanes.length_m[lane] - 1.5)
    lane, arc, x, y = lane[clear], arc[clear], there.x[clear], there.y[clear]
    truth = project_onto(driving_map.ground.grid, lane, x, y)
    alike = np.abs(truth.arc_m - arc) < 0.5  # where the lane does not come by twice
    guess = arc + rng.uniform(-1.0, 1.0, len(arc))
    found = np.array(
        [foot_near(terrain, *one) for one in zip(lane.tolist(), *(np.float32(v) for v in (guess, x, y)), strict=True)]
    )
    assert alike.mean() > 0.9
    assert np.abs(found[alike, 0] - truth.arc_m[alike]).max() < 0.02
    assert np.abs(found[alike, 1] - truth.lateral_m[alike]).max() < 0.02


def test_the_foot_beyond_an_end_goes_on_straight():
    terrain, graph = prepared("crossroads").ground.terrain, prepared("crossroads").graph
    lane = int(np.argmax(graph.lanes.length_m))
    for arc, ahead in ((0.0, -7.0), (float(graph.lanes.length_m[lane]), 7.0)):
        end = lane_poses(graph, lane, arc)
        x = end.x[0] + ahead * math.cos(end.heading[0]) - 1.5 * math.sin(end.heading[0])
        y = end.y[0] + ahead * math.sin(end.heading[0]) + 1.5 * math.cos(end.heading[0])
        found = foot_near(terrain, lane, np.float32(arc), np.float32(x), np.float32(y))
        assert found[0] == pytest.approx(arc + ahead, abs=0.02)
        assert found[1] == pytest.approx(1.5, abs=0.02)


@pytest.mark.parametrize(
    ("angle", "wrapped"), [(0.0, 0.0), (4.0, 4.0 - 2 * math.pi), (-4.0, 2 * math.pi - 4.0), (31.0, 31.0 - 10 * math.pi)]
)
def test_angles_wrap(angle, wrapped):
    assert wrap(np.float32(angle)) == pytest.approx(wrapped, abs=1e-5)


def speeds(curvature, limit, step=2.0):
    count = len(curvature)
    return safe_speeds(
        np.array([0, count], np.int32), np.array([step]), np.array(curvature, np.float32), np.array(limit, np.float32)
    )


def test_safe_speeds_by_hand():
    # A bend of 25 m at the end of a straight: sqrt(2 * 25) there, and what 1.5 m/s^2 sheds on 2 m before.
    bend = math.sqrt(LATERAL_ACCEL * 25.0)
    expected = [math.sqrt(bend**2 + 2 * GENTLE_BRAKE * 2.0 * k) for k in (2, 1, 0)]
    assert speeds([0.0, 0.0, 0.04], [20.0] * 3) == pytest.approx(expected, rel=1e-5)


def test_safe_speeds_meet_a_lower_limit_and_do_not_look_back():
    expected = [math.sqrt(25.0 + 2 * GENTLE_BRAKE * 2.0), 5.0, 20.0]
    assert speeds([0.0] * 3, [20.0, 5.0, 20.0]) == pytest.approx(expected, rel=1e-5)


def test_the_narrowest_bend_is_taken_at_a_walk():
    assert speeds([5.0, 5.0], [20.0, 20.0]) == pytest.approx([SLOWEST_MPS, SLOWEST_MPS])


def test_safe_speeds_know_nothing_of_the_next_lane():
    both = safe_speeds(
        np.array([0, 2, 4], np.int32),
        np.array([2.0, 2.0]),
        np.array([0, 0, 0.5, 0.5], np.float32),
        np.full(4, 20.0, np.float32),
    )
    assert both == pytest.approx([20.0, 20.0, 2.0, 2.0])
