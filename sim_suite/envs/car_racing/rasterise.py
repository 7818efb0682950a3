"""Draws CarRacing's 96 x 96 frame straight from its polygons, as exact area coverage. Source: ours.

Gymnasium draws a picture of 1000 x 800 and scales it down by an area filter. Here each polygon's share of each pixel of
the small frame is computed directly: the signed area beneath each edge is added to a grid, whose running sums down the
columns are then the coverage. Road and kerb tiles lie beside each other, not above, so that their shares add up. The
car, a few pixels wide, is drawn at the large picture's resolution in a small window instead.

Every function of the kernel is in this file, since numba's disk cache does not notice an edited callee elsewhere.

"Picture" is Gymnasium's large picture before its vertical flip: x right, y up, whole numbers in the middle of a pixel.
"Frame" is the observation: column and row, whole numbers at the edges of a pixel.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.car_racing.compiling import inlined, kernel

Single = np.float32
Doubles = NDArray[np.float64]
Singles = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]
Whole = NDArray[np.int64]

SIZE: Final = 96
"""Rows and columns of the frame."""
WORLD_ROWS: Final = 84
"""Rows above the indicators, whose bar is the lowest 5/40 of the picture."""
COLUMN: Final = 1000 / 96
ROW: Final = 800 / 96
"""Picture pixels in a column and in a row of the frame."""
CAR_X: Final = 500.0
CAR_Y: Final = 200.0
"""Where the hull's origin lies in the picture: half its width, a quarter of its height."""
PATCH_PERIOD_M: Final = 2000.0 / 6.0 / 10.0
"""From the left edge of one patch of light grass to that of the next."""
VIEW_REACH: Final = 900.0
"""No picture pixel of the world lies farther from the hull: 500 across and 600 along, rounded up."""
FIELD_M: Final = 2000.0 / 6.0
"""From the middle to the edge of the playfield, beyond which the picture is black."""

# One row of the geometry array is a quadrilateral of the road.
VERTICES: Final = 0  # x, y of the front left, front right, rear right and rear left corner [m]
CENTRE: Final = 8  # x, y [m]
SPREAD: Final = 10  # how far the front, right, rear and left edge is drawn outside of its line [picture pixels]
GEOMETRY_COLUMNS: Final = 14
REACH_M: Final = 8.0
"""No quadrilateral reaches farther from its centre: the road's are 13.3 m across and 3.5 m along."""

# The scene array holds what changes from step to step.
HULL: Final = 0  # x, y [m], angle [rad]
ZOOM: Final = 3  # picture pixels a metre
WHEELS: Final = 4  # x, y [m], angle, phase [rad] of each of the four
SPEED: Final = 20
OMEGAS: Final = 21  # of the four wheels [rad/s]
STEER: Final = 25  # angle of the front left wheel's joint [rad]
GYRO: Final = 26  # yaw rate [rad/s]
BACKGROUND: Final = 27  # red, green, blue
GRASS: Final = 30  # red, green, blue
SCENE_LENGTH: Final = 33

# The window around the car, in whole rows and columns of the frame. The hull reaches 42 picture pixels from its origin.
WINDOW_TOP: Final = 66
WINDOW_ROWS: Final = 12
WINDOW_LEFT: Final = 44
WINDOW_COLUMNS: Final = 8
CANVAS_TOP: Final = 550  # WINDOW_TOP in picture pixels, counted from the top
CANVAS_ROWS: Final = 100
CANVAS_LEFT: Final = 458  # WINDOW_LEFT in picture pixels, rounded down
CANVAS_COLUMNS: Final = 84

CAR_SCALE: Final = 0.02
"""Metres in a unit of the car's outline."""
HULL_OUTLINE: Final = np.array(
    [
        *[(-60, 130), (60, 130), (60, 110), (-60, 110)],
        *[(-15, 120), (15, 120), (20, 20), (-20, 20)],
        *[(25, 20), (50, -10), (50, -40), (20, -90), (-20, -90), (-50, -40), (-50, -10), (-25, 20)],
        *[(-50, -120), (50, -120), (50, -90), (-50, -90)],
    ],
    dtype=np.float64,
)
"""Front wing, nose, body and rear wing of Gymnasium's car."""
HULL_PARTS: Final = np.array([0, 4, 8, 16, 20])
WHEEL_RADIUS: Final = 27.0
WHEEL_HALF_WIDTH: Final = 14.0

