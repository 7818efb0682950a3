"""What is drawn of a small road and where: surfaces, marks, arrows, furniture, signs, names, decks. All by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_map import (
    WIDTH,
    document,
    graph_of,
    lane,
    markers,
    shapes,
    small_document,
    small_graph,
    small_scene,
    straight,
)

from sim_suite.driving.roads.drawing import facts, furniture, names, signs, surfaces, traffic
from sim_suite.driving.roads.drawing.compose import make_scene
from sim_suite.driving.roads.drawing.decks import road_decks
from sim_suite.driving.roads.drawing.styles import legend_style, style_of
from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.roads.opendrive.furniture import Signal
from sim_suite.driving.roads.opendrive.model import Cubic, Lane, MarkLine, RoadMark


def area(polygon):
    x, y = polygon.T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def test_each_lane_is_an_area_of_its_kind_with_what_one_walks_on_below():
    found = surfaces.lane_surfaces(small_graph(), range(4))
    assert [shape.style for shape in found] == ["lane-sidewalk", "lane-parking", "lane-driving", "lane-driving"]
    assert [area(shape.points) for shape in found] == pytest.approx([200, 200, 350, 350], rel=1e-6)
    assert len({shape.about for shape in found}) == 4


def test_a_lane_without_width_has_no_area():
    graph = graph_of(straight(lanes=(Lane(0, "none"), lane(-1), lane(-2, "border", 0.0))))
    assert len(surfaces.lane_surfaces(graph, range(graph.num_lanes))) == 1


@pytest.mark.parametrize(("gap_m", "areas"), [(4.0, [110.0]), (8.0, [35.0, 35.0])])
def test_a_junction_takes_in_narrow_gaps_between_its_lanes_and_no_wide_ones(gap_m, areas):
    one = (Lane(0, "none"), lane(-1))
    graph = graph_of(straight("1", one, length=10.0), straight("2", one, length=10.0, y=-WIDTH - gap_m))
    found = [area(outline) for outline in surfaces.junction_outlines(graph, [0, 1])]
    assert found == pytest.approx(areas, rel=0.12)


def test_ids_of_parallel_roads_stand_outside_of_both_on_a_large_sheet():
    lanes = (Lane(0, "none"), lane(-1), lane(-2))
    east, west = (
        straight("1", lanes, length=1000.0),
        straight("2", lanes, x=1000.0, y=6.0, heading=np.pi, length=1000.0),
    )
    placed = {marker.text: marker.y for marker in names.roads(graph_of(east, west))}
    assert placed["1"] < -2 * WIDTH
    assert placed["2"] > 6.0 + 2 * WIDTH


def test_a_narrow_junction_is_named_only_at_a_large_scale():
    found = {marker.text: marker.min_scale for marker in names.junctions(load_map("highway").graph)}
    assert found["1001"] > 2 * found["1010"]


def test_marks_lie_on_their_borders_and_change_where_the_file_says():
    scene = small_scene()
    (curb,) = shapes(scene, "mark-curb")
    np.testing.assert_allclose(curb.points[:, 1], -5.5, atol=1e-6)
    solid = {
        round(float(shape.points[0, 1]), 3): np.sort(shape.points[:, 0]) for shape in shapes(scene, "mark-solid-white")
    }
    np.testing.assert_allclose(solid[3.5], [0, 100], atol=1e-6)
    np.testing.assert_allclose(solid[-3.5], [0, 50], atol=1e-6)
    (broken,) = shapes(scene, "mark-broken-white-bold")
    np.testing.assert_allclose(broken.points, [(50, -3.5), (100, -3.5)], atol=1e-6)


def test_of_a_double_centre_line_the_first_is_on_the_left():
    (solid,), (broken,) = shapes(small_scene(), "mark-solid-yellow"), shapes(small_scene(), "mark-broken-yellow")
    assert solid.points[0, 1] == pytest.approx(0.15)
    assert broken.points[0, 1] == pytest.approx(-0.15)


def drawn(*marks):
    road = straight(lanes=(Lane(0, "none"), lane(-1, marks=marks)))
    layers = make_scene(document(road), graph_of(road), "one").layers
    lines = [shape for layer in layers if layer.name == "marks" for shape in layer.shapes]
    return sorted((line.style, *line.points[[0, -1]].round(3).ravel().tolist()) for line in lines)


def test_lines_are_as_long_and_wide_as_the_file_states():
    stated = RoadMark(
        0.0, "broken", color="yellow", lines=(MarkLine(2.0, 4.0, 0.1, 10.0, 0.2), MarkLine(5.0, None, -0.2, 60.0))
    )
    assert drawn(stated) == [
        ("mark-stated-yellow-0-0-15", 60.0, -3.7, 65.0, -3.7),
        ("mark-stated-yellow-200-400-20", 10.0, -3.4, 100.0, -3.4),
    ]
    assert (style_of("mark-stated-yellow-200-400-20").dash_m, style_of("mark-stated-yellow-0-0-15").dash_m) == (
        (2.0, 4.0),
        (),
    )
    assert style_of("mark-stated-yellow-200-400-20").width_m == 0.2
    assert legend_style("mark-stated-yellow-200-400-20") == "mark-broken-yellow"


def test_a_single_stated_line_serves_for_both_of_a_double_mark():
    double = RoadMark(0.0, "solid broken", width=0.1, lines=(MarkLine(2.0, 4.0, width=0.1),))
    assert [(name, y) for name, _, y, _, _ in drawn(double)] == [
        ("mark-stated-white-0-0-10", -3.4),
        ("mark-stated-white-200-400-10", -3.6),
    ]


@pytest.mark.parametrize(("rule", "first"), [("RHT", 0.0), ("LHT", np.pi)])
def test_arrows_point_the_way_of_travel(rule, first):
    graph = graph_of(straight(rule=rule))
    right = [marker for marker in traffic.arrows(graph) if marker.y < 0]
    assert right[0].x == pytest.approx(50, abs=1)
    assert {round(float(np.cos(marker.heading))) for marker in right} == {round(np.cos(first))}
    assert {round(float(np.cos(marker.heading))) for marker in traffic.arrows(graph) if marker.y > 0} == {
        -round(np.cos(first))
    }


def test_one_lane_stands_for_its_carriageway_where_lanes_are_narrow_on_paper():
    graph = graph_of(straight(lanes=(Lane(0, "none"), lane(-1), lane(-2), lane(-3))))
    least = {round(marker.y, 2): marker.min_scale for marker in traffic.arrows(graph)}
    assert least[-5.25] == pytest.approx(5.5 / 10.5)
    assert least[-1.75] == least[-8.75] == pytest.approx(5.5 / 3.5)


def test_lanes_that_nothing_follows_are_barred():
    bars = sorted(traffic.lane_ends(graph_of(straight())), key=lambda bar: bar.points[0, 0])
    np.testing.assert_allclose([bar.points[0, 0] for bar in bars], [0, 100], atol=1e-6)
    np.testing.assert_allclose(np.sort(bars[1].points[:, 1]), [-3.5, 0], atol=1e-6)


def test_stripes_lie_across_the_walk_within_the_crosswalk():
    corners = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 7.0), (0.0, 7.0)])
    bars = furniture.stripes(corners, np.array([(2.0, 0.0), (2.0, 7.0)]))
    assert len(bars) == 7
    assert [area(bar) for bar in bars] == pytest.approx([2.0] * 7)
    middles = np.array([bar.mean(axis=0) for bar in bars])
    np.testing.assert_allclose(np.diff(middles[:, 1]), 1.0)
    assert middles[:, 1].mean() == pytest.approx(3.5)


def test_furniture_and_signs_are_there():
    scene = small_scene()
    assert [len(shapes(scene, style)) for style in ("crosswalk", "building", "pole", "stop-line", "yield-line")] == [
        1,
        1,
        1,
        2,
        1,
    ]
    assert len(shapes(scene, "stripe")) >= 6
    assert [len(markers(scene, symbol)) for symbol in ("stop", "speed", "light", "yield")] == [1, 1, 1, 1]
    assert markers(scene, "speed")[0].text == "30"


def test_signs_on_one_post_stand_side_by_side():
    moved = signs.spread(np.array([(0.0, 0.0), (0.0, 0.1), (50.0, 0.0)]), np.zeros(3))
    np.testing.assert_allclose(moved[[0, 2]], [(0, 0), (50, 0)])
    assert np.hypot(*(moved[1] - moved[0])) > signs.SIZE_M
    assert moved[1, 0] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("signal", "value", "text"),
    [
        (Signal("1", 0, 0, "274", value=30, unit="mph"), 13.4, "30"),
        (Signal("1", 0, 0, "274", value=50, unit="km/h"), 13.9, "50"),
        (Signal("1", 0, 0, "274", value=20, unit="m/s"), 20.0, "72"),
        (Signal("1", 0, 0, "274", subtype="60"), float("nan"), ""),
        (Signal("1", 0, 0, "274", subtype="-1", value=-1), float("nan"), ""),
        (Signal("1", 0, 0, "274"), float("nan"), ""),
    ],
)
def test_speed_signs_show_the_number_of_the_file(signal, value, text):
    assert signs.speed_text(signal, value) == text


def test_roads_and_lanes_are_named():
    scene = small_scene()
    assert [marker.text for marker in markers(scene, "road")] == ["1"]
    assert sorted(marker.text for marker in markers(scene, "lane")) == ["1", "\u22121", "\u22122", "\u22123"]
    road = markers(scene, "road")[0]
    assert road.y < -7.5 or road.y > 3.5, "beside the road, not on it"


def test_heights_are_told_only_where_they_change():
    assert names.heights(graph_of(straight())) == []
    level = graph_of(straight(height=7.0), straight("2", y=50.0), straight("3", y=90.0))
    assert [marker.text for marker in names.heights(level)] == ["7.0 m"]
    hill = graph_of(replace(straight(length=240.0), elevations=(Cubic(0.0, 0.0, 0.05),)))
    assert len(names.heights(hill)) >= 3


def test_bridges_are_drawn_over_what_they_cross():
    under, over = straight("1"), straight("2", x=50.0, y=-50.0, heading=np.pi / 2, height=6.0)
    assert road_decks(graph_of(under, over)) == [0, 1]
    assert road_decks(graph_of(over, under)) == [1, 0]
    assert road_decks(graph_of(under, straight("2", x=50.0, y=-50.0, heading=np.pi / 2))) == [0, 0]
    crossing = document(under, over)
    layers = make_scene(crossing, build_graph(crossing).graph, "bridge").layers
    order = [layer.name for layer in layers if layer.name in ("surfaces", "marks")]
    assert order[0] == order[-1] == "surfaces" or order == ["surfaces", "surfaces"]


def test_counts_and_statements():
    numbers = facts.count(small_document(), small_graph())
    assert numbers.lanes == {"driving": 2, "parking": 1, "sidewalk": 1}
    assert numbers.driving_lane_km == pytest.approx(0.2)
    assert (numbers.roads, numbers.connecting_roads, numbers.crosswalks) == (1, 0, 1)
    assert "1 traffic light" in facts.statements(small_document(), small_graph())
    assert facts.plural(1200, "road") == "1\u202f200 roads"
    assert facts.height_text(-0.04) == "0.0 m"
    assert facts.height_text(-3.14) == "\u22123.1 m"
