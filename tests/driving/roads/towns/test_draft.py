"""Drafts: ids, ends as traffic sees them, joints."""

import math

import pytest

from sim_suite.driving.roads.opendrive.model import Cubic, RoadLink
from sim_suite.driving.roads.towns.draft import ID_RANGES, Draft, End
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import street
from sim_suite.errors import SuiteError


def straight(draft, x=0.0, **rest):
    return draft.road(Path(Pose(x, 0.0, 0.0)).straight(50.0), street(1), **rest)


def test_ids_are_short_on_small_maps():
    draft = Draft("ids")
    ids = [draft.new_id(what) for what in ("road", "junction", "signal", "controller", "object", "road")]
    assert ids == ["1", "1001", "2001", "3001", "4001", "2"]


def test_ids_of_different_things_never_meet():
    draft = Draft("ids")
    ids = [draft.new_id(what) for what in ID_RANGES for _ in range(2500)]
    assert len(set(ids)) == len(ids)
    assert ids[998:1000] == ["999", "1001000"]


def test_ids_run_out_with_a_word_rather_than_into_one_another():
    draft = Draft("town")
    draft._count["road"] = 999_999
    with pytest.raises(SuiteError, match="smaller size"):
        draft.new_id("road")


def test_an_end_is_seen_by_who_leaves():
    draft = Draft("town")
    road = straight(draft)
    road.elevations = (Cubic(0.0, 1.0, 0.1),)
    end, start = End(road, "end"), End(road, "start")
    assert end.pose == pytest.approx((50.0, 0.0, 0.0))
    assert start.pose == pytest.approx((0.0, 0.0, math.pi))
    assert (start.z, end.z) == pytest.approx((1.0, 6.0))
    assert end.leaving.ids == start.entering.ids == (-1, -2)
    assert end.entering.ids == start.leaving.ids == (1, 2)
    assert end.leaving.inner == (0.0, 3.5)
    assert end.leaving.driving() == [0]


def test_a_lane_offset_moves_the_end():
    road = straight(Draft("town"))
    road.lane_offsets = (Cubic(0.0, 2.0),)
    assert End(road, "end").pose[:2] == pytest.approx((50.0, 2.0))
    assert End(road, "start").pose[:2] == pytest.approx((0.0, 2.0))


def test_joined_roads_name_one_another_and_each_others_lanes():
    draft = Draft("town")
    one, other = straight(draft), straight(draft, 100.0)
    draft.join(End(one, "end"), End(other, "end"))
    assert one.links == {"end": RoadLink("road", other.id, "end")}
    # the roads point at one another: the right lanes of one are the left lanes of the other
    assert one.lane_links == {("end", -1): 1, ("end", -2): 2, ("end", 1): -1, ("end", 2): -2}
    assert other.lane_links == one.lane_links


def test_a_road_that_leads_nowhere_is_refused():
    draft = Draft("town")
    straight(draft, name="High Street")
    with pytest.raises(SuiteError, match=r"road 1 \(High Street\) leads nowhere at \(0.0, 0.0\)"):
        draft.finish()


def test_a_document_has_bounds_and_a_place_on_earth():
    draft = Draft("town")
    one, other = straight(draft), straight(draft, 50.0)
    draft.join(End(one, "end"), End(other, "start"))
    draft.join(End(other, "end"), End(one, "start"))
    header = draft.finish().header
    assert (header.name, header.west, header.east) == ("town", 0.0, 50.0)
    assert "+lat_0=" in header.geo_reference


def test_a_signal_holds_for_its_lanes():
    draft = Draft("town")
    road = straight(draft)
    draft.signal(road, 10.00004, -4.0, "206", "+", [-1, -2], z_offset=2.0)
    (signal,) = road.signals
    assert (signal.s, signal.type, signal.orientation, signal.z_offset) == (10.0, "206", "+", 2.0)
    assert [(v.from_lane, v.to_lane) for v in signal.validities] == [(-2, -1)]
