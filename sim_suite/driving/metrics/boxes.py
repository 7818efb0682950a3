"""Whether oriented boxes touch, for arrays of pairs. Source: separating axes (Gottschalk, Lin & Manocha 1996), in the plane."""

from __future__ import annotations

import numpy as np

from sim_suite.driving.metrics.trip import Bools, Floats


def boxes_touch(pose: Floats, size: Floats, other_pose: Floats, other_size: Floats) -> Bools:
    """Whether two boxes share a point, border included. pose: [..., 3] x, y, yaw of the centre; size: [..., 2] length, width.

    All four broadcast against each other; returns [...] bool.
    """
    dx, dy = other_pose[..., 0] - pose[..., 0], other_pose[..., 1] - pose[..., 1]
    turn = other_pose[..., 2] - pose[..., 2]
    across, along = np.abs(np.sin(turn)), np.abs(np.cos(turn))
    length, width = size[..., 0] / 2, size[..., 1] / 2
    other_length, other_width = other_size[..., 0] / 2, other_size[..., 1] / 2
    touch = np.abs(_along(dx, dy, pose[..., 2])) <= length + other_length * along + other_width * across
    touch &= np.abs(_left(dx, dy, pose[..., 2])) <= width + other_length * across + other_width * along
    touch &= np.abs(_along(dx, dy, other_pose[..., 2])) <= other_length + length * along + width * across
    touch &= np.abs(_left(dx, dy, other_pose[..., 2])) <= other_width + length * across + width * along
    return np.asarray(touch)


def radius(size: Floats) -> Floats:
    """[...] Half of the diagonal of boxes [..., 2]: farther apart than the sum of both, two cannot touch."""
    return np.asarray(np.hypot(size[..., 0], size[..., 1]) / 2)


def _along(dx: Floats, dy: Floats, yaw: Floats) -> Floats:
    return np.asarray(dx * np.cos(yaw) + dy * np.sin(yaw))


def _left(dx: Floats, dy: Floats, yaw: Floats) -> Floats:
    return np.asarray(dy * np.cos(yaw) - dx * np.sin(yaw))
