"""Draws the car, a few pixels wide, at the large picture's resolution in a small window of the frame. Source: ours.

The polygons are filled pixel by pixel as Gymnasium's are, and their area in each pixel of the frame is then counted.
"""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import inlined
from sim_suite.envs.car_racing.scene import (
    CANVAS_COLUMNS,
    CANVAS_LEFT,
    CANVAS_ROWS,
    CANVAS_TOP,
    CAR_SCALE,
    CAR_X,
    CAR_Y,
    EMPTY,
    HULL,
    HULL_OUTLINE,
    HULL_PARTS,
    PAINT,
    PAINT_RED,
    STRIPE,
    STRIPE_GREY,
    TYRE,
    WHEEL_HALF_WIDTH,
    WHEEL_RADIUS,
    WHEELS,
    WINDOW_COLUMNS,
    WINDOW_LEFT,
    WINDOW_ROWS,
    ZOOM,
    Bytes,
    Doubles,
    Singles,
    Whole,
)


@inlined
def draw_car(car: Singles, canvas: Bytes, spans: Whole, scene: Doubles) -> None:
    """The tyres', stripes' and paint's area in each pixel of the car's window, [rows, 3, columns], in 1/36 picture pixels."""
    canvas[:] = EMPTY
    car[:] = 0
    spans[:, 0], spans[:, 1] = CANVAS_COLUMNS, -1
    points = np.empty((8, 2))
    for wheel in range(4):
        _draw_wheel(canvas, spans, points, scene, wheel)
    for part in range(4):
        first, last = HULL_PARTS[part], HULL_PARTS[part + 1]
        _place(points, first, last, HULL_OUTLINE, CAR_X, CAR_Y, 0.0, scene[ZOOM])
        _fill(canvas, spans, points, last - first, PAINT)
    runs = np.empty((3, WINDOW_COLUMNS), np.float32)
    for y in range(CANVAS_ROWS):
        left, right = spans[y, 0], spans[y, 1]
        if left > right:
            continue
        _measure_runs(runs, canvas[y], left, right)
        # 800 / 96 = 25 / 3: counted in thirds of a picture pixel, all weights are whole numbers.
        row = 3 * y // 25
        here = np.float32(min(3 * (y + 1), 25 * (row + 1)) - 3 * y)
        below = min(row + 1, WINDOW_ROWS - 1)
        for k in range(3):
            for c in range(WINDOW_COLUMNS):
                car[row, k, c] += here * runs[k, c]
                car[below, k, c] += (np.float32(3) - here) * runs[k, c]


@inlined
def _draw_wheel(canvas: Bytes, spans: Whole, points: Doubles, scene: Doubles, wheel: int) -> None:
    """A tyre and, where it faces upwards, its light stripe."""
    zoom, at = scene[ZOOM], WHEELS + 4 * wheel
    c, s = math.cos(scene[HULL + 2]) * zoom, math.sin(scene[HULL + 2]) * zoom
    dx, dy = scene[at] - scene[HULL], scene[at + 1] - scene[HULL + 1]
    x, y, angle = CAR_X + c * dx + s * dy, CAR_Y + c * dy - s * dx, scene[at + 2] - scene[HULL + 2]
    outline = np.empty((4, 2))
    outline[0, 0] = outline[3, 0] = -WHEEL_HALF_WIDTH
    outline[1, 0] = outline[2, 0] = WHEEL_HALF_WIDTH
    outline[0, 1] = outline[1, 1] = WHEEL_RADIUS
    outline[2, 1] = outline[3, 1] = -WHEEL_RADIUS
    _place(points, 0, 4, outline, x, y, angle, zoom)
    _fill(canvas, spans, points, 4, TYRE)
    begin, end = scene[at + 3], scene[at + 3] + 1.2
    if math.sin(begin) > 0 and math.sin(end) > 0:
        return
    front = np.sign(math.cos(begin)) if math.sin(begin) > 0 else math.cos(begin)
    rear = np.sign(math.cos(end)) if math.sin(end) > 0 else math.cos(end)
    outline[0, 1] = outline[1, 1] = WHEEL_RADIUS * front
    outline[2, 1] = outline[3, 1] = WHEEL_RADIUS * rear
    _place(points, 0, 4, outline, x, y, angle, zoom)
    _fill(canvas, spans, points, 4, STRIPE)


