"""Baked maps against geometry worked out texel by texel, and by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

import sim_suite.driving.roads.baking.bake as baking
import sim_suite.driving.roads.baking.blocks as blocks
import sim_suite.driving.roads.baking.tiles as tiles
from sim_suite.driving.roads.baking.bake import bake
from sim_suite.driving.roads.baking.layout import CENTRE, CROSSWALK, EDGE, JUNCTION, MARK, ROAD, SIDEWALK, STOP_LINE
from sim_suite.driving.roads.baking.lookup import lookup
from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.graph.grid import build_grid
from sim_suite.driving.roads.graph.kinds import LaneKind, MarkKind, SignalKind
from sim_suite.driving.roads.graph.layout import Crosswalks, Dashes, StopLines
from sim_suite.driving.roads.graph.projection import lanes_at
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.model import Arc, Geometry, Header, OpenDrive, Road
from sim_suite.errors import SuiteError
from tests.driving.roads.baking.oracle import (
    assert_strips,
    centres,
    distance_to_polygon,
    lanes_of,
    membership,
    strip_of,
)
from tests.driving.roads.graph.straight import lane, section
from tests.driving.roads.lanes_by_hand import Strip, graph_of, ints


def mask_at(textures, x, y):
    return int(lookup(textures, x, y)[0])


def fan(count, length=11.0, **more):
    """Lanes that cross in all directions within a tile or four."""
    return [
        Strip(
            6.0 - 0.5 * length * math.cos(a),
            6.0 - 0.5 * length * math.sin(a),
            a,
            length,
            curvature=0.05 * math.sin(5 * a),
            **more,
        )
        for a in (np.arange(count) + 0.1) * 2.0 * math.pi / count
    ]


def test_texels_belong_to_the_lanes_whose_strips_hold_their_centres():
    strips = [
        Strip(-3.0, 2.0, 0.3, 40.0, curvature=0.02, step=2.0),
        Strip(20.0, -10.0, 1.9, 35.0, width=2.0, end_width=5.0),
        Strip(0.0, 15.0, -0.4, 30.0, width=0.0, end_width=0.9, junction=0),
        Strip(5.0, 5.0, 0.0, 9.0, curvature=0.3, kind=LaneKind.BIKING),
    ]
    graph = graph_of(strips)
    assert_strips(bake(graph), graph)
    assert_strips(bake(graph, 0.07), graph)


def test_hundreds_of_sets_in_a_tile():
    graph = graph_of(fan(18))
    textures = bake(graph)
    assert textures.records[:, 2].max() == 4, "some palette has more than 256 entries"
    assert_strips(textures, graph)


def test_sets_are_distinct_rising_and_all_used():
    textures = bake(graph_of(fan(9)))
    entries = [
        tuple(zip(lanes_of(textures, i), textures.set_on_centre[slice(*textures.set_first[i : i + 2])], strict=True))
        for i in range(textures.num_sets)
    ]
    assert entries[0] == ()
    assert len(set(entries)) == len(entries)
    assert all(list(entry) == sorted(entry) for entry in entries)
    _, sets = lookup(textures, *centres(textures))
    assert set(sets.ravel()) == set(range(textures.num_sets))


def test_little_room_for_sets_at_first_changes_nothing(monkeypatch):
    graph = graph_of(fan(9))
    expected = bake(graph)
    small, grown = baking.new_tree, []
    monkeypatch.setattr(baking, "new_tree", lambda flags: small(flags, 2))
    monkeypatch.setattr(baking, "grown", lambda tree, grow=baking.grown: grown.append(1) or grow(tree))
    for name, old, new in zip(expected._fields, expected, bake(graph), strict=True):
        assert np.array_equal(old, new), name
    assert len(grown) > 4


def test_a_bend_has_neither_holes_nor_doubles_between_lanes():
    kinds = {2: "sidewalk", 1: "driving", -1: "driving", -2: "driving", -3: "parking"}
    lanes = section(*[lane(k, kind=kind, width=3.3) for k, kind in kinds.items()])
    bend = Geometry(0.0, 3.0, 4.0, 0.2, 60.0, Arc(1.0 / 30.0))
    graph = build_graph(OpenDrive(Header(), (Road("1", 60.0, (bend,), (lanes,)),))).graph
    textures = bake(graph)
    x, y = (values.ravel() for values in centres(textures))
    at_x, at_y = 3.0 - 30.0 * math.sin(0.2), 4.0 + 30.0 * math.cos(0.2)
    radius = np.hypot(x - at_x, y - at_y)
    turned = (np.arctan2(y - at_y, x - at_x) - (0.2 - math.pi / 2)) % (2 * math.pi)
    t = 30.0 - radius
    on_road = (turned * 30.0 > 0.01) & (turned * 30.0 < 59.99) & (t > -9.9 + 0.01) & (t < 6.6 - 0.01)
    found = membership(textures, x, y, graph.num_lanes)
    assert np.all(found[on_road].sum(axis=1) == 1)
    expected = np.floor((6.6 - t[on_road]) / 3.3).astype(int)
    clear = np.abs((6.6 - t[on_road]) / 3.3 % 1.0 - 0.5) < 0.497
    assert np.array_equal(np.argmax(found[on_road], axis=1)[clear], expected[clear])


@pytest.mark.parametrize(("gap", "bridged"), [(0.0, True), (0.004, True), (0.4, True), (0.8, False)])
def test_what_lies_between_lanes_that_follow_each_other(gap, bridged):
    first = Strip(0.0, 0.0, 0.0, 20.1, successors=(1,))
    graph = graph_of([first, Strip(20.1 + gap, 0.0, 0.0, 20.0)])
    x = np.arange(0.05, 40.0, 0.01)
    mask, _ = lookup(bake(graph), x, np.zeros_like(x))
    assert bool(np.all(mask & ROAD)) == bridged


def test_shared_corners_and_borders_on_texel_centres_count_once():
    # Borders at y = 0.1, 2.1 and 4.1 and ends at x = 10.1 are all texel centres.
    strips = [Strip(x, y, 0.0, 10.0, width=2.0) for x in (0.1, 10.1) for y in (1.1, 3.1)]
    textures = bake(graph_of(strips))
    x, y = (values.ravel() for values in centres(textures))
    count = membership(textures, x, y, 4).sum(axis=1)
    within = (x > 0.1 - 1e-6) & (x < 20.1 - 1e-6) & (y > 0.1 - 1e-6) & (y < 4.1 - 1e-6)
    assert np.array_equal(count, within.astype(int))
    assert within.sum() == 100 * 20


def test_maps_agree_with_projection():
    graph = load_map("crossroads").graph
    textures = bake(graph)
    x, y = (values.ravel() for values in centres(textures))
    chosen = np.random.default_rng(0).choice(len(x), 40_000, replace=False)
    x, y = x[chosen], y[chosen]
    found = membership(textures, x, y, graph.num_lanes)
    at = lanes_at(build_grid(graph), x, y)
    expected = np.zeros_like(found)
    expected[np.repeat(np.arange(len(x)), np.diff(at.first)), at.lane] = True
    assert expected.sum() > 5_000
    for lane_number in np.flatnonzero((found != expected).any(axis=0)):
        wrong = np.flatnonzero(found[:, lane_number] != expected[:, lane_number])
        distance = distance_to_polygon(x[wrong], y[wrong], strip_of(graph, lane_number))
        assert np.abs(distance).max() < 0.02, "only on borders: projection takes a centimetre more"


def one_road(marks=(MarkKind.NONE, MarkKind.NONE), **more):
    """A lane along x from 0 to 40 m, y from -1.7 to 1.7, with marks on the left and right border."""
    graph = graph_of([Strip(0.0, 0.0, 0.0, 40.0, width=3.4, **more)])
    points = graph.points
    left, right = (np.full(len(points.x), mark, np.uint8) for mark in marks)
    return dataclasses.replace(graph, points=points._replace(left_mark=left, right_mark=right))


def painted(textures, bit, x, y):
    return (lookup(textures, x, np.full_like(x, y))[0] & bit) > 0


def test_bits_of_a_lane_and_its_surroundings():
    textures = bake(graph_of([
        Strip(0.0, 0.0, 0.0, 20.0, width=3.0), Strip(0.0, 2.5, 0.0, 20.0, width=2.0, kind=LaneKind.SIDEWALK),
        Strip(0.0, 10.0, 0.0, 20.0, width=3.0, junction=0), Strip(0.0, -2.5, 0.0, 20.0, width=2.0, kind=LaneKind.PARKING),
        Strip(0.0, 20.0, 0.0, 20.0, width=3.0, kind=LaneKind.MEDIAN),
    ]))  # fmt: skip
    assert mask_at(textures, 9.0, 0.7) == ROAD
    assert mask_at(textures, 9.0, -0.05) == ROAD | CENTRE
    assert mask_at(textures, 9.0, 1.3) == ROAD | EDGE, "paved ground ends at the sidewalk"
    assert mask_at(textures, 9.0, -1.3) == ROAD, "but not at the parking bay"
    assert mask_at(textures, 9.0, -3.45) == EDGE
    assert mask_at(textures, 9.0, 2.5) == SIDEWALK
    assert mask_at(textures, 9.0, 10.7) == ROAD | JUNCTION
    assert mask_at(textures, 9.0, 5.0) == 0
    assert mask_at(textures, 9.0, 20.0) == 0
    assert int(lookup(textures, 9.0, 20.0)[1]) > 0, "lanes of all kinds are in the sets"


def test_lines_solid_broken_double_and_kerbs():
    x = np.arange(0.1, 40.0, 0.2)
    dashes = x % 9.0 < 3.0
    textures = bake(one_road((MarkKind.SOLID, MarkKind.BROKEN)))
    assert painted(textures, MARK, x, 1.65).all() or painted(textures, MARK, x, 1.75).all()
    assert np.array_equal(painted(textures, MARK, x, -1.65) | painted(textures, MARK, x, -1.75), dashes)
    assert not painted(textures, MARK, x, 1.3).any()
    # The nearest line is named last: broken inside, solid outside, on either border.
    textures = bake(one_road((MarkKind.SOLID_BROKEN, MarkKind.SOLID_BROKEN)))
    for side in (1.0, -1.0):
        assert np.array_equal(painted(textures, MARK, x, side * 1.57), dashes)
        assert painted(textures, MARK, x, side * 1.83).all()
    graph = one_road((MarkKind.BROKEN, MarkKind.BROKEN))
    number = np.full(len(graph.points.x), 1, np.uint8)
    stated = Dashes(number, 2 * number, np.array([3.0, 2.0, 0.1]), np.array([6.0, 4.0, 0.1]))
    textures = bake(dataclasses.replace(graph, dashes=stated))
    assert np.array_equal(painted(textures, MARK, x, 1.65) | painted(textures, MARK, x, 1.75), x % 6.0 < 2.0)
    assert (painted(textures, MARK, x, -1.65) | painted(textures, MARK, x, -1.75)).all(), "gaps finer than a texel"
    textures = bake(one_road((MarkKind.CURB, MarkKind.NONE)))
    assert painted(textures, EDGE, x, 1.75).all()
    assert not painted(textures, MARK, x, 1.75).any()


@pytest.mark.parametrize("heading", [0.0, 0.37, math.pi / 4, 1.2])
def test_lines_have_no_holes_in_any_direction(heading):
    graph = graph_of([Strip(0.0, 0.0, heading, 30.0)])
    marks = np.full(len(graph.points.x), MarkKind.SOLID, np.uint8)
    textures = bake(dataclasses.replace(graph, points=graph.points._replace(left_mark=marks)))
    along = np.arange(0.2, 29.8, 0.02)
    for bit, offset in ((MARK, 1.75), (CENTRE, 0.0)):
        x = along * math.cos(heading) - offset * math.sin(heading)
        y = along * math.sin(heading) + offset * math.cos(heading)
        steps = [(dx, dy) for dx in (-0.1, 0.0, 0.1) for dy in (-0.1, 0.0, 0.1)]
        near = np.any([lookup(textures, x + dx, y + dy)[0] & bit > 0 for dx, dy in steps], axis=0)
        assert near.all()


def test_stop_lines_end_where_traffic_is_held():
    graph = one_road()
    lines = StopLines(ints([0, 1]), np.array([30.0]), np.array([SignalKind.LIGHT], np.uint8), ints([0]))
    x = np.arange(0.1, 40.0, 0.2)
    textures = bake(dataclasses.replace(graph, stop_lines=lines))
    for y in (-1.5, 0.1, 1.5):
        hit = x[painted(textures, STOP_LINE, x, y)]
        assert 29.4 < hit.min() < 29.7
        assert 29.8 < hit.max() < 30.0
    assert not painted(textures, STOP_LINE, x, 1.9).any()


@pytest.mark.parametrize("texel_m", [0.2, 0.5])
def test_give_way_lines_are_broken(texel_m):
    graph = one_road()
    lines = StopLines(ints([0, 1]), np.array([30.0]), np.array([SignalKind.YIELD], np.uint8), ints([0]))
    textures = bake(dataclasses.replace(graph, stop_lines=lines), texel_m)
    y = np.arange(-1.7, 1.7, 0.01)
    hit = painted(textures, STOP_LINE, np.full_like(y, 29.75), y)
    # 3.5 m are two periods of 1.75 m, whose middle half is line.
    wanted = np.abs(np.mod(y + 1.75, 1.75) - 0.875) < 0.4375
    off = np.abs(np.mod(y + 1.75, 1.75) - 0.875)
    sure = np.abs(off - 0.4375) > 0.75 * texel_m
    assert sure.any()
    assert (hit[sure] == wanted[sure]).all()
    assert 0.3 < hit.mean() < 0.7


def test_who_is_held_at_a_junction_waits_before_it():
    graph = graph_of([Strip(0.0, 0.0, 0.0, 20.0, successors=(1,)), Strip(20.0, 0.0, 0.0, 20.0, junction=0)])
    lines = StopLines(ints([0, 0, 1]), np.array([0.0]), np.array([SignalKind.LIGHT], np.uint8), ints([0]))
    textures = bake(dataclasses.replace(graph, stop_lines=lines))
    x = np.arange(0.1, 40.0, 0.2)
    hit = x[painted(textures, STOP_LINE, x, 0.0)]
    assert hit.min() > 19.4
    assert hit.max() < 20.0


def test_crosswalks_of_any_outline():
    star = np.array([(10 + r * math.cos(a), 1 + r * math.sin(a)) for a, r in zip(
        np.arange(10) * math.pi / 5 + 0.05, [6.0, 2.0] * 5, strict=True)])  # fmt: skip
    second = np.array([(12.0, -3.0), (18.0, -3.0), (18.0, 3.0), (12.0, 3.0)])
    corners = np.concatenate((star, second))
    walks = Crosswalks(ints([0, 10, 14]), corners[:, 0].copy(), corners[:, 1].copy(), np.zeros((2, 2, 2)),
                       ints([0, 0, 0]), ints([]), np.zeros(0), np.zeros(0))  # fmt: skip
    textures = bake(dataclasses.replace(one_road(), crosswalks=walks))
    x, y = (values.ravel() for values in centres(textures))
    distances = [distance_to_polygon(x, y, part) for part in (star, second)]
    clear = np.min(np.abs(distances), axis=0) > 0.0005
    inside = np.min(distances, axis=0) < 0.0
    found = (lookup(textures, x, y)[0] & CROSSWALK) > 0
    assert np.array_equal(found[clear], inside[clear])
    assert inside.sum() > 1000


def test_far_parts_of_a_map_cost_little():
    graph = graph_of([Strip(-50_000.0, 7.0, 0.1, 50.0), Strip(49_000.0, 90_000.0, 1.0, 50.0)])
    textures = bake(graph)
    assert textures.nbytes < 500_000
    assert mask_at(textures, -50_000.0 + 25.0 * math.cos(0.1), 7.0 + 25.0 * math.sin(0.1)) & ROAD
    assert mask_at(textures, 49_000.0 + 25.0 * math.cos(1.0), 90_000.0 + 25.0 * math.sin(1.0)) & ROAD
    assert mask_at(textures, 0.0, 40_000.0) == 0


def test_equal_tiles_are_stored_once():
    # 12.8 m of road repeat: a straight of 2 km has no more words than one of 200 m, and a tile an end more.
    short, long = (bake(graph_of([Strip(0.0, 0.0, 0.0, length)])) for length in (192.0, 1984.0))
    assert len(long.words) == len(short.words)
    assert len(long.tiles) > len(short.tiles)


def test_equal_graphs_give_equal_bytes_that_nobody_writes_to():
    first, second = bake(graph_of(fan(9))), bake(graph_of(fan(9)))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not any(values.flags.writeable for values in first if isinstance(values, np.ndarray))


def test_a_map_without_lanes_is_empty():
    graph = build_graph(OpenDrive(Header(), ())).graph
    textures = bake(graph)
    assert [int(value) for value in lookup(textures, 0.0, 0.0)] == [0, 0]
    assert textures.num_sets == 1


def test_what_cannot_be_baked_is_refused_with_advice(monkeypatch):
    graph = one_road()
    with pytest.raises(SuiteError, match=r"metres_per_texel is 0.001; choose 0.05 to 2"):
        bake(graph, 0.001)
    with pytest.raises(SuiteError, match="metres_per_texel"):
        bake(graph, math.nan)
    with pytest.raises(RoadError, match=r"at most 209715 m a side .* Cut the file"):
        bake(graph_of([Strip(0.0, 0.0, 0.0, 5.0), Strip(300_000.0, 0.0, 0.0, 5.0)]))
    monkeypatch.setattr(tiles, "MAX_TILES", 2)
    with pytest.raises(RoadError, match="more than 2 tiles"):
        bake(graph)
    monkeypatch.setattr(blocks, "MAX_ENTRIES", 10)
    with pytest.raises(RoadError, match="so wide or long"):
        bake(graph)
