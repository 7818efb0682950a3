"""What a driver is told of its surroundings: a raster as perceived, and the boxes that were found. Source: ours.

An environment draws rasters from the truth. Whoever drives by one may be told it through something that perceives less:
`sources.py` has the truth, a model of errors, and a place for a perception module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.errors import SuiteError

ROW, COLUMN, HEADING, LENGTH, WIDTH, BOX = 0, 1, 2, 3, 4, 5
"""Columns of a box: its centre in pixels of the raster; rad from the raster's up, counter-clockwise; m, m."""
_EIGHT: Final = 8  # neighbours that make pixels one blob


@dataclass(frozen=True, eq=False)
class Scene:
    """One moment as perceived. Arrays are checked once, when it is built."""

    spec: RasterSpec
    raster: NDArray[np.float32]
    """[C, H, W] in 0..1; values of channels as `sensors.intensity` has them, divided by 255."""
    boxes: NDArray[np.float32]
    """[n, BOX] Other road users now."""
    confidences: NDArray[np.float32]
    """[n] 0..1: how likely a box is one."""

    def __post_init__(self) -> None:
        """Raises SuiteError for arrays of another shape, and for numbers out of range."""
        if self.raster.shape != self.spec.shape or self.raster.dtype != np.float32:
            raise SuiteError(
                f"a scene's raster is float32 {self.spec.shape}, not {self.raster.dtype} {self.raster.shape}."
            )
        if self.boxes.ndim != 2 or self.boxes.shape[1] != BOX or self.confidences.shape != self.boxes.shape[:1]:
            raise SuiteError(
                f"boxes are [n, {BOX}] and confidences [n], not {self.boxes.shape} and {self.confidences.shape}."
            )
        for name, values in (("raster", self.raster), ("confidences", self.confidences)):
            if values.size and not (values.min() >= 0.0 and values.max() <= 1.0):
                raise SuiteError(f"a scene's {name} lies in 0..1, not in {values.min():g}..{values.max():g}.")

    def as_bytes(self) -> NDArray[np.uint8]:
        """[C, H, W] as networks take it, rounded to the nearest of 256 values."""
        return np.rint(self.raster * 255).astype(np.uint8)


def frames_of_others(spec: RasterSpec) -> list[int]:
    """Numbers of the planes that show other road users, `actors_K`."""
    return [number for number, name in enumerate(spec.channels) if name.startswith("actors_")]


def boxes_in(plane: NDArray[np.uint8], metres_per_pixel: float) -> NDArray[np.float32]:
    """[n, BOX] The least rectangle about each blob of a plane [H, W], from top to bottom; those that touch are one.

    A box heads along its longer side, within a quarter turn of the raster's up: a picture does not tell front from rear.
    """
    count, labels = cv2.connectedComponents((plane > 0).astype(np.uint8), connectivity=_EIGHT)
    boxes = np.zeros((count - 1, BOX), np.float32)
    for label in range(1, count):
        rows, columns = np.nonzero(labels == label)
        # Corners of pixels, so that a single one is as long and as wide as a pixel.
        corners = np.stack([columns[:, None] + [0, 1, 0, 1], rows[:, None] + [0, 0, 1, 1]], axis=-1).reshape(-1, 2)
        row, column, heading, length, width = rectangle_about(corners)
        boxes[label - 1] = row, column, heading, length * metres_per_pixel, width * metres_per_pixel
    return boxes


def rectangle_about(points: NDArray[Any]) -> tuple[float, float, float, float, float]:
    """(row, column, heading, length, width) of the least rectangle about points [n, 2] (column, row), in their units; it heads along its
    longer side, as `boxes_in` has it."""
    (column, row), (one, other), degrees = cv2.minAreaRect(points.astype(np.float32))
    # cv2 turns the side `one` by `degrees` from the columns' direction towards the rows'.
    heading = -np.pi / 2 - np.deg2rad(degrees) if one >= other else -np.deg2rad(degrees)
    heading -= np.pi * np.floor(heading / np.pi + 0.5)
    return row, column, float(heading), max(one, other), min(one, other)


def corners_of(box: NDArray[np.float32], metres_per_pixel: float) -> NDArray[np.float32]:
    """[4, 2] (row, column) of a box's corners, counter-clockwise from the front's left one."""
    ahead = np.array([-np.cos(box[HEADING]), -np.sin(box[HEADING])]) * box[LENGTH] / (2 * metres_per_pixel)
    left = np.array([np.sin(box[HEADING]), -np.cos(box[HEADING])]) * box[WIDTH] / (2 * metres_per_pixel)
    centre = box[[ROW, COLUMN]]
    found: NDArray[np.float32] = centre + np.stack([ahead + left, left - ahead, -ahead - left, ahead - left])
    return found
