"""What was recorded of one trip: the ego over time, the road under it, the others around it, and what happened. Source: ours.

Metrics are functions of these values and of nothing else, so that a trip in any simulator can be scored. T samples at equal
intervals (0.1 s where the driver acts every second tick), B places for other road users; who stands in a place may change.

World frame: x east, y north, yaw counter-clockwise, metres, radians, seconds. A pose is that of the box's centre.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world.kinds import EventKind
from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOBODY = -1
"""The kind and identity of a place in `Others` that is empty."""


@dataclass(frozen=True)
class Others:
    """The road users around the ego."""

    pose: Floats
    """[T, B, 3] x, y, yaw"""
    speed_mps: Floats
    """[T, B] Along the yaw; negative in reverse."""
    size_m: Floats
    """[T, B, 2] length, width"""
    kind: Ints
    """[T, B] ActorKind, or NOBODY."""
    identity: Ints
    """[T, B] Number of the road user, the same for as long as it lives; never given to another."""


@dataclass(frozen=True)
class Road:
    """The road under the ego."""

    speed_limit_mps: Floats
    """[T] NaN where it is unknown."""
    lane_yaw: Floats
    """[T] Direction of travel of the lane that the ego is on; NaN on no lane and in junctions."""
    off_road: Bools
    """[T] A corner of the ego is off the paved ground by more than `drivable_area.TOLERANCE_M`."""
    outside_lanes: Bools
    """[T] The ego's centre is beyond its lanes, or on one that runs against it; see `outside_lanes`."""
    in_junction: Bools
    """[T] The ego's centre is in a junction."""
    between_lanes: Bools
    """[T] The ego's box reaches into more than one lane, or off the road."""


@dataclass(frozen=True)
class TripEvent:
    """Something that happened to the ego, noted when it began."""

    time_s: float
    kind: EventKind
    x: float
    y: float
    partner: int = NOBODY
    """Identity of the other road user, for collisions."""
    partner_kind: int = NOBODY
    """ActorKind of the other road user."""


@dataclass(frozen=True)
class Trip:
    """One drive along a route. Arrays are float64, int64 or bool, as in the annotations; shapes are checked."""

    time_s: Floats
    """[T] At equal intervals."""
    pose: Floats
    """[T, 3] x, y, yaw"""
    speed_mps: Floats
    """[T] Along the velocity; negative in reverse."""
    slip_rad: Floats
    """[T] From the yaw to the velocity."""
    progress_m: Floats
    """[T] Metres of the route that lie behind, never falling."""
    route_length_m: float
    length_m: float
    width_m: float
    wheelbase_m: float
    """The rear axle is half of it behind the centre."""
    events: tuple[TripEvent, ...] = ()
    """In order of time."""
    road: Road | None = None
    """None: was not recorded. What needs it cannot be computed."""
    others: Others | None = None
    """None: were not recorded; nobody there is `nobody(T)`."""
    scenario_timeouts: int = 0
    """Scenarios on the route that the ego did not get through in time."""
    emergency_vehicles_blocked: int = 0
    """Emergency vehicles that the ego did not let pass."""

    def __post_init__(self) -> None:
        count = len(self.time_s)
        if count == 0:
            raise SuiteError("a trip needs at least one sample. Record the state after the reset.")
        _check("pose", self.pose, (count, 3))
        for name in ("time_s", "speed_mps", "slip_rad", "progress_m"):
            _check(name, getattr(self, name), (count,))
        if not self.route_length_m > 0:
            raise SuiteError(f"a trip needs a route of positive length, not {self.route_length_m} m.")
        steps = np.diff(self.time_s)
        if count > 1 and not (steps[0] > 0 and np.allclose(steps, steps[0], rtol=1e-3)):
            raise SuiteError(
                f"a trip is sampled at equal intervals, not at {steps.min():.4f} to {steps.max():.4f} s. Record every n-th tick."
            )
        if self.road is not None:
            for item in fields(self.road):
                _check(item.name, getattr(self.road, item.name), (count,), finite=False)
        if self.others is not None:
            places = self.others.speed_mps.shape[1:]
            for name, rest in (("pose", (3,)), ("speed_mps", ()), ("size_m", (2,)), ("kind", ()), ("identity", ())):
                _check(f"others.{name}", getattr(self.others, name), (count, *places, *rest))

    @property
    def step_s(self) -> float:
        """Seconds between two samples; 0 where there is only one."""
        return float((self.time_s[-1] - self.time_s[0]) / max(len(self.time_s) - 1, 1))

    @property
    def velocity(self) -> Floats:
        """[T, 2] m/s in the world frame."""
        course = self.pose[:, 2] + self.slip_rad
        return np.asarray(self.speed_mps[:, None] * np.stack([np.cos(course), np.sin(course)], axis=1))

    def before(self, time_s: float) -> int:
        """The last sample before a time, or the first."""
        return max(int(np.searchsorted(self.time_s, time_s - 1e-6, side="left")) - 1, 0)

    def at(self, time_s: float) -> int:
        """The first sample at a time or after it, or the last."""
        return min(int(np.searchsorted(self.time_s, time_s - 1e-6, side="left")), len(self.time_s) - 1)


def nobody(samples: int) -> Others:
    """The others on an empty road."""
    return Others(
        np.zeros((samples, 0, 3)),
        np.zeros((samples, 0)),
        np.zeros((samples, 0, 2)),
        np.zeros((samples, 0), np.int64),
        np.zeros((samples, 0), np.int64),
    )


def _check(name: str, values: NDArray[np.generic], shape: tuple[int, ...], *, finite: bool = True) -> None:
    if values.shape != shape:
        raise SuiteError(
            f"a trip's {name} has the shape {shape}, not {values.shape}. Record all arrays at the same ticks."
        )
    if finite and not np.isfinite(values).all():
        raise SuiteError(f"a trip's {name} holds values that are not finite. The simulation has gone wrong there.")
