"""A driver that follows the racing line of a CarRacing track by the privileged state. No learning. Sources below.

Steering follows from the wanted turn rate to the wanted tyre force to the angle of the wheels: the line's curvature
some way ahead (the preview of pure pursuit, Coulter 1992, CMU-RI-TR-92-01) and a critically damped return to the line,
then the two-axle vehicle (Rajamani, Vehicle Dynamics and Control, section 2.3) turned round. The pedals bring the
wheels to the slip whose force is wanted, within what cornering leaves of the grip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.experts import race_car as car
from agents.experts.lap_time import Grip
from agents.experts.racing_line import LineSettings, RacingLine, plan_line
from agents.interface import Batch, Interface
from sim_suite.envs.car_racing.state import CarRacingState
from sim_suite.envs.views import STATE

SLOW_MPS = 5.0
"""Below, the direction of travel is noise and slip says little: steer by geometry alone."""
_LEAST_SHARE = 0.2
"""Share of a tyre's grip that the pedals may always use, else a car at its limit could neither slow nor leave."""
_BEHIND, _AHEAD = 3, 15
"""Points of the line, one a metre, among which the nearest is sought from the last; a tick moves at most two."""


@dataclass(frozen=True)
class DriverSettings:
    """The driver's constants. Defaults: chosen on the seeds 0 to 159; the README records how."""

    line: LineSettings = field(
        default_factory=lambda: LineSettings(
            margin_m=1.5,
            grip=Grip(0.90 * car.GRIP_MPS2, 0.62 * car.GRIP_MPS2),
            smoothness_s=60.0,
            iterations=150,
        )
    )
    preview_s: float = 0.11
    """How far ahead the curvature is read: the lag from wheel angle to course."""
    return_rps: float = 5.0
    """Natural frequency of the critically damped return to the line."""
    turn_rate_gain: float = 40.0
    """1/s: how fast the turn rate is brought to the wanted one."""
    turn_rate_lead: float = 0.5
    """Share of the wanted change of turn rate that is added in advance."""
    slip_gain: float = 10.0
    """1/s: how fast sideslip is brought to that of steady cornering."""
    speed_gain: float = 30.0
    """1/s: acceleration for each m/s of speed error."""


@dataclass(frozen=True)
class _Lap:
    """What the driver remembers of one episode."""

    line: RacingLine
    nearest: int
    """Index of the point of the line nearest to the car."""


class PursuitDriver:
    """Drives CarRacing-v3 along a racing line of least time. Deterministic."""

    interface = Interface(STATE, "continuous")

    def __init__(self, settings: DriverSettings | None = None) -> None:
        """`settings` defaults to the tuned ones."""
        self._settings = settings or DriverSettings()

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[np.float32], Any | None]:
        """Actions [B, 3] float32 for a list of B `CarRacingState`: steer (+1 is right, as in Gymnasium), gas, brake.

        The state holds each episode's line, planned where `episode_start` is True, where there is no state yet, and
        where the line belongs to another track.
        """
        laps: list[_Lap | None] = [None] * len(observation) if state is None else list(state)
        actions = np.empty((len(observation), 3), dtype=np.float32)
        for i, moment in enumerate(observation):
            lap = laps[i]
            if lap is None or (episode_start is not None and episode_start[i]):
                lap = _Lap(plan_line(moment.centre, moment.half_width_m, self._settings.line), 0)
            laps[i] = lap = _Lap(lap.line, _nearest(lap, moment))
            actions[i] = drive(moment, lap.line, lap.nearest, self._settings)
        return actions, laps


def drive(
    moment: CarRacingState, line: RacingLine, nearest: int, settings: DriverSettings
) -> tuple[float, float, float]:
    """One action (steer, gas, brake) of Gymnasium's CarRacing for a car near point `nearest` of the line."""
    speed = _speed(moment)
    course = moment.yaw_rad + (math.atan2(moment.left_mps, moment.forward_mps) if speed > SLOW_MPS else 0.0)
    place = _Place.of(moment, line, nearest)
    wanted, change = _wanted_turn_rate(line, place, course, speed, settings)
    return handle(moment, Wish(wanted, change, _wanted_acceleration(line, place, speed, settings)), settings)


