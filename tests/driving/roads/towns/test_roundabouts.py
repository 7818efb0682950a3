"""Roundabouts: a ring cut by its arms."""

import math

import pytest

from sim_suite.driving.roads.towns.control import YIELD
from sim_suite.driving.roads.towns.roundabouts import ARM_SETBACK_M, RING_RADIUS_M, build_roundabout, min_arm_angle
from sim_suite.errors import SuiteError
from tests.driving.roads.towns.star import star


@pytest.mark.parametrize("angles", [(0, 180), (0, 90, 180), (10, 100, 190, 280), (0, 72, 144, 216, 288)])
def test_the_ring_is_a_full_circle_counter_clockwise(angles):
    draft, arms = star(angles, setback=ARM_SETBACK_M)
    crossings = build_roundabout(draft, (0.0, 0.0), arms)
    assert len(crossings) == len(draft.junctions) == len(angles)
    ring = [road for road in draft.roads if road.name == "roundabout" and road.junction == "-1"]
    past = [
        way.road for crossing in crossings for way in crossing.ways if way.move.from_arm == 2 and way.move.to_arm == 1
    ]
    assert sum(road.length for road in [*ring, *past]) == pytest.approx(2 * math.pi * RING_RADIUS_M, abs=1e-5)
    for road in [*ring, *past]:
        assert {piece.curvature_start for piece in road.path.pieces} == {1.0 / RING_RADIUS_M}


def test_who_enters_gives_way_to_who_goes_round():
    draft, arms = star((0, 90, 180, 270), setback=ARM_SETBACK_M)
    crossings = build_roundabout(draft, (0.0, 0.0), arms)
    for crossing, junction, arm in zip(crossings, draft.junctions, arms, strict=True):
        assert [signal.type for signal in arm.road.signals] == [YIELD]
        roads = {way.move[::2]: way.road.id for way in crossing.ways}
        assert [(p.high, p.low) for p in junction.priorities] == [(roads[2, 1], roads[0, 1])]


def test_arms_too_close_are_refused():
    close = math.degrees(min_arm_angle()) - 1.0
    draft, arms = star((0, close, 180), setback=ARM_SETBACK_M)
    with pytest.raises(SuiteError, match="Spread its arms"):
        build_roundabout(draft, (0.0, 0.0), arms)