EMPTY: Final = 0
TYRE: Final = 1
STRIPE: Final = 2
PAINT: Final = 3
STRIPE_GREY: Final = 77.0
PAINT_RED: Final = 204.0


@inlined
def _level(value: float) -> int:
    """The byte that pygame's filter makes of a mean: both of its passes round down, so that a flat 102 becomes 100.

    The hundredth keeps what single precision adds to a flat colour from counting as a level.
    """
    return int(max(value - np.float32(1.01), np.float32(0)))


@inlined
def _add_share(area: Singles, row: int, column: int, share: float, red: float, green: float, blue: float) -> None:
    area[row, column] += share
    area[row, SIZE + column] += share * red
    area[row, 2 * SIZE + column] += share * green
    area[row, 3 * SIZE + column] += share * blue


@inlined
def _add_area(
    area: Singles, column: int, width: float, y_a: float, y_b: float, red: float, green: float, blue: float
) -> None:
    """Add the area beneath one piece of an edge inside one column to the rows it passes and to the row below them."""
    top, bottom = min(y_a, y_b), max(y_a, y_b)
    if top < 0.0:
        # What lies above the frame counts in full from the first row on.
        above = width if bottom <= 0.0 else width * top / (top - bottom)
        _add_share(area, 0, column, above, red, green, blue)
        if bottom <= 0.0:
            return
        width, top = width - above, 0.0
    if bottom > WORLD_ROWS:
        if top >= WORLD_ROWS:
            return
        width, bottom = width * (WORLD_ROWS - top) / (bottom - top), float(WORLD_ROWS)
    first, last = int(top), int(bottom)
    for row in range(first, last + 1):
        high, low = max(top, float(row)), min(bottom, row + 1.0)
        share = width if first == last else width * (low - high) / (bottom - top)
        inside = share * (row + 1.0 - (high + low) / 2)
        _add_share(area, row, column, inside, red, green, blue)
        _add_share(area, row + 1, column, share - inside, red, green, blue)


@inlined
def _add_edge(area: Singles, x0: float, y0: float, x1: float, y1: float, red: float, green: float, blue: float) -> None:
    """Add the signed area beneath an edge (frame columns and rows): positive where it runs to the right."""
    sign = 1.0
    if x0 > x1:
        x0, y0, x1, y1, sign = x1, y1, x0, y0, -1.0
    end = min(x1, float(SIZE))
    x = max(x0, 0.0)
    if x >= end or min(y0, y1) >= WORLD_ROWS:
        return
    slope = (y1 - y0) / (x1 - x0)
    y = y0 + (x - x0) * slope
    column = int(x)
    while x < end:
        x_next = min(column + 1.0, end)
        y_next = y0 + (x_next - x0) * slope
        _add_area(area, column, sign * (x_next - x), y, y_next, red, green, blue)
        x, y = x_next, y_next
        column += 1


@inlined
def _add_quad(area: Singles, corners: Doubles, spread: Doubles, red: float, green: float, blue: float) -> None:
    """Add a quadrilateral, corners [4, 2] in the picture, each edge moved outwards by `spread` across its longer extent."""
    turn = 0.0
    for k in range(4):
        j = (k + 1) & 3
        turn += corners[k, 0] * corners[j, 1] - corners[j, 0] * corners[k, 1]
    if turn == 0.0:
        return
    sign = 1.0 if turn > 0 else -1.0
    moved = np.empty((4, 2))
    for k in range(4):
        # The corner between edges i and k: where the two moved lines meet, from the normals (m, n) of both.
        i, j = (k + 3) & 3, (k + 1) & 3
        n_i, m_i = corners[i, 0] - corners[k, 0], corners[k, 1] - corners[i, 1]
        n_k, m_k = corners[k, 0] - corners[j, 0], corners[j, 1] - corners[k, 1]
        d_i = sign * spread[i] * max(abs(n_i), abs(m_i))
        d_k = sign * spread[k] * max(abs(n_k), abs(m_k))
        cross = m_i * n_k - n_i * m_k
        x, y = corners[k, 0], corners[k, 1]
        if abs(cross) > 1e-3:
            x += (d_i * n_k - d_k * n_i) / cross
            y += (m_i * d_k - m_k * d_i) / cross
        moved[k, 0] = (x + 0.5) / COLUMN
        moved[k, 1] = (799.5 - y) / ROW
    for k in range(4):
        j = (k + 1) & 3
        if sign > 0:
            _add_edge(area, moved[j, 0], moved[j, 1], moved[k, 0], moved[k, 1], red, green, blue)
        else:
            _add_edge(area, moved[k, 0], moved[k, 1], moved[j, 0], moved[j, 1], red, green, blue)


