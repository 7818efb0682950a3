"""Draws CarRacing's 96 x 96 frame straight from its polygons. Source: ours.

Gymnasium draws a picture of 1000 x 800 and scales it down by an area filter. Here each polygon's share of each pixel of
the small frame is computed directly: the road's by `coverage`, the car's by `car_window`, the bar's by `indicators`.
Grass needs no polygons: how light it is follows from the place.
"""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import inlined, kernel
from sim_suite.envs.car_racing.car_window import draw_car, lay_car
from sim_suite.envs.car_racing.coverage import add_road
from sim_suite.envs.car_racing.indicators import draw_indicators, level
from sim_suite.envs.car_racing.scene import (
    BACKGROUND,
    CANVAS_COLUMNS,
    CANVAS_ROWS,
    CAR_X,
    CAR_Y,
    COLUMN,
    FIELD_M,
    GRASS,
    HULL,
    PATCH_PERIOD_M,
    ROW,
    SIZE,
    VIEW_REACH,
    WINDOW_COLUMNS,
    WINDOW_ROWS,
    WINDOW_TOP,
    WORLD_ROWS,
    ZOOM,
    Bytes,
    Doubles,
    Single,
    Singles,
    Words,
)


@inlined
def _store(words: Words, line: Singles, pixels: Words) -> None:
    """Write a row of 96 pixels of three bytes as 72 words (little-endian), which is four times faster than bytes."""
    for x in range(SIZE):
        pixels[x] = level(line[0, x]) | level(line[1, x]) << 8 | level(line[2, x]) << 16
    for k in range(SIZE // 4):
        a, b, c, d = pixels[4 * k], pixels[4 * k + 1], pixels[4 * k + 2], pixels[4 * k + 3]
        words[3 * k] = a | b << np.uint32(24)
        words[3 * k + 1] = b >> np.uint32(8) | c << np.uint32(16)
        words[3 * k + 2] = c >> np.uint32(16) | d << np.uint32(8)


@inlined
def _find_field(
    inside: Singles, east0: Single, north0: Single, step_e: Single, step_n: Single, blur_e: Single, blur_n: Single
) -> None:
    """How much of each pixel of a row lies inside the playfield: inside[96]."""
    zero, one, point5, field = np.float32(0), np.float32(1), np.float32(0.5), np.float32(FIELD_M)
    for x in range(SIZE):
        east, north = east0 + np.float32(x) * step_e, north0 + np.float32(x) * step_n
        share_e = min(max((field - abs(east)) * blur_e + point5, zero), one)
        inside[x] = share_e * min(max((field - abs(north)) * blur_n + point5, zero), one)


@inlined
def _compose_row(
    line: Singles,
    sums: Singles,
    inside: Singles,
    east0: Single,
    north0: Single,
    step_e: Single,
    step_n: Single,
    blur_e: Single,
    blur_n: Single,
    half: Single,
    ground: Singles,
    light: Singles,
) -> None:
    """The colours' means in one row: line[3, 96], from the running sums [4 * 96] of the road's area and colours."""
    middle, period = np.float32(PATCH_PERIOD_M / 4), np.float32(PATCH_PERIOD_M)
    per_metre = np.float32(1 / PATCH_PERIOD_M)
    zero, one, point5 = np.float32(0), np.float32(1), np.float32(0.5)
    ground_r, ground_g, ground_b = ground[0], ground[1], ground[2]
    light_r, light_g, light_b = light[0], light[1], light[2]
    for x in range(SIZE):
        east, north = east0 + np.float32(x) * step_e, north0 + np.float32(x) * step_n
        t_e, t_n = east - middle, north - middle
        t_e = abs(t_e - np.floor(t_e * per_metre + point5) * period)
        t_n = abs(t_n - np.floor(t_n * per_metre + point5) * period)
        share_e = min(max((half - t_e) * blur_e + point5, zero), one)
        share_n = min(max((half - t_n) * blur_n + point5, zero), one)
        patch = share_e * share_n
        free = inside[x] * max(one - sums[x], zero)
        road = one / max(sums[x], one)
        line[0, x] = sums[SIZE + x] * road + free * (ground_r + light_r * patch)
        line[1, x] = sums[2 * SIZE + x] * road + free * (ground_g + light_g * patch)
        line[2, x] = sums[3 * SIZE + x] * road + free * (ground_b + light_b * patch)


@inlined
def _compose(words: Words, area: Singles, car: Singles, scene: Doubles) -> None:
    """Lay road over grass and the car over both, row by row from the top, and write them down."""
    zoom = scene[ZOOM]
    c, s = math.cos(scene[HULL + 2]), math.sin(scene[HULL + 2])
    dx0 = (0.5 * COLUMN - 0.5 - CAR_X) / zoom
    step_e, step_n = np.float32(c * COLUMN / zoom), np.float32(s * COLUMN / zoom)
    # The area filter blurs by two crossed boxes; they are taken as one box of the same variance.
    blur_e = np.float32(zoom / math.sqrt((c * COLUMN) ** 2 + (s * ROW) ** 2))
    blur_n = np.float32(zoom / math.sqrt((s * COLUMN) ** 2 + (c * ROW) ** 2))
    half = np.float32(PATCH_PERIOD_M / 4 + 0.5 / zoom)
    view_m = VIEW_REACH / zoom
    edge = max(abs(scene[HULL]), abs(scene[HULL + 1])) + view_m > FIELD_M
    ground = np.array([int(level) for level in scene[BACKGROUND:GRASS]], np.float32)
    light = np.array([int(level) for level in scene[GRASS:]], np.float32) - ground
    sums = np.zeros(4 * SIZE, np.float32)
    inside = np.ones(SIZE, np.float32)
    line = np.empty((3, SIZE), np.float32)
    pixels = np.empty(SIZE, np.uint32)
    for row in range(WORLD_ROWS):
        for k in range(4 * SIZE):
            sums[k] += area[row, k]
            area[row, k] = np.float32(0)
        dy = (799.5 - (row + 0.5) * ROW - CAR_Y) / zoom
        east0 = np.float32(scene[HULL] + c * dx0 - s * dy)
        north0 = np.float32(scene[HULL + 1] + s * dx0 + c * dy)
        if edge:
            _find_field(inside, east0, north0, step_e, step_n, blur_e, blur_n)
        _compose_row(line, sums, inside, east0, north0, step_e, step_n, blur_e, blur_n, half, ground, light)
        if WINDOW_TOP <= row < WINDOW_TOP + WINDOW_ROWS:
            lay_car(line, car[row - WINDOW_TOP])
        _store(words[row], line, pixels)


@kernel("void(u1[:,:,::1], f8[::1], f8[:,::1], f8[:,::1], u1[:,::1], f4[:,::1])", "CarRacing's frame")
def draw(frame: Bytes, scene: Doubles, geometry: Doubles, colours: Doubles, score: Bytes, area: Singles) -> None:
    """Draw one frame.

    frame: [96, 96, 3] uint8, written; scene: [SCENE_LENGTH] float64; geometry: [N, GEOMETRY_COLUMNS] float64;
    colours: [N, 3] float64; score: [12, 96] uint8, the indicators' bar with the score written on it; area: [86, 384]
    float32, zeros before and after.
    """
    words = frame.reshape(SIZE, 3 * SIZE).view(np.uint32)
    add_road(area, geometry, colours, scene)
    canvas = np.empty((CANVAS_ROWS, CANVAS_COLUMNS), np.uint8)
    spans = np.empty((CANVAS_ROWS, 2), np.int64)
    car = np.empty((WINDOW_ROWS, 3, WINDOW_COLUMNS), np.float32)
    draw_car(car, canvas, spans, scene)
    _compose(words, area, car, scene)
    area[WORLD_ROWS:] = 0
    draw_indicators(frame, score, scene)
