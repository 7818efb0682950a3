"""Trees strewn over free land, to be looked at: they stand on no map, and no actor meets them. Source: ours.

They keep clear of lanes, objects and signs. Places come from a hash of the cell, so a map always has the same trees.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Colour, Image

_CELL_M: Final = 7.0
"""At most one tree stands in a cell."""
_CHANCE: Final = 0.34
_CLEAR_M: Final = 3.4
"""From lanes and objects to the middle of a tree: crowns never hang over traffic."""
_MARGIN_M: Final = 40.0
"""Trees stand so far beyond the outermost lanes."""
_MOST_TEXELS: Final = 2048
"""Of the side of the mask of what is taken; larger maps have larger texels."""


def strewn(graph: LaneGraph) -> list[tuple[float, float, float]]:
    """x, y and radius of the crown of each tree, metres."""
    low = np.array(graph.bounds[:2]) - _MARGIN_M
    extent = np.array(graph.bounds[2:]) + _MARGIN_M - low
    texel = max(0.5, float(extent.max()) / _MOST_TEXELS)
    room = _room(graph, low, extent, texel)
    columns, rows = (extent / _CELL_M).astype(int).tolist()
    trees = []
    for column in range(columns):
        for row in range(rows):
            chance, dx, dy, size = _hashed(column, row)
            x, y, radius = _CELL_M * (column + dx), _CELL_M * (row + dy), 1.2 + 1.7 * size
            x_m, y_m = float(low[0]) + x, float(low[1]) + y
            if chance < _CHANCE * _grove(x_m, y_m) and _free(
                room, x / texel, y / texel, (_CLEAR_M + radius - 1.2) / texel
            ):
                trees.append((x_m, y_m, radius))
    return trees


def draw_tree(image: Image, x: float, y: float, radius: float, number: int, leaf: Colour) -> None:
    """A crown of leaves seen from above, lighter towards the sun. x, y, radius: pixels; number: of the tree, chooses its hue."""
    base = brush.mixed(leaf, (122, 142, 70), (number * 0.618) % 1.0)
    dark, darker = (brush.mixed(base, (20, 40, 24), share) for share in (0.16, 0.45))
    brush.disc(image, x, y, radius, darker)
    for k in range(3):
        angle = number * 2.4 + 2.1 * k
        brush.disc(image, x + 0.34 * radius * math.cos(angle), y + 0.34 * radius * math.sin(angle), 0.62 * radius, dark)
    brush.disc(image, x - 0.16 * radius, y + 0.2 * radius, 0.52 * radius, base)
    brush.disc(image, x - 0.26 * radius, y + 0.32 * radius, 0.26 * radius, brush.mixed(base, (240, 240, 170), 0.22))


def _room(graph: LaneGraph, low: np.ndarray, extent: np.ndarray, texel: float) -> NDArray[np.float32]:
    """[rows, columns] float32: texels to the nearest lane or object."""
    columns, rows = (extent / texel).astype(int).tolist()
    taken = np.ones((rows, columns), np.uint8)
    shapes = [strokes.outline(graph, lane) for lane in range(graph.num_lanes)]
    props = graph.props
    for index in range(len(props.kind)):
        part = slice(int(props.first_corner[index]), int(props.first_corner[index + 1]))
        shapes.append(np.column_stack((props.corner_x[part], props.corner_y[part])))
    for shape in shapes:
        if len(shape):
            cv2.fillPoly(taken, [np.rint((shape - low) / texel).astype(np.int32)], 0)
    return np.asarray(cv2.distanceTransform(taken, cv2.DIST_L2, 5), np.float32)


def _free(room: NDArray[np.float32], column: float, row: float, clear: float) -> bool:
    inside = 0.0 <= row < room.shape[0] and 0.0 <= column < room.shape[1]
    return inside and float(room[int(row), int(column)]) > clear


def _grove(x: float, y: float) -> float:
    """0 to 2: trees stand in groups, with meadows between them."""
    return 1.0 + math.sin(x / 17.0 + 1.3 * math.sin(y / 29.0)) * math.cos(y / 21.0 + math.sin(x / 37.0))


def _hashed(column: int, row: int) -> tuple[float, float, float, float]:
    """Four numbers in [0, 1) for a cell: a 64-bit mix (Steele et al. 2014, SplitMix64) cut into 16-bit parts."""
    z = (column * 0x9E3779B97F4A7C15 + row * 0xBF58476D1CE4E5B9 + 0x94D049BB133111EB) & (2**64 - 1)
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
    z ^= z >> 31
    a, b, c, d = ((z >> shift & 0xFFFF) / 65536.0 for shift in (0, 16, 32, 48))
    return a, b, c, d
