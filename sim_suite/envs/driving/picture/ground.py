"""Paints a square of the map's ground into pixels. Source: ours.

Everything is drawn at twice the size and reduced, so that thin lines stay thin and edges smooth.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from sim_suite.driving.roads.maps import RoadMap
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Image, Points
from sim_suite.envs.driving.picture.coats import Coat, make_coats
from sim_suite.envs.driving.picture.greenery import draw_tree, strewn
from sim_suite.envs.driving.picture.roofs import SUN
from sim_suite.envs.driving.picture.style import PictureStyle
from sim_suite.envs.driving.picture.texture import add_grain, meadow

TILE_PX: Final = 256
"""Side of a square."""
_FINER: Final = 2
_SHADOW: Final = 0.34
"""How much light a shadow takes."""


class Ground:
    """The ground of one map."""

    def __init__(self, road_map: RoadMap, style: PictureStyle) -> None:
        coats = make_coats(road_map, style)
        self._lying, self._shadows, self._standing = coats.lying, coats.shadows, coats.standing
        trees = coats.trees + (strewn(road_map.graph) if style.greenery else [])
        self._trees = np.array(trees).reshape(-1, 3)
        self._leaf = brush.from_hex(style.ground["tree"])
        self._lying_boxes = _boxes([coat.points for coat in coats.lying])
        self._shadow_boxes = _boxes(coats.shadows)
        self._standing_boxes = _boxes([coat.points for coat in coats.standing])
        self._land = brush.from_hex(style.ground["land"])

    def paint(self, column: int, row: int, scale: float) -> Image:
        """[TILE_PX, TILE_PX, 3] RGB: the square whose south-west corner is (column, row) * TILE_PX / scale metres.

        scale: pixels a metre.
        """
        side = TILE_PX * _FINER
        fine = scale * _FINER
        left, top = column * side, -(row + 1) * side
        image = meadow(self._land, left, top, side, fine)
        low = np.array((column, row)) * TILE_PX / scale
        box = (*low.tolist(), *(low + TILE_PX / scale).tolist())
        for index in _touching(self._lying_boxes, box):
            _coat(image, self._lying[index], low, fine)
        add_grain(image, left, top, fine)
        trees = self._trees_in(box)
        self._shade(image, box, trees, low, fine)
        for index in _touching(self._standing_boxes, box):
            _coat(image, self._standing[index], low, fine)
        for number in trees:
            x, y = _pixels(self._trees[number : number + 1, :2], low, fine, side)[0].tolist()
            draw_tree(image, x, y, float(self._trees[number, 2]) * fine, number, self._leaf)
        return np.asarray(cv2.resize(image, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA), np.uint8)

    def _trees_in(self, box: tuple[float, ...]) -> list[int]:
        """Trees whose crown or shadow reaches into the box."""
        x, y, reach = self._trees.T * ((1.0,), (1.0,), (1.6,))
        inside = (x > box[0] - reach) & (x < box[2] + reach) & (y > box[1] - reach) & (y < box[3] + reach)
        found: list[int] = np.flatnonzero(inside).tolist()
        return found

    def _shade(self, image: Image, box: tuple[float, ...], trees: list[int], low: Points, fine: float) -> None:
        touching = _touching(self._shadow_boxes, box)
        if not touching and not trees:
            return
        mask = np.zeros((len(image), len(image)), np.uint8)
        for index in touching:
            brush.polygon(mask, _pixels(self._shadows[index], low, fine, len(image)), (255, 255, 255))
        for number in trees:
            radius = float(self._trees[number, 2])
            at = self._trees[number : number + 1, :2] + 0.55 * radius * SUN
            x, y = _pixels(at, low, fine, len(image))[0].tolist()
            brush.disc(mask, x, y, radius * fine, (255, 255, 255))
        light = cv2.convertScaleAbs(cv2.blur(mask, (5, 5)), alpha=-_SHADOW, beta=255.0)
        cv2.multiply(image, cv2.merge((light, light, light)), dst=image, scale=1.0 / 255.0)


def _pixels(points: Points, low: Points, fine: float, side: int) -> Points:
    pixels: Points = (points - low) * fine - 0.5
    pixels[:, 1] = side - 1.0 - pixels[:, 1]
    return pixels


def _coat(image: Image, coat: Coat, low: Points, fine: float) -> None:
    points = _pixels(coat.points, low, fine, len(image))
    if coat.fill is not None:
        brush.polygon(image, points, coat.fill)
    if coat.stroke is not None:
        width = max(coat.width_m * fine, coat.width_px * _FINER)
        if len(points) == 2:
            brush.convex(image, _bar(points, width), coat.stroke)
        else:
            brush.line(image, points, coat.stroke, width)


def _bar(ends: Points, width: float) -> Points:
    """[4, 2] A straight line of exact width with square ends."""
    along = ends[1] - ends[0]
    aside = np.array((-along[1], along[0])) * (width / 2 / max(float(np.hypot(*along)), 1e-9))
    return np.array((ends[0] + aside, ends[1] + aside, ends[1] - aside, ends[0] - aside))


def _boxes(shapes: list[Points]) -> Points:
    """[N, 4] x_min, y_min, x_max, y_max, a little wider than the points: lines have a width."""
    if not shapes:
        return np.zeros((0, 4))
    starts = np.cumsum([0, *(len(points) for points in shapes[:-1])])
    every = np.concatenate(shapes)
    return np.hstack((np.minimum.reduceat(every, starts) - 0.6, np.maximum.reduceat(every, starts) + 0.6))


def _touching(boxes: Points, box: tuple[float, ...]) -> list[int]:
    inside = (boxes[:, 0] < box[2]) & (boxes[:, 2] > box[0]) & (boxes[:, 1] < box[3]) & (boxes[:, 3] > box[1])
    found: list[int] = np.flatnonzero(inside).tolist()
    return found
