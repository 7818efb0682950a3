"""Where the ways through a junction cross or run together, and who goes first.

The crossing's lanes are 3.5 m wide, so their centre lines lie 1.75 m from the axes; cars are 2 m wide. "sn" runs north on
x = 1.75 from y = -10, "we" runs east on y = -1.75 from x = -10: they meet at arc 8.25 and 11.75, a metre on either side.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.kinds import Priority
from sim_suite.driving.roads.graph.topology.conflicts import MAX_PAIRS
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.furniture import Controller, Signal
from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, LaneLink
from sim_suite.driving.roads.opendrive.junctions import Priority as Record
from sim_suite.driving.roads.opendrive.model import Cubic
from tests.driving.roads.graph.straight import document, lane, road, section
from tests.driving.roads.graph.topology.crossing import HEADINGS, TURN_M, crossing

SQUARE = {  # both arcs of the first, both of the second, where one car's width crosses another's
    ("we", "sn"): (10.75, 12.75, 7.25, 9.25),
    ("we", "ns"): (7.25, 9.25, 10.75, 12.75),
    ("ew", "ns"): (10.75, 12.75, 7.25, 9.25),
    ("ew", "sn"): (7.25, 9.25, 10.75, 12.75),
}


def conflicts(doc):
    """{(road, other road): (from, to, other from, other to, merges, Priority)}."""
    graph = build_graph(doc).graph
    found, result = graph.conflicts, {}
    for number in range(graph.num_lanes):
        arcs = found.from_arc_m[found.first[number] : found.first[number + 1]].tolist()
        assert arcs == sorted(arcs)
        for k in range(found.first[number], found.first[number + 1]):
            key = (graph.road_ids[graph.lanes.road[number]], graph.road_ids[graph.lanes.road[found.lane[k]]])
            assert key not in result
            result[key] = (
                float(found.from_arc_m[k]), float(found.to_arc_m[k]), float(found.other_from_arc_m[k]),
                float(found.other_to_arc_m[k]), bool(found.merges[k]), Priority(found.priority[k]),
            )  # fmt: skip
    return result


TURNED = {Priority.GOES_FIRST: Priority.YIELDS, Priority.YIELDS: Priority.GOES_FIRST}


def assert_symmetric(found):
    for (a, b), (low, high, other_low, other_high, merges, priority) in found.items():
        assert found[b, a] == (other_low, other_high, low, high, merges, TURNED.get(priority, priority))


@pytest.mark.parametrize("left_hand", [False, True])
def test_four_ways_straight_on(left_hand):
    found = conflicts(crossing(left_hand=left_hand, ways=("we", "ew", "sn", "ns")))
    assert_symmetric(found)
    # Left-hand traffic is the mirror image: what came from the south comes from the north, arcs stay.
    assert set(found) == {pair for a, b in SQUARE for pair in ((a, b), (b, a))}
    for pair, arcs in SQUARE.items():
        assert found[pair][:4] == pytest.approx(arcs, abs=1e-6)
        assert found[pair][4:] == (False, Priority.UNREGULATED)


@pytest.mark.parametrize("left_hand", [False, True])
def test_a_turn_merges_and_does_not_conflict_with_the_way_it_splits_from(left_hand):
    """The turn's centre line is an arc of radius 8.25 m around (10, -10), which touches y = -1.75 at x = 10."""
    found = conflicts(crossing(left_hand=left_hand))
    assert ("se", "sn") not in found
    assert ("se", "ew") not in found
    low, high, other_low, other_high, merges, _ = found["se", "we"]
    assert merges
    assert high == pytest.approx(TURN_M * 8.25 / 10, abs=1e-3)
    assert other_high == pytest.approx(20.0, abs=1e-3)
    # The turn's outer edge (radius 9.25) reaches the other's southern edge (y = -2.75, i.e. 7.25 m from the centre) at cos a = 7.25 / 9.25.
    angle = math.acos(7.25 / 9.25)
    assert other_low == pytest.approx(20.0 - 9.25 * math.sin(angle), abs=0.05)
    assert low == pytest.approx((math.pi / 2 - angle) * 8.25, abs=0.05)


