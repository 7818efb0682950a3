"""PID controllers of speed and steering, under the names of CARLA's PythonAPI. Source: Astrom and Murray 2008, "Feedback Systems",
section 10.1, on the last ten errors; the names, gains and units are CARLA's.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from agents.navigation.options import Gains
from agents.tools.misc import EPSILON, get_speed

if TYPE_CHECKING:
    import carla

MEMORY: Final = 10
"""Errors that are summed up."""
STEER_A_STEP: Final = 0.1
"""The wheel moves by no more in one step."""


class _Pid:
    """K_P e + K_I times the sum of e dt + K_D times the change of e a second, within [-1, 1]."""

    def __init__(self, gains: Gains) -> None:
        self.gains = gains
        self._errors: deque[float] = deque(maxlen=MEMORY)

    def step(self, error: float) -> float:
        gains, errors = self.gains, self._errors
        errors.append(error)
        change = (errors[-1] - errors[-2]) / gains.dt if len(errors) > 1 else 0.0
        wish = gains.K_P * error + gains.K_I * sum(errors) * gains.dt + gains.K_D * change
        return min(max(wish, -1.0), 1.0)


class PIDLongitudinalController:
    """Throttle and brake from the error of the speed in km/h."""

    def __init__(
        self, vehicle: carla.Vehicle, K_P: float = 1.0, K_I: float = 0.0, K_D: float = 0.0, dt: float = 0.03
    ) -> None:
        """dt: seconds between steps. Raises SuiteError where it is not above 0."""
        self._vehicle = vehicle
        self._pid = _Pid(Gains(K_P, K_I, K_D, dt))

    def run_step(self, target_speed: float, debug: bool = False) -> float:
        """From -1, full brake, to 1, full throttle. target_speed: km/h. debug: print the speed."""
        speed = get_speed(self._vehicle)
        if debug:
            print(f"speed {speed:.1f} km/h")
        return self._pid.step(target_speed - speed)

    def change_parameters(self, K_P: float, K_I: float, K_D: float, dt: float) -> None:
        """Take other gains; the errors so far are kept."""
        self._pid.gains = Gains(K_P, K_I, K_D, dt)


class PIDLateralController:
    """Steering from the angle in radians between the vehicle's heading and the way to a waypoint."""

    def __init__(
        self,
        vehicle: carla.Vehicle,
        offset: float = 0.0,
        K_P: float = 1.0,
        K_I: float = 0.0,
        K_D: float = 0.0,
        dt: float = 0.03,
    ) -> None:
        """offset: metres to the right of the waypoint. dt: seconds between steps. Raises SuiteError where it is not above 0."""
        self._vehicle = vehicle
        self._offset = offset
        self._pid = _Pid(Gains(K_P, K_I, K_D, dt))

    def run_step(self, waypoint: carla.Waypoint) -> float:
        """From -1, left, to 1, right."""
        return self._pid.step(self._angle_rad(waypoint))

    def set_offset(self, offset: float) -> None:
        """Metres to the right of waypoints."""
        self._offset = offset

    def change_parameters(self, K_P: float, K_I: float, K_D: float, dt: float) -> None:
        """Take other gains; the errors so far are kept."""
        self._pid.gains = Gains(K_P, K_I, K_D, dt)

    def _angle_rad(self, waypoint: carla.Waypoint) -> float:
        """To the right positive; 0 on the waypoint itself."""
        own, pose = self._vehicle.get_transform(), waypoint.transform
        yaw = math.radians(pose.rotation.yaw)
        dx = pose.location.x - self._offset * math.sin(yaw) - own.location.x
        dy = pose.location.y + self._offset * math.cos(yaw) - own.location.y
        if math.hypot(dx, dy) < EPSILON:
            return 0.0
        heading = math.radians(own.rotation.yaw)
        ahead = dx * math.cos(heading) + dy * math.sin(heading)
        aside = dy * math.cos(heading) - dx * math.sin(heading)
        return math.atan2(aside, ahead)


class VehiclePIDController:
    """Both controllers of one vehicle, and the pedals and wheel that come of them."""

    def __init__(
        self,
        vehicle: carla.Vehicle,
        args_lateral: Mapping[str, float],
        args_longitudinal: Mapping[str, float],
        offset: float = 0.0,
        max_throttle: float = 0.75,
        max_brake: float = 0.3,
        max_steering: float = 0.8,
    ) -> None:
        """args_lateral, args_longitudinal: dictionaries of K_P, K_I, K_D and dt. offset: metres to the right of waypoints."""
        self.max_brake = max_brake
        self.max_throt = max_throttle
        self.max_steer = max_steering
        self._vehicle = vehicle
        self._world = vehicle.get_world()
        self.past_steering = vehicle.get_control().steer
        self._lon_controller = PIDLongitudinalController(vehicle, **_spelled(args_longitudinal))
        self._lat_controller = PIDLateralController(vehicle, offset, **_spelled(args_lateral))

    def run_step(self, target_speed: float, waypoint: carla.Waypoint) -> carla.VehicleControl:
        """The control that drives at a speed, km/h, towards a waypoint. The wheel moves by at most STEER_A_STEP."""
        import carla

        push = self._lon_controller.run_step(target_speed)
        steer = self._lat_controller.run_step(waypoint)
        steer = min(max(steer, self.past_steering - STEER_A_STEP), self.past_steering + STEER_A_STEP)
        steer = min(max(steer, -self.max_steer), self.max_steer)
        self.past_steering = steer
        return carla.VehicleControl(
            throttle=min(max(push, 0.0), self.max_throt), brake=min(max(-push, 0.0), self.max_brake), steer=steer
        )

    def change_longitudinal_PID(self, args_longitudinal: Mapping[str, float]) -> None:
        """Other gains for the speed: K_P, K_I, K_D and dt."""
        self._lon_controller.change_parameters(**_spelled(args_longitudinal))

    def change_lateral_PID(self, args_lateral: Mapping[str, float]) -> None:
        """Other gains for the steering: K_P, K_I, K_D and dt."""
        self._lat_controller.change_parameters(**_spelled(args_lateral))

    def set_offset(self, offset: float) -> None:
        """Metres to the right of waypoints."""
        self._lat_controller.set_offset(offset)


def _spelled(told: Mapping[str, float]) -> dict[str, float]:
    gains = Gains.of(told)
    return {"K_P": gains.K_P, "K_I": gains.K_I, "K_D": gains.K_D, "dt": gains.dt}
