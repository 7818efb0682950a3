"""How fast each place of a lane can be driven, so that what lies ahead on the lane can be met by braking gently. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing

LATERAL_ACCEL: Final = 2.0
"""m/s^2 in bends: what drivers choose at town speeds (Bosetti et al. 2014 measure 2 to 3.5)."""
GENTLE_BRAKE: Final = 1.5
"""m/s^2: IDM's comfortable deceleration (Treiber, Hennecke and Helbing 2000, table I: 1.67)."""
SLOWEST_MPS: Final = 2.0
"""Even the narrowest bend is taken at a fast walk."""


def safe_speeds(
    first_point: NDArray[np.int32],
    step_m: NDArray[np.float64],
    curvature: NDArray[np.float32],
    limit: NDArray[np.float32],
) -> NDArray[np.float32]:
    """[P] m/s: no more than the limit, than LATERAL_ACCEL allows, or than GENTLE_BRAKE can shed until the next points of the lane.

    first_point: [L + 1]; step_m: [L]; curvature 1/m and limit m/s: [P].
    """
    bend = np.sqrt(LATERAL_ACCEL / np.maximum(np.abs(curvature), 1e-4))
    speed = np.maximum(np.minimum(limit, bend), SLOWEST_MPS).astype(np.float32)
    _shed(first_point[:], step_m[:], speed)
    return speed


@borrowing
def _shed(first_point: np.ndarray, step_m: np.ndarray, speed: np.ndarray) -> None:
    for lane in range(len(first_point) - 1):
        for k in range(first_point[lane + 1] - 2, first_point[lane] - 1, -1):
            ahead = np.sqrt(speed[k + 1] * speed[k + 1] + 2.0 * GENTLE_BRAKE * step_m[lane])
            speed[k] = min(speed[k], np.float32(ahead))
