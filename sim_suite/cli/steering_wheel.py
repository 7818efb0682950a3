"""Turns keys, which are all or nothing, into a hand on a steering wheel and a foot on the pedals. Source: ours.

The wheel turns towards what is held and back to the middle when let go, and less far the faster the car is, so that a tap is a
correction and a held key a bend that the tyres can take. Pedals are pressed within half a second and let go at once.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS, WHEELBASE_M
from sim_suite.driving.world.kinds import CAR

_ACROSS_MPS2: Final = 4.0  # of a held key: brisk, short of what tyres hold on a wet road (5)
_TURN_S: Final = 0.6  # from the middle to where a held key leads
_RETURN_S: Final = 0.25
_PRESS_S: Final = 0.5


class SteeringWheel:
    """What the hand and the foot do at the moment."""

    def __init__(self) -> None:
        self.steer = 0.0
        """[-1, 1], left positive."""
        self.drive = 0.0
        """[-1, 1], throttle above 0, brake below."""

    def hold(self, keys: set[str], speed_mps: float, step_s: float) -> tuple[float, float]:
        """(steer, drive) after keys (left, right, up, down) were held for so long; down wins over up."""
        wish = ("left" in keys) - ("right" in keys)
        reach = largest_steer(speed_mps)
        back = wish == 0 or wish * self.steer < 0
        self.steer = _towards(self.steer, wish * reach, step_s * reach / (_RETURN_S if back else _TURN_S))
        pedal = -1.0 if "down" in keys else float("up" in keys)
        if pedal * self.drive <= 0:
            self.drive = 0.0
        self.drive = _towards(self.drive, pedal, step_s / _PRESS_S)
        return self.steer, self.drive


def largest_steer(speed_mps: float) -> float:
    """How far a held key turns the wheel of a car, a share of its largest angle."""
    wheelbase, wheel = float(PARAMETERS[CAR, WHEELBASE_M]), float(PARAMETERS[CAR, MAX_WHEEL_RAD])
    return min(1.0, _ACROSS_MPS2 * wheelbase / max(speed_mps**2 * wheel, 1e-6))


def _towards(value: float, target: float, step: float) -> float:
    return min(value + step, target) if value < target else max(value - step, target)
