"""How roads become arrays: which way lanes run, and what is refused."""

from __future__ import annotations

import pytest

from sim_suite.driving.roads.geometry.packing import direction_of, pack_roads
from sim_suite.driving.roads.geometry.pieces import MAX_PIECES, MAX_TURN_RAD, pack_pieces
from sim_suite.driving.roads.geometry.tables import SPIRAL
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.model import Geometry, Lane, LaneSection, Line, Spiral
from tests.driving.roads.geometry.one_road import lanes, one_road

LINE = Geometry(0.0, 0.0, 0.0, 0.0, 10.0, Line())


@pytest.mark.parametrize(
    ("rule", "lane_id", "direction", "expected"),
    [
        ("RHT", -1, "standard", 1), ("RHT", 1, "standard", -1), ("LHT", -1, "standard", -1), ("LHT", 2, "standard", 1),
        ("RHT", -1, "reversed", -1), ("LHT", -1, "reversed", 1), ("RHT", 1, "both", -1),
    ],
)  # fmt: skip
def test_which_way_traffic_runs(rule, lane_id, direction, expected):
    (road,) = one_road(LINE, rule=rule).roads
    assert direction_of(road, Lane(lane_id, "driving", direction=direction)) == expected


def test_sections_end_where_the_next_one_starts_or_the_road_ends():
    tables = pack_roads(one_road(LINE, sections=[LaneSection(s, lanes(2, 1, -1)) for s in (0.0, 4.0)]))
    assert tables.section_end.tolist() == [4.0, 10.0]
    assert tables.lane_id.tolist() == [2, 1, -1] * 2
    assert tables.lane_section.tolist() == [0, 0, 0, 1, 1, 1]
    assert tables.num_left.tolist() == [2, 2]


def test_a_road_without_geometry_is_refused_by_name():
    with pytest.raises(RoadError, match=r"road 1, <planView>: the road has no <geometry>"):
        pack_roads(one_road(length=5.0))


def test_spirals_are_cut_where_they_turn():
    document = one_road(Geometry(0.0, 0.0, 0.0, 0.0, 100.0, Spiral(0.0, 0.1)))
    pieces = pack_pieces(document.roads)
    assert len(pieces.s) == 10 / MAX_TURN_RAD
    assert (pieces.kind == SPIRAL).all()
    assert pieces.coefficients[:, 0].tolist() == pytest.approx([0.01 * k for k in range(10)])


def test_a_spiral_of_countless_turns_is_refused():
    document = one_road(LINE, Geometry(10.0, 0.0, 0.0, 0.0, 1e7, Spiral(0.0, 1.0), line=7))
    with pytest.raises(RoadError, match=f"line 7, road 1, <geometry>.*{MAX_PIECES}"):
        pack_pieces(document.roads)