class Motion(Protocol):
    """How a car moves, as a `CarRacingState` tells it."""

    @property
    def forward_mps(self) -> float: ...
    @property
    def left_mps(self) -> float: ...
    @property
    def yaw_rate_rps(self) -> float: ...
    @property
    def wheel_omega_rps(self) -> tuple[float, float, float, float]: ...


class Wish(NamedTuple):
    """How a car is to move on."""

    turn_rate_rps: float
    """Counter-clockwise."""
    change_rps2: float
    """How fast the turn rate will have to change."""
    forward_mps2: float
    """Acceleration along its way."""


def handle(moment: Motion, wish: Wish, settings: DriverSettings) -> tuple[float, float, float]:
    """One action (steer, gas, brake) of Gymnasium's CarRacing: wheel and pedals whose tyre forces are those wished for."""
    forward, left, turning = moment.forward_mps, moment.left_mps, moment.yaw_rate_rps
    speed = _speed(moment)
    wanted, change = wish.turn_rate_rps, wish.change_rps2
    rear_n = -_pair_force(left - car.REAR_AXLE_M * turning)
    front_n = _front_force(wanted, change, forward, left, turning, rear_n, settings)
    if speed < SLOW_MPS:
        angle = math.atan(wanted / speed * (car.FRONT_AXLE_M + car.REAR_AXLE_M))
    else:
        # The front tyres travel at an angle to the hull; their slip angle is what they are turned beyond that.
        travel = math.atan2(left + car.FRONT_AXLE_M * turning, max(forward, 1.0))
        angle = travel + math.asin(_within(front_n / (2 * car.SLIP_STIFFNESS_NSPM * speed), 1.0))
    gas, brake = _pedals(moment, wish.forward_mps2, front_n, rear_n)
    return -_within(angle, car.MAX_STEER_RAD), gas, brake


def _speed(moment: Motion) -> float:
    """m/s, never 0: laws divide by it."""
    return max(math.hypot(moment.forward_mps, moment.left_mps), 0.1)


@dataclass(frozen=True)
class _Place:
    """Where the car is on the line."""

    along: float
    """Fractional index of the line's points, which is metres."""
    across_m: float
    """Positive to the left of the line."""

    @staticmethod
    def of(moment: CarRacingState, line: RacingLine, nearest: int) -> _Place:
        dx, dy = moment.x_m - line.xy[nearest, 0], moment.y_m - line.xy[nearest, 1]
        cos, sin = math.cos(line.heading[nearest]), math.sin(line.heading[nearest])
        return _Place(nearest + cos * dx + sin * dy, cos * dy - sin * dx)


