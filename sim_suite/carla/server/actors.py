"""One actor as clients see it. Source: ours, as the wire has it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim_suite.carla.server.sensors.kinds import Sensor
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.values import Attribute, Transform, Vector

AT_ORIGIN = Transform(Vector(0.0, 0.0, 0.0))
NO_SLOT = -1


@dataclass(frozen=True)
class Box:
    """Half sizes about a centre, both in the actor's own frame, metres."""

    centre: Vector
    extent: Vector

    def row(self, actor: int) -> list[Wire]:
        """As the wire has it."""
        return [list(self.centre), list(self.extent), [0.0, 0.0, 0.0], actor]


POINT = Box(Vector(0.0, 0.0, 0.0), Vector(0.0, 0.0, 0.0))


def standing_box(length_m: float, width_m: float, height_m: float) -> Box:
    """Of a body whose origin is on the ground below its middle."""
    return Box(Vector(0.0, 0.0, height_m / 2), Vector(length_m / 2, width_m / 2, height_m / 2))


@dataclass(slots=True)
class Actor:
    """What is in the list of actors: bodies, lights, signs, sensors, the spectator."""

    number: int
    uid: int
    type_id: str
    attributes: tuple[Attribute, ...] = ()
    tags: tuple[int, ...] = ()
    box: Box = POINT
    parent: int = 0
    slot: int = NO_SLOT
    """In the embedded world, for those that have a body there."""
    pose: Transform = AT_ORIGIN
    """For those that have none, and are not attached; CARLA's frame."""
    mount: Transform | None = None
    """For attached ones: relative to the parent."""
    sign_id: str = ""
    """Of a light or sign: in the OpenDRIVE file."""
    group: int = -1
    """Of a light: those that switch together."""
    stream: int = 0
    """Of a sensor; 0 for none."""
    sensor: Sensor | None = None
    every_s: float = 0.0
    """Of a sensor: seconds between readings."""
    due_s: float = 0.0
    """Of a sensor: seconds of the episode when it reads next."""
    lights: int = 0
    """Of a vehicle: its own lamps (carla.VehicleLightState)."""
    values: dict[str, str] = field(default_factory=dict)
    """The attributes by name."""

    def row(self, token: bytes) -> list[Wire]:
        """As `spawn_actor` answers. token: of its stream, empty for none."""
        return [
            self.number,
            self.parent,
            [self.uid, self.type_id, [list(one) for one in self.attributes]],
            self.box.row(self.number),
            bytes(self.tags),
            token,
        ]
