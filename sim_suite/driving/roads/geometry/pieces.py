"""Turns plan views into pieces that can be evaluated at any s at the same small cost. Source: ASAM OpenDRIVE 1.8, clause 9.3.

Spirals are cut where they have turned by `MAX_TURN_RAD`, so that one fixed quadrature is exact to rounding; curves are cut
into pieces of about `CURVE_PIECE_M`, each with its own arc length, so that p follows from s by few Newton steps.

Cubic curves are run through by true arc length from their start, whatever pRange says: s is arc length by definition, and
p = ds is only near it. LibCarla reads both that way too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.geometry.quadrature import NODES, WEIGHTS
from sim_suite.driving.roads.geometry.tables import ARC, CURVE, LINE, NUM_COEFFICIENTS, SPIRAL, Pieces
from sim_suite.driving.roads.graph.layout import Floats
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.model import Arc, Geometry, Line, ParamPoly3, Poly3, Road, Spiral

Counts = NDArray[np.int64]

MAX_TURN_RAD: Final = 1.0
CURVE_PIECE_M: Final = 4.0
MIN_CURVE_PIECES: Final = 8
MAX_PIECES: Final = 400_000
"""48 MB, which any file may ask for; a spiral of more turns than that is no road."""
PIECES_A_GEOMETRY: Final = 40
"""Beyond that, what each geometry adds to the bound, so that large maps are read: five times the least number for a curve."""

_ELEMENTS: Final = {Line: "line", Arc: "arc", Spiral: "spiral", Poly3: "poly3", ParamPoly3: "paramPoly3"}


def pack_pieces(roads: Sequence[Road]) -> Pieces:
    """The reference lines of all roads. Raises RoadError for more than MAX_PIECES and PIECES_A_GEOMETRY allow."""
    geometries = [geometry for road in roads for geometry in road.plan_view]
    first = np.cumsum([0, *(len(road.plan_view) for road in roads)])
    kind = np.array([_kind(geometry) for geometry in geometries], dtype=np.uint8)
    coefficients = np.zeros((len(geometries), NUM_COEFFICIENTS))
    for row, geometry in zip(coefficients, geometries, strict=True):
        _fill(row, geometry)
    start = np.array([(g.s, g.x, g.y, g.heading, g.length) for g in geometries]).reshape(-1, 5)
    counts = _counts(kind, coefficients, start[:, 4])
    if counts.max(initial=0) > MAX_PIECES or counts.sum() > MAX_PIECES + PIECES_A_GEOMETRY * len(counts):
        _refuse(roads, first, counts)
    cut = np.cumsum([0, *counts])
    index = np.repeat(np.arange(len(geometries)), counts)
    number = np.arange(len(index)) - cut[:-1][index]
    pieces = Pieces(
        first=cut[first].astype(np.int32),
        s=start[index, 0],
        x=start[index, 1],
        y=start[index, 2],
        heading=start[index, 3],
        kind=kind[index],
        coefficients=coefficients[index],
    )
    _cut_spirals(pieces, number, counts[index], start[index, 4])
    _cut_curves(pieces, number, counts[index])
    return _without_covered(pieces, np.repeat(_ends(start[:, 0], first), counts), number)


def _ends(s: Floats, first: Counts) -> Floats:
    """Where each geometry stops to hold: at the next one's start, the last one of a road never."""
    ends = np.append(s[1:], math.inf)[: len(s)]
    ends[first[1:][np.diff(first) > 0] - 1] = math.inf
    return ends


def _without_covered(pieces: Pieces, end: Floats, number: Counts) -> Pieces:
    """Without the pieces of a curve that is longer than the file says, which lie where the next geometry holds."""
    kept = (pieces.s < end) | (number == 0)
    if kept.all():
        return pieces
    first = np.append(0, np.cumsum(kept))[pieces.first].astype(np.int32)
    return Pieces(first, *(column[kept] for column in pieces[1:]))


def _kind(geometry: Geometry) -> int:
    match geometry.shape:
        case Line():
            return LINE
        case Arc():
            return ARC
        case Spiral():
            return SPIRAL
        case Poly3() | ParamPoly3():
            return CURVE


