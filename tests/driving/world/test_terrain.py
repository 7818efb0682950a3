"""The packed map against the lane graph that it was made of, on every map that has a name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim_suite.driving.roads.graph.grid import build_grid
from sim_suite.driving.roads.graph.kinds import DRIVABLE, LaneKind, MarkKind, Priority, SignalKind
from sim_suite.driving.roads.maps import map_names
from sim_suite.driving.roads.routes.network import DEFAULT_SPEED_MPS
from sim_suite.driving.world import terrain as tr
from tests.driving.sensors.scenes import prepared


@pytest.fixture(scope="module", params=map_names())
def town(request):
    return prepared(request.param)


def rows_of(first):
    """[M] Which lane each row of a list by lane belongs to."""
    return np.repeat(np.arange(len(first) - 1), np.diff(first))


def test_points_are_the_graphs(town):
    terrain, graph = town.ground.terrain, town.graph
    points, point = graph.points, terrain.point
    assert (terrain.origin_x, terrain.origin_y) == (0.0, 0.0)
    assert np.array_equal(point[:, tr.PX], points.x.astype(np.float32))
    assert np.array_equal(point[:, tr.PY], points.y.astype(np.float32))
    assert np.array_equal(point[:, tr.HEADING], points.heading.astype(np.float32))
    assert np.array_equal(point[:, tr.CURVATURE], points.curvature.astype(np.float32))
    assert np.array_equal(point[:, tr.HALF_WIDTH], (points.width / 2).astype(np.float32))
    limit = np.where(np.isnan(points.speed_limit_mps), DEFAULT_SPEED_MPS, points.speed_limit_mps)
    assert np.array_equal(point[:, tr.LIMIT], limit.astype(np.float32))
    assert np.array_equal(terrain.lane[:, tr.FIRST_POINT], graph.lanes.first_point)
    assert np.array_equal(terrain.lane_f[:, tr.LANE_LENGTH], graph.lanes.length_m.astype(np.float32))
    assert np.array_equal(terrain.lane_f[:, tr.LANE_STEP], graph.lanes.step_m.astype(np.float32))


def test_marks_that_may_not_be_crossed_are_the_graphs(town):
    terrain, points = town.ground.terrain, town.graph.points
    bits = terrain.point[:, tr.CHANGE].astype(int)
    assert np.array_equal(bits & 3, points.change)
    for bit, mark in ((tr.SOLID_LEFT, points.left_mark), (tr.SOLID_RIGHT, points.right_mark)):
        solid = np.isin(
            mark, (MarkKind.SOLID, MarkKind.SOLID_SOLID, MarkKind.BROKEN_SOLID, MarkKind.CURB, MarkKind.GRASS)
        )
        assert np.array_equal(bits & bit != 0, solid)


def test_lanes_beside_run_the_same_way_and_oncoming_ones_do_not(town):
    terrain, lanes = town.ground.terrain, town.graph.lanes
    lane = terrain.lane[:-1]
    driven = lane[:, tr.DRIVEN] == 1
    assert not np.any(driven & ((DRIVABLE >> lanes.kind.astype(np.int64)) & 1 == 0))
    assert np.all(driven[lanes.kind == LaneKind.DRIVING])
    for column, back in ((tr.LEFT, tr.RIGHT), (tr.RIGHT, tr.LEFT)):
        own = np.flatnonzero(lane[:, column] >= 0)
        other = lane[own, column]
        assert driven[own].all()
        assert driven[other].all()
        assert np.array_equal(lanes.direction[own], lanes.direction[other])
        assert np.array_equal(lane[other, back], own)
    own = np.flatnonzero(lane[:, tr.ONCOMING] >= 0)
    other = lane[own, tr.ONCOMING]
    assert driven[other].all()
    assert np.array_equal(lanes.direction[own], -lanes.direction[other])
    assert np.array_equal(lanes.road[own], lanes.road[other])


def test_stop_lines_are_the_graphs(town):
    terrain, graph = town.ground.terrain, town.graph
    stops = graph.stop_lines
    assert np.array_equal(terrain.lane[:, tr.FIRST_STOP], stops.first)
    assert np.array_equal(terrain.stop[:, tr.STOP_KIND], stops.kind)
    assert np.array_equal(terrain.stop_arc, stops.arc_m.astype(np.float32))
    light = stops.kind == SignalKind.LIGHT
    assert np.array_equal(terrain.stop[light, tr.STOP_GROUP], graph.signals.group[stops.signal[light]])
    assert np.all(terrain.stop[light, tr.STOP_GROUP] >= 0)
    assert np.all(terrain.stop[~light, tr.STOP_GROUP] == -1)
    inside = graph.lanes.junction[rows_of(stops.first)] >= 0
    assert np.array_equal(terrain.stop[:, tr.STOP_JUNCTION_LANE] == 1, inside)


def test_a_junction_lane_is_held_by_the_light_before_it(town):
    terrain, graph = town.ground.terrain, town.graph
    stops = graph.stop_lines
    for row in np.flatnonzero(stops.kind == SignalKind.LIGHT):
        lane = rows_of(stops.first)[row]
        onward = graph.successors.lane[graph.successors.first[lane] : graph.successors.first[lane + 1]]
        held = [lane] if graph.lanes.junction[lane] >= 0 else onward
        last = row + 1 == stops.first[lane + 1]
        for other in held if last else ():
            assert terrain.lane[other, tr.GROUP] == terrain.stop[row, tr.STOP_GROUP]
    assert np.all(terrain.lane[:-1, tr.GROUP][graph.lanes.junction < 0] == -1)


def test_conflicts_are_the_graphs_and_both_sides_agree_on_who_goes_first(town):
    terrain, known = town.ground.terrain, town.graph.conflicts
    own = rows_of(known.first)
    assert np.array_equal(terrain.lane[:, tr.FIRST_CONFLICT], known.first)
    assert np.array_equal(terrain.conflict[:, tr.OTHER], known.lane)
    assert np.array_equal(terrain.conflict[:, tr.MERGES], known.merges)
    wide = tr.WIDER_M
    stretch = (
        known.from_arc_m - wide,
        known.to_arc_m + wide,
        known.other_from_arc_m - wide,
        known.other_to_arc_m + wide,
    )
    assert np.allclose(terrain.conflict_f, np.stack(stretch, axis=1), atol=1e-4)
    order = terrain.conflict[:, tr.ORDER]
    assert np.all(order[known.priority == Priority.GOES_FIRST] == 1)
    assert np.all(order[known.priority == Priority.YIELDS] == -1)
    said: dict[tuple[int, int], list[int]] = {}
    for a, b, one in zip(own.tolist(), known.lane.tolist(), order.tolist(), strict=True):
        said.setdefault((a, b), []).append(one)
    for (a, b), orders in said.items():
        assert orders == [-one for one in said[b, a]], (a, b)


def test_crosswalks_are_the_graphs(town):
    terrain, graph = town.ground.terrain, town.graph
    known = graph.crosswalks
    assert len(terrain.crosswalk_f) == len(known.first_corner) - 1 == len(terrain.crosswalk) - 1
    way = known.walk[:, 1] - known.walk[:, 0]
    back = tr.WALK_BACK_M * way / np.linalg.norm(way, axis=1, keepdims=True)
    ends = np.concatenate([known.walk[:, 0] - back, known.walk[:, 1] + back], axis=1)
    assert np.allclose(terrain.crosswalk_f[:, :4], ends, atol=1e-3)
    length = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    assert np.allclose(terrain.crosswalk_f[:, tr.WALK_LENGTH], length, atol=1e-3)
    expected = set()
    for index in range(len(length)):
        for k in range(known.first_lane[index], known.first_lane[index + 1]):
            if (DRIVABLE | 1 << LaneKind.BIKING) >> int(graph.lanes.kind[known.lane[k]]) & 1:
                expected.add(
                    (int(known.lane[k]), index, np.float32(known.from_arc_m[k]), np.float32(known.to_arc_m[k]))
                )
    first = terrain.lane[:, tr.FIRST_CROSSING]
    found = set(
        zip(
            rows_of(first).tolist(), terrain.crossing[:, tr.CROSSWALK_OF].tolist(),
            terrain.crossing_f[:, tr.CROSS_FROM], terrain.crossing_f[:, tr.CROSS_TO], strict=True,
        )
    )  # fmt: skip
    assert found == expected
    by_crosswalk = terrain.crosswalk[:, tr.FIRST_CROSSED]
    for index in range(len(length)):
        rows = terrain.crossed[by_crosswalk[index] : by_crosswalk[index + 1]]
        assert np.all(terrain.crossing[rows[:, 0], tr.CROSSWALK_OF] == index)
        assert np.array_equal(rows_of(first)[rows[:, 0]], rows[:, 1])
    assert by_crosswalk[-1] == len(terrain.crossing) if len(length) else True


def test_a_lane_lies_on_its_crosswalk_where_it_says(town):
    """The middle of each overlap, by the graph's own points, is within the stretch of the crosswalk."""
    terrain, graph = town.ground.terrain, town.graph
    lanes = rows_of(terrain.lane[:, tr.FIRST_CROSSING])
    for lane, (crosswalk,), (low, high, walk_low, walk_high) in zip(
        lanes, terrain.crossing, terrain.crossing_f, strict=True
    ):
        first, last = graph.lanes.first_point[lane], graph.lanes.first_point[lane + 1] - 1
        point = first + min(round((low + high) / 2 / graph.lanes.step_m[lane]), last - first)
        ax, ay, bx, by = terrain.crosswalk_f[crosswalk, :4]
        length = np.hypot(bx - ax, by - ay)
        along = ((graph.points.x[point] - ax) * (bx - ax) + (graph.points.y[point] - ay) * (by - ay)) / length
        assert walk_low < along < walk_high
        assert walk_high - walk_low == pytest.approx(graph.points.width[point], abs=0.5)


