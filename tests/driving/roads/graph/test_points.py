"""Points of lanes: where they lie, how near to the true centre line, and what stops a file of endless lanes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.roads.geometry.lane_line import centre
from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.points import sample_lanes
from sim_suite.driving.roads.graph.stations import CHORD_M, MAX_STEP_M, arc_at, find_stations
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.model import Arc, Cubic, Geometry, Lane, LaneSection, Line, Spiral
from tests.driving.roads.geometry.one_road import chain, lanes, one_road, poses


def graph_of(document):
    return build_graph(document).graph


def points_of(graph, lane):
    return slice(graph.lanes.first_point[lane], graph.lanes.first_point[lane + 1])


def test_points_of_a_straight_road_by_hand():
    graph = graph_of(one_road(Geometry(0.0, 10.0, 20.0, 0.0, 4.0, Line())))
    left, right = points_of(graph, 0), points_of(graph, 1)
    p = graph.points
    assert graph.lanes.step_m.tolist() == [2.0, 2.0]
    np.testing.assert_allclose(p.x[right], [10, 12, 14], atol=2e-6)
    np.testing.assert_allclose(p.x[left], [14, 12, 10], atol=2e-6)
    np.testing.assert_allclose(p.y[right], 18.25)
    np.testing.assert_allclose(p.road_s[left], [4, 2, 0])
    np.testing.assert_allclose(np.abs(p.heading[left]), math.pi)
    np.testing.assert_allclose([p.left_y[right], p.right_y[right]], [[20.0] * 3, [16.5] * 3])
    np.testing.assert_allclose([p.left_y[left], p.right_y[left]], [[20.0] * 3, [23.5] * 3])
    np.testing.assert_allclose(p.width, 3.5)
    assert graph.bounds == pytest.approx((10.0, 16.5, 14.0, 23.5), abs=2e-6)


def test_lanes_of_a_ring_have_the_lengths_of_their_circles():
    graph = graph_of(one_road(Geometry(0.0, 0.0, 0.0, 0.0, 40.0 * math.pi, Arc(0.05))))
    np.testing.assert_allclose(graph.lanes.length_m, [2 * math.pi * 18.25, 2 * math.pi * 21.75])
    np.testing.assert_allclose(graph.points.curvature[points_of(graph, 1)], 1 / 21.75)
    np.testing.assert_allclose(graph.points.curvature[points_of(graph, 0)], -1 / 18.25)
    heading = graph.points.heading[points_of(graph, 1)]
    np.testing.assert_allclose(heading[-1] - heading[0], 2 * math.pi, atol=1e-6)


@given(
    st.lists(st.tuples(st.one_of(st.just(Line()), st.floats(-0.12, 0.12).map(Arc), st.builds(Spiral, st.floats(-0.1, 0.1),
        st.floats(-0.1, 0.1))), st.floats(0.3, 40.0)), min_size=1, max_size=3),
    st.floats(-0.2, 0.2), st.floats(-0.1, 0.1),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_points_are_equally_spaced_on_the_line_and_chords_stay_near_it(shapes, slope, widening):
    geometries = chain(shapes)
    length = sum(geometry.length for geometry in geometries)
    lane = Lane(-1, "driving", (Cubic(0.0, 3.0, 0.0, widening / length),))
    offsets = (Cubic(0.0, 0.0, slope), Cubic(0.5 * length, 0.5 * slope * length, -0.5 * slope))
    document = one_road(*geometries, sections=[LaneSection(0.0, (Lane(0, "none"), lane))], lane_offsets=offsets)
    tables, graph = pack_roads(document), graph_of(document)
    stations = find_stations(tables)
    x, y, s = graph.points.x, graph.points.y, graph.points.road_s
    assert (s[0], s[-1]) == (0.0, length)
    assert graph.lanes.step_m[0] <= MAX_STEP_M
    arcs = [arc_at(tables, stations, 0, float(place)) for place in s]
    np.testing.assert_allclose(arcs, graph.lanes.step_m[0] * np.arange(len(s)), atol=1e-6)
    worst = 0.0
    for k in range(len(s) - 1):
        for share in (0.25, 0.5, 0.75):
            place = s[k] + share * (s[k + 1] - s[k])
            ((rx, ry, heading, curvature, rate),) = poses(tables, place)
            t = centre(tables, 0, place, curvature, rate)[0]
            cx, cy = rx - t * math.sin(heading), ry + t * math.cos(heading)
            chord = math.hypot(x[k + 1] - x[k], y[k + 1] - y[k])
            off = abs((x[k + 1] - x[k]) * (cy - y[k]) - (y[k + 1] - y[k]) * (cx - x[k])) / max(chord, 1e-9)
            worst = max(worst, off)
    folded = sample_lanes(tables, ["1"]).folded.size > 0
    # Twice: where curvature or direction jumps within a step, both rules for steps add up.
    assert folded or worst <= 2.0 * CHORD_M


def test_a_sections_last_point_is_read_with_its_own_records():
    """A lane offset that jumps where the lanes are renumbered moves no lane."""
    sections = [LaneSection(0.0, lanes(2)), LaneSection(2.0, lanes(1))]
    sections[0] = LaneSection(0.0, (*lanes(2)[:1], Lane(1, "none", (Cubic(0.0, 3.5),)), Lane(0, "none")))
    offsets = (Cubic(0.0, -3.5), Cubic(2.0, 0.0))
    graph = graph_of(one_road(Geometry(0.0, 0.0, 0.0, 0.0, 10.0, Line()), sections=sections, lane_offsets=offsets))
    for lane in (0, 2):
        np.testing.assert_allclose(graph.points.y[points_of(graph, lane)], 1.75)


def test_sections_of_millimetres_and_lanes_without_width():
    thin = LaneSection(5.0, (Lane(0, "none"), Lane(-1, "driving", (Cubic(0.0, 0.0),))))
    sections = [LaneSection(0.0, lanes(-1)), thin, LaneSection(5.001, lanes(-1))]
    graph = graph_of(one_road(Geometry(0.0, 0.0, 0.0, 0.0, 10.0, Line()), sections=sections))
    np.testing.assert_allclose(graph.lanes.length_m, [5.0, 0.001, 4.999])
    assert np.diff(graph.lanes.first_point).tolist() == [4, 2, 4]
    assert graph.points.width[points_of(graph, 1)].tolist() == [0.0, 0.0]


def test_a_section_of_no_length_still_has_two_points_and_a_rising_arc():
    sections = [LaneSection(0.0, lanes(-1)), LaneSection(10.0, lanes(-1))]
    graph = graph_of(one_road(Geometry(0.0, 0.0, 0.0, 0.0, 10.0, Line()), sections=sections))
    assert np.diff(graph.lanes.first_point).tolist() == [6, 2]
    assert graph.lanes.step_m[1] > 0.0


def test_endless_lanes_are_refused_before_they_are_built():
    with pytest.raises(RoadError, match="road 1, <road>: the lanes of the map need 1000000002 points, at most 400400"):
        graph_of(one_road(Geometry(0.0, 0.0, 0.0, 0.0, 1e9, Line())))


def test_numbers_out_of_range_are_refused_by_road_and_lane():
    steep = (Cubic(0.0, 1e308, 1e308),)
    with pytest.raises(RoadError, match="road 1, <road>: lane -1 runs out of the range of numbers"):
        graph_of(
            one_road(
                Geometry(0.0, 0.0, 0.0, 0.0, 5.0, Line()), sections=[LaneSection(0.0, lanes(-1))], elevations=steep
            )
        )
