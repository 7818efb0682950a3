"""Two oriented boxes in scalars: whether they touch, and how far they are apart. Source: `metrics/boxes.py`; separating axes.

A pair is given by where the other's centre lies from the first's, both yaws, and both sizes.
"""

from __future__ import annotations

import math

from sim_suite.compiling import borrowing


@borrowing
def touch(
    dx: float, dy: float, yaw: float, length: float, width: float, other_yaw: float, other_length: float, other_width: float
) -> bool:  # fmt: skip
    """Whether they share a point, border included."""
    cos, sin, other_cos, other_sin = math.cos(yaw), math.sin(yaw), math.cos(other_yaw), math.sin(other_yaw)
    across, along = abs(math.sin(other_yaw - yaw)), abs(math.cos(other_yaw - yaw))
    return (
        abs(dx * cos + dy * sin) <= (length + other_length * along + other_width * across) / 2
        and abs(dy * cos - dx * sin) <= (width + other_length * across + other_width * along) / 2
        and abs(dx * other_cos + dy * other_sin) <= (other_length + length * along + width * across) / 2
        and abs(dy * other_cos - dx * other_sin) <= (other_width + length * across + width * along) / 2
    )


@borrowing
def gap_m(
    dx: float, dy: float, yaw: float, length: float, width: float, other_yaw: float, other_length: float, other_width: float
) -> float:  # fmt: skip
    """The distance between them, 0 where they touch. Apart, the nearest point of one of them is a corner."""
    if touch(dx, dy, yaw, length, width, other_yaw, other_length, other_width):
        return 0.0
    from_other = _corners_to_box(-dx, -dy, other_yaw, other_length, other_width, yaw, length, width)
    return min(_corners_to_box(dx, dy, yaw, length, width, other_yaw, other_length, other_width), from_other)


@borrowing
def _corners_to_box(
    dx: float, dy: float, yaw: float, length: float, width: float, other_yaw: float, other_length: float, other_width: float
) -> float:  # fmt: skip
    """From the other's corners to the first box, the least of the four distances."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    turn_cos, turn_sin = math.cos(other_yaw - yaw), math.sin(other_yaw - yaw)
    ahead, left = dx * cos + dy * sin, dy * cos - dx * sin
    least = math.inf
    for corner in range(4):
        u = other_length / 2 if corner < 2 else -other_length / 2
        v = other_width / 2 if corner % 2 == 0 else -other_width / 2
        beyond = max(abs(ahead + u * turn_cos - v * turn_sin) - length / 2, 0.0)
        beside = max(abs(left + u * turn_sin + v * turn_cos) - width / 2, 0.0)
        least = min(least, math.hypot(beyond, beside))
    return least
