"""Projection: by hand, against brute force over all segments, there and back, and unmoved by moving the map."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.compiling.sharing import at_most
from sim_suite.driving.roads.graph.grid import build_grid
from sim_suite.driving.roads.graph.kinds import ANY_LANE, DRIVABLE, WALKABLE, LaneKind
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.graph.projection import lanes_at, project, project_onto
from sim_suite.errors import SuiteError
from tests.driving.roads.lanes_by_hand import Bend, Strip, graph_of

CROSSING = [
    Strip(0, 0, 0, 40, successors=(1, 2), left=3),
    Strip(40, 0, 0, 20, junction=0, successors=(4,)),
    Strip(40, 0, 0, 6 * math.pi, 1 / 12, junction=0, step=0.5),
    Strip(0, 3.5, 0, 40, width=3.5),
    Strip(60, 0, 0, 30, width=3.5, end_width=5.0),
    Strip(0, -3.0, 0, 40, width=2.5, kind=LaneKind.SIDEWALK),
    Strip(50, -20, math.pi / 2, 50, width=3.0, junction=0),
]


@pytest.fixture(scope="module")
def grid():
    return build_grid(graph_of(CROSSING))


def moved(strips, angle, dx, dy):
    cos, sin = math.cos(angle), math.sin(angle)
    place = [(s.x * cos - s.y * sin + dx, s.x * sin + s.y * cos + dy) for s in strips]
    return [
        Strip(**{**vars(s), "x": x, "y": y, "heading": s.heading + angle})
        for s, (x, y) in zip(strips, place, strict=True)
    ]


def test_by_hand(grid):
    found = project(grid, [10, 10, 10, -3, 20, math.nan], [1.0, 1.8, -3.0, 0.5, 40.0, 0.0])
    assert found.lane.tolist() == [0, 3, 0, 0, -1, -1]
    assert found.arc_m[:4] == pytest.approx([10, 10, 10, 0])
    assert found.lateral_m[:4] == pytest.approx([1.0, -1.7, -3.0, 0.5])
    assert found.gap_m == pytest.approx([0, 0, 1.25, 3.0, math.inf, math.inf])
    assert found.inside.tolist() == [True, True, False, False, False, False]
    assert np.isnan(found.arc_m[4:]).all()
    assert np.isnan(found.heading_error).all()
    assert found.lane.dtype == np.int32


def test_a_strip_counts_before_a_nearer_centre():
    grid = build_grid(graph_of([Strip(0, 0, 0, 20, width=2.0), Strip(0, 5.0, 0, 20, width=8.0)]))
    found = project(grid, 10.0, 1.5)
    assert (found.lane[0], found.lateral_m[0]) == (1, -3.5)


def test_kinds_and_distance_choose(grid):
    assert project(grid, 10, -3.0, kinds=WALKABLE).lane.tolist() == [5]
    assert project(grid, 10, -3.0, kinds=ANY_LANE).lane.tolist() == [5]
    assert project(grid, 10, -6.75, max_distance_m=4.99).lane.tolist() == [-1]
    assert project(grid, 10, -6.75, max_distance_m=5.01).lane.tolist() == [0]
    assert project(grid, -1e5, 0.0, max_distance_m=math.inf).lane.tolist() == [0]


def test_overlapping_lanes_are_told_apart_by_centre_then_by_heading(grid):
    assert project(grid, 50.2, 1.0).lane.tolist() == [6]
    assert project(grid, [50.2, 50.2], [1.0, 1.0], [0.0, 1.6]).lane.tolist() == [1, 6]
    found = project(grid, 45.0, 0.5, 0.5)
    assert found.lane[0] == 2
    assert found.heading_error[0] == pytest.approx(0.5 - found.arc_m[0] / 12, abs=1e-3)
    assert lanes_at(grid, 45.0, 0.5).lane.tolist() == [1, 2]


def test_equal_lanes_go_to_the_lower_index():
    twice = build_grid(graph_of([Strip(0, 0, 0, 9), Strip(0, 0, 0, 9)]))
    assert project(twice, [3, 3], [0.4, 7.0]).lane.tolist() == [0, 0]
    assert project(twice, [3], [0.4], [0.1]).lane.tolist() == [0]


def test_lanes_at_lists_each_lane_once(grid):
    found = lanes_at(grid, [10.0, 200.0, 50.0], [0.0, 0.0, 0.0])
    assert found.first.tolist() == [0, 1, 1, 3]
    assert found.lane.tolist() == [0, 1, 6]
    assert found.arc_m == pytest.approx([10, 10, 20])
    assert found.lateral_m[2] == pytest.approx(0.0, abs=1e-9)


def brute_force(strips, x, y):
    """(lane, gap) over finely cut strips: the exact distance to each, by its own circle's formula."""
    gaps = []
    for strip in strips:
        arcs = np.linspace(0, strip.length, 2001)
        end = strip.width if strip.end_width is None else strip.end_width
        poses = np.array([strip.pose(a) for a in arcs])
        dx, dy = x - poses[:, 0], y - poses[:, 1]
        ahead = dx * np.cos(poses[:, 2]) + dy * np.sin(poses[:, 2])
        aside = dy * np.cos(poses[:, 2]) - dx * np.sin(poses[:, 2])
        half = (strip.width + (end - strip.width) * arcs / strip.length) / 2
        gaps.append(np.hypot(np.maximum(np.abs(aside) - half, 0), np.abs(ahead)).min())
    return np.array(gaps)


