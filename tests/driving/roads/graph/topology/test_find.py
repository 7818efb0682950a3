"""The parts together, in a lane graph as it is built."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, MarkKind
from sim_suite.driving.roads.opendrive.furniture import Controller, RoadObject, Signal, SignalReference
from sim_suite.driving.roads.opendrive.model import RoadMark, RoadType, Speed
from tests.driving.roads.graph.straight import document, lane, road, section
from tests.driving.roads.graph.topology.crossing import crossing, lane_named

FULL = crossing(
    arms={
        "s": {
            "signals": (Signal("L", 4.0, 4.0, "1000001", orientation="-"), Signal("V", 60.0, 4.0, "274", orientation="-", value=30.0)),
            "objects": (RoadObject("z", 3.0, 0.0, "crosswalk", length=3.0, width=7.0), RoadObject("p", 3.0, 9.0, "pole", radius=0.1)),
            "types": (RoadType(0.0, "town", speed=Speed(50.0, "km/h")),),
        }
    },
    extra={"we": {"signal_references": (SignalReference("L", 0.0, 0.0, "+"),)}},
    controllers=(Controller("c", ("L",)),),
)  # fmt: skip


def test_every_group_of_a_crossing():
    graph = build_graph(FULL).graph
    approach, through = lane_named(graph, "s/0/1"), lane_named(graph, "we/0/-1")
    assert graph.signal_ids == ("L", "V")
    assert graph.group_ids == ("c",)
    lines = graph.stop_lines
    assert lines.arc_m[lines.first[approach] : lines.first[approach + 1]].tolist() == pytest.approx([96.0])
    assert lines.arc_m[lines.first[through] : lines.first[through + 1]].tolist() == [0.0]
    limits = graph.points.speed_limit_mps[graph.lanes.first_point[approach] : graph.lanes.first_point[approach + 1]]
    assert sorted(set(np.round(limits * 3.6).tolist())) == [30.0, 50.0]
    assert graph.crosswalks.lane.tolist() == [approach, lane_named(graph, "s/0/-1")]
    assert len(graph.props.kind) == 1
    after = graph.successors.lane[graph.successors.first[approach] : graph.successors.first[approach + 1]]
    assert {graph.name_of(int(k)) for k in after} == {"sn/0/-1", "se/0/-1"}


def test_points_carry_marks_and_changes():
    doc = document(road("1", section(lane(-1, road_marks=(RoadMark(0.0, "broken"),)), lane(-2))))
    points = build_graph(doc).graph.points
    half = len(points.x) // 2
    assert set(points.right_mark[:half].tolist()) == set(points.left_mark[half:].tolist()) == {MarkKind.BROKEN}
    assert set(points.change[half:].tolist()) == {CHANGE_LEFT}


def test_arrays_are_as_laid_down():
    graph = build_graph(FULL).graph
    for group in (graph.successors, graph.signals, graph.stop_lines, graph.crosswalks, graph.conflicts, graph.props):
        for name, column in group._asdict().items():
            kind = "u1" if name in ("kind", "merges", "priority") else "i4" if column.dtype.kind == "i" else "f8"
            assert column.dtype == np.dtype(kind), name
            assert column.flags.c_contiguous, name
    assert graph.points.change.dtype == graph.points.left_mark.dtype == np.uint8


def test_findings_of_all_parts_are_handed_on():
    doc = document(
        road("1", section(lane(-1, after=(-7,))), section(lane(-1), s=50.0), objects=(RoadObject("z", 1.0, 0.0, "crosswalk"),),
             signal_references=(SignalReference("none", 1.0, 0.0),))
    )  # fmt: skip
    assert [finding.element for finding in build_graph(doc).findings] == ["link", "signalReference", "object"]


def test_an_empty_document():
    graph = build_graph(document()).graph
    assert graph.num_lanes == 0
    assert graph.conflicts.first.tolist() == [0]
