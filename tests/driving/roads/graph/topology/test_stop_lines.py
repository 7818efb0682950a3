"""Where lights and signs hold traffic."""

from __future__ import annotations

import pytest

from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.topology.links import index_lanes
from sim_suite.driving.roads.graph.topology.signals import place_signals
from sim_suite.driving.roads.graph.topology.stop_lines import find_stop_lines, is_stop_line
from sim_suite.driving.roads.opendrive.furniture import RoadObject, Signal, SignalReference
from tests.driving.roads.graph.straight import document, lane, lanes_of, road, section, two_way
from tests.driving.roads.graph.topology.crossing import crossing


def stops(doc):
    """{(road, section, lane id): [(arc, kind, signal id)]}."""
    lanes, points = lanes_of(doc)
    placed, _ = place_signals(doc, pack_roads(doc), lanes, index_lanes(lanes))
    lines = find_stop_lines(doc, lanes, points.road_s, placed)
    result = {}
    for number in range(len(lanes.kind)):
        for k in range(lines.first[number], lines.first[number + 1]):
            key = (doc.roads[lanes.road[number]].id, int(lanes.section[number]), int(lanes.lane_id[number]))
            row = (pytest.approx(lines.arc_m[k]), SignalKind(lines.kind[k]), placed.ids[lines.signal[k]])
            result.setdefault(key, []).append(row)
    return result


def stop(s, number="206", orientation="+", name="s", **more):
    return Signal(name, s, -4.0, number, orientation=orientation, **more)


def test_abreast_of_the_sign_in_either_direction():
    doc = document(road("1", two_way(), signals=(stop(90.0), stop(30.0, "205", "-", "t"))))
    assert stops(doc) == {("1", 0, -1): [(90.0, SignalKind.STOP, "s")], ("1", 0, 1): [(70.0, SignalKind.YIELD, "t")]}


def test_in_the_section_that_the_sign_stands_in():
    parts = two_way(after=(1,)), section(lane(1, before=(1,)), lane(-1, before=(-1,)), s=60.0)
    assert stops(document(road("1", *parts, signals=(stop(90.0),)))) == {("1", 1, -1): [(30.0, SignalKind.STOP, "s")]}
    behind_the_end = document(road("1", *parts, signals=(stop(103.0),)))
    assert stops(behind_the_end) == {("1", 1, -1): [(40.0, SignalKind.STOP, "s")]}


@pytest.mark.parametrize(("line", "arc"), [(75.0, 75.0), (95.0, 95.0), (60.0, 90.0)])
def test_a_painted_line_nearby_wins(line, arc):
    painted = RoadObject("o", line, -2.0, "roadMark", "signalLines")
    assert stops(document(road("1", two_way(), signals=(stop(90.0),), objects=(painted,))))[("1", 0, -1)][0][0] == arc


def test_the_nearest_line_of_the_right_direction():
    lines = (stop(88.0, "294", "-", "a"), stop(85.0, "294", "+", "b"), stop(80.0, "294", "+", "c"))
    assert stops(document(road("1", two_way(), signals=(stop(90.0), *lines)))) == {
        ("1", 0, -1): [(85.0, SignalKind.STOP, "s")]
    }


def test_a_line_that_the_sign_names_wins_over_a_nearer_one():
    lines = (stop(85.0, "294", "+", "b"), stop(50.0, "294", "+", "c"))
    doc = document(road("1", two_way(), signals=(stop(90.0, dependencies=("c",)), *lines)))
    assert stops(doc) == {("1", 0, -1): [(50.0, SignalKind.STOP, "s")]}


def test_signals_of_connecting_roads_hold_before_the_junction():
    light = stop(5.0, "1000001", "-", "L")
    doc = crossing(
        arms={"n": {"signals": (light,)}}, extra={"sn": {"signal_references": (SignalReference("L", 3.0, 0.0, "+"),)}}
    )
    assert stops(doc) == {("n", 0, 1): [(95.0, SignalKind.LIGHT, "L")], ("sn", 0, -1): [(0.0, SignalKind.LIGHT, "L")]}


def test_several_on_one_lane_are_sorted_by_arc_and_other_signals_do_not_stop():
    doc = document(
        road("1", two_way(), signals=(stop(90.0), stop(20.0, name="t"), stop(50.0, "274", name="u", value=50.0)))
    )
    assert [name for _, _, name in stops(doc)[("1", 0, -1)]] == ["t", "s"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [(RoadObject("o", 0.0, 0.0, "-1", name="StopLine"), True), (RoadObject("o", 0.0, 0.0, "stop_line"), True),
     (RoadObject("o", 0.0, 0.0, "roadMark", "signalLines"), True), (RoadObject("o", 0.0, 0.0, "-1", name="Stencil_STOP"), False)],
)  # fmt: skip
def test_what_a_stop_line_is(item, expected):
    assert is_stop_line(item) is expected
