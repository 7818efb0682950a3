"""How a CARLA server is found and what is put on the car, checked when built. Source: ours."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim_suite.carla.client.knock import Address
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

OWN: Final = "own"
VARIABLE: Final = "SIM_SUITE_CARLA"
"""Which server is meant where none is named."""
DEFAULT: Final = "127.0.0.1:2000"
"""CARLA's own default."""
_PLACE: Final = ("x", "y", "z", "pitch", "yaw", "roll")


@dataclass(frozen=True)
class ConnectionOptions:
    """Where the world is."""

    server: str = ""
    """HOST:PORT of a CARLA server; several, separated by commas, of which the first free one is taken; "own": an embedded server is started
    for this environment alone, and ends with it; empty: what the environment variable SIM_SUITE_CARLA says, else 127.0.0.1:2000."""
    timeout_s: float = 20.0
    """A server that has not answered within so long hangs, seconds, 0.1 to 600."""
    reconnect_s: float = 5.0
    """How long a server that has gone is waited for, seconds, 0 to 3600."""

    def __post_init__(self) -> None:
        refuse_outside(self, "timeout_s", 0.1, 600.0)
        refuse_outside(self, "reconnect_s", 0.0, 3600.0)
        if not self.server:
            object.__setattr__(self, "server", os.environ.get(VARIABLE) or DEFAULT)
        if self.server != OWN:
            _ = self.addresses

    @property
    def addresses(self) -> tuple[Address, ...]:
        """All of `server`. Raises `SuiteError` where one is none."""
        return tuple(Address.parse(part) for part in self.server.split(","))


@dataclass(frozen=True)
class SensorSpec:
    """One sensor of CARLA's on the car."""

    type: str
    """Its blueprint, for example sensor.camera.rgb."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Of the blueprint, by name."""
    place: tuple[float, ...] = (0.0, 0.0, 1.5, 0.0, 0.0, 0.0)
    """x ahead, y to the right, z up of the car's middle [m], pitch, yaw, roll [degrees], as CARLA has them."""

    def row(self, name: str) -> list[Any]:
        """As the worker takes it."""
        return [name, self.type, dict(self.attributes), *self.place]


def sensors_of(given: Mapping[str, Any]) -> dict[str, SensorSpec]:
    """Sensors by name, from plain data: {"front": {"type": "sensor.camera.rgb", "x": 1.5, "image_size_x": 320}}. Raises `SuiteError`."""
    found = {}
    for name, one in given.items():
        if not isinstance(one, Mapping) or not str(one.get("type", "")).startswith("sensor."):
            raise SuiteError(
                f'the sensor {name!r} must be a table with a type, such as {{"type": "sensor.other.gnss"}}, not {one!r}.'
            )
        default = dict(zip(_PLACE, SensorSpec.place, strict=True))
        place = tuple(float(one.get(axis, default[axis])) for axis in _PLACE)
        if not all(map(math.isfinite, place)):
            raise SuiteError(f"the place of the sensor {name!r} must be finite numbers, not {place}.")
        attributes = tuple((key, str(value)) for key, value in one.items() if key not in (*_PLACE, "type"))
        found[name] = SensorSpec(str(one["type"]), attributes, place)
    return found
