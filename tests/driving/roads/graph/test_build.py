"""Whole graphs: what must not change when a road is mirrored, its traffic turned, or its file written and read again."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.kinds import LaneKind
from sim_suite.driving.roads.opendrive.model import (
    Arc,
    Cubic,
    Geometry,
    Header,
    Lane,
    LaneSection,
    Line,
    OpenDrive,
    ParamPoly3,
    Spiral,
)
from sim_suite.driving.roads.opendrive.reader import parse_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml
from tests.driving.roads.geometry.one_road import chain, lanes, one_road

CURVE = ParamPoly3(0.0, 12.0, 1.0, -1.0, 0.0, 0.0, 6.0, -3.0, True)
PATH = [(Line(), 7.0), (Spiral(0.0, 0.06), 12.0), (Arc(0.06), 9.0), (CURVE, 12.0)]
TAPER = Lane(-2, "shoulder", (Cubic(0.0, 1.0), Cubic(4.0, 1.0, 0.1, -0.002)))
SECTIONS = (LaneSection(0.0, lanes(2, 1, -1)), LaneSection(15.0, (*lanes(1, -1), TAPER)))


def winding(**more):
    return one_road(*chain(PATH, heading=0.4), sections=SECTIONS, lane_offsets=(Cubic(0.0, 0.2, 0.03),), **more)


def mirrored(document):
    """The document seen in a mirror along the x axis."""
    (road,) = document.roads

    def turned(shape):
        match shape:
            case Arc(curvature):
                return Arc(-curvature)
            case Spiral(start, end):
                return Spiral(-start, -end)
            case ParamPoly3():
                return ParamPoly3(*shape[:4], *(-value for value in shape[4:8]), shape.normalized)
        return shape

    view = [dataclasses.replace(g, y=-g.y, heading=-g.heading, shape=turned(g.shape)) for g in road.plan_view]
    sections = [
        LaneSection(s.s, tuple(dataclasses.replace(lane, id=-lane.id) for lane in reversed(s.lanes)))
        for s in road.sections
    ]
    offsets = [Cubic(c.s, -c.a, -c.b, -c.c, -c.d) for c in road.lane_offsets]
    road = dataclasses.replace(road, plan_view=tuple(view), sections=tuple(sections), lane_offsets=tuple(offsets))
    return dataclasses.replace(document, roads=(road,))


def by_id(graph):
    """(section, lane id) -> its points as [P, 8]."""
    p = graph.points
    table = np.column_stack((p.x, p.y, p.heading, p.curvature, p.width, p.road_s, p.left_x, p.right_x))
    keys = zip(graph.lanes.section.tolist(), graph.lanes.lane_id.tolist(), strict=True)
    return {key: table[graph.lanes.first_point[i] : graph.lanes.first_point[i + 1]] for i, key in enumerate(keys)}


def test_lanes_stand_in_the_documents_order_with_their_neighbours():
    graph = build_graph(winding()).graph
    assert [graph.name_of(lane) for lane in range(6)] == ["1/0/2", "1/0/1", "1/0/-1", "1/1/1", "1/1/-1", "1/1/-2"]
    assert graph.lanes.left.tolist() == [1, 2, 1, 4, 3, 4]
    assert graph.lanes.right.tolist() == [-1, 0, -1, -1, 5, -1]
    assert graph.lanes.direction.tolist() == [-1, -1, 1, -1, 1, 1]


def test_every_array_is_read_only():
    graph = build_graph(winding()).graph
    for group in (getattr(graph, field.name) for field in dataclasses.fields(graph)):
        for array in group if isinstance(group, tuple) else (group,):
            assert not isinstance(array, np.ndarray) or not array.flags.writeable


def test_a_mirrored_road_has_mirrored_lanes():
    ours, other = by_id(build_graph(winding()).graph), by_id(build_graph(mirrored(winding(rule="LHT"))).graph)
    for (section, lane_id), table in ours.items():
        x, y, heading, curvature, width, s, left_x, right_x = table.T
        image = np.column_stack((x, -y, -heading, -curvature, width, s, right_x, left_x))
        turned = other[section, -lane_id]
        np.testing.assert_allclose(np.remainder(turned[:, 2] - image[:, 2] + 1.0, 2 * math.pi), 1.0, atol=1e-9)
        keep = [0, 1, 3, 4, 5, 6, 7]
        np.testing.assert_allclose(turned[:, keep], image[:, keep], atol=1e-9)


def test_left_hand_traffic_runs_the_same_lanes_the_other_way():
    ours, other = by_id(build_graph(winding()).graph), by_id(build_graph(winding(rule="LHT")).graph)
    for key, table in ours.items():
        back = other[key][::-1]
        np.testing.assert_allclose(back[:, [0, 1, 4, 5]], table[:, [0, 1, 4, 5]], atol=1e-9)
        np.testing.assert_allclose(back[:, 3], -table[:, 3], atol=1e-12)
        np.testing.assert_allclose(back[:, 6:], table[:, [7, 6]], atol=1e-9)
        turn = np.remainder(back[:, 2] - table[:, 2], 2 * math.pi)
        np.testing.assert_allclose(turn, math.pi, atol=1e-9)


@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(1.0, 40.0), st.sampled_from(["RHT", "LHT"]))
@settings(max_examples=15, deadline=None)
def test_writing_and_reading_changes_nothing(start, end, length, rule):
    geometries = chain([(Spiral(start, end), length), (CURVE, 12.0)])
    document = one_road(*geometries, sections=(LaneSection(0.0, (*lanes(1, -1), TAPER)),), rule=rule)
    once = parse_opendrive(to_xml(document).encode()).document
    twice = parse_opendrive(to_xml(once).encode()).document
    graphs = [build_graph(one).graph for one in (document, once, twice)]
    for other in graphs[1:]:
        for group, same in zip(graphs[0].lanes + graphs[0].points, other.lanes + other.points, strict=True):
            np.testing.assert_array_equal(group, same)


def test_a_document_without_roads_is_an_empty_graph():
    graph = build_graph(OpenDrive(Header(), ())).graph
    assert (graph.num_lanes, len(graph.points.x), graph.bounds) == (0, 0, (0.0, 0.0, 0.0, 0.0))


@pytest.mark.parametrize("ids", [(1,), (-1,), ()])
def test_sections_with_lanes_on_one_side_or_none(ids):
    graph = build_graph(
        one_road(Geometry(0.0, 0.0, 0.0, 0.0, 5.0, Line()), sections=[LaneSection(0.0, lanes(*ids))])
    ).graph
    assert graph.lanes.lane_id.tolist() == list(ids)


def test_a_lane_of_no_known_type_is_kept_and_said():
    odd = (Lane(0, "none"), Lane(-1, "runway", (Cubic(0.0, 3.5),), line=12))
    built = build_graph(one_road(Geometry(0.0, 0.0, 0.0, 0.0, 5.0, Line()), sections=[LaneSection(0.0, odd)]))
    assert built.graph.lanes.kind.tolist() == [LaneKind.NONE]
    assert [(one.kind, one.line) for one in built.findings] == [("noted", 12)]
    assert "'runway' is no lane type" in built.findings[0].message
