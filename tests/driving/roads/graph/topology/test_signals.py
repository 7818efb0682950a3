"""Signals: what they ask, where they stand, for whom they hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.roads.graph.topology.links import index_lanes
from sim_suite.driving.roads.graph.topology.signals import kind_of, limit_of, place_signals
from sim_suite.driving.roads.opendrive.furniture import Controller, Signal, SignalReference, Validity
from sim_suite.driving.roads.opendrive.junctions import Junction, JunctionController
from tests.driving.roads.graph.straight import document, lane, lanes_of, road, section
from tests.driving.roads.graph.topology.crossing import crossing

LIGHT = "1000001"


def placed(doc):
    """(PlacedSignals, {signal id: set of held (road, lane id)}, findings)."""
    lanes, _ = lanes_of(doc)
    found, findings = place_signals(doc, pack_roads(doc), lanes, index_lanes(lanes))
    held = {name: set() for name in found.ids}
    for holding, members in zip(found.holdings, found.holding_lanes, strict=True):
        held[found.ids[holding.signal]] |= {(doc.roads[lanes.road[k]].id, int(lanes.lane_id[k])) for k in members}
    return found, held, findings


def one_road(*signals, rule="RHT", **more):
    members = section(lane(2, kind="sidewalk"), lane(1), lane(-1), lane(-2))
    return document(road("1", members, signals=signals, rule=rule, **more))


@pytest.mark.parametrize(
    ("number", "kind"),
    [(LIGHT, SignalKind.LIGHT), ("1000011", SignalKind.LIGHT), ("1000002", SignalKind.OTHER), ("205", SignalKind.YIELD),
     ("206", SignalKind.STOP), ("274", SignalKind.SPEED_LIMIT), ("274-56", SignalKind.SPEED_LIMIT), ("294", SignalKind.STOP_LINE),
     ("R1-1", SignalKind.STOP), ("R1-2", SignalKind.YIELD), ("R2-1", SignalKind.SPEED_LIMIT), ("R206", SignalKind.OTHER),
     ("", SignalKind.OTHER), ("-1", SignalKind.OTHER)],
)  # fmt: skip
def test_kinds_by_type_number(number, kind):
    assert kind_of(Signal("s", 0.0, 0.0, number)) is kind


@pytest.mark.parametrize(
    ("more", "mps"),
    [({"value": 50.0, "unit": "km/h"}, 50 / 3.6), ({"value": 30.0, "unit": "mph"}, 13.4112), ({"value": 9.0, "unit": "m/s"}, 9.0),
     ({"value": 36.0}, 10.0), ({"value": 30.0, "country": "US"}, 13.4112), ({"value": -1.0, "text": " 36 "}, 10.0), ({}, math.nan),
     ({"text": "slow"}, math.nan)],
)  # fmt: skip
def test_limits_in_metres_per_second(more, mps):
    assert limit_of(Signal("s", 0.0, 0.0, "274", **more)) == pytest.approx(mps, nan_ok=True)


@pytest.mark.parametrize(
    ("number", "subtype", "kmh"),
    [("274.1", "20", 20.0), ("274.1", "-1", math.nan), ("274", "30", 30.0), ("274", "120", 120.0), ("274", "56", 60.0),
     ("274", "62", 120.0), ("274", "60", math.nan), ("274", "50", math.nan), ("274", "", math.nan), ("274", "7", math.nan),
     ("274.1", "53", math.nan), ("R2-1", "30", math.nan)],
)  # fmt: skip
def test_limits_by_subtype_where_no_value_is_given(number, subtype, kmh):
    """Also beside a value of -1, which exporters write for none; a value wins."""
    assert limit_of(Signal("s", 0.0, 0.0, number, subtype)) == pytest.approx(kmh / 3.6, nan_ok=True)
    assert limit_of(Signal("s", 0.0, 0.0, number, subtype, value=-1.0)) == pytest.approx(kmh / 3.6, nan_ok=True)
    assert limit_of(Signal("s", 0.0, 0.0, number, subtype, value=9.0, unit="m/s")) == 9.0


def test_only_speed_limits_have_a_value():
    assert math.isnan(limit_of(Signal("s", 0.0, 0.0, "206", value=50.0, unit="km/h")))
    assert limit_of(Signal("s", 0.0, 0.0, "R2-1", value=10.0)) == pytest.approx(4.4704)


def test_where_a_signal_stands():
    north = road("1", section(lane(1), lane(-1)), start=(5.0, 7.0), heading=math.pi / 2,
                 signals=(Signal("a", 10.0, -4.0, "206", orientation="+", z_offset=2.0),
                          Signal("b", 20.0, 4.0, "206", orientation="-", h_offset=0.1)))  # fmt: skip
    signals = placed(document(north))[0].signals
    assert np.c_[signals.x, signals.y, signals.z] == pytest.approx(np.array([[9.0, 17.0, 2.0], [1.0, 27.0, 0.0]]))
    assert signals.heading == pytest.approx([math.pi / 2, 3 * math.pi / 2 + 0.1])
    assert signals.road_s.tolist() == [10.0, 20.0]
    assert signals.kind.tolist() == [SignalKind.STOP] * 2


@pytest.mark.parametrize(
    ("orientation", "rule", "lanes"),
    [
        ("+", "RHT", {-1, -2}),
        ("-", "RHT", {1}),
        ("none", "RHT", {1, -1, -2}),
        ("+", "LHT", {1}),
        ("-", "LHT", {-1, -2}),
    ],
)
def test_orientation_chooses_lanes_for_traffic(orientation, rule, lanes):
    _, held, findings = placed(one_road(Signal("s", 50.0, -8.0, LIGHT, orientation=orientation), rule=rule))
    assert held["s"] == {("1", k) for k in lanes}
    assert findings == []


@pytest.mark.parametrize(
    ("span", "lanes"), [((-2, -2), {-2}), ((-2, 1), {-1, -2}), ((1, -2), {-1, -2}), ((0, 0), set()), ((2, 2), set())]
)
def test_validity_narrows_it(span, lanes):
    signal = Signal("s", 50.0, -8.0, LIGHT, orientation="+", validities=(Validity(*span),))
    assert placed(one_road(signal))[1]["s"] == {("1", k) for k in lanes}


def test_a_reference_holds_elsewhere():
    """A light that holds for nothing at its own place, and for the connecting roads that refer to it."""
    light = Signal("L", 5.0, 4.0, LIGHT, orientation="-", validities=(Validity(0, 0),))
    refer = {"signal_references": (SignalReference("L", 1.0, 0.0, "+"),)}
    doc = crossing(arms={"s": {"signals": (light,)}}, extra={"sn": refer, "se": refer})
    found, held, _ = placed(doc)
    assert held["L"] == {("sn", -1), ("se", -1)}
    assert found.group_ids == ("signal:L",)
    assert found.group_junction.tolist() == [0]


def test_a_reference_to_nothing_is_said():
    doc = document(road("1", section(lane(-1)), signal_references=(SignalReference("none", 1.0, 0.0),)))
    found, _, findings = placed(doc)
    assert found.holdings == ()
    assert "'none'" in findings[0].message


def test_groups_are_controllers_or_single_lights():
    lights = [Signal(name, 50.0, 0.0, kind) for name, kind in (("a", LIGHT), ("b", LIGHT), ("c", LIGHT), ("d", "206"))]
    doc = document(
        road("1", section(lane(-1)), signals=tuple(lights)),
        controllers=(Controller("k2", ("d",)), Controller("k1", ("c", "a")), Controller("k3", ("a",))),
        junctions=(Junction("j0"), Junction("j1", controllers=(JunctionController("k1"),))),
    )
    found = placed(doc)[0]
    assert found.group_ids == ("k1", "signal:b")
    assert found.signals.group.tolist() == [0, 1, 0, -1]
    assert found.group_junction.tolist() == [1, -1]


def test_orientations_written_the_other_way_round_are_understood():
    """Validities name the lane, orientations the way the light looks; hOffset then counts from the road's heading."""
    lights = (
        Signal("a", 50.0, -5.0, LIGHT, orientation="-", validities=(Validity(-1, -1),), line=7),
        Signal("b", 50.0, 5.0, LIGHT, orientation="+", h_offset=math.pi, validities=(Validity(1, 1),)),
        Signal("c", 60.0, 5.0, "274", orientation="+", value=30.0),
    )
    found, held, findings = placed(one_road(*lights))
    assert held == {"a": {("1", -1)}, "b": {("1", 1)}, "c": {("1", 1)}}
    assert found.signals.heading[:2] == pytest.approx([0.0, math.pi])
    assert [(finding.kind, finding.line) for finding in findings] == [("repaired", 7)]


def test_one_odd_validity_wins_without_turning_the_file():
    lights = (
        Signal("a", 50.0, -5.0, LIGHT, orientation="+", validities=(Validity(-1, -1),)),
        Signal("b", 60.0, -5.0, LIGHT, orientation="+", validities=(Validity(-2, -2),)),
        Signal("c", 70.0, 5.0, LIGHT, orientation="+", validities=(Validity(1, 1),)),
    )
    _, held, findings = placed(one_road(*lights))
    assert held == {"a": {("1", -1)}, "b": {("1", -2)}, "c": {("1", 1)}}
    assert findings == []
