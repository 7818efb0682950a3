"""Packs a CarRacing track once an episode into the two arrays that drawing and labelling read. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.car_racing.scene import CENTRE, GEOMETRY_COLUMNS, SPREAD, VERTICES

OUTWARD = 0.5
"""Picture pixels. SDL fills the pixels that a polygon's outline passes through, half of each being outside."""
FRONT, RIGHT, REAR, LEFT = range(4)


@dataclass(frozen=True, slots=True)
class Track:
    """The quadrilaterals of road and kerb in the order of painting, a later one above an earlier one."""

    geometry: NDArray[np.float64]
    """[N, GEOMETRY_COLUMNS]: corners and centre in metres, world frame, and how far each edge is drawn outwards."""
    colours: NDArray[np.float64]
    """[N, 3] red, green, blue of 0 to 255. The road's rows are what Gymnasium's tiles hold as their `color`."""
    kerb: NDArray[np.bool_]
    """[N] which of them are kerb."""


# Gymnasium's environment is untyped.
def pack_track(env: Any) -> Track:
    """Pack the track of a CarRacing environment whose track was just made.

    Contacts recolour a tile by writing into its `color` in place, and so does this: the tiles' colours become rows of
    one array, so that no step has to collect them.
    """
    polygons = env.road_poly
    geometry = np.zeros((len(polygons), GEOMETRY_COLUMNS))
    geometry[:, VERTICES:CENTRE] = np.array([corners for corners, _ in polygons]).reshape(-1, 8)
    geometry[:, CENTRE:SPREAD] = geometry[:, VERTICES:CENTRE].reshape(-1, 4, 2).mean(axis=1)
    colours = np.array([colour for _, colour in polygons], dtype=np.float64)
    # A tile's own colour is an array that contacts write to, a kerb's is a tuple.
    kerb = np.array([isinstance(colour, tuple) for _, colour in polygons])
    for tile, row in zip(env.road, np.flatnonzero(~kerb), strict=True):
        tile.color = colours[row]
        polygons[row] = (polygons[row][0], tile.color)
    geometry[:, SPREAD:] = _spread(geometry[:, VERTICES:CENTRE].reshape(-1, 4, 2), kerb)
    return Track(geometry, colours, kerb)


def _spread(corners: NDArray[np.float64], kerb: NDArray[np.bool_]) -> NDArray[np.float64]:
    """[N, 4] picture pixels. Where two neighbours meet, the one painted later takes the pixels of both outlines.

    The other gives way by as much, so that no pixel is counted twice.
    """
    spread = np.full((len(kerb), 4), OUTWARD)
    road = np.flatnonzero(~kerb)
    spread[road[:-1], FRONT] = -OUTWARD
    spread[road[0], REAR] = -OUTWARD
    for row in np.flatnonzero(kerb):
        # A kerb follows its own tile; its inner edge is the tile's right or left one.
        inner = corners[row, 0]
        if np.array_equal(inner, corners[row - 1, 1]):
            spread[row - 1, RIGHT] = -OUTWARD
        elif np.array_equal(inner, corners[row - 1, 0]):
            spread[row - 1, LEFT] = -OUTWARD
        if row + 2 < len(kerb) and kerb[row + 2]:
            spread[row, FRONT] = -OUTWARD
    return spread