@pytest.mark.parametrize("offset", [(0.0, 0.0), (500_000.0, 5_400_000.0)])
def test_agrees_with_brute_force(offset):
    strips = moved(CROSSING, 0.3, *offset)
    grid = build_grid(graph_of(strips))
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-20, 110, 80) + offset[0], rng.uniform(-30, 60, 80) + offset[1]
    found = project(grid, x, y, kinds=ANY_LANE, max_distance_m=math.inf)
    for n in range(len(x)):
        gaps = brute_force(strips, x[n], y[n])
        # Finely cut, but cut: 2.5 cm along the lane; and the points' polyline errs by 5 mm.
        assert found.gap_m[n] == pytest.approx(gaps.min(), abs=0.03)
        assert gaps[found.lane[n]] <= gaps.min() + 0.03


@settings(max_examples=60, deadline=None)
@given(
    curvature=st.floats(-1 / 8, 1 / 8), heading=st.floats(-7, 7), share=st.floats(0, 1), lateral=st.floats(-3, 3),
    end_width=st.floats(1, 9), origin=st.sampled_from([0.0, 5e6]),
)  # fmt: skip
def test_there_and_back(curvature, heading, share, lateral, end_width, origin):
    strip = Strip(origin, -origin, heading, 20, curvature, width=6, end_width=end_width, step=0.5)
    graph, arc = graph_of([strip]), 20 * share
    grid, poses = build_grid(graph), lane_poses(graph, 0, arc, lateral)
    back = project_onto(grid, 0, poses.x, poses.y, poses.heading)
    assert back.arc_m[0] == pytest.approx(arc, abs=1e-5)
    assert back.lateral_m[0] == pytest.approx(lateral, abs=1e-5)
    assert back.heading_error[0] == pytest.approx(0.0, abs=1e-6)
    # From the true curve too, within the centimetre that is promised.
    x, y, _ = strip.pose(arc, lateral)
    back = project_onto(grid, 0, x, y)
    assert back.arc_m[0] == pytest.approx(arc, abs=0.01)
    assert back.lateral_m[0] == pytest.approx(lateral, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(
    curvature=st.floats(-1 / 8, 1 / 8), heading=st.floats(-7, 7), lateral=st.floats(-3, 3), step=st.floats(0.3, 0.6)
)  # fmt: skip
def test_there_and_back_where_a_straight_becomes_a_curve(curvature, heading, lateral, step):
    graph, arc = graph_of([Bend(0, 0, heading, 20, curvature, width=6, step=step)]), np.linspace(9.0, 12.0, 200)
    poses = lane_poses(graph, 0, arc, lateral)
    back = project_onto(build_grid(graph), 0, poses.x, poses.y, poses.heading)
    assert back.arc_m == pytest.approx(arc, abs=1e-3)
    assert back.lateral_m == pytest.approx(np.full(200, lateral), abs=1e-4)
    assert np.abs(back.heading_error).max() < 1e-3


BRIDGE = [Strip(0, 0, 0, 100), Strip(50, -50, math.pi / 2, 100, z=5.0), Strip(50, 0, 0, 30, junction=0, z=5.0)]


def test_height_tells_a_bridge_from_the_road_beneath():
    grid = build_grid(graph_of(BRIDGE))
    crossing = [50.1] * 5, [1.0] * 5
    # Where no height is known the centre decides; with one, vehicles' centres above the road are level with it.
    found = project(grid, *crossing, z=[math.nan, 0.0, 1.9, 5.3, 7.0])
    assert found.lane.tolist() == [1, 0, 0, 1, 1]
    assert found.inside.all()
    # On a level the heading decides as ever, and one off the bridge's edge is still of the bridge.
    assert project(grid, 50.1, 1.0, 0.0, z=5.5).lane.tolist() == [2]
    beside = project(grid, 50.0 - 1.75 - 0.4, 1.0, z=5.5)
    assert (beside.lane[0], beside.gap_m[0]) == (1, pytest.approx(0.4))
    # High above everything the distance is that in space.
    above = project(grid, 20.0, 1.75 + 3.0, z=6.0)
    assert (above.lane[0], above.gap_m[0]) == (0, pytest.approx(5.0))
    assert not above.inside[0]
    assert project(grid, 20.0, 4.75, z=6.0, max_distance_m=4.99).lane.tolist() == [-1]


def test_arc_rises_along_a_curve_however_far_outside():
    """Chord projection would stand still at each vertex on the outside, and jump on the inside."""
    strip = Strip(0, 0, 0, 40, 1 / 15, step=1.0)
    grid = build_grid(graph_of([strip]))
    for lateral in (-8.0, 8.0):
        poses = np.array([strip.pose(arc, lateral) for arc in np.linspace(0.2, 39.8, 3000)])
        arcs = project_onto(grid, 0, poses[:, 0], poses[:, 1]).arc_m
        steps = np.diff(arcs)
        assert steps.min() > 0.9 * 39.6 / 2999
        assert steps.max() < 1.1 * 39.6 / 2999


@settings(max_examples=15, deadline=None)
@given(st.floats(-4, 4), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_moving_the_map_moves_nothing_on_it(angle, dx, dy):
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-10, 100, 200), rng.uniform(-20, 30, 200)
    before = project(build_grid(graph_of(CROSSING)), x, y)
    cos, sin = math.cos(angle), math.sin(angle)
    after = project(
        build_grid(graph_of(moved(CROSSING, angle, dx, dy))), x * cos - y * sin + dx, x * sin + y * cos + dy
    )
    same = before.lane == after.lane
    assert np.mean(same) > 0.98  # ties, and only ties, may fall the other way by rounding
    assert after.gap_m == pytest.approx(before.gap_m, abs=1e-6)
    found = same & (before.lane >= 0)
    assert after.lateral_m[found] == pytest.approx(before.lateral_m[found], abs=1e-6)
    assert after.arc_m[found] == pytest.approx(before.arc_m[found], abs=1e-5)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_threads_and_one_thread_agree_and_so_does_a_forked_process(grid):
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-10, 100, 2000), rng.uniform(-20, 30, 2000)
    results = []
    for threads in (2, 1):
        with at_most(threads):
            results.append(project(grid, x, y, kinds=DRIVABLE))
    for shared, alone in zip(*results, strict=True):
        np.testing.assert_array_equal(shared, alone)
    child = os.fork()
    if child == 0:
        same = np.array_equal(project(grid, x, y, kinds=DRIVABLE).lane, results[0].lane)
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_read_only_whole_and_single_numbers_are_taken(grid):
    x = np.array([10, 20])
    x.flags.writeable = False
    assert project(grid, x, np.zeros(2, np.float32)).arc_m == pytest.approx([10, 20])
    assert project_onto(grid, [0, -1], [10, 10], [1, 1]).lane.tolist() == [0, -1]


def test_mistakes_are_explained(grid):
    with pytest.raises(SuiteError, match="equal length"):
        project(grid, [1, 2], [3])
    with pytest.raises(SuiteError, match="lane 99"):
        project_onto(grid, 99, 0.0, 0.0)
