"""Looking places up: which texel covers them, and what lies outside."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.roads.baking.bake import bake
from sim_suite.driving.roads.baking.lookup import lookup, texel
from tests.driving.roads.lanes_by_hand import Strip, graph_of


@pytest.fixture(scope="module")
def textures():
    return bake(graph_of([Strip(100.0, -50.0, 0.0, 30.0, width=3.0)]))


def test_a_texel_covers_its_lower_sides(textures):
    assert (textures.x_min, textures.texels_per_metre) == (100.0, 5.0)
    assert textures.y_min == pytest.approx(-51.6)
    values = [int(lookup(textures, 100.0 + dx, -50.5)[1]) for dx in (-1e-6, 0.0, 0.1999, 29.9, 30.1)]
    assert values[0] == 0
    assert values[1] == values[2] == values[3] > 0
    assert values[4] == 0
    # The lane begins at -51.5, in the middle of the lowest row of texels: its centres count.
    assert [int(lookup(textures, 110.0, y)[1]) > 0 for y in (-51.61, -51.59, -51.41)] == [False, True, True]


def test_outside_is_nothing(textures):
    x = np.array([math.nan, math.inf, -math.inf, 1e300, 99.0, 110.0, 110.0])
    y = np.array([-50.0, -50.0, -50.0, -50.0, -50.0, math.nan, 1e9])
    masks, sets = lookup(textures, x, y)
    assert masks.dtype == np.uint8
    assert sets.dtype == np.int32
    assert not masks.any()
    assert not sets.any()


def test_shapes_are_kept_and_unequal_ones_refused(textures):
    masks, sets = lookup(textures, np.full((2, 3), 110.0), np.full((2, 3), -50.0))
    assert masks.shape == sets.shape == (2, 3)
    assert (sets > 0).all()
    with pytest.raises(ValueError, match="shape"):
        lookup(textures, np.zeros(3), np.zeros(2))


def test_one_place_in_plain_python_is_the_same(textures):
    x, y = np.meshgrid(np.linspace(99.0, 131.0, 37), np.linspace(-53.0, -47.0, 23))
    masks, sets = lookup(textures, x, y)
    plain = [texel.py_func(textures, a, b) for a, b in zip(x.ravel(), y.ravel(), strict=True)]
    assert np.array_equal(np.array(plain), np.stack((masks.ravel(), sets.ravel()), axis=1))