def test_split_ways_that_meet_again_conflict_there():
    """Two ways from one lane: straight on, and a bow 8 m aside that comes back to cross it. The shared start is none."""
    straight = road("p", section(lane(-1, before=(-1,))), length=100.0, junction="j", before=("road", "a", "end"))
    bow = road("q", section(lane(-1, before=(-1,))), length=100.0, junction="j", before=("road", "a", "end"),
               lane_offsets=(Cubic(0.0, 0.0, 0.8, -0.016), Cubic(50.0, 0.0, -0.8)))  # fmt: skip
    approach = road("a", section(lane(-1)), start=(-100.0, 0.0), after=("junction", "j"))
    links = tuple(Connection(name, "a", name, "start", (LaneLink(-1, -1),)) for name in "pq")
    found = conflicts(document(approach, straight, bow, junctions=(Junction("j", connections=links),)))
    assert_symmetric(found)
    # They cross at x = 50 where the bow runs down at slope -0.8: half the width of both over the sine, and over the tangent.
    slope = math.atan(0.8)
    half = 1.0 / math.sin(slope) + 1.0 / math.tan(slope)
    assert found["p", "q"][:2] == pytest.approx((50.0 - half, 50.0 + half), abs=0.15)
    assert not found["p", "q"][4]


def test_lanes_side_by_side_do_not_conflict():
    doc = crossing(ways=("we", "ew"))
    assert conflicts(doc) == {}


def test_one_way_above_the_other_is_no_conflict():
    bridge = {"sn": {"elevations": (Cubic(0.0, 6.0),)}}
    assert ("we", "sn") not in conflicts(crossing(ways=("we", "sn"), extra=bridge))
    assert ("we", "sn") in conflicts(crossing(ways=("we", "sn"), extra={"sn": {"elevations": (Cubic(0.0, 2.0),)}}))


def test_roads_outside_of_junctions_do_not_conflict():
    across = road("2", section(lane(-1)), start=(50.0, -50.0), heading=math.pi / 2)
    assert conflicts(document(road("1", section(lane(-1))), across)) == {}


def sign(name, number, s=5.0):
    """Beside an arm, for the traffic that runs to the junction, against s."""
    return {"signals": (Signal(f"{number}-{name}", s, 4.0, number, orientation="-"),)}


LIGHTS = {name: sign(name, "1000001") for name in HEADINGS}


@pytest.mark.parametrize("number", ["205", "206"])
@pytest.mark.parametrize("left_hand", [False, True])
def test_a_sign_on_one_way_yields_to_the_other(number, left_hand):
    found = conflicts(crossing(arms={"s": sign("s", number)}, left_hand=left_hand))
    assert_symmetric(found)
    assert found["sn", "we"][5] is found["se", "we"][5] is Priority.YIELDS
    assert found["ew", "ns"][5] is Priority.UNREGULATED


def test_signs_on_both_ways_leave_it_open():
    found = conflicts(crossing(arms={"s": sign("s", "205"), "w": sign("w", "206")}))
    assert found["sn", "we"][5] is Priority.UNREGULATED
    assert found["sn", "ew"][5] is Priority.YIELDS


def test_a_sign_far_before_the_junction_is_not_its_own():
    assert conflicts(crossing(arms={"s": sign("s", "205", s=49.0)}))["sn", "we"][5] is Priority.YIELDS
    assert conflicts(crossing(arms={"s": sign("s", "205", s=51.0)}))["sn", "we"][5] is Priority.UNREGULATED


def test_lights_on_all_ways():
    found = conflicts(
        crossing(arms=LIGHTS, controllers=(Controller("k", ("1000001-s",)),), priorities=(Record("s", "w"),))
    )
    assert {row[5] for row in found.values()} == {Priority.SIGNALLED}


