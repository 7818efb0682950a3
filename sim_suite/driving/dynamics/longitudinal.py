"""What throttle and brake do to a vehicle's speed: engine power, friction, air and rolling resistance.

Source: R. Rajamani, "Vehicle Dynamics and Control", 2nd ed. 2012, section 4.1 (force balance, air drag, rolling resistance);
the power limit as in Althoff, Koschi and Manzinger 2017 ("CommonRoad: Composable benchmarks"), section III-A: a_max * v_S / v.

Reverse is a negative throttle, as the continuous action of the environments never gives one: there, drive below 0 is the brake.
Throttle pushes the way it points: against the motion it brakes as hard as the drive can, halts (bicycle_step stops at zero
for a tick), then sets off the other way.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing

GRAVITY: Final = np.float32(9.81)
"""m/s^2, as in CommonRoad's models."""
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)


@borrowing
def drive_accel(
    throttle: np.float32,
    brake: np.float32,
    speed: np.float32,
    friction: np.float32,
    power_per_kg: np.float32,
    max_drive: np.float32,
    max_brake: np.float32,
    drag_per_m: np.float32,
    rolling: np.float32,
    top_speed: np.float32,
    reverse_top_speed: np.float32,
) -> np.float32:
    """Acceleration along the heading, m/s^2.

    throttle: [-1, 1], below 0 reverse; brake: [0, 1]; both are cut to that. speed: m/s, negative in reverse. friction: 1 on dry
    asphalt. power_per_kg: W/kg; drag_per_m: drag over mass, 1/m; rolling: share of the weight; top speeds: m/s.
    A brake and a resistance act against the motion and hold what stands: they alone never move it.
    """
    throttle, brake = min(max(throttle, -_ONE), _ONE), min(max(brake, _ZERO), _ONE)
    grip = friction * GRAVITY
    limit = top_speed if throttle > _ZERO else reverse_top_speed
    along = speed if throttle > _ZERO else -speed
    drive = _ZERO
    if along < limit:
        drive = throttle * min(max_drive, grip)
        if along * max_drive > power_per_kg:
            drive = throttle * min(power_per_kg / along, grip)
    hold = min(brake * max_brake, grip)
    resistance = rolling * GRAVITY + drag_per_m * speed * speed
    if speed == _ZERO:
        return max(drive - hold - resistance, _ZERO) + min(drive + hold + resistance, _ZERO)
    against = -_ONE if speed > _ZERO else _ONE
    return min(max(drive + against * hold, -grip), grip) + against * resistance
