"""Draws what the map holds of one pixel, for threads that each have a pixel of their own. Source: ours; map_rows.py draws the same,
byte for byte, a row at a time.
"""

from __future__ import annotations

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.layout import CENTRE, ROAD, Textures
from sim_suite.driving.roads.baking.lookup import texel_at
from sim_suite.driving.sensors.raster.intensity import crossing_value, marks_value, road_value
from sim_suite.driving.sensors.raster.map_rows import across_of, lights_of, route_of
from sim_suite.driving.sensors.raster.placing import FIXED_BITS
from sim_suite.driving.sensors.raster.raster_plan import RasterPlan, RasterTables


@borrowing
def draw_pixel(
    plan: RasterPlan, textures: Textures, tables: RasterTables, on_route: np.ndarray, lights: np.ndarray, tick: int,
    across: int, up: int, planes: np.ndarray, row: int, col: int,
) -> None:  # fmt: skip
    """Write all planes of a pixel, each once: what the map holds, and 0. across, up: where it lies on the textures, in 2^-32 texels.

    on_route: [L] 1 for lanes of the route; planes: [C, H, W] uint8.
    """
    texel_row, texel_col = up >> FIXED_BITS, across >> FIXED_BITS
    if 0 <= texel_row < textures.rows and 0 <= texel_col < textures.cols:
        mask, chosen = texel_at(textures, texel_row, texel_col)
        put_texel(plan, textures, tables, on_route, lights, tick, mask, chosen, planes, row, col)
    else:
        put_texel(plan, textures, tables, on_route, lights, tick, 0, 0, planes, row, col)
    put(planes, plan.ego, row, col, 0)
    put(planes, plan.past_poses, row, col, 0)
    for k in range(len(plan.actors)):
        put(planes, plan.actors[k, 0], row, col, 0)


@borrowing
def put_texel(
    plan: RasterPlan, textures: Textures, tables: RasterTables, on_route: np.ndarray, lights: np.ndarray, tick: int,
    mask: int, chosen: int, planes: np.ndarray, row: int, col: int,
) -> None:  # fmt: skip
    """The planes that show the map."""
    on_road, on_centre = mask & (ROAD | CENTRE) != 0, mask & CENTRE != 0
    put(planes, plan.road, row, col, road_value(mask))
    put(planes, plan.marks, row, col, marks_value(mask))
    across = across_of(tables, chosen, mask) if on_road else 0
    put(planes, plan.crossings, row, col, max(across, crossing_value(mask)))
    put(planes, plan.route, row, col, route_of(textures, chosen, on_route, 1) if on_road else 0)
    put(planes, plan.speed_limit, row, col, int(tables.set_limit[chosen]) if on_centre else 0)
    for k in range(len(plan.lights)):
        shown = lights_of(tables, chosen, lights, tick - plan.lights[k, 1]) if on_centre else 0
        put(planes, plan.lights[k, 0], row, col, shown)


@borrowing
def put(planes: np.ndarray, plane: int, row: int, col: int, value: int) -> None:
    """Write a pixel; nothing for plane -1."""
    if plane >= 0:
        planes[plane, row, col] = value
