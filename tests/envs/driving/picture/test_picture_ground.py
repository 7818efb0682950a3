"""The drawn ground: what lies where, that squares fit together, and that they are forgotten."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.graph.projection import project
from sim_suite.envs.driving.picture.brush import from_hex
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.coats import dashes
from sim_suite.envs.driving.picture.greenery import strewn
from sim_suite.envs.driving.picture.ground import TILE_PX, Ground
from sim_suite.envs.driving.picture.roofs import roof
from sim_suite.envs.driving.picture.style import GROUND, PictureStyle
from sim_suite.envs.driving.picture.tiles import Tiles, level_of, scale_of
from tests.envs.driving.picture.picture_scenes import near, pixel, prepared

TILE_BYTES = TILE_PX * TILE_PX * 3


@pytest.fixture(scope="module")
def ground():
    return Ground(prepared("crossroads").road_map, PictureStyle(greenery=False))


@pytest.mark.parametrize(("x", "y", "name"), [(0.0, 0.0, "asphalt"), (-40.0, 30.0, "land"), (1.8, -50.0, "asphalt")])
def test_colours_lie_where_the_map_has_them(ground, x, y, name):
    view = Camera(x, y, scale=8.0, up=1.1, width=64, height=64)
    assert near(pixel(Tiles(ground, 10**7).view(view), view, x, y), from_hex(GROUND[name]), 20)


def test_crosswalks_are_zebras(ground):
    (ax, ay), (bx, by) = prepared("crossroads").graph.crosswalks.walk[0]
    view = Camera((ax + bx) / 2, (ay + by) / 2, scale=16.0, width=256, height=256)
    image = Tiles(ground, 10**7).view(view)
    along = np.array(
        [pixel(image, view, ax + t * (bx - ax), ay + t * (by - ay)).mean() for t in np.linspace(0.2, 0.8, 60)]
    )
    bright = along > 160
    assert np.abs(np.diff(bright.astype(int))).sum() >= 4
    assert 0.3 < bright.mean() < 0.7


def test_a_view_does_not_depend_on_where_squares_end(ground):
    """A place looks the same in a view that is turned and one that lies elsewhere, though other squares make them up."""
    one = Camera(0.0, -20.0, scale=8.0, up=math.pi / 2, width=320, height=320)
    other = Camera(9.0, -17.0, scale=8.0, up=0.3, width=320, height=320)
    tiles = Tiles(ground, 10**7)
    first, second = tiles.view(one), tiles.view(other)
    for x, y in ((0.0, -20.0), (3.0, -15.0), (12.0, -18.0), (6.5, -25.0)):
        assert near(pixel(first, one, x, y), tuple(pixel(second, other, x, y)), 14), (x, y)


def test_squares_are_forgotten_and_drawn_again_alike(ground):
    tiles = Tiles(ground, 12 * TILE_BYTES)
    start = Camera(-80.0, 0.0, scale=8.0, width=320, height=240)
    first = tiles.view(start)
    for x in range(-80, 81, 10):
        tiles.view(Camera(float(x), 0.0, scale=8.0, width=320, height=240))
        assert tiles.num_bytes <= (12 + 12) * TILE_BYTES
    np.testing.assert_array_equal(tiles.view(start), first)


def test_levels_are_never_coarser_than_the_view():
    assert [level_of(scale) for scale in (1.4, 1.5, 1.6, 6.0, 6.1, 12.0, 100.0)] == [0, 0, 1, 2, 3, 3, 4]
    assert all(scale_of(level_of(scale)) >= scale for scale in np.linspace(0.1, 24.0, 99))


def test_dashes_by_hand():
    parts = dashes(np.array([(0.0, 0.0), (20.0, 0.0)]), (3.0, 6.0))
    np.testing.assert_allclose([part[:, 0][[0, -1]] for part in parts], [(0, 3), (9, 12), (18, 20)])


def test_strewn_trees_keep_off_the_lanes():
    trees = strewn(prepared("village").graph)
    assert len(trees) > 200
    for x, y, radius in trees[::7]:
        found = project(prepared("village").ground.grid, x, y, max_distance_m=radius)
        assert found.lane[0] < 0, (x, y, radius)
    assert trees == strewn(prepared("village").graph)


@pytest.mark.parametrize("size", [(12.0, 9.0), (9.0, 12.0), (24.0, 18.0)])
def test_a_roof_stays_within_its_house_and_its_shadow_reaches_out(size):
    half = np.array(size) / 2
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    body, shadow = roof(corners, 3)
    points = np.concatenate([points for _, points in body])
    assert (np.abs(points) <= half + 1e-9).all()
    assert (shadow.max(axis=0) > half + 1.0).all()
