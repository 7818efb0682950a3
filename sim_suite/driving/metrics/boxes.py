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


def box_distance(pose: Floats, size: Floats, other_pose: Floats, other_size: Floats) -> Floats:
    """[N] m between two boxes, 0 where they touch. pose: [N, 3]; size: [N, 2]; the others' likewise."""
    # Of two that are apart, a corner of one is nearest to the other.
    ways = (_corner_distance(pose, size, other_pose, other_size), _corner_distance(other_pose, other_size, pose, size))
    return np.where(boxes_touch(pose, size, other_pose, other_size), 0.0, np.minimum(*ways))


def _corner_distance(pose: Floats, size: Floats, other_pose: Floats, other_size: Floats) -> Floats:
    """[N] m from the nearest corner of the first box to the second."""
    cos, sin = np.cos(pose[:, 2, None]), np.sin(pose[:, 2, None])
    along, left = size[:, :1] / 2 * [1, 1, -1, -1], size[:, 1:] / 2 * [1, -1, 1, -1]
    dx = pose[:, :1] + along * cos - left * sin - other_pose[:, :1]
    dy = pose[:, 1:2] + along * sin + left * cos - other_pose[:, 1:2]
    yaw = other_pose[:, 2, None]
    beyond = np.maximum(np.abs(_along(dx, dy, yaw)) - other_size[:, :1] / 2, 0.0)
    beside = np.maximum(np.abs(_left(dx, dy, yaw)) - other_size[:, 1:] / 2, 0.0)
    return np.asarray(np.hypot(beyond, beside).min(axis=1))


def radius(size: Floats) -> Floats:
    """[...] Half of the diagonal of boxes [..., 2]: farther apart than the sum of both, two cannot touch."""
    return np.asarray(np.hypot(size[..., 0], size[..., 1]) / 2)


def _along(dx: Floats, dy: Floats, yaw: Floats) -> Floats:
    return np.asarray(dx * np.cos(yaw) + dy * np.sin(yaw))


def _left(dx: Floats, dy: Floats, yaw: Floats) -> Floats:
    return np.asarray(dy * np.cos(yaw) - dx * np.sin(yaw))