def test_a_light_beats_the_sign_below_it():
    both = {**LIGHTS, "s": {"signals": (*LIGHTS["s"]["signals"], *sign("s", "205", s=5.5)["signals"])}}
    assert conflicts(crossing(arms=both))["sn", "we"][5] is Priority.SIGNALLED


@pytest.mark.parametrize(("high", "low"), [("w", "s"), ("we", "sn")])
def test_priority_records_name_incoming_or_connecting_roads(high, low):
    found = conflicts(crossing(priorities=(Record(high, low),), arms={"w": sign("w", "205")}))
    assert_symmetric(found)
    assert found["we", "sn"][5] is Priority.GOES_FIRST
    assert found["we", "ns"][5] is Priority.YIELDS


def test_a_roundabout_entry_yields_to_the_ring():
    """The ring comes from the north-west and runs on; the entry from the south joins it. Both lead into lane -1 of "out"."""
    signs = (Signal("give way", 99.0, -4.0, "205", orientation="+"),)
    doc = document(
        road("ring", section(lane(-1)), start=(-120.0, 0.0), after=("junction", "j")),
        road("entry", section(lane(-1)), start=(-10.0, -115.0), heading=math.pi / 2, after=("junction", "j"), signals=signs),
        road("out", section(lane(-1)), start=(0.0, 0.0), before=("junction", "j")),
        road("on", section(lane(-1, before=(-1,), after=(-1,))), start=(-20.0, 0.0), length=20.0, junction="j",
             before=("road", "ring", "end"), after=("road", "out", "start")),
        road("in", section(lane(-1, before=(-1,), after=(-1,))), start=(-10.0, -15.0), heading=math.atan2(15, 10),
             length=math.hypot(10, 15), junction="j", before=("road", "entry", "end"), after=("road", "out", "start")),
        junctions=(Junction("j", connections=(
            Connection("0", "ring", "on", "start", (LaneLink(-1, -1),)),
            Connection("1", "entry", "in", "start", (LaneLink(-1, -1),)),
        )),),
    )  # fmt: skip
    found = conflicts(doc)
    assert found["in", "on"][4:] == (True, Priority.YIELDS)
    assert found["on", "in"][4:] == (True, Priority.GOES_FIRST)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.35, math.pi - 0.35), st.floats(-12.0, 12.0), st.floats(1.0, 4.0))
def test_two_straight_ways_at_any_angle(angle, shift, width):
    """A strip of width v crosses one of width w over (v |cos| + w) / sin of its length."""
    ways = (
        road("a", section(lane(-1, width=width)), start=(-50.0, width / 2), junction="j"),
        road("b", section(lane(-1)), heading=angle, junction="j",
             start=(shift - 50 * math.cos(angle) - 1.75 * math.sin(angle), -50 * math.sin(angle) + 1.75 * math.cos(angle))),
    )  # fmt: skip
    found = conflicts(document(*ways, junctions=(Junction("j"),)))
    assert_symmetric(found)
    wide = min(width, 2.0)
    on_a = (wide * abs(math.cos(angle)) + 2.0) / math.sin(angle) / 2.0
    on_b = (2.0 * abs(math.cos(angle)) + wide) / math.sin(angle) / 2.0
    expected = (50 + shift - on_a, 50 + shift + on_a, 50 - on_b, 50 + on_b)
    assert found["a", "b"][:4] == pytest.approx(expected, abs=1e-6)


def test_too_many_are_refused():
    count = 450  # 450 * 449 / 2 pairs are just more than may be
    ways = [road(str(k), section(lane(-1)), start=(0.0, 0.001 * k), length=5.0, junction="j") for k in range(count)]
    assert count * (count - 1) // 2 > MAX_PAIRS
    with pytest.raises(RoadError, match="overlap more than 100000 times"):
        build_graph(document(*ways, junctions=(Junction("j"),)))


def test_arrays_are_as_laid_down():
    found = build_graph(crossing()).graph.conflicts
    types = {name: np.dtype(kind) for name, kind in zip(found._fields, "iiddddBB", strict=True)}
    assert {name: column.dtype for name, column in found._asdict().items()} == types