@inlined
def _place(
    points: Doubles, first: int, last: int, outline: Doubles, x: float, y: float, angle: float, zoom: float
) -> None:
    """Put the outline's points [first, last) at a pose relative to the picture; angle against the hull."""
    c, s = math.cos(angle) * zoom * CAR_SCALE, math.sin(angle) * zoom * CAR_SCALE
    for k in range(first, last):
        points[k - first, 0] = x + c * outline[k, 0] - s * outline[k, 1]
        points[k - first, 1] = y + s * outline[k, 0] + c * outline[k, 1]


@inlined
def _fill(canvas: Bytes, spans: Whole, points: Doubles, count: int, colour: int) -> None:
    """Fill a convex polygon, points [count, 2] in the picture, in the car's window.

    As pygame does it: both ends of a row are included and rounded inwards.
    """
    low, high = 1 << 30, -(1 << 30)
    xs = np.empty(count, np.int64)
    ys = np.empty(count, np.int64)
    for k in range(count):
        xs[k], ys[k] = int(points[k, 0]), int(points[k, 1])
        low, high = min(low, ys[k]), max(high, ys[k])
    for y in range(low, high + 1):
        left, right = 1 << 30, -(1 << 30)
        for k in range(count):
            j = k + 1 if k + 1 < count else 0
            x0, y0, x1, y1 = xs[k], ys[k], xs[j], ys[j]
            if y0 > y1:
                x0, y0, x1, y1 = x1, y1, x0, y0
            if y0 <= y <= y1:
                if y0 == y1:
                    left, right = min(left, x0, x1), max(right, x0, x1)
                else:
                    run, rise = (y - y0) * (x1 - x0), y1 - y0
                    left, right = min(left, x0 - (-run // rise)), max(right, x0 + run // rise)
        row = 799 - y - CANVAS_TOP
        if 0 <= row < CANVAS_ROWS:
            left, right = max(left - CANVAS_LEFT, 0), min(right - CANVAS_LEFT, CANVAS_COLUMNS - 1)
            spans[row, 0], spans[row, 1] = min(spans[row, 0], left), max(spans[row, 1], right)
            for x in range(left, right + 1):
                canvas[row, x] = colour


@inlined
def _measure_runs(runs: Singles, line: Bytes, left: int, right: int) -> None:
    """How much tyre, stripe and paint lies over each column of the window, in twelfths of a picture pixel."""
    runs[:] = 0
    x = left
    while x <= right:
        what, begin = line[x], x
        while x <= right and line[x] == what:
            x += 1
        if what == EMPTY:
            continue
        # 1000 / 96 = 125 / 12
        a, b = 12 * (begin + CANVAS_LEFT), 12 * (x + CANVAS_LEFT)
        for column in range(a // 125, (b + 124) // 125):
            runs[what - 1, column - WINDOW_LEFT] += min(b, 125 * (column + 1)) - max(a, 125 * column)


@inlined
def lay_car(line: Singles, car: Singles) -> None:
    """Lay one row of the car's window over the colours' means."""
    for x in range(WINDOW_COLUMNS):
        tyre, stripe, paint = car[0, x] / 3125, car[1, x] / 3125, car[2, x] / 3125
        rest, at = 1 - tyre - stripe - paint, WINDOW_LEFT + x
        line[0, at] = line[0, at] * rest + stripe * STRIPE_GREY + paint * PAINT_RED
        line[1, at] = line[1, at] * rest + stripe * STRIPE_GREY
        line[2, at] = line[2, at] * rest + stripe * STRIPE_GREY
