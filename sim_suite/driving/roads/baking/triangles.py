"""Everything that is baked, as triangles with a code that says what they mean. Source: ours.

Corners are rounded to `SUBTEXELS` parts of a texel and counted in whole numbers from there: what two neighbours share is
then the same number for both, and which of them a texel belongs to is decided without rounding.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.layout import Floats, Ints
from sim_suite.driving.roads.opendrive.findings import RoadError

SUBTEXELS: Final = 1024
"""0.2 mm at 0.2 m a texel."""
MAX_TEXELS: Final = 1 << 20
"""Along a side of the map, 210 km at 0.2 m a texel: products of two lengths in parts of a texel, and their sum, then fit
64 bits."""
BITS: Final = 256
"""Codes that are kept for bits of the mask."""

Indices = NDArray[np.int64]


class Triangles(NamedTuple):
    """N triangles in metres, world frame."""

    corners: Floats
    """[N, 6] x, y, x, y, x, y"""
    code: Ints
    """[N] What they mean, see `Codes`; they are drawn by rising codes."""


class Codes(NamedTuple):
    """What a code means: first lanes, two each, then bits of the mask, then crosswalks, two each.

    Twice a lane is its ground: the lane joins the texel's set.
    """

    num_lanes: int

    def centre(self, lane: Indices) -> Indices:
        """The lane's centre line, drawn after its ground: marks the lane in the texel's set, where it is in it."""
        return 2 * lane + 1

    def paint(self, bit: int) -> int:
        """Sets a bit of the mask."""
        return 2 * self.num_lanes + bit

    def outline(self, crosswalk: int) -> int:
        """Part of a polygon: turns the texel's state about, whether it lies inside."""
        return 2 * self.num_lanes + BITS + 2 * crosswalk

    def inside(self, crosswalk: int) -> int:
        """The same part again: paints the texel if it was left in the state of lying inside."""
        return self.outline(crosswalk) + 1


class Grid(NamedTuple):
    """Where the texels lie."""

    x_min: float
    y_min: float
    texels_per_metre: float
    rows: int
    cols: int


class Line(NamedTuple):
    """Polylines, P points of all, with the unit vector to their left at each point."""

    x: Floats
    y: Floats
    left_x: Floats
    left_y: Floats


def join(groups: list[Triangles]) -> Triangles:
    """All triangles, by rising code."""
    code = np.concatenate([group.code for group in groups])
    order = np.argsort(code, kind="stable")
    return Triangles(np.concatenate([group.corners for group in groups])[order], code[order])


def make_line(x: Floats, y: Floats, first: Ints) -> Line:
    """Polylines `first[i]:first[i + 1]` with the direction halfway between the segments that meet at a point."""
    before, after = np.arange(len(x)) - 1, np.arange(len(x)) + 1
    before[first[:-1]], after[first[1:] - 1] = first[:-1], first[1:] - 1
    along_x, along_y = x[after] - x[before], y[after] - y[before]
    # Where a border stands still, inside of a tight bend, a line has no width.
    length = np.maximum(np.hypot(along_x, along_y), 1e-9)
    return Line(x, y, -along_y / length, along_x / length)


def ribbons(
    line: Line, segment: Indices, start: Floats, end: Floats, from_left: Floats | float, to_left: Floats | float, code: Ints
) -> Triangles:  # fmt: skip
    """Bands along polylines, two triangles for each of N pieces.

    segment: [N] a piece lies between the points segment and segment + 1, from the share `start` of the way to `end`.
    from_left, to_left: [N] or one for all, the band's sides, metres to the left of the line. code: [N].
    """
    sides = []
    for offset in (from_left, to_left):
        for share in (start, end):
            x = _between(line.x, segment, share) + offset * _between(line.left_x, segment, share)
            y = _between(line.y, segment, share) + offset * _between(line.left_y, segment, share)
            sides += [x, y]
    return Triangles(bands(*sides), np.repeat(code, 2).astype(np.int32))


def bands(
    x0: Floats, y0: Floats, x1: Floats, y1: Floats, x2: Floats, y2: Floats, x3: Floats, y3: Floats
) -> Floats:  # fmt: skip
    """Two triangles, [2 N, 6], for each of N quadrilaterals 0, 1, 3, 2."""
    corners = np.array([[x0, y0, x1, y1, x2, y2], [x1, y1, x2, y2, x3, y3]])
    return corners.transpose(2, 0, 1).reshape(-1, 6)


def _between(values: Floats, segment: Indices, share: Floats) -> Floats:
    result: Floats = values[segment] * (1.0 - share) + values[segment + 1] * share
    return result


def cover(corners: Floats, metres_per_texel: float) -> Grid:
    """The grid that holds all corners, [N, 6], at least one triangle. Raises RoadError where it is too long for whole numbers."""
    x, y = corners[:, 0::2], corners[:, 1::2]
    x_min, y_min = (np.floor(low / metres_per_texel) * metres_per_texel for low in (x.min(), y.min()))
    cols, rows = (float(np.ceil((high - low) / metres_per_texel)) for high, low in ((x.max(), x_min), (y.max(), y_min)))
    if not max(rows, cols) <= MAX_TEXELS:
        raise RoadError(
            f"the map is {cols * metres_per_texel:.0f} m x {rows * metres_per_texel:.0f} m, at most "
            f"{MAX_TEXELS * metres_per_texel:.0f} m a side can be drawn at {metres_per_texel:g} m a texel. Cut the file into "
            "smaller ones, or correct the roads that lie far away"
        )
    return Grid(float(x_min), float(y_min), 1.0 / metres_per_texel, int(rows), int(cols))


def to_grid(corners: Floats, grid: Grid) -> Ints:
    """Corners in parts of a texel from the grid's own corner, [N, 6] int32."""
    scale = grid.texels_per_metre * SUBTEXELS
    places: Ints = np.rint((corners - np.tile([grid.x_min, grid.y_min], 3)) * scale).astype(np.int32)
    return places
