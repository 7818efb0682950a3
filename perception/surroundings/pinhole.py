"""Between a camera's picture and the flat ground about its vehicle. Source: the pinhole camera (Hartley and Zisserman 2004, chapter 6);
distance from where a thing touches the ground, Stein, Mano and Shashua 2003, "Vision-based ACC with a single camera", IEEE IV.

Frame of the vehicle: x ahead, y left, z up from the ground below the box's centre, metres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.camera.camera_spec import CameraSpec

Floats = NDArray[np.float64]


def on_ground(camera: CameraSpec, mount: int, places: Floats) -> Floats:
    """[n, 2] x and y of the ground that is seen at places [n, 2] (row, column) of a picture; inf at the horizon and above."""
    at = camera.mounts[mount]
    rows, cols = camera.size
    down, right = (places[:, 0] - 0.5 * rows) / camera.focal_pixels, (places[:, 1] - 0.5 * cols) / camera.focal_pixels
    rays = np.stack([np.ones(len(places)), -right, -down], axis=-1) @ at.rotation().T
    far = np.divide(-at.z_m, rays[:, 2], out=np.full(len(places), np.inf), where=rays[:, 2] < 0.0)
    with np.errstate(invalid="ignore"):  # inf times a ray that runs exactly ahead
        found: Floats = np.where(np.isinf(far)[:, None], np.inf, [at.x_m, at.y_m] + far[:, None] * rays[:, :2])
    return found


def in_picture(camera: CameraSpec, mount: int, points: Floats) -> tuple[Floats, Floats]:
    """(places [n, 2] (row, column), depth [n] m along the axis) of points [n, 3] of the vehicle's frame; depth at or below 0: behind it."""
    at = camera.mounts[mount]
    axis, left, up = ((points - [at.x_m, at.y_m, at.z_m]) @ at.rotation()).T
    depth = np.where(axis > 0.0, axis, 1.0)
    row = 0.5 * camera.size[0] - camera.focal_pixels * up / depth
    col = 0.5 * camera.size[1] - camera.focal_pixels * left / depth
    return np.stack([row, col], axis=-1), axis
