"""Turns keys, which are all or nothing, into a hand on a steering wheel and a foot on the pedals. Source: ours.

The wheel turns towards what is held and back to the middle when let go, and less far the faster the car is, so that a tap is a
correction and a held key a bend that the tyres can take. Pedals are pressed within half a second and let go at once.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS, WHEELBASE_M
from sim_suite.driving.world.kinds import CAR

_TURN_S: Final = 0.6  # from the middle to where a held key leads
_RETURN_S: Final = 0.25
_PRESS_S: Final = 0.5


@dataclass(frozen=True)
class Reach:
    """How far a held key leads in a car."""

    across_mps2: float
    """Acceleration across that the key may ask for, at most."""
    wheelbase_m: float
    wheel_rad: float
    """Largest angle of the front wheels."""
    brake: float = 1.0
    """How far a key presses the brake, (0, 1]."""

    def steer(self, speed_mps: float) -> float:
        """How far a held key turns the wheel, a share of its largest angle."""
        return min(1.0, self.across_mps2 * self.wheelbase_m / max(speed_mps**2 * self.wheel_rad, 1e-6))


ROAD_CAR: Final = Reach(4.0, float(PARAMETERS[CAR, WHEELBASE_M]), float(PARAMETERS[CAR, MAX_WHEEL_RAD]))
"""Of the driving world: brisk, short of what tyres hold on a wet road (5 m/s^2)."""
RACING_CAR: Final = Reach(130.0, 3.24, 0.4, brake=0.8)
"""Of CarRacing: its tyres hold 219 m/s^2 (4 x 400 N at 7.3 kg), and from a brake of 0.9 on they lock."""


class SteeringWheel:
    """What the hand and the foot do at the moment."""

    def __init__(self, reach: Reach = ROAD_CAR) -> None:
        self.reach = reach
        self.steer = 0.0
        """[-1, 1], left positive."""
        self.drive = 0.0
        """[-1, 1], throttle above 0, brake below."""

    def hold(self, keys: Set[str], speed_mps: float, step_s: float) -> tuple[float, float]:
        """(steer, drive) after keys (left, right, up, down) were held for so long; down wins over up."""
        wish = ("left" in keys) - ("right" in keys)
        reach = self.reach.steer(speed_mps)
        back = wish == 0 or wish * self.steer < 0
        self.steer = _towards(self.steer, wish * reach, step_s * reach / (_RETURN_S if back else _TURN_S))
        pedal = -self.reach.brake if "down" in keys else float("up" in keys)
        if pedal * self.drive <= 0:
            self.drive = 0.0
        self.drive = _towards(self.drive, pedal, step_s / _PRESS_S)
        return self.steer, self.drive


def _towards(value: float, target: float, step: float) -> float:
    return min(value + step, target) if value < target else max(value - step, target)
