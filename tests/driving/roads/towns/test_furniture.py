"""Crosswalks, parking spaces, trees: where they lie."""

import pytest

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.kinds import PropKind
from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.furniture import (
    add_bays,
    add_building,
    add_crosswalk,
    add_crosswalk_at,
    add_kerb_parking,
    add_median_trees,
)
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import street


@pytest.fixture
def road():
    draft = Draft("street")
    road = draft.road(Path(Pose(0.0, 0.0, 0.0)).straight(100.0), street(1, parking_m=2.25))
    return draft, road


def graph(draft):
    for road in draft.roads:
        draft.join(End(road, "end"), End(road, "start"))
    document = draft.finish()
    assert isinstance(document, OpenDrive)
    return build_graph(document).graph


def test_a_crosswalk_is_a_closed_ring_across_the_road(road):
    draft, street_ = road
    add_crosswalk(draft, street_, 20.0, 3.5, -5.0)
    (outline,) = street_.objects[0].outlines
    assert outline.corners[0] == outline.corners[-1]
    walks = graph(draft).crosswalks
    assert sorted(zip(walks.corner_x, walks.corner_y, strict=True)) == [
        (18.5, -5.0),
        (18.5, 3.5),
        (21.5, -5.0),
        (21.5, 3.5),
    ]


@pytest.mark.parametrize(("at", "middle"), [("start", 3.0), ("end", 97.0)])
def test_a_crosswalk_before_a_junction_reaches_from_kerb_to_kerb(road, at, middle):
    draft, street_ = road
    add_crosswalk_at(draft, End(street_, at))
    walks = graph(draft).crosswalks
    assert (min(walks.corner_x), max(walks.corner_x)) == (middle - 1.5, middle + 1.5)
    assert (min(walks.corner_y), max(walks.corner_y)) == (-5.75, 5.75)


def test_kerb_parking_fills_its_stretch(road):
    draft, street_ = road
    add_kerb_parking(draft, street_, 20.0, 45.0, -3.5, 2.25)
    props = graph(draft).props
    assert set(props.kind) == {PropKind.PARKING_SPACE}
    assert props.x.tolist() == pytest.approx([23.5, 29.5, 35.5, 41.5])
    assert set(props.y) == {-4.625}
    assert set(props.length_m) == {6.0}


def test_a_single_space_and_none(road):
    draft, street_ = road
    add_kerb_parking(draft, street_, 20.0, 27.0, -3.5, 2.25)
    add_kerb_parking(draft, street_, 30.0, 35.0, -3.5, 2.25)
    assert [item.s for item in street_.objects] == [23.5]


def test_bays_lie_side_by_side(road):
    draft, street_ = road
    add_bays(draft, street_, 20.0, 30.0, 8.5, 5.0)
    props = graph(draft).props
    assert props.x.tolist() == pytest.approx([21.25, 23.75, 26.25, 28.75])
    assert set(props.y) == {6.0}
    assert set(props.width_m) == {5.0}


def test_trees_keep_off_the_junctions(road):
    draft, street_ = road
    add_median_trees(draft, street_)
    props = graph(draft).props
    assert set(props.kind) == {PropKind.TREE}
    assert props.x.tolist() == pytest.approx([22.0, 36.0, 50.0, 64.0, 78.0])
    short = draft.road(Path(Pose(0.0, 50.0, 0.0)).straight(45.0), street(1))
    add_median_trees(draft, short)
    assert short.objects == []


def test_a_building_stands_where_it_is_put(road):
    draft, street_ = road
    add_building(draft, street_, 50.0, 20.0, 12.0, 10.0, 6.44)
    props = graph(draft).props
    assert (props.kind[0], props.x[0], props.y[0], props.height_m[0]) == (PropKind.BUILDING, 50.0, 20.0, 6.4)
