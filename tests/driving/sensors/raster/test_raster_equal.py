"""Rasters equal the slow reference pixel for pixel, on every kind of shipped map, at every preset, turned and not."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from tests.driving.sensors.raster.raster_reference import reference
from tests.driving.sensors.scenes import prepared, scene

MAPS = ("crossroads", "town_1km", "left_hand", "highway", "roundabout", "parking")


def draw(driving_map, spec, state, **options):
    out = np.full((state.num_worlds, state.legs.shape[1], *spec.shape), 77, np.uint8)
    Rasteriser(driving_map, spec).draw(state, out, **options)
    return out


def assert_equal(driving_map, spec, state, **options):
    out = draw(driving_map, spec, state, **options)
    for w in range(state.num_worlds):
        for ego in range(out.shape[1]):
            planes, edge = reference(
                driving_map, spec, state, w, ego, **{name: value[w, ego] for name, value in options.items()}
            )
            differs = out[w, ego] != planes
            where = np.argwhere(differs & ~edge)
            assert len(where) == 0, f"{spec.channels[where[0][0]]} of world {w} ego {ego} at {where[:5]}"
            assert edge.mean() < 1e-3


@pytest.mark.parametrize("name", MAPS)
def test_bench_preset_equals_the_reference(name):
    driving_map = prepared(name)
    state = scene(driving_map, 3, agents=2, seed=len(name))
    rotation = np.array([[0.0, 0.4], [-0.4, 0.1], [3.1, 0.0]], np.float32)
    assert_equal(driving_map, preset("bench"), state, rotation=rotation)


@pytest.mark.parametrize("name", ["crossroads", "town_1km"])
@pytest.mark.parametrize("size", ["small", "chauffeurnet"])
def test_other_presets_equal_the_reference(name, size):
    driving_map = prepared(name)
    assert_equal(driving_map, preset(size), scene(driving_map, 2, seed=5))


def test_coarser_history_hidden_actors_and_dropped_poses():
    spec = RasterSpec(("actors_3", "past_poses", "actors_0", "lights_7", "ego"), (64, 96), 0.4, (0, 96), 12, 9)
    driving_map = prepared("crossroads")
    state = scene(driving_map, 4, seed=3, trail=25)
    rng = np.random.default_rng(0)
    visible = (rng.random((4, 1, 16)) < 0.5).astype(np.uint8)
    assert_equal(driving_map, spec, state, visible=visible, past_points=np.array([[9], [1], [4], [0]], np.int32))


def test_egos_at_the_edge_of_the_map_and_far_off_it():
    driving_map = prepared("crossroads")
    state = scene(driving_map, 3, seed=1)
    textures = driving_map.ground.textures
    state.body[0, 0, :2] = textures.x_min + 1.0, textures.y_min + 1.0
    state.body[1, 0, :2] = textures.x_min + textures.cols / textures.texels_per_metre, 0.0
    state.body[2, 0, :2] = 5000.0, -7000.0
    assert_equal(driving_map, preset("bench"), state)


@pytest.mark.parametrize("place", [1e30, np.inf, np.nan])
def test_an_ego_nowhere_sees_no_map_and_no_others(place):
    driving_map, spec = prepared("crossroads"), preset("bench")
    state = scene(driving_map, 1)
    state.body[0, 0, 0] = place
    shown = draw(driving_map, spec, state)[0, 0].any(axis=(1, 2))
    assert {name for name, any_ in zip(spec.channels, shown, strict=True) if any_} <= {"ego", "past_poses"}