def test_traffic_begins_outside_of_junctions(town):
    terrain, graph = town.ground.terrain, town.graph
    for lanes, summed in ((terrain.spawn_lane, terrain.spawn_m), (terrain.walk_lane, terrain.walk_m)):
        assert np.all(graph.lanes.junction[lanes] < 0)
        assert np.allclose(np.diff(summed, prepend=0.0), graph.lanes.length_m[lanes], atol=0.01)


def test_nothing_can_be_written(town):
    for array in town.ground.terrain:
        assert not isinstance(array, np.ndarray) or not array.flags.writeable


def test_traffic_keeps_to_the_left_on_one_map_alone():
    assert [name for name in map_names() if prepared(name).ground.terrain.left_hand] == ["left_hand"]


def test_a_map_that_lies_far_out_has_an_origin_of_its_own():
    near = prepared("crossroads")
    x_min, y_min, x_max, y_max = near.graph.bounds
    points, dx, dy = near.graph.points, 500_000.0, 30_000.0
    moved = points._replace(
        x=points.x + dx, y=points.y + dy, left_x=points.left_x + dx, left_y=points.left_y + dy,
        right_x=points.right_x + dx, right_y=points.right_y + dy,
    )  # fmt: skip
    walks = near.graph.crosswalks
    shift = np.array([dx, dy])
    crosswalks = walks._replace(
        corner_x=walks.corner_x + dx, corner_y=walks.corner_y + dy, walk=walks.walk + shift
    )  # fmt: skip
    bounds = (x_min + dx, y_min + dy, x_max + dx, y_max + dy)
    graph = replace(near.graph, points=moved, crosswalks=crosswalks, bounds=bounds)
    far = tr.build_terrain(graph, build_grid(graph))
    assert (far.origin_x, far.origin_y) == (dx, dy)
    assert np.allclose(far.point, near.ground.terrain.point, atol=1e-4)
    assert np.allclose(far.crosswalk_f, near.ground.terrain.crosswalk_f, atol=1e-3)
