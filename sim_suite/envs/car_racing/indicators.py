"""Draws the bar of indicators at the bottom of CarRacing's frame. Source: ours, from Gymnasium's rectangles."""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import inlined
from sim_suite.envs.car_racing.scene import COLUMN, GYRO, OMEGAS, ROW, SIZE, SPEED, STEER, WORLD_ROWS, Bytes, Doubles


@inlined
def draw_indicators(frame: Bytes, score: Bytes, scene: Doubles) -> None:
    """The bar at the bottom: score, speed, the wheels' angular speeds, steering and yaw rate; 25 x 20 picture pixels a unit."""
    for row in range(SIZE - WORLD_ROWS):
        for column in range(SIZE):
            grey = score[row, column]
            frame[WORLD_ROWS + row, column, 0] = grey
            frame[WORLD_ROWS + row, column, 1] = grey
            frame[WORLD_ROWS + row, column, 2] = grey
    if abs(scene[SPEED]) > 1e-4:
        _bar(frame, 125, 150, int(780 - 0.4 * scene[SPEED]), 780, 255.0, 255.0, 255.0)
    for wheel in range(4):
        omega, left = scene[OMEGAS + wheel], 175 + 25 * wheel
        # The next wheel's indicator is drawn over the last column of this one.
        right = left + 24 if wheel < 3 else left + 25
        if abs(omega) > 1e-4:
            _bar(frame, left, right, int(780 - 0.2 * omega), 780, 0.0 if wheel < 2 else 51.0, 0.0, 255.0)
    if abs(scene[STEER]) > 1e-4:
        _bar(frame, 500, int(500 - 250 * scene[STEER]), 720, 760, 0.0, 255.0, 0.0)
    if abs(scene[GYRO]) > 1e-4:
        _bar(frame, 750, int(750 - 20 * scene[GYRO]), 720, 760, 255.0, 0.0, 0.0)


@inlined
def _bar(frame: Bytes, x0: int, x1: int, y0: int, y1: int, red: float, green: float, blue: float) -> None:
    """An indicator: a rectangle of whole picture pixels (y down), its far edges inclusive, beside what is there."""
    left, right = max(min(x0, x1), 0), min(max(x0, x1) + 1, 1000)
    top, bottom = max(min(y0, y1), 0), min(max(y0, y1) + 1, 800)
    for row in range(int(top / ROW), min(math.ceil(bottom / ROW), SIZE)):
        high = min(bottom / ROW, row + 1.0) - max(top / ROW, float(row))
        for column in range(int(left / COLUMN), min(math.ceil(right / COLUMN), SIZE)):
            a = high * (min(right / COLUMN, column + 1.0) - max(left / COLUMN, float(column)))
            for channel, value in ((0, red), (1, green), (2, blue)):
                # Neighbours share a pixel, each with a part of its own; 1 is about what rounding took from the first.
                under = frame[row, column, channel]
                frame[row, column, channel] = min(level(value * a + under + (1.0 if under > 0 else 0.0)), 253)


@inlined
def level(value: float) -> int:
    """The byte that pygame's filter makes of a mean: both of its passes round down, so that a flat 102 becomes 100.

    The hundredth keeps what single precision adds to a flat colour from counting as a level.
    """
    return int(max(value - np.float32(1.01), np.float32(0)))