@inlined
def _add_road(area: Singles, geometry: Doubles, colours: Doubles, scene: Doubles) -> None:
    """Add all road and kerb tiles in view."""
    zoom = scene[ZOOM]
    across = math.cos(scene[HULL + 2]) * zoom
    along = math.sin(scene[HULL + 2]) * zoom
    reach = REACH_M * zoom + 2.0
    corners = np.empty((4, 2))
    for tile in range(geometry.shape[0]):
        dx, dy = geometry[tile, CENTRE] - scene[HULL], geometry[tile, CENTRE + 1] - scene[HULL + 1]
        x, y = CAR_X + across * dx + along * dy, CAR_Y + across * dy - along * dx
        # The lowest 100 rows of the picture are the indicators'.
        if x < -reach or x > 1000 + reach or y < 100 - reach or y > 800 + reach:
            continue
        for k in range(4):
            dx = geometry[tile, VERTICES + 2 * k] - scene[HULL]
            dy = geometry[tile, VERTICES + 2 * k + 1] - scene[HULL + 1]
            # SDL takes whole picture pixels, cut towards zero.
            corners[k, 0] = float(int(CAR_X + across * dx + along * dy))
            corners[k, 1] = float(int(CAR_Y + across * dy - along * dx))
        red, green, blue = int(colours[tile, 0]), int(colours[tile, 1]), int(colours[tile, 2])
        _add_quad(area, corners, geometry[tile, SPREAD:], red, green, blue)


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
def _place(
    points: Doubles, first: int, last: int, outline: Doubles, x: float, y: float, angle: float, zoom: float
) -> None:
    """Put the outline's points [first, last) at a pose relative to the picture; angle against the hull."""
    c, s = math.cos(angle) * zoom * CAR_SCALE, math.sin(angle) * zoom * CAR_SCALE
    for k in range(first, last):
        points[k - first, 0] = x + c * outline[k, 0] - s * outline[k, 1]
        points[k - first, 1] = y + s * outline[k, 0] + c * outline[k, 1]


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
def _draw_car(car: Singles, canvas: Bytes, spans: Whole, scene: Doubles) -> None:
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
            _lay_car(line, car[row - WINDOW_TOP])
        _store(words[row], line, pixels)


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
def _bar(frame: Bytes, x0: int, x1: int, y0: int, y1: int, red: float, green: float, blue: float) -> None:
    """An indicator: a rectangle of whole picture pixels (y down), its far edges inclusive, beside what is there."""
    left, right = max(min(x0, x1), 0), min(max(x0, x1) + 1, 1000)
    top, bottom = max(min(y0, y1), 0), min(max(y0, y1) + 1, 800)
    for row in range(int(top / ROW), min(math.ceil(bottom / ROW), SIZE)):
        high = min(bottom / ROW, row + 1.0) - max(top / ROW, float(row))
        for column in range(int(left / COLUMN), min(math.ceil(right / COLUMN), SIZE)):
            a = high * (min(right / COLUMN, column + 1.0) - max(left / COLUMN, float(column)))
            for channel, value in ((0, red), (1, green), (2, blue)):
                # Neighbours share a pixel, each with a part of its own; 1 is about what rounding took from the first.
                under = frame[row, column, channel]
                frame[row, column, channel] = min(_level(value * a + under + (1.0 if under > 0 else 0.0)), 253)