def _fill(row: Floats, geometry: Geometry) -> None:
    """Write the shape's coefficients as `Pieces.coefficients` has them, for the uncut shape."""
    length = geometry.length
    match geometry.shape:
        case Arc(curvature):
            row[0] = curvature
        case Spiral(start, end):
            row[0] = start
            row[1] = (end - start) / length if length > 0.0 else 0.0
        case Poly3(a, b, c, d):
            # u runs on until the arc is long enough: at most `length` further.
            row[:10] = (0.0, 1.0, 0.0, 0.0, a, b, c, d, 0.0, length)
        case ParamPoly3(a_u, b_u, c_u, d_u, a_v, b_v, c_v, d_v, normalized):
            row[:10] = (a_u, b_u, c_u, d_u, a_v, b_v, c_v, d_v, 0.0, 1.0 if normalized else length)


def _counts(kind: NDArray[np.uint8], coefficients: Floats, length: Floats) -> Counts:
    """How many pieces each geometry is cut into."""
    turn = length * np.maximum(np.abs(coefficients[:, 0]), np.abs(coefficients[:, 0] + coefficients[:, 1] * length))
    spirals = np.ceil(np.minimum(turn / MAX_TURN_RAD, MAX_PIECES + 1))
    curves = np.maximum(np.ceil(np.minimum(length / CURVE_PIECE_M, MAX_PIECES + 1)), MIN_CURVE_PIECES)
    counts = np.where(kind == SPIRAL, spirals, np.where(kind == CURVE, curves, 1.0))
    return np.maximum(counts, 1.0).astype(np.int64)


def _refuse(roads: Sequence[Road], first: Counts, counts: Counts) -> None:
    worst = int(np.argmax(counts))
    road = roads[int(np.searchsorted(first, worst, side="right")) - 1]
    geometry = road.plan_view[worst - int(first[roads.index(road)])]
    raise RoadError(
        f"a geometry of {geometry.length:g} m with <{_ELEMENTS[type(geometry.shape)]}> needs {counts[worst]} pieces; all roads "
        f"together may need about {MAX_PIECES}. Correct its length or curvature",
        element="geometry",
        road=road.id,
        line=geometry.line,
    )


def _cut_spirals(pieces: Pieces, number: Counts, count: Counts, length: Floats) -> None:
    """Give the pieces of a spiral their own start and curvature."""
    rows = np.flatnonzero((pieces.kind == SPIRAL) & (count > 1))
    step = length[rows] / count[rows]
    offset = step * number[rows]
    curvature, rate = pieces.coefficients[rows, 0], pieces.coefficients[rows, 1]
    heading = pieces.heading[rows] + curvature * offset + 0.5 * rate * offset**2
    curvature = curvature + rate * offset
    along = step[:, None] * NODES
    angle = heading[:, None] + curvature[:, None] * along + 0.5 * rate[:, None] * along**2
    for target, values in ((pieces.x, np.cos(angle)), (pieces.y, np.sin(angle))):
        target[rows] += _sum_before(step * (values @ WEIGHTS), number[rows])
    pieces.s[rows] += offset
    pieces.heading[rows] = heading
    pieces.coefficients[rows, 0] = curvature


def _cut_curves(pieces: Pieces, number: Counts, count: Counts) -> None:
    """Give the pieces of a curve their own range of p and their arc length."""
    rows = np.flatnonzero(pieces.kind == CURVE)
    table = pieces.coefficients[rows]
    step = (table[:, 9] - table[:, 8]) / count[rows]
    start = table[:, 8] + step * number[rows]
    p = start[:, None] + step[:, None] * NODES
    speeds = [
        table[:, k + 1, None] + p * (2.0 * table[:, k + 2, None] + p * 3.0 * table[:, k + 3, None]) for k in (0, 4)
    ]
    arc = step * (np.hypot(*speeds) @ WEIGHTS)
    pieces.coefficients[rows, 8], pieces.coefficients[rows, 9] = start, start + step
    pieces.coefficients[rows, 10] = arc
    pieces.s[rows] += _sum_before(arc, number[rows])


def _sum_before(values: Floats, number: Counts) -> Floats:
    """For runs of rows numbered 0, 1, 2, ...: the sum of those of the same run that stand before each."""
    total = np.cumsum(values) - values
    starts = np.flatnonzero(number == 0)
    lengths = np.diff([*starts, len(values)])
    return total - np.repeat(total[starts], lengths)
