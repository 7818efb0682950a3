"""Crosswalks: area, way of walking, lanes beneath. The road is 8 m wide, two lanes and two sidewalks of 2 m beyond."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.graph.topology.crosswalks import find_crosswalks
from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, RoadObject
from sim_suite.driving.roads.opendrive.model import Cubic
from tests.driving.roads.graph.straight import document, lane, lanes_of, road, section
from tests.driving.roads.graph.topology.crossing import crossing


def street(*objects, **more):
    walks = {"kind": "sidewalk", "width": 2.0}
    members = section(lane(2, **walks), lane(1, width=4.0), lane(-1, width=4.0), lane(-2, **walks))
    return document(road("1", members, objects=objects, **more))


def found(doc):
    lanes, points = lanes_of(doc)
    crosswalks, findings = find_crosswalks(doc, pack_roads(doc), lanes, points)
    beneath = {
        (doc.roads[lanes.road[k]].id, int(lanes.lane_id[k])): (pytest.approx(low), pytest.approx(high))
        for k, low, high in zip(crosswalks.lane.tolist(), crosswalks.from_arc_m, crosswalks.to_arc_m, strict=True)
    }
    return crosswalks, beneath, findings


def on_road(*corners):
    return (Outline(tuple(Corner(False, s, t) for s, t in corners)),)


def ends(walk):
    return sorted(tuple(np.round(end, 6).tolist()) for end in walk)


def test_across_the_whole_road():
    zebra = RoadObject(
        "z", 50.0, 0.0, "crosswalk", outlines=on_road((48.0, -5.0), (52.0, -5.0), (52.0, 5.0), (48.0, 5.0))
    )
    crosswalks, beneath, findings = found(street(zebra))
    assert findings == []
    assert crosswalks.first_corner.tolist() == [0, 4]
    assert list(zip(crosswalks.corner_x, crosswalks.corner_y, strict=True)) == [(48, -5), (52, -5), (52, 5), (48, 5)]
    assert ends(crosswalks.walk[0]) == [(50.0, -5.0), (50.0, 5.0)]
    assert beneath == {("1", 2): (48, 52), ("1", 1): (48, 52), ("1", -1): (48, 52), ("1", -2): (48, 52)}


def test_arcs_count_along_the_travel():
    zebra = RoadObject("z", 30.0, 2.0, "crosswalk", length=4.0, width=3.0)  # over the left lane only
    _, beneath, _ = found(street(zebra))
    assert beneath == {("1", 1): (68, 72)}


def test_people_walk_across_traffic_even_on_a_crosswalk_that_is_longer_along_the_road():
    zebra = RoadObject("z", 30.0, -2.0, "crosswalk", length=6.0, width=4.0)
    crosswalks, _, _ = found(street(zebra))
    assert ends(crosswalks.walk[0]) == [(30.0, -4.0), (30.0, 0.0)]


def test_beside_the_road_they_walk_the_long_way():
    crosswalks, beneath, _ = found(street(RoadObject("z", 30.0, -20.0, "crosswalk", length=6.0, width=4.0)))
    assert ends(crosswalks.walk[0]) == [(27.0, -20.0), (33.0, -20.0)]
    assert beneath == {}
    assert crosswalks.first_lane.tolist() == [0, 0]


def test_oblique_crosswalks():
    """4 m wide at 45 degrees: it covers (10 + 4 * sqrt 2) m of each lane edge to edge, 4 sqrt 2 at any one t."""
    zebra = RoadObject("z", 50.0, 0.0, "crosswalk", heading=math.pi / 4, length=20.0, width=4.0)
    crosswalks, beneath, _ = found(street(zebra))
    half = 2.0 * math.sqrt(2.0)
    assert beneath[("1", -1)] == (46.0 - half, 50.0 + half)
    assert beneath[("1", 1)] == (100.0 - (54.0 + half), 100.0 - (50.0 - half))
    assert ends(crosswalks.walk[0])[1] == pytest.approx((50.0 + 10 / math.sqrt(2), 10 / math.sqrt(2)), abs=1e-5)


def test_connecting_roads_beneath_are_found_from_another_road():
    zebra = RoadObject(
        "z", 2.0, 0.0, "crosswalk", outlines=on_road((-4.0, -4.0), (-1.0, -4.0), (-1.0, 4.0), (-4.0, 4.0))
    )
    _, beneath, _ = found(crossing(arms={"e": {"objects": (zebra,)}}, ways=("we", "ew", "sn")))
    assert beneath == {("we", -1): (16, 19), ("ew", -1): (1, 4)}


def test_a_bridge_above_is_not_walked_on():
    bridge = road("2", section(lane(-1)), start=(50.0, -50.0), heading=math.pi / 2, elevations=(Cubic(0.0, 6.0),))
    zebra = RoadObject("z", 50.0, 0.0, "crosswalk", length=4.0, width=8.0)
    doc = street(zebra)
    doc = document(*doc.roads, bridge)
    lanes, points = lanes_of(doc)
    z = np.where(np.repeat(lanes.road, np.diff(lanes.first_point)) == 1, 6.0, 0.0)
    crosswalks, _ = find_crosswalks(doc, pack_roads(doc), lanes, points._replace(z=z))
    assert set(lanes.road[crosswalks.lane].tolist()) == {0}


def test_one_without_area_is_left_out_and_said():
    crosswalks, _, findings = found(
        street(RoadObject("z", 30.0, 0.0, "crosswalk"), RoadObject("y", 30.0, 0.0, "pole", radius=1.0))
    )
    assert crosswalks.walk.shape == (0, 2, 2)
    assert crosswalks.first_corner.tolist() == crosswalks.first_lane.tolist() == [0]
    assert [finding.kind for finding in findings] == ["ignored"]
