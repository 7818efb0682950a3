"""Arguments of calls: what MessagePack held, checked and named. Source: measured with the `carla` 0.9.16 wheel.

CARLA's frame: x east, y south, z up, metres; pitch, yaw (clockwise seen from above), roll in degrees. A reader takes one unpacked
value and raises WireError for what it cannot be. Tails of arrays may be missing only where a reader says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from sim_suite.carla.wire.errors import WireError
from sim_suite.carla.wire.rpc import Wire, shown

T = TypeVar("T")
Reader = Callable[[Wire], T]
_MOST_FLOAT: Final = 3.4028234663852886e38
"""The greatest float32: what the client holds."""


class Vector(NamedTuple):
    """Three numbers."""

    x: float
    y: float
    z: float


class Transform(NamedTuple):
    """A place and a direction."""

    location: Vector
    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0


class VehicleControl(NamedTuple):
    """As carla.VehicleControl."""

    throttle: float = 0.0
    """[0, 1]"""
    steer: float = 0.0
    """[-1, 1], right positive."""
    brake: float = 0.0
    hand_brake: bool = False
    reverse: bool = False
    manual_gear_shift: bool = False
    gear: int = 0


class AckermannControl(NamedTuple):
    """As carla.VehicleAckermannControl."""

    steer_rad: float
    """Of the wheels, right positive."""
    steer_speed: float
    """rad/s; 0: as fast as it can."""
    speed_mps: float
    acceleration: float
    """m/s^2, greatest; 0: as much as it can."""
    jerk: float


class WalkerControl(NamedTuple):
    """As carla.WalkerControl."""

    direction: Vector = Vector(1.0, 0.0, 0.0)
    speed_mps: float = 0.0
    jump: bool = False


class Attribute(NamedTuple):
    """Of an actor's description."""

    name: str
    kind: int
    """layout.AttributeType"""
    value: str


class Description(NamedTuple):
    """Which blueprint, with which attributes."""

    uid: int
    type_id: str
    attributes: tuple[Attribute, ...]


class Settings(NamedTuple):
    """As carla.WorldSettings."""

    synchronous: bool = False
    no_rendering: bool = False
    fixed_delta_s: float | None = None
    substepping: bool = True
    max_substep_s: float = 0.01
    max_substeps: int = 10
    culling_m: float = 0.0
    deterministic_ragdolls: bool = True
    tile_stream_m: float = 3000.0
    actor_active_m: float = 2000.0
    spectator_as_ego: bool = True


class Weather(NamedTuple):
    """As carla.WeatherParameters: percentages, degrees, metres."""

    cloudiness: float = 0.0
    precipitation: float = 0.0
    precipitation_deposits: float = 0.0
    wind_intensity: float = 0.0
    sun_azimuth: float = 0.0
    sun_altitude: float = 45.0
    fog_density: float = 0.0
    fog_distance: float = 0.0
    fog_falloff: float = 0.0
    wetness: float = 0.0
    scattering_intensity: float = 0.0
    mie_scattering: float = 0.0
    rayleigh_scattering: float = 0.0331
    dust_storm: float = 0.0


def number(value: Wire) -> float:
    """A finite number that float32 holds."""
    if type(value) in (float, int) and -_MOST_FLOAT <= value <= _MOST_FLOAT:  # false for NaN
        return float(value)
    raise WireError(f"{shown(value)} is no finite number.")


def whole(value: Wire) -> int:
    """A whole number of 64 bits."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WireError(f"{shown(value)} is no whole number.")
    return value


def flag(value: Wire) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise WireError(f"{shown(value)} is neither true nor false.")
    return value


def text(value: Wire) -> str:
    """A string."""
    if not isinstance(value, str):
        raise WireError(f"{shown(value)} is no string.")
    return value


def anything(value: Wire) -> Wire:
    """What is not looked at."""
    return value


def items(value: Wire, least: int, what: str) -> list[Wire]:
    """An array of at least so many values."""
    if not isinstance(value, list) or len(value) < least:
        raise WireError(f"{what} has {least} values; {shown(value)} has not.")
    return value


def many(reader: Reader[T]) -> Reader[list[T]]:
    """An array of values that are all alike."""

    def read(value: Wire) -> list[T]:
        return [reader(one) for one in items(value, 0, "a list")]

    return read


def vector(value: Wire) -> Vector:
    """[x, y, z]"""
    row = items(value, 3, "a vector")
    return Vector(number(row[0]), number(row[1]), number(row[2]))


def transform(value: Wire) -> Transform:
    """[[x, y, z], [pitch, yaw, roll]]"""
    row = items(value, 2, "a transform")
    return Transform(vector(row[0]), *vector(row[1]))


def vehicle_control(value: Wire) -> VehicleControl:
    """[throttle, steer, brake, hand brake, reverse, manual, gear], cut to what carla.VehicleControl allows.

    A brake that is NaN is the whole brake, as Unreal's FMath::Clamp cuts it: CARLA's traffic manager sends it for a car that is to
    stand and stands already.
    """
    row = items(value, 7, "a vehicle's control")
    brake = 1.0 if isinstance(row[2], float) and math.isnan(row[2]) else min(max(number(row[2]), 0.0), 1.0)
    return VehicleControl(
        min(max(number(row[0]), 0.0), 1.0), min(max(number(row[1]), -1.0), 1.0), brake,
        flag(row[3]), flag(row[4]), flag(row[5]), whole(row[6]),
    )  # fmt: skip


def ackermann_control(value: Wire) -> AckermannControl:
    """[steer, steer speed, speed, acceleration, jerk]"""
    return AckermannControl(*(number(one) for one in items(value, 5, "an Ackermann control")[:5]))


def walker_control(value: Wire) -> WalkerControl:
    """[direction, speed, jump]"""
    row = items(value, 3, "a walker's control")
    return WalkerControl(vector(row[0]), number(row[1]), flag(row[2]))


def description(value: Wire) -> Description:
    """[uid, type, [[name, kind, value]]]"""
    row = items(value, 3, "an actor's description")
    attributes = tuple(_attribute(one) for one in items(row[2], 0, "a list of attributes"))
    return Description(whole(row[0]), text(row[1]), attributes)


def _attribute(value: Wire) -> Attribute:
    row = items(value, 3, "an attribute")
    return Attribute(text(row[0]), whole(row[1]), text(row[2]))


def optional(value: Wire, reader: Reader[T]) -> T | None:
    """[false] or [true, value]"""
    row = items(value, 1, "an optional value")
    return reader(items(row, 2, "an optional value that is there")[1]) if flag(row[0]) else None


def settings(value: Wire) -> Settings:
    """The eleven values of carla.WorldSettings."""
    row = items(value, 11, "a world's settings")
    return Settings(
        flag(row[0]), flag(row[1]), optional(row[2], number), flag(row[3]), number(row[4]), whole(row[5]), number(row[6]),
        flag(row[7]), number(row[8]), number(row[9]), flag(row[10]),
    )  # fmt: skip


def settings_row(value: Settings) -> list[Wire]:
    """The inverse of `settings`."""
    row: list[Wire] = list(value)
    row[2] = [False] if value.fixed_delta_s is None else [True, value.fixed_delta_s]
    return row


def weather(value: Wire) -> Weather:
    """The fourteen values of carla.WeatherParameters."""
    return Weather(*(number(one) for one in items(value, 14, "a weather")[:14]))


def transform_row(value: Transform) -> list[Wire]:
    """The inverse of `transform`."""
    return [list(value.location), [value.pitch, value.yaw, value.roll]]
