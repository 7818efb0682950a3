"""Lights, signs, priorities."""

import pytest

from sim_suite.driving.roads.towns.control import (
    LIGHT,
    STOP,
    STOP_LINE,
    YIELD,
    add_lights,
    add_signs,
    add_speed_signs,
    in_conflict,
    phases,
)
from sim_suite.driving.roads.towns.crossings import build_crossing
from sim_suite.driving.roads.towns.profiles import street
from tests.driving.roads.towns.star import star


def built(angles, **rest):
    draft, arms = star(angles, setback=16.0, **rest)
    return draft, build_crossing(draft, arms)


def way(crossing, a, b):
    return next(way for way in crossing.ways if way.move[::2] == (a, b))


def test_conflicts_of_a_crossroads_by_hand():
    _, crossing = built((0, 90, 180, 270))
    assert in_conflict(way(crossing, 0, 2), way(crossing, 1, 3)), "cross"
    assert in_conflict(way(crossing, 0, 2), way(crossing, 1, 2)), "merge"
    assert in_conflict(way(crossing, 0, 3), way(crossing, 2, 0)), "a left turn crosses oncoming traffic"
    assert not in_conflict(way(crossing, 0, 2), way(crossing, 2, 0)), "oncoming"
    assert not in_conflict(way(crossing, 0, 2), way(crossing, 0, 3)), "of the same lane"
    assert not in_conflict(way(crossing, 0, 1), way(crossing, 2, 3)), "right turns at opposite corners"


@pytest.mark.parametrize("angles", [(0, 90, 180), (0, 90, 180, 270), (0, 70, 140, 220, 290)])
def test_whoever_has_green_together_does_not_meet(angles):
    _, crossing = built(angles)
    packed = phases(crossing)
    assert sorted(arm for phase in packed for arm in phase) == list(range(len(angles)))
    for phase in packed:
        ways = [way for way in crossing.ways if way.move.from_arm in phase]
        assert not any(in_conflict(a, b) for a in ways for b in ways if a.move.from_arm != b.move.from_arm)


def test_arms_that_do_not_conflict_share_a_phase():
    draft, arms = star((0, 90, 180, 270), setback=16.0)
    crossing = build_crossing(draft, arms, allowed=lambda i, j: (j - i) % 4 == 2)
    assert phases(crossing) == [[0, 2], [1, 3]]


def test_each_light_has_a_controller_and_a_stop_line():
    draft, crossing = built((0, 90, 180, 270))
    add_lights(draft, crossing, crosswalks=True)
    signals = {signal.id: signal for arm in crossing.arms for signal in arm.road.signals}
    lights = {id for id, signal in signals.items() if signal.type == LIGHT}
    assert sorted(id for controller in draft.controllers for id in controller.signals) == sorted(lights)
    assert [c.id for c in draft.junctions[0].controllers] == [c.id for c in draft.controllers]
    assert sum(signal.type == STOP_LINE for signal in signals.values()) == len(lights) == 4
    for signal in signals.values():
        # the streets lead outwards, so traffic towards the junction is on their left lanes
        assert signal.orientation == "-"
        assert [(v.from_lane, v.to_lane) for v in signal.validities] == [(1, 1)]
        assert signal.s == 5.5


def test_signs_stand_on_the_lesser_street_which_yields_where_ways_conflict():
    draft, crossing = built((0, 90, 180))
    add_signs(draft, crossing, [0, 2], sign=STOP)
    assert [[signal.type for signal in arm.road.signals] for arm in crossing.arms] == [[], [STOP_LINE, STOP], []]
    by_road = {way.road.id: way for way in crossing.ways}
    pairs = {(by_road[p.high].move[::2], by_road[p.low].move[::2]) for p in draft.junctions[0].priorities}
    assert all(high[0] in (0, 2) for high, low in pairs if low[0] == 1)
    # on the main street the left turn waits for those who come towards it
    assert {pair for pair in pairs if pair[1][0] != 1} == {((0, 2), (2, 1)), ((0, 1), (2, 1))}
    # the stem's right turn merges into (0, 2); its left turn crosses that, and merges into (2, 0)
    assert {((0, 2), (1, 2)), ((0, 2), (1, 0)), ((2, 0), (1, 0))} <= pairs
    assert ((2, 0), (1, 2)) not in pairs


def test_a_yield_sign_has_no_stop_line():
    draft, crossing = built((0, 90, 180))
    add_signs(draft, crossing, [0, 2], sign=YIELD)
    assert [signal.type for signal in crossing.arms[1].road.signals] == [YIELD]


def test_a_speed_sign_faces_those_who_come_in():
    draft, crossing = built((0, 90, 180), profiles=[street(2)] * 3)
    add_speed_signs(draft, crossing.arms[0], 30.0)
    (signal,) = crossing.arms[0].road.signals
    assert (signal.value, signal.unit, signal.orientation, signal.s) == (30.0, "km/h", "+", 8.0)
    assert signal.t < -7.0
    assert [(v.from_lane, v.to_lane) for v in signal.validities] == [(-2, -1)]