def _nearest(lap: _Lap, moment: CarRacingState) -> int:
    """The point of the line nearest to the car, sought near the last one; the start again once the end is reached.

    The end lies behind the finish: who gets there has missed a tile and drives a second lap for it.
    """
    low, high = max(lap.nearest - _BEHIND, 0), lap.nearest + _AHEAD
    away = np.hypot(*(lap.line.xy[low:high] - (moment.x_m, moment.y_m)).T)
    nearest = low + int(away.argmin())
    if nearest < len(lap.line.xy) - 2:
        return nearest
    return int(np.hypot(*(lap.line.xy[: len(lap.line.xy) // 2] - (moment.x_m, moment.y_m)).T).argmin())


def _wanted_turn_rate(
    line: RacingLine, place: _Place, course: float, speed: float, settings: DriverSettings
) -> tuple[float, float]:
    """The turn rate in rad/s that holds or regains the line, and how fast it will have to change, in rad/s2."""
    off_course = _wrapped(course - _at(line.heading, place.along))
    ahead = place.along + speed * settings.preview_s
    curvature = _at(line.curvature, ahead)
    back = 2 * settings.return_rps * off_course + settings.return_rps**2 * place.across_m / max(speed, 10.0)
    change = (_at(line.curvature, ahead + speed * car.TICK_S) - curvature) / car.TICK_S
    return _within(speed * curvature - back, car.GRIP_MPS2 / speed), speed * change


def _front_force(
    wanted: float, change: float, forward: float, left: float, turning: float, rear_n: float, settings: DriverSettings
) -> float:
    """Newtons to the left from both front tyres: what turns the car as wanted against the rear tyres."""
    wheelbase = car.FRONT_AXLE_M + car.REAR_AXLE_M
    speed = max(math.hypot(forward, left), 0.1)
    steady_rear_n = _within(car.MASS_KG * speed * wanted * car.FRONT_AXLE_M / wheelbase, 2 * car.GRIP_N)
    steady_left = car.REAR_AXLE_M * wanted - steady_rear_n / (2 * car.SLIP_STIFFNESS_NSPM)
    target = wanted + settings.slip_gain * (left - steady_left) / max(speed, 10.0)
    acceleration = settings.turn_rate_gain * (target - turning) + settings.turn_rate_lead * change
    force = (car.YAW_INERTIA_KGM2 * acceleration + car.REAR_AXLE_M * rear_n) / car.FRONT_AXLE_M
    return _within(force, 2 * car.GRIP_N)


def _wanted_acceleration(line: RacingLine, place: _Place, speed: float, settings: DriverSettings) -> float:
    """m/s2 that follows the line's speed."""
    ahead = place.along + speed * car.TICK_S
    limit, later = _at(line.limit, ahead), _at(line.limit, ahead + 2.0)
    return (later**2 - limit**2) / 4.0 + settings.speed_gain * (limit - speed)


def _pedals(moment: Motion, wanted_mps2: float, front_n: float, rear_n: float) -> tuple[float, float]:
    """Gas and brake that bring the wheels to the slip whose force accelerates as wanted."""
    omega = moment.wheel_omega_rps
    if wanted_mps2 >= 0:
        # The front tyres turn their own wheels up to speed, with grip that a car running wide needs for its way.
        spun = _left_over(front_n) / car.ROLLING_KG
        force = min(min(wanted_mps2, spun) * car.DRIVEN_MASS_KG / 2, _left_over(rear_n))
        wanted_rps = (moment.forward_mps + force / car.SLIP_STIFFNESS_NSPM) / car.WHEEL_RADIUS_M
        return car.gas_for((omega[2] + omega[3]) / 2, wanted_rps), 0.0
    force = min(-wanted_mps2 * car.MASS_KG / 4, _left_over(front_n), _left_over(rear_n))
    wanted_rps = (moment.forward_mps - force / car.SLIP_STIFFNESS_NSPM) / car.WHEEL_RADIUS_M
    return 0.0, car.brake_for(sum(omega) / 4, wanted_rps)


def _left_over(pair_n: float) -> float:
    """Newtons that one tyre of a pair can give along the road while both give `pair_n` across it."""
    return math.sqrt(max(car.GRIP_N**2 - (pair_n / 2) ** 2, (_LEAST_SHARE * car.GRIP_N) ** 2))


def _pair_force(slip_mps: float) -> float:
    """Newtons from two tyres that slip sideways at `slip_mps`."""
    return _within(2 * car.SLIP_STIFFNESS_NSPM * slip_mps, 2 * car.GRIP_N)


def _at(values: NDArray[np.float64], along: float) -> float:
    """A value of the line between its points, held beyond its ends."""
    along = min(max(along, 0.0), len(values) - 1.001)
    i = int(along)
    return float(values[i] + (along - i) * (values[i + 1] - values[i]))


def _within(value: float, bound: float) -> float:
    return max(-bound, min(bound, value))


def _wrapped(angle: float) -> float:
    return (angle + math.pi) % (2 * math.pi) - math.pi
