"""Panels, legend and scale bar of a sheet."""

from __future__ import annotations

import numpy as np
import pytest
from small_map import document, lane, small_scene, straight

from sim_suite.driving.roads.drawing.compose import make_scene
from sim_suite.driving.roads.drawing.panels import Panel, lay_out, sheet_width
from sim_suite.driving.roads.drawing.picture import Ink, Word
from sim_suite.driving.roads.drawing.sheet import make_picture, round_length, shortened
from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.opendrive.model import Lane


def box(width, height):
    return np.array([(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)])


def words(picture):
    return [item.text for group in picture.groups for item in group.items if isinstance(item, Word)]


def test_a_panel_maps_north_up_and_turned():
    panel = Panel(10.0, 20.0, 200.0, 100.0, (5.0, 5.0), 0.0, 2.0)
    np.testing.assert_allclose(
        panel.project(np.array([(5.0, 5.0), (6.0, 5.0), (5.0, 6.0)])), [(110, 70), (112, 70), (110, 68)]
    )
    turned = panel._replace(angle=np.pi / 2)
    np.testing.assert_allclose(turned.project(np.array([(5.0, 6.0), (4.0, 5.0)])), [(112, 70), (110, 68)])
    assert panel.place(5.0, 31.0) is None


def test_a_square_map_is_one_panel():
    bed = lay_out((0, 0, 100, 100), box(100, 100), 800.0, None, 10.0)
    assert len(bed.panels) == 1
    assert bed.height == pytest.approx(800)
    assert bed.panels[0].scale == pytest.approx(800 / 116)


@pytest.mark.parametrize("angle", [0.0, 0.4, np.pi / 2, -1.2])
def test_a_long_thin_map_is_cut_into_strips_that_show_all_of_it(angle):
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    points = np.column_stack((np.linspace(0, 1500, 400), 4 * np.sin(np.linspace(0, 9, 400)))) @ turn
    bounds = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    bed = lay_out(bounds, points, 1200.0, None, 10.0)
    assert len(bed.panels) > 2
    assert bed.height < 1200
    assert bed.panels[0].scale > 2.5 * 1200 / 1516
    assert len({panel.scale for panel in bed.panels}) == 1
    assert all(any(panel.place(x, y) is not None for panel in bed.panels) for x, y in points)


def test_a_high_map_makes_a_high_sheet():
    assert sheet_width((0, 0, 100, 100), box(100, 100), 1000) == 1000
    assert sheet_width((0, 0, 100, 130), box(100, 130), 1000) == round(1000 * 116 / 146)


def test_long_titles_lose_their_middle():
    assert shortened("town", 500.0, 20.0) == "town"
    short = shortened("a" * 50 + "b" * 50, 300.0, 20.0)
    assert len(short) < 25
    assert (short[0], short[-1], short.count("\u2026")) == ("a", "b", 1)


@pytest.mark.parametrize(
    ("most", "length"), [(1.0, 1), (4.9, 2), (5.0, 5), (99, 50), (100, 100), (1999, 1000), (0.3, 0.2)]
)
def test_scale_bars_have_round_lengths(most, length):
    assert round_length(most) == pytest.approx(length)


def test_the_scale_bar_is_as_long_as_it_says():
    picture = make_picture(small_scene(), 1200)
    (bar,) = [
        item for group in picture.groups for item in group.items if isinstance(item, Ink) and item.style == "scale"
    ]
    metres = next(
        float(text.removesuffix(" m")) for text in words(picture)[::-1] if text.endswith(" m") and text[0].isdigit()
    )
    assert np.ptp(bar.points[:, 0]) == pytest.approx(metres * picture.scale)


def test_the_legend_lists_what_occurs_and_nothing_else():
    said = words(make_picture(small_scene(), 1600))
    for meaning in (
        "driving lane",
        "parking lane",
        "sidewalk",
        "curb",
        "stop sign",
        "traffic light",
        "crosswalk",
        "building",
    ):
        assert said.count(meaning) == 1
    plain = document(straight(lanes=(Lane(0, "none"), lane(-1))))
    said = words(make_picture(make_scene(plain, build_graph(plain).graph, "plain"), 1600))
    assert "driving lane" in said
    assert not {"parking lane", "sidewalk", "stop sign", "crosswalk", "solid line", "id of a junction"} & set(said)


@pytest.mark.parametrize("size", [(900, 700), (600, 900)])
def test_a_given_size_is_kept_and_nothing_leaves_the_sheet(size):
    picture = make_picture(small_scene(), size)
    assert (picture.width, picture.height) == size
    for group in picture.groups:
        for item in group.items:
            if isinstance(item, Word) and group.window is None:
                assert 0 <= item.x <= size[0]
                assert 0 <= item.y <= size[1]
