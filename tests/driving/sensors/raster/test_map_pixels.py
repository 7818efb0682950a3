"""The map drawn pixel by pixel, as on a GPU, is the map drawn row by row, byte for byte."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from sim_suite.driving.sensors.raster.map_pixels import draw_pixel
from sim_suite.driving.sensors.raster.map_rows import mark_route
from sim_suite.driving.sensors.raster.placing import view_of
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.sensors.raster.texel_rows import row_start, steps
from sim_suite.driving.world.layout import ROUTE_ARC, TICK
from tests.driving.sensors.scenes import prepared, scene

SPEC = RasterSpec(
    ("lights_0", "road", "marks", "crosswalks_stops", "speed_limit", "lights_2", "route"), (90, 100), 0.4, (60, 50)
)


@numba.njit(error_model="numpy")
def draw_map_by_pixels(plan, textures, tables, body, rotation, lights, tick, on_route, legs, leg_arc, planes):
    view = view_of(body, rotation)
    mark_route(plan, tables, on_route, 1, legs, leg_arc, body[ROUTE_ARC])
    step_across, step_up = steps(plan, textures, view)
    for row in range(plan.rows):
        across, up = row_start(plan, textures, tables, view, row)
        for col in range(plan.cols):
            draw_pixel(
                plan, textures, tables, on_route, lights, tick, across + col * step_across, up + col * step_up,
                planes, row, col,
            )  # fmt: skip


@pytest.mark.parametrize("name", ["crossroads", "left_hand"])
def test_pixels_equal_rows(name):
    driving_map = prepared(name)
    rasteriser, state = Rasteriser(driving_map, SPEC), scene(driving_map, 5, seed=8)
    rotation = np.linspace(-1.0, 1.0, 5, dtype=np.float32)[:, None]
    rows, pixels = np.full((2, 5, 1, *SPEC.shape), 7, np.uint8)
    rasteriser.draw(state, rows, rotation=rotation)
    for w in range(5):
        on_route = np.zeros(driving_map.graph.num_lanes, np.int32)
        draw_map_by_pixels(
            rasteriser.plan, rasteriser.textures, rasteriser.tables, state.body[w, 0], rotation[w, 0], state.lights[w],
            state.world[w, TICK], on_route, state.legs[w, 0], state.leg_arc[w, 0], pixels[w, 0],
        )  # fmt: skip
    assert np.array_equal(rows, pixels)
    assert all(rows[:, :, plane].any() for plane in range(len(SPEC.channels)))
