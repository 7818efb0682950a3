"""Contact of boxes: whether two overlap, and in which direction they push each other. Source: separating axis theorem, Gottschalk,
Lin and Manocha 1996 ("OBBTree"), in two dimensions.
"""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import borrowing


@borrowing
def overlap(
    x: np.float32, y: np.float32, yaw: np.float32, length: np.float32, width: np.float32,
    other_x: np.float32, other_y: np.float32, other_yaw: np.float32, other_length: np.float32, other_width: np.float32,
) -> tuple[np.float32, np.float32, np.float32]:  # fmt: skip
    """(depth m, normal x, normal y): how deep two boxes overlap along the axis of least depth, which points from the other to the
    first; depth 0 or less where they are apart (then it is minus a lower bound of the distance).
    """
    half = np.float32(0.5)
    dx, dy = x - other_x, y - other_y
    cos, sin = np.float32(math.cos(yaw)), np.float32(math.sin(yaw))
    other_cos, other_sin = np.float32(math.cos(other_yaw)), np.float32(math.sin(other_yaw))
    turn_cos = abs(cos * other_cos + sin * other_sin)
    turn_sin = abs(cos * other_sin - sin * other_cos)
    best, nx, ny = np.float32(1e9), np.float32(0.0), np.float32(0.0)
    for axis in range(4):
        if axis == 0:
            ax, ay = cos, sin
            reach = half * (length + other_length * turn_cos + other_width * turn_sin)
        elif axis == 1:
            ax, ay = -sin, cos
            reach = half * (width + other_length * turn_sin + other_width * turn_cos)
        elif axis == 2:
            ax, ay = other_cos, other_sin
            reach = half * (other_length + length * turn_cos + width * turn_sin)
        else:
            ax, ay = -other_sin, other_cos
            reach = half * (other_width + length * turn_sin + width * turn_cos)
        along = dx * ax + dy * ay
        depth = reach - abs(along)
        if depth < best:
            sign = np.float32(1.0) if along >= np.float32(0.0) else np.float32(-1.0)
            best, nx, ny = depth, sign * ax, sign * ay
            if best <= np.float32(0.0):
                return best, nx, ny
    return best, nx, ny
