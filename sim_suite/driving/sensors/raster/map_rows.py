"""Draws what the map holds of a picture: a row at a time, a run of equal texels at a time. Source: ours.

Planes are clear beforehand, and most of a picture is off the road. What follows from a texel's mask alone is written for all
pixels of a row, many at a time; what follows from its set of lanes only for runs that show something. What depends on the
tick, a set has in `values`: lights and route, resolved when a picture first meets the set.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.layout import CENTRE, ROAD, STOP_LINE, Textures
from sim_suite.driving.sensors.raster.intensity import FULL, crossing_value, light_value, marks_value, road_value
from sim_suite.driving.sensors.raster.placing import View
from sim_suite.driving.sensors.raster.raster_plan import RasterPlan, RasterTables
from sim_suite.driving.sensors.raster.texel_rows import read_row, row_start, steps
from sim_suite.driving.traffic.lights import light_at

_KEY: Final = np.uint32(0xFFFFFF00 | ROAD | CENTRE | STOP_LINE)


class Scratch(NamedTuple):
    """Of one thread. Stamps are numbers of pictures: an entry with another stamp is of an older picture."""

    lane_stamp: np.ndarray
    """[L] int32: the lane is on the route of the picture with this number."""
    set_stamp: np.ndarray
    """[S] int32: the set's values are those of the picture with this number."""
    values: np.ndarray
    """[S, K + 1] uint8: values of the K planes of lights, and of the route."""
    pairs: np.ndarray
    """[W] uint32: what the texture says along a row, set * 256 + mask."""
    begins: np.ndarray
    """[W + 1] int32: where runs of equal pairs begin in the row; a branch for each pixel would cost more than the runs do."""


@borrowing
def mark_route(
    plan: RasterPlan, tables: RasterTables, lane_stamp: np.ndarray, stamp: int, legs: np.ndarray, leg_arc: np.ndarray,
    arc: float,
) -> None:  # fmt: skip
    """Stamp the lanes of the legs within the picture's reach. lane_stamp: [L]; legs: [R]; leg_arc: [R + 1]; arc: where on the
    route the ego is."""
    for leg in range(len(legs)):
        lane = legs[leg]
        if lane < 0:
            return
        near = leg_arc[leg + 1] >= arc - plan.reach_m and leg_arc[leg] <= arc + plan.reach_m
        if near and tables.lane_driven[lane] == 1:
            lane_stamp[lane] = stamp


@borrowing
def resolve(
    plan: RasterPlan, textures: Textures, tables: RasterTables, scratch: Scratch, stamp: int, chosen: int,
    lights: np.ndarray, tick: int,
) -> None:  # fmt: skip
    """Fill the values of the set `chosen`, unless they are there. lights: [G] of the world."""
    if scratch.set_stamp[chosen] == stamp:
        return
    scratch.set_stamp[chosen] = stamp
    count = len(plan.lights)
    for k in range(count):
        scratch.values[chosen, k] = lights_of(tables, chosen, lights, tick - plan.lights[k, 1])
    scratch.values[chosen, count] = route_of(textures, chosen, scratch.lane_stamp, stamp)


@borrowing
def lights_of(tables: RasterTables, chosen: int, lights: np.ndarray, tick: int) -> int:
    """The brightest of the lights that the lanes of a set obey."""
    value = 0
    for i in range(tables.set_first_group[chosen], tables.set_first_group[chosen + 1]):
        value = max(value, light_value(light_at(tables.programme, lights, tables.set_group[i], tick)))
    return value


@borrowing
def route_of(textures: Textures, chosen: int, lane_stamp: np.ndarray, stamp: int) -> int:
    """FULL where a lane of the set has the stamp."""
    for i in range(textures.set_first[chosen], textures.set_first[chosen + 1]):
        if lane_stamp[textures.set_lane[i]] == stamp:
            return FULL
    return 0


@borrowing
def across_of(tables: RasterTables, chosen: int, mask: int) -> int:
    """What a set's lanes say of a line painted across them and of a sign that holds them, the brighter; 0: nothing."""
    line = int(tables.set_line[chosen]) if mask & STOP_LINE else 0
    return max(line, int(tables.set_sign[chosen])) if mask & CENTRE else line


@borrowing
def draw_map(
    plan: RasterPlan, textures: Textures, tables: RasterTables, scratch: Scratch, stamp: int, view: View,
    lights: np.ndarray, tick: int, planes: np.ndarray,
) -> None:  # fmt: skip
    """All that comes from the textures. planes: [C, H, W] uint8, clear."""
    step_across, step_up = steps(plan, textures, view)
    pairs, begins = scratch.pairs, scratch.begins
    for row in range(plan.rows):
        across, up = row_start(plan, textures, tables, view, row)
        read_row(textures, across, up, step_across, step_up, pairs)
        draw_masks(plan, pairs, planes, row)
        for col in range(len(pairs)):
            pairs[col] = key_of(pairs[col])
        begins[0], runs = 0, 1
        for col in range(1, plan.cols):
            begins[runs] = col
            runs += pairs[col] != pairs[col - 1]
        begins[runs] = plan.cols
        for run in range(runs):
            begin = begins[run]
            key = pairs[begin]
            draw_run(plan, textures, tables, scratch, stamp, key, lights, tick, planes, row, begin, begins[run + 1])


@borrowing
def draw_masks(plan: RasterPlan, pairs: np.ndarray, planes: np.ndarray, row: int) -> None:
    """The planes of a row that follow from the mask alone. Loops without branches: a processor takes many pixels at a time."""
    if plan.road >= 0:
        road = planes[plan.road, row]
        for col in range(len(road)):
            road[col] = road_value(pairs[col])
    if plan.marks >= 0:
        marks = planes[plan.marks, row]
        for col in range(len(marks)):
            marks[col] = marks_value(pairs[col])
    if plan.crossings >= 0:
        crossings = planes[plan.crossings, row]
        for col in range(len(crossings)):
            crossings[col] = crossing_value(pairs[col])


@borrowing
def key_of(pair: np.uint32) -> np.uint32:
    """What the planes that follow from the set depend on: the set, ROAD, CENTRE and STOP_LINE; 0 where there is no lane."""
    return pair & _KEY if pair & (ROAD | CENTRE) else np.uint32(0)


@borrowing
def draw_run(
    plan: RasterPlan, textures: Textures, tables: RasterTables, scratch: Scratch, stamp: int, key: np.uint32,
    lights: np.ndarray, tick: int, planes: np.ndarray, row: int, begin: int, end: int,
) -> None:  # fmt: skip
    """Columns begin to end of a row, which have the same key: what follows from their set."""
    if key == 0:
        return
    chosen = int(key >> 8)
    resolve(plan, textures, tables, scratch, stamp, chosen, lights, tick)
    fill(planes, plan.route, row, begin, end, scratch.values[chosen, len(plan.lights)])
    fill(planes, plan.crossings, row, begin, end, across_of(tables, chosen, int(key)))
    if key & CENTRE:
        fill(planes, plan.speed_limit, row, begin, end, tables.set_limit[chosen])
        for k in range(len(plan.lights)):
            fill(planes, plan.lights[k, 0], row, begin, end, scratch.values[chosen, k])


@borrowing
def fill(planes: np.ndarray, plane: int, row: int, begin: int, end: int, value: int) -> None:
    """A stretch of a row of a plane that is clear, or to be drawn over; nothing for plane -1 and for value 0."""
    if plane >= 0 and value > 0:
        for col in range(begin, end):
            planes[plane, row, col] = value
