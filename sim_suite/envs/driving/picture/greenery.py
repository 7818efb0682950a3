"""Trees strewn over free land, to be looked at: they stand on no map, and no actor meets them. Source: ours.

They keep clear of lanes, objects and signs. Places come from a hash of the cell, so a map always has the same trees.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from sim_suite.driving.roads.drawing import strokes
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.maps import RoadMap
from sim_suite.envs.driving.picture.coats import Coats, tree
from sim_suite.envs.driving.picture.style import PictureStyle

_CELL_M: Final = 7.0
"""At most one tree stands in a cell."""
_CHANCE: Final = 0.34
_CLEAR_M: Final = 3.4
"""From lanes and objects to the middle of a tree: crowns never hang over traffic."""
_MARGIN_M: Final = 40.0
"""Trees stand so far beyond the outermost lanes."""
_MOST_CELLS: Final = 2048
"""Of the side of the mask of what is taken; larger maps have larger texels."""


def strew(coats: Coats, road_map: RoadMap, style: PictureStyle) -> None:
    """Add trees and their shadows."""
    graph = road_map.graph
    low = np.array(graph.bounds[:2]) - _MARGIN_M
    extent = np.array(graph.bounds[2:]) + _MARGIN_M - low
    texel = max(0.5, float(extent.max()) / _MOST_CELLS)
    room = _room(graph, low, extent, texel)
    columns, rows = (extent / _CELL_M).astype(int).tolist()
    number = 0
    for column in range(columns):
        for row in range(rows):
            chance, dx, dy, size = _hashed(column, row)
            at = low + _CELL_M * np.array((column + dx, row + dy))
            radius = 1.2 + 1.7 * size
            if chance < _CHANCE * _grove(at) and _free(room, (at - low) / texel, (_CLEAR_M + radius - 1.2) / texel):
                number += 1
                coats.standing.extend(tree(at, radius, number, style))
                coats.shadows.append(
                    strokes.disc(float(at[0]) + 0.45 * radius, float(at[1]) + 0.45 * radius, radius, 12)
                )


def _room(graph: LaneGraph, low: np.ndarray, extent: np.ndarray, texel: float) -> np.ndarray:
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


def _free(room: np.ndarray, at: np.ndarray, clear: float) -> bool:
    column, row = at.astype(int).tolist()
    return 0 <= row < room.shape[0] and 0 <= column < room.shape[1] and float(room[row, column]) > clear


def _grove(at: np.ndarray) -> float:
    """0 to 2: trees stand in groups, with meadows between them."""
    x, y = at.tolist()
    return float(1.0 + np.sin(x / 17.0 + 1.3 * np.sin(y / 29.0)) * np.cos(y / 21.0 + np.sin(x / 37.0)))


def _hashed(column: int, row: int) -> tuple[float, float, float, float]:
    """Four numbers in [0, 1) for a cell: a 64-bit mix (Steele et al. 2014, SplitMix64) cut into 16-bit parts."""
    z = (column * 0x9E3779B97F4A7C15 + row * 0xBF58476D1CE4E5B9 + 0x94D049BB133111EB) & (2**64 - 1)
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
    z ^= z >> 31
    a, b, c, d = ((z >> shift & 0xFFFF) / 65536.0 for shift in (0, 16, 32, 48))
    return a, b, c, d