@inlined
def _draw_indicators(frame: Bytes, score: Bytes, scene: Doubles) -> None:
    """The bar at the bottom: score, speed, the wheels' angular speeds, steering and yaw rate; 25 x 20 picture pixels a unit."""
    for row in range(SIZE - WORLD_ROWS):
        for column in range(SIZE):
            level = score[row, column]
            frame[WORLD_ROWS + row, column, 0] = level
            frame[WORLD_ROWS + row, column, 1] = level
            frame[WORLD_ROWS + row, column, 2] = level
    if abs(scene[SPEED]) > 1e-4:
        _bar(frame, 125, 150, int(780 - 0.4 * scene[SPEED]), 780, 255.0, 255.0, 255.0)
    for wheel in range(4):
        omega, left = scene[OMEGAS + wheel], 175 + 25 * wheel
        # The next wheel's indicator is drawn over the last column of this one.
        right = left + 24 if wheel < 3 else left + 25
        if abs(omega) > 1e-4:
            _bar(frame, left, right, int(780 - 0.2 * omega), 780, 0.0 if wheel < 2 else 51.0, 0.0, 255.0)
    if abs(scene[STEER]) > 1e-4:
        _bar(frame, 500, int(500 - 250 * scene[STEER]), 720, 760, 0.0, 255.0, 0.0)
    if abs(scene[GYRO]) > 1e-4:
        _bar(frame, 750, int(750 - 20 * scene[GYRO]), 720, 760, 255.0, 0.0, 0.0)


@inlined
def _lay_car(line: Singles, car: Singles) -> None:
    """Lay one row of the car's window over the colours' means."""
    for x in range(WINDOW_COLUMNS):
        tyre, stripe, paint = car[0, x] / 3125, car[1, x] / 3125, car[2, x] / 3125
        rest, at = 1 - tyre - stripe - paint, WINDOW_LEFT + x
        line[0, at] = line[0, at] * rest + stripe * STRIPE_GREY + paint * PAINT_RED
        line[1, at] = line[1, at] * rest + stripe * STRIPE_GREY
        line[2, at] = line[2, at] * rest + stripe * STRIPE_GREY


@inlined
def _store(words: Words, line: Singles, pixels: Words) -> None:
    """Write a row of 96 pixels of three bytes as 72 words (little-endian), which is four times faster than bytes."""
    for x in range(SIZE):
        pixels[x] = _level(line[0, x]) | _level(line[1, x]) << 8 | _level(line[2, x]) << 16
    for k in range(SIZE // 4):
        a, b, c, d = pixels[4 * k], pixels[4 * k + 1], pixels[4 * k + 2], pixels[4 * k + 3]
        words[3 * k] = a | b << np.uint32(24)
        words[3 * k + 1] = b >> np.uint32(8) | c << np.uint32(16)
        words[3 * k + 2] = c >> np.uint32(16) | d << np.uint32(8)


@kernel("void(u1[:,:,::1], f8[::1], f8[:,::1], f8[:,::1], u1[:,::1], f4[:,::1])", "CarRacing's frame")
def draw(frame: Bytes, scene: Doubles, geometry: Doubles, colours: Doubles, score: Bytes, area: Singles) -> None:
    """Draw one frame.

    frame: [96, 96, 3] uint8, written; scene: [SCENE_LENGTH] float64; geometry: [N, GEOMETRY_COLUMNS] float64;
    colours: [N, 3] float64; score: [12, 96] uint8, the indicators' bar with the score written on it; area: [86, 384]
    float32, zeros before and after.
    """
    words = frame.reshape(SIZE, 3 * SIZE).view(np.uint32)
    _add_road(area, geometry, colours, scene)
    canvas = np.empty((CANVAS_ROWS, CANVAS_COLUMNS), np.uint8)
    spans = np.empty((CANVAS_ROWS, 2), np.int64)
    car = np.empty((WINDOW_ROWS, 3, WINDOW_COLUMNS), np.float32)
    _draw_car(car, canvas, spans, scene)
    _compose(words, area, car, scene)
    area[WORLD_ROWS:] = 0
    _draw_indicators(frame, score, scene)
