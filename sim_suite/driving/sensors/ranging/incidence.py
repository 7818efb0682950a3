"""At what angle a ray meets a solid. Source: ours; normals are those that cameras shade by."""

from __future__ import annotations

import math

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.sensors.camera.camera_pixels import normal
from sim_suite.driving.sensors.solids.solids import SX, SY, SYAW, SZ


@borrowing
def incidence(
    solid: np.ndarray, x: np.float32, y: np.float32, z: np.float32, dx: np.float32, dy: np.float32, dz: np.float32
) -> np.float32:
    """Cosine of the angle between a ray, whose direction has length 1, and the normal of a solid [SOLID] where it meets it; world frame."""
    cos, sin = np.float32(math.cos(solid[SYAW])), np.float32(math.sin(solid[SYAW]))
    from_x, from_y = x - solid[SX], y - solid[SY]
    nx, ny, nz = normal(solid, from_x * cos + from_y * sin, from_y * cos - from_x * sin, z - solid[SZ])
    return np.float32(abs(nx * (dx * cos + dy * sin) + ny * (dy * cos - dx * sin) + nz * dz))
