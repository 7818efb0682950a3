"""What a sensor is to the server: a blueprint, a type of stream, and something that reads the world after a step. Source: ours.

Whoever adds a sensor writes a module with a `SensorKind` and names it in registry.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sim_suite.carla.server.blueprints.kinds import Blueprint, Setting
from sim_suite.carla.wire.layout import AttributeType, StreamType
from sim_suite.carla.wire.streams import Header
from sim_suite.carla.wire.values import Transform

if TYPE_CHECKING:
    from sim_suite.carla.server.actors import Actor
    from sim_suite.carla.server.episode import Episode

COMMON: tuple[Setting, ...] = (
    Setting("role_name", AttributeType.STRING, "front", ("front",)),
    Setting("sensor_tick", AttributeType.FLOAT, "0.0"),
)
"""Attributes of every sensor. sensor_tick: seconds between readings, 0 for one a step."""


class Moment(NamedTuple):
    """What a sensor is shown after a step."""

    episode: Episode
    """The world, its actors, what happened in the step. To be read only."""
    actor: Actor
    """The sensor's own."""
    pose: Transform
    """Of the sensor, CARLA's frame."""
    frame: int
    elapsed_s: float
    step_s: float
    """Seconds that the step took."""

    def header(self, stream_type: StreamType) -> Header:
        """What a payload begins with."""
        return Header(stream_type, self.frame, self.elapsed_s, self.pose)


class Sensor(Protocol):
    """One spawned sensor."""

    def read(self, moment: Moment) -> list[bytes]:
        """The payloads of this step, header and all; none where there is nothing to tell. Called only while somebody listens."""
        ...


@dataclass(frozen=True)
class SensorKind:
    """A sensor that can be spawned."""

    type_id: str
    stream_type: StreamType | None
    """None where the client works it out by itself and listens to no stream."""
    settings: tuple[Setting, ...]
    make: Callable[[Mapping[str, str]], Sensor] | None
    """From the attributes' values; None where nothing is sent, or where it is not built."""

    def blueprint(self) -> Blueprint:
        """As the library lists it."""
        return Blueprint(self.type_id, (*COMMON, *self.settings))
