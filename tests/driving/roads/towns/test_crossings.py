"""Junctions: one connecting road a move, smooth, and sidewalks round the corners."""

import math

import pytest

from sim_suite.driving.roads.opendrive.model import Cubic, RoadLink
from sim_suite.driving.roads.towns.crossings import build_crossing, smooth_turn
from sim_suite.driving.roads.towns.moves import Move
from sim_suite.driving.roads.towns.paths import Pose
from sim_suite.driving.roads.towns.profiles import Profile, Strip, street
from sim_suite.errors import SuiteError
from tests.driving.roads.towns.star import star


@pytest.mark.parametrize("angles", [(0, 90, 180), (0, 90, 180, 270), (0, 120, 240), (0, 70, 140, 220, 290)])
def test_every_move_has_a_one_way_road(angles):
    draft, arms = star(angles, setback=18.0)
    crossing = build_crossing(draft, arms)
    k = len(angles)
    assert len(crossing.ways) == k * (k - 1)
    for way in crossing.ways:
        (stretch,) = way.road.stretches
        assert stretch[1].left == ()
        assert [strip.kind for strip in stretch[1].right].count("driving") == 1
        assert way.road.junction == crossing.id
        assert set(way.road.links) == {"start", "end"}
    (junction,) = draft.junctions
    assert all(connection.contact_point == "start" for connection in junction.connections)
    assert all(arm.road.links["start"] == RoadLink("junction", crossing.id) for arm in arms)


def test_ways_start_and_end_in_the_middle_of_their_lanes():
    draft, arms = star((0, 90, 180, 270))
    way = next(way for way in build_crossing(draft, arms).ways if way.move == Move(0, 0, 2, 0))
    # from the east westwards: on the right, which is the north side
    assert way.road.path.start == pytest.approx((12.0, 1.75, math.pi))
    assert way.road.path.end[:2] == pytest.approx((-12.0, 1.75))
    assert way.road.lane_offsets[0].a == 1.75
    assert way.road.lane_links == {("start", -1): 1, ("end", -1): -1}


def test_sidewalks_go_round_every_corner_once():
    draft, arms = star((0, 90, 180))
    build_crossing(draft, arms)
    carried = [road for road in draft.roads[3:] for strip in road.stretches[0][1].right if strip.kind == "sidewalk"]
    # two corners beside the stem, and straight on along the far side
    assert len(carried) == 3
    for road in carried:
        lane = -len(road.stretches[0][1].right)
        assert {at for at, mine in road.lane_links if mine == lane} == {"start", "end"}


def test_a_corner_that_nobody_drives_round_gets_a_road_for_pedestrians():
    draft, arms = star((0, 90, 180, 270))
    build_crossing(draft, arms, allowed=lambda i, j: (i, j) != (0, 1))
    walks = [road for road in draft.roads[4:] if [s.kind for s in road.stretches[0][1].right] == ["sidewalk"]]
    assert len(walks) == 1
    assert walks[0].lane_links == {("start", -1): 2, ("end", -1): -2}


def test_a_strip_that_only_one_street_has_narrows_to_nothing():
    draft, arms = star((0, 90, 180), profiles=[street(1, biking=True), street(1), street(1, biking=True)], setback=14.0)
    crossing = build_crossing(draft, arms)
    right = next(way for way in crossing.ways if way.move == Move(0, 0, 1, 0)).road.stretches[0][1].right
    assert [(strip.kind, strip.last_width > 0.0) for strip in right] == [
        ("driving", True), ("biking", False), ("sidewalk", True),
    ]  # fmt: skip


def test_turns_are_slow_and_straights_are_not():
    draft, arms = star((0, 90, 180), speed_kmh=50.0)
    speeds = {way.move[::2]: way.road.speed_kmh for way in build_crossing(draft, arms).ways}
    assert (speeds[0, 2], speeds[0, 1], speeds[1, 0]) == (50.0, 30.0, 30.0)


def test_too_tight_a_junction_is_refused():
    draft, arms = star((0, 90, 180), setback=5.0)
    with pytest.raises(SuiteError, match="Set its arms further back"):
        build_crossing(draft, arms)


def test_elevation_is_carried_through():
    draft, arms = star((0, 90, 180))
    for arm in arms:
        arm.road.elevations = (Cubic(0.0, 7.0),)
    crossing = build_crossing(draft, arms)
    assert {way.road.height(3.0) for way in crossing.ways} == {7.0}


def test_an_unequal_turn_is_led_in_straight():
    path = smooth_turn(Pose(0.0, 0.0, 0.0), Pose(20.0, 10.0, math.pi / 2))
    assert path.end[:2] == pytest.approx((20.0, 10.0), abs=1e-6)
    # a lead of 10 m, then the symmetric turn within 10 m by 10 m
    assert 1.0 / path.sharpest > 8.0


def test_one_way_arms_join_a_profile_without_left_lanes():
    ramp = Profile((), (Strip("driving", 3.5),), "solid")
    draft, arms = star((0, 90, 180), profiles=[street(1), ramp, street(1)])
    crossing = build_crossing(draft, arms)
    # seen from the junction the ramp leads outwards only
    assert {way.move[::2] for way in crossing.ways} == {(0, 1), (0, 2), (2, 0), (2, 1)}
