"""Where a road's reference line is at s: position, heading, curvature. Source: ASAM OpenDRIVE 1.8, clause 9.3.

All in float64. Lines and arcs are closed forms, spirals a quadrature that is exact to rounding over their short pieces
(pieces.py), cubic curves the exact point at the arc length, found by Newton's method.
"""

from __future__ import annotations

import math
from typing import Final

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.geometry.quadrature import NODES, NUM_NODES, WEIGHTS
from sim_suite.driving.roads.geometry.tables import ARC, CURVE, LINE, Pieces
from sim_suite.driving.roads.graph.layout import Floats

NEWTON_STEPS: Final = 6
"""Three reach rounding on road-like curves."""
ARC_TOLERANCE_M: Final = 1e-10
MIN_SPEED: Final = 1e-9
"""Metres per unit of p under which a curve stands still and its heading is not defined."""
SMALL_TURN_RAD: Final = 1e-6
"""Below, an arc is a parabola to 1e-13 of its length, where the closed form would divide by its small curvature."""


@borrowing
def piece_at(pieces: Pieces, road: int, s: float) -> int:
    """The last piece of the road that starts at or before s (the first one before the road's start)."""
    low, high = int(pieces.first[road]), int(pieces.first[road + 1]) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if pieces.s[middle] <= s:
            low = middle
        else:
            high = middle - 1
    return low


@borrowing
def pose_on_piece(pieces: Pieces, piece: int, s: float) -> tuple[float, float, float, float, float]:
    """x, y, heading, curvature and its derivative by s. A piece is prolonged by its own formula beyond its ends."""
    kind = pieces.kind[piece]
    x, y, heading = pieces.x[piece], pieces.y[piece], pieces.heading[piece]
    along = s - pieces.s[piece]
    if kind == LINE:
        return x + along * math.cos(heading), y + along * math.sin(heading), heading, 0.0, 0.0
    if kind == CURVE:
        return _on_curve(pieces.coefficients, piece, x, y, heading, along)
    curvature = pieces.coefficients[piece, 0]
    turn = curvature * along
    if kind == ARC:
        # chord of the arc: its direction is the mean of both tangents
        half = 0.5 * turn
        chord = along * (math.sin(half) / half if abs(turn) > SMALL_TURN_RAD else 1.0 - half * half / 6.0)
        return (
            x + chord * math.cos(heading + half),
            y + chord * math.sin(heading + half),
            heading + turn,
            curvature,
            0.0,
        )
    rate = pieces.coefficients[piece, 1]
    for node in range(NUM_NODES):
        w = along * NODES[node]
        angle = heading + w * (curvature + 0.5 * rate * w)
        x += along * WEIGHTS[node] * math.cos(angle)
        y += along * WEIGHTS[node] * math.sin(angle)
    return x, y, heading + along * (curvature + 0.5 * rate * along), curvature + rate * along, rate


@borrowing
def _on_curve(
    rows: Floats, piece: int, x: float, y: float, heading: float, along: float
) -> tuple[float, float, float, float, float]:
    row = rows[piece]
    p = _parameter_at(row, along)
    u = row[0] + p * (row[1] + p * (row[2] + p * row[3]))
    v = row[4] + p * (row[5] + p * (row[6] + p * row[7]))
    u1, v1 = row[1] + p * (2.0 * row[2] + 3.0 * p * row[3]), row[5] + p * (2.0 * row[6] + 3.0 * p * row[7])
    u2, v2 = 2.0 * row[2] + 6.0 * p * row[3], 2.0 * row[6] + 6.0 * p * row[7]
    u3, v3 = 6.0 * row[3], 6.0 * row[7]
    cos, sin = math.cos(heading), math.sin(heading)
    speed = math.hypot(u1, v1)
    x, y = x + u * cos - v * sin, y + u * sin + v * cos
    if speed < MIN_SPEED:
        return x, y, heading, 0.0, 0.0
    cross = u1 * v2 - v1 * u2
    curvature = cross / speed**3
    rate = ((u1 * v3 - v1 * u3) / speed**3 - 3.0 * cross * (u1 * u2 + v1 * v2) / speed**5) / speed
    return x, y, heading + math.atan2(v1, u1), curvature, rate


@borrowing
def _parameter_at(row: Floats, along: float) -> float:
    """p where the curve has run `along` metres from the piece's start."""
    start, end, arc = row[8], row[9], row[10]
    if not arc > 0.0:
        return float(start)
    p = start + (end - start) * along / arc
    for _ in range(NEWTON_STEPS):
        run = 0.0
        for node in range(NUM_NODES):
            run += WEIGHTS[node] * _curve_speed(row, start + (p - start) * NODES[node])
        error = run * (p - start) - along
        speed = _curve_speed(row, p)
        if abs(error) < ARC_TOLERANCE_M or speed < MIN_SPEED:
            break
        p -= error / speed
    return float(p)


@borrowing
def _curve_speed(row: Floats, p: float) -> float:
    return math.hypot(row[1] + p * (2.0 * row[2] + 3.0 * p * row[3]), row[5] + p * (2.0 * row[6] + 3.0 * p * row[7]))


@borrowing
def reference_pose(pieces: Pieces, road: int, s: float) -> tuple[float, float, float, float, float]:
    """x, y, heading, curvature and its derivative by s of a road's reference line at s."""
    return pose_on_piece(pieces, piece_at(pieces, road, s), s)
