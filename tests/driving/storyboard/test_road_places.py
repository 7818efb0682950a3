"""From roads' coordinates to lanes and back, on a straight street and on shipped maps."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.maps import read_map
from sim_suite.driving.roads.opendrive.model import Cubic
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.storyboard.staging.places import RoadPlaces
from sim_suite.errors import SuiteError, UnknownNameError
from tests.driving.roads.graph import straight
from tests.driving.sensors.scenes import prepared
from tests.driving.storyboard.stages_by_hand import street, street_map


@cache
def places():
    return RoadPlaces(street_map().graph, street_map().road_map.document)


def where(on, aside=0.0, graph=None):
    pose = lane_poses(street_map().graph if graph is None else graph, on.lane, on.arc_m, aside)
    return pose.x, pose.y


@pytest.mark.parametrize(("lane_id", "y"), [(-2, -5.25), (-1, -1.75), (1, 1.75), (2, 5.25)])
@pytest.mark.parametrize("s", [0.0, 55.5, 119.9, 120.0, 120.1, 200.0])
def test_lanes_by_id_and_s(lane_id, y, s):
    x, found = where(places().find("a", lane_id, s))
    assert (x[0], found[0]) == (pytest.approx(s, abs=2e-6), pytest.approx(y))


def test_where_sections_meet_the_later_one_counts():
    graph = street_map().graph
    on = places().find("a", [-1, -1, 1], [119.999, 120.0, 120.0])
    assert [graph.name_of(one) for one in on.lane] == ["a/0/-1", "a/1/-1", "a/1/1"]


def test_lengths_that_are_rounded_are_forgiven_and_more_is_not():
    assert where(places().find("b", -1, 100.4))[0][0] == pytest.approx(300.0)
    assert where(places().find("b", 1, -0.4))[0][0] == pytest.approx(200.0)
    with pytest.raises(
        SuiteError, match=r"road 'b' has no lane -1 at s = 100.60 m; its lanes are -2, -1, 1, 2, from 0.00 to 100"
    ):
        places().find("b", [-1, -1], [50.0, 100.6])
    with pytest.raises(SuiteError, match="no lane 3"):
        places().find("b", 3, 10.0)
    with pytest.raises(UnknownNameError, match="road"):
        places().find("c", 1, 10.0)


def test_back_to_roads():
    on = places().find("a", [-1, 2, -1], [30.0, 30.0, 150.0])
    road, lane_id, s, way = places().road_of(on.lane, on.arc_m)
    assert [places().name_of(int(one)) for one in road] == ["a"] * 3
    assert (lane_id.tolist(), way.tolist()) == ([-1, 2, -1], [1, -1, 1])
    assert s.tolist() == pytest.approx([30.0, 30.0, 150.0])
    assert places().t_of(on.lane, on.arc_m, np.array([0.5, 0.5, -0.5])).tolist() == pytest.approx([-1.25, 4.75, -2.25])


@pytest.mark.parametrize("s", [0.0, 60.0, 119.8, 120.0, 120.3, 199.9])
def test_beside_the_reference_line(s):
    t = np.array([-6.0, -3.4, -0.1, 0.1, 3.6, 9.0])
    on, aside = places().at_offset("a", np.full(len(t), s), t)
    x, y = where(on, aside)
    assert x == pytest.approx(np.full(len(t), s), abs=2e-6)
    assert y == pytest.approx(t)
    assert street_map().graph.lanes.lane_id[on.lane].tolist() == [-2, -1, -1, 1, 2, 2]
    assert places().t_of(on.lane, on.arc_m, aside) == pytest.approx(t)


def test_beyond_a_road_there_is_nothing_beside_it():
    with pytest.raises(SuiteError, match=r"no s = 201\.00 m"):
        places().at_offset("a", np.array([201.0]), np.array([0.0]))


def test_the_lane_that_holds_a_place_is_found_not_the_one_whose_middle_is_near():
    wide = straight.section(straight.lane(-1, width=6.0), straight.lane(-2, width=0.5, kind="shoulder"))
    graph = read_map(to_xml(straight.document(straight.road("w", wide))).encode()).graph
    on, aside = RoadPlaces(graph).at_offset("w", np.array([50.0, 50.0]), np.array([-5.8, -6.1]))
    assert graph.lanes.lane_id[on.lane].tolist() == [-1, -2]
    assert aside.tolist() == pytest.approx([-2.8, 0.15])


def test_lane_offsets_move_lanes_not_the_reference_line():
    document = street(lane_offsets=(Cubic(0.0, 1.0), Cubic(100.0, 1.0, 0.02)))
    road_map = read_map(to_xml(document).encode())
    shifted = RoadPlaces(road_map.graph, road_map.document)
    for s, offset in ((50.0, 1.0), (110.0, 1.2), (190.0, 2.8)):
        _, y = where(shifted.find("a", -1, s), 0.0, road_map.graph)
        assert y[0] == pytest.approx(offset - 1.75, abs=0.01)
        on, aside = shifted.at_offset("a", np.array([s]), np.array([0.5]))
        assert where(on, aside, road_map.graph)[1][0] == pytest.approx(0.5, abs=0.01)
        assert shifted.t_of(on.lane, on.arc_m, aside)[0] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("town", ["crossroads", "left_hand", "highway", "town_1km"])
def test_there_and_back_on_shipped_maps(town):
    driving_map = prepared(town)
    graph = driving_map.graph
    shipped = RoadPlaces(graph, driving_map.road_map.document)
    random = np.random.default_rng(0)
    lane = random.integers(graph.num_lanes, size=60).astype(np.int32)
    arc = random.uniform(0.02, 0.98, 60) * graph.lanes.length_m[lane]
    road, lane_id, s, _ = shipped.road_of(lane, arc)
    for k in range(60):
        on = shipped.find(shipped.name_of(int(road[k])), lane_id[k], s[k])
        assert on.lane[0] == lane[k]
        assert on.arc_m[0] == pytest.approx(arc[k], abs=0.02)
    t = shipped.t_of(lane, arc, np.full(60, 0.2))
    for k in range(60):
        on, aside = shipped.at_offset(shipped.name_of(int(road[k])), s[k : k + 1], t[k : k + 1])
        x, y = where(on, aside, graph)
        pose = lane_poses(graph, lane[k], arc[k], 0.2)
        assert np.hypot(x[0] - pose.x[0], y[0] - pose.y[0]) < 0.1


def test_a_document_may_be_missing():
    assert replace(street_map().road_map).document is street_map().road_map.document
    on, aside = RoadPlaces(street_map().graph).at_offset("a", np.array([10.0]), np.array([1.0]))
    assert where(on, aside)[1][0] == pytest.approx(1.0)
