"""Adds the road's tiles to a grid as exact area coverage. Source: ours.

The signed area beneath each edge is added to the grid [86, 4 * 96]: coverage, red, green and blue side by side. Running
sums down the columns are then each pixel's share, times each colour. Tiles lie beside each other, not above, so that
their shares add up.
"""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import inlined
from sim_suite.envs.car_racing.scene import (
    CAR_X,
    CAR_Y,
    CENTRE,
    COLUMN,
    HULL,
    REACH_M,
    ROW,
    SIZE,
    SPREAD,
    VERTICES,
    WORLD_ROWS,
    ZOOM,
    Doubles,
    Singles,
)


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
def add_quad(area: Singles, corners: Doubles, spread: Doubles, red: float, green: float, blue: float) -> None:
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
def add_road(area: Singles, geometry: Doubles, colours: Doubles, scene: Doubles) -> None:
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
        add_quad(area, corners, geometry[tile, SPREAD:], red, green, blue)
