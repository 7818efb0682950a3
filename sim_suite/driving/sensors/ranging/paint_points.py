"""Turns what a lidar and a radar measured into a picture that people can read: from above, the carrier's heading up. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.ranging.lidar import PX, PY, PZ
from sim_suite.driving.sensors.ranging.radar import AZIMUTH, ELEVATION, RANGE, RANGE_RATE
from sim_suite.driving.sensors.solids.semantics import COLOURS, Tag
from sim_suite.errors import SuiteError

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

PAPER: Final = (16, 18, 22)
_GROUND: Final[dict[int, tuple[int, int, int]]] = {
    Tag.ROAD: (88, 92, 104), Tag.ROAD_LINE: (236, 236, 226), Tag.SIDEWALK: (150, 140, 124), Tag.GROUND: (110, 104, 100),
    Tag.TERRAIN: (52, 74, 50),
}  # fmt: skip
_THINGS: Final[dict[int, tuple[int, int, int]]] = {
    Tag.CAR: (96, 170, 255), Tag.TRUCK: (70, 120, 230), Tag.BUS: (60, 200, 220), Tag.PEDESTRIAN: (255, 224, 64), Tag.RIDER: (255, 120, 200),
    Tag.BICYCLE: (190, 120, 255), Tag.VEGETATION: (104, 190, 80), Tag.BUILDING: (206, 148, 100), Tag.POLE: (200, 205, 210),
}  # fmt: skip
"""On a dark ground: what a driver looks for is brighter than CARLA's palette has it; other tags as there."""
_COMES: Final = (255, 92, 64)
_GOES: Final = (90, 190, 255)
_STANDS: Final = (235, 235, 235)
_FULL_RATE_MPS: Final = 8.0
"""Range rates from here on have the full colour."""
_EGO: Final = (255, 150, 40)
_EGO_M: Final = (4.5, 1.8)


def from_above(
    points: Floats, tags: Bytes, *, reach_m: float = 40.0, side: int = 800, detections: Floats | None = None, ahead_m: float = 0.0
) -> Bytes:  # fmt: skip
    """[side, side, 3] uint8 RGB: points [n, POINT] in the colours of their tags [n], the higher over the lower.

    reach_m: from the middle to the sides. detections: [d, DETECTION] of a radar, mounted `ahead_m` before the lidar: red where it
    comes nearer, blue where it goes away; points are then pale. Raises SuiteError for numbers that do not fit.
    """
    if len(points) != len(tags):
        raise SuiteError(f"there are {len(points)} points and {len(tags)} tags; give one each.")
    if not reach_m > 0.0 or side < 2:
        raise SuiteError(f"reach_m is {reach_m} and side {side}; give metres above 0 and 2 pixels or more.")
    picture = np.full((side, side, 3), PAPER, np.uint8)
    colour_of = dict(enumerate(COLOURS)) | _GROUND | _THINGS
    table = np.array([colour_of[tag] for tag in range(len(COLOURS))], np.uint8)
    order = np.argsort(points[:, PZ], kind="stable")
    shown = table[tags[order]]
    if detections is not None:
        shown = (shown // 3 + np.array(PAPER)).astype(np.uint8)
    # Points of ground and things alike are two pixels wide: rings far out would fall apart.
    for down in range(2):
        for right in range(2):
            _put(picture, points[order, PX], points[order, PY], shown, reach_m, down, right)
    _put_box(picture, reach_m)
    if detections is not None:
        level = detections[:, RANGE] * np.cos(detections[:, ELEVATION])
        x, y = ahead_m + level * np.cos(detections[:, AZIMUTH]), level * np.sin(detections[:, AZIMUTH])
        colours = _rate_colours(detections[:, RANGE_RATE])
        for down, right in np.argwhere(np.hypot(*np.mgrid[-3:4, -3:4]) <= 3.2) - 3:
            _put(picture, x, y, colours, reach_m, int(down), int(right))
    return picture


def _put(
    picture: Bytes, x: NDArray[np.floating], y: NDArray[np.floating], colours: Bytes, reach_m: float, down: int, right: int
) -> None:  # fmt: skip
    side = len(picture)
    row = np.floor((reach_m - x) * side / (2.0 * reach_m)).astype(int) + down
    col = np.floor((reach_m - y) * side / (2.0 * reach_m)).astype(int) + right
    inside = (row >= 0) & (row < side) & (col >= 0) & (col < side)
    picture[row[inside], col[inside]] = colours[inside]


def _put_box(picture: Bytes, reach_m: float) -> None:
    """The carrier: the outline of a car about the middle."""
    side = len(picture)
    metres = (np.arange(side) + 0.5) * 2.0 * reach_m / side - reach_m
    ahead, aside = np.abs(metres)[:, None] / (_EGO_M[0] / 2), np.abs(metres)[None] / (_EGO_M[1] / 2)
    picture[np.maximum(ahead, aside) <= 1.0] = _EGO


def _rate_colours(rate: Floats) -> Bytes:
    """[d, 3] From red, coming nearer, over white to blue."""
    share = np.clip(np.abs(rate) / _FULL_RATE_MPS, 0.0, 1.0)[:, None]
    ends = np.where(rate[:, None] < 0.0, np.array(_COMES), np.array(_GOES))
    return np.rint(ends * share + np.array(_STANDS) * (1.0 - share)).astype(np.uint8)
