"""Speed by a PID controller, from the error in speed straight to throttle and brake. Source: Astrom and Murray 2008, "Feedback
Systems", section 10.1, with its conditional integration against windup (10.4).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing
from sim_suite.driving.world.kinds import TICK_S

PROPORTIONAL: Final = np.float32(0.5)
"""Drive (throttle up to 1, brake down to -1) for each m/s: all of it 2 m/s from the wish."""
INTEGRAL: Final = np.float32(0.1)
"""1/s: it makes up for air drag and rolling resistance."""
DERIVATIVE: Final = np.float32(0.02)
"""s: damps; on the measured speed, so that a new wish gives no kick."""
NEAR_MPS: Final = np.float32(1.0)
"""Only so near the wish the error is summed up."""
INTEGRAL_MEMORY: Final = 0
SPEED_MEMORY: Final = 1
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)


@borrowing
def drive_by_pid(
    speed: np.float32, wish: np.float32, full_brake: bool, ticks: int, memory: NDArray[np.float32]
) -> np.float32:
    """Drive in [-1, 1] towards a speed `wish`, m/s; ticks: since the last call. memory: [2] integral and last speed, written.

    full_brake: a standstill is wished for, and whatever the error says the brake holds.
    """
    dt = np.float32(ticks) * np.float32(TICK_S)
    error = wish - speed
    change = (memory[SPEED_MEMORY] - speed) / dt
    memory[SPEED_MEMORY] = speed
    drive = PROPORTIONAL * error + memory[INTEGRAL_MEMORY] + DERIVATIVE * change
    if full_brake and speed < np.float32(0.5):
        memory[INTEGRAL_MEMORY] = _ZERO
        return -_ONE
    if abs(error) < NEAR_MPS and -_ONE < drive < _ONE:
        memory[INTEGRAL_MEMORY] += INTEGRAL * error * dt
    return np.float32(min(max(drive, -_ONE), _ONE))
