"""How fast each place may be driven. Points of the straight roads lie every 10 m unless a test says otherwise."""

from __future__ import annotations

import math

import pytest

from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.graph.topology.links import index_lanes, link_lanes
from sim_suite.driving.roads.graph.topology.signals import place_signals
from sim_suite.driving.roads.graph.topology.speeds import metres_per_second, speed_limits
from sim_suite.driving.roads.opendrive.furniture import Signal
from sim_suite.driving.roads.opendrive.model import LaneSpeed, RoadType, Speed
from tests.driving.roads.graph.straight import document, lane, lanes_of, road, section, two_way
from tests.driving.roads.graph.topology.crossing import crossing


def limits(doc):
    """{(road, lane id): limits at its points in the order of travel, 0 for unknown}."""
    lanes, points = lanes_of(doc)
    index = index_lanes(lanes)
    successors, _, _ = link_lanes(doc, lanes, points, index)
    placed, _ = place_signals(doc, pack_roads(doc), lanes, index)
    found = speed_limits(doc, lanes, points.road_s, successors, placed)
    result = {}
    for number in range(len(lanes.kind)):
        values = found[lanes.first_point[number] : lanes.first_point[number + 1]].tolist()
        key = (doc.roads[lanes.road[number]].id, int(lanes.lane_id[number]))
        result.setdefault(key, []).extend(0 if math.isnan(value) else round(value, 3) for value in values)
    return result


def sign(s, mps, orientation="+", name="s"):
    return Signal(name, s, -4.0, "274", orientation=orientation, value=mps, unit="m/s")


def town(mps, s=0.0):
    return RoadType(s, "town", speed=Speed(mps, "m/s"))


@pytest.mark.parametrize(
    ("speed", "mps"),
    [(Speed(36.0, "km/h"), 10.0), (Speed(10.0, "mph"), 4.4704), (Speed(10.0, "m/s"), 10.0), (Speed(10.0, ""), 10.0),
     (Speed(None, "km/h"), math.nan), (Speed(0.0, "m/s"), math.nan), (None, math.nan)],
)  # fmt: skip
def test_units(speed, mps):
    assert metres_per_second(speed) == pytest.approx(mps, nan_ok=True)


def test_road_types_hold_from_their_s_on_and_the_last_may_take_the_limit_back():
    doc = document(road("1", two_way(), types=(town(10), town(20, 30.0), RoadType(80.0, "rural"))))
    assert limits(doc)[("1", -1)] == [10] * 3 + [20] * 5 + [0] * 3
    assert limits(doc)[("1", 1)] == [0] * 3 + [20] * 5 + [10] * 3


def test_a_lane_overrules_signs_which_overrule_the_type():
    slow = section(lane(-1, speeds=(LaneSpeed(50.0, Speed(5, "m/s")), LaneSpeed(80.0, Speed(None, "m/s")))), lane(-2))
    doc = document(road("1", slow, types=(town(10),), signals=(sign(20.0, 20),)))
    assert limits(doc) == {("1", -1): [10] * 2 + [20] * 3 + [5] * 3 + [20] * 3, ("1", -2): [10] * 2 + [20] * 9}


def test_a_sign_holds_for_its_direction_until_the_next():
    doc = document(road("1", two_way(), signals=(sign(20.0, 20), sign(60.0, 8, name="t"))))
    assert limits(doc) == {("1", -1): [0] * 2 + [20] * 4 + [8] * 5, ("1", 1): [0] * 11}
    doc = document(road("1", two_way(), signals=(sign(20.0, 20, "-"),)))
    assert limits(doc)[("1", 1)] == [0] * 8 + [20] * 3


FIRST_SIGNED = ((sign(50.0, 20),), (), ())


def chain(*types, signals=FIRST_SIGNED):
    """Roads a, b, c one after the other."""
    names = "abc"
    return document(*[
        road(name, section(lane(-1, before=(-1,) * (k > 0), after=(-1,) * (k < 2))), start=(100.0 * k, 0.0), types=kind,
             signals=placed, before=("road", names[k - 1], "end") if k else None,
             after=("road", names[k + 1], "start") if k < 2 else None)
        for k, (name, kind, placed) in enumerate(zip(names, types, signals, strict=True))
    ])  # fmt: skip


def test_a_sign_goes_on_over_roads_cut_in_pieces():
    found = limits(chain((town(10),), (town(10),), ()))
    assert found == {("a", -1): [10] * 5 + [20] * 6, ("b", -1): [20] * 11, ("c", -1): [20] * 11}


def test_a_sign_ends_where_a_road_says_something_else():
    found = limits(chain((town(10),), (town(12),), (town(10),)))
    assert found[("b", -1)] == [12] * 11
    assert found[("c", -1)] == [10] * 11


def test_a_sign_ends_at_the_next_one_of_a_later_road():
    found = limits(chain((), (), (), signals=((sign(50.0, 20),), (sign(30.0, 9, name="t"),), ())))
    assert found[("b", -1)] == [20] * 3 + [9] * 8
    assert found[("c", -1)] == [9] * 11


def test_a_sign_holds_on_connecting_roads_and_not_behind_the_junction():
    doc = crossing(
        arms={"s": {"signals": (sign(50.0, 20, "-"),)}, "e": {"types": (town(10),)}},
        extra={"se": {"types": (town(7),)}},
    )
    found = limits(doc)
    assert found[("sn", -1)] == [20] * 11
    assert found[("se", -1)] == [7] * 11
    assert found[("n", -1)] == [0] * 11
    assert found[("e", -1)] == [10] * 11


def test_where_two_signs_run_together_the_lower_holds():
    doc = document(
        road("a", section(lane(-1, after=(-1,))), after=("road", "c", "start"), signals=(sign(50.0, 20),)),
        road("b", section(lane(-1, after=(-1,))), after=("road", "c", "start"), signals=(sign(50.0, 8, name="t"),)),
        road("c", section(lane(-1))),
    )
    assert limits(doc)[("c", -1)] == [8] * 11


def test_a_ring_road_ends_its_own_sign():
    ring = road("1", section(lane(-1, after=(-1,))), after=("road", "1", "start"), signals=(sign(50.0, 20),))
    assert limits(document(ring))[("1", -1)] == [20] * 11
