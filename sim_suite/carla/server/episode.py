"""One episode: a map, the embedded world on it, its actors, and steps. Source: ours; what clients see is CARLA's.

Everything that a client can do to the world passes through here or through `bodies` and `lights`; nothing here knows of sockets.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.carla.server.actors import NO_SLOT, Actor, standing_box
from sim_suite.carla.server.blueprints.library import find_blueprint, uid_of
from sim_suite.carla.server.blueprints.others import FRICTION_TRIGGER
from sim_suite.carla.server.bodies import Bodies
from sim_suite.carla.server.drivetrain import physics_control
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.friction import Grip, refuse_unreadable
from sim_suite.carla.server.lights import Lights
from sim_suite.carla.server.maps import ServedMap
from sim_suite.carla.server.memory import Memory
from sim_suite.carla.server.publishing import Board
from sim_suite.carla.server.sensors.gnss import origin_of
from sim_suite.carla.server.sensors.kinds import Moment
from sim_suite.carla.server.sensors.registry import find_sensor
from sim_suite.carla.server.signals import Sign
from sim_suite.carla.server.weather import DEFAULT_WEATHER, apply_weather
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.streams import write_state
from sim_suite.carla.wire.values import Description, Transform, Vector, Weather
from sim_suite.driving.world.kinds import TICK_S, EventKind, Model
from sim_suite.driving.world.layout import FRICTION, NUM_ACTORS, NUM_EVENTS_NOW, TICK, YAW
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError

SPECTATOR: Final = "spectator"
_TAGS: Final = {"traffic.traffic_light": (7,)}
_SIGN_TAGS: Final = (8,)
"""Labels of CARLA's semantic segmentation."""


class Contact(NamedTuple):
    """A collision that began in the last step."""

    slot: int
    partner: int
    direction: float
    """Of the impulse on the first, rad, world frame."""
    closing_mps: float
    mirrored: bool
    """Whether the partner has a contact of its own to tell of it."""


class Motion(NamedTuple):
    """Of an actor in the last step, CARLA's frame."""

    velocity: Vector
    acceleration: Vector
    angular_deg: Vector


class Episode:
    """The world of one map from when it was loaded."""

    def __init__(
        self, number: int, served: ServedMap, seed: int, max_actors: int, streams: Iterator[int],
        token: Callable[[int], bytes], gone: Memory,
    ) -> None:  # fmt: skip
        """streams: ids of new streams, never used again; token: of a stream; gone: of actors that were."""
        self.number = number
        self.served = served
        self.world = World(
            served.driving, 1, WorldOptions(agents=0, vehicles=0, spare=max_actors, model=Model.SINGLE_TRACK)
        )
        self.world.reset([seed])
        self.world.state.world[0, NUM_ACTORS] = 0
        self.bodies = Bodies(self.world)
        self.elapsed_s = 0.0
        self.actors: dict[int, Actor] = {}
        self.contacts: list[Contact] = []
        self.origin_deg = origin_of(served.driving.road_map.document.header.geo_reference)
        self.gone = gone
        # Actors are numbered anew in each episode: what a traffic manager draws for them hangs on their numbers.
        self._numbers = itertools.count(1)
        self._streams, self._token = streams, token
        self._by_slot: dict[int, int] = {}
        self._by_stream: dict[int, Actor] = {}
        self.spectator = self._enter(Actor(next(self._numbers), 0, SPECTATOR))
        light_of = np.zeros(len(served.driving.graph.signal_ids) + 1, np.int64)  # the last for none
        for index, sign in served.signs.items():
            light_of[index] = self._sign(sign).number
        self.lights = Lights(served.driving.graph, self.world.ground.terrain.programme, self.world.state.lights[0])
        holds = served.holds
        self.board = Board(self.bodies, self.lights, served.heights, holds, light_of[holds.signal])
        self._changed = True
        self._grip = Grip(served.driving)
        self.weather = DEFAULT_WEATHER
        self.set_weather(DEFAULT_WEATHER)
        self._step_s = 0.0

    def _enter(self, actor: Actor) -> Actor:
        self.actors[actor.number] = actor
        self._changed = True
        if actor.slot != NO_SLOT:
            self._by_slot[actor.slot] = actor.number
        if actor.stream:
            self._by_stream[actor.stream] = actor
        return actor

    def _sign(self, sign: Sign) -> Actor:
        pose = frames.carla_transform(sign.x, sign.y, sign.z, sign.yaw)
        tags = _TAGS.get(sign.type_id, _SIGN_TAGS)
        return self._enter(
            Actor(
                next(self._numbers),
                0,
                sign.type_id,
                tags=tags,
                box=sign.trigger,
                pose=pose,
                sign_id=sign.sign_id,
                group=sign.group,
            )
        )

    @property
    def tick(self) -> int:
        """Of the world: steps of 0.05 s since it began."""
        return int(self.world.state.world[0, TICK])

    def find(self, number: int) -> Actor:
        """An actor. Raises RefusedError."""
        found = self.actors.get(number)
        if found is None:
            raise RefusedError(f"there is no actor {number}; it was destroyed, or belongs to a world that was left.")
        return found

    def find_body(self, number: int) -> Actor:
        """An actor with a body in the world. Raises RefusedError."""
        found = self.find(number)
        if found.slot == NO_SLOT:
            raise RefusedError(f"actor {number} is a {found.type_id}, which has no body that could be moved.")
        return found

    def find_vehicle(self, number: int) -> Actor:
        """A vehicle. Raises RefusedError."""
        found = self.find(number)
        if not self.bodies.is_vehicle(found.slot):
            raise RefusedError(f"actor {number} is a {found.type_id}, not a vehicle.")
        return found

    def find_walker(self, number: int) -> Actor:
        """Somebody on foot. Raises RefusedError."""
        found = self.find(number)
        if not found.type_id.startswith("walker."):
            raise RefusedError(f"actor {number} is a {found.type_id}, not a walker.")
        return found

    def find_light(self, number: int) -> Actor:
        """A traffic light. Raises RefusedError."""
        found = self.find(number)
        if found.group < 0:
            raise RefusedError(f"actor {number} is a {found.type_id}, not a traffic light.")
        return found

    def in_slot(self, slot: int) -> Actor | None:
        """Whose body is in a slot."""
        return self.actors.get(self._by_slot.get(slot, 0))

    def numbers_by_slot(self) -> NDArray[np.int64]:
        """[A + 1] Numbers of the actors in all slots, behind a 0; 0 for empty slots: what instances of driving/sensors are called here."""
        numbers = np.zeros(len(self.bodies.used) + 1, np.int64)
        for slot, number in self._by_slot.items():
            numbers[slot + 1] = number
        return numbers

    def on_stream(self, stream: int) -> Actor | None:
        """Whose stream it is."""
        return self._by_stream.get(stream)

    def actor_row(self, actor: Actor) -> list[Wire]:
        """As the wire has it."""
        return actor.row(self._token(actor.stream) if actor.stream else b"")

    def spawn(self, description: Description, pose: Transform, parent: int = 0) -> Actor:
        """A new actor; with a parent, `pose` is relative to it and holds for ever. Raises RefusedError."""
        blueprint = find_blueprint(description.type_id)
        attributes = blueprint.attributes(description.attributes)
        values = {one.name: one.value for one in attributes}
        actor = Actor(0, uid_of(blueprint.type_id), blueprint.type_id, attributes, blueprint.tags, values=values)
        if parent:
            actor.parent = self.find(parent).number
            if blueprint.shape is not None:
                raise RefusedError(
                    f"{blueprint.type_id} has a body, which cannot be attached to actor {parent}. Spawn it alone."
                )
            actor.mount = pose
        if blueprint.type_id.startswith("sensor."):
            self._set_up(actor)
        if blueprint.type_id == FRICTION_TRIGGER:
            refuse_unreadable(actor)
        if blueprint.shape is not None:
            shape = blueprint.shape
            actor.box = standing_box(shape.length_m, shape.width_m, shape.height_m)
            actor.slot = self.bodies.add(shape, pose)
            self.board.forget_motion(actor.slot)
        else:
            actor.pose = pose
        actor.number = next(self._numbers)
        self._enter(actor)
        self._set_grip(actor)
        return actor

    def _set_up(self, actor: Actor) -> None:
        kind = find_sensor(actor.type_id)
        try:
            actor.every_s = float(actor.values["sensor_tick"])
            actor.sensor = kind.make(actor.values) if kind.make is not None else None
        except SuiteError as error:
            raise RefusedError(f"{actor.type_id}: {error}") from error
        except ValueError as error:
            raise RefusedError(f"{actor.type_id}: {error}. Give each attribute a value of its kind.") from error
        if kind.stream_type is not None:
            actor.stream = next(self._streams)

    def destroy(self, number: int) -> bool:
        """False where there is no such actor. What was attached to it stays where it is, as in CARLA."""
        actor = self.actors.get(number)
        if actor is None or actor is self.spectator or actor.sign_id:
            return False
        for other in self.actors.values():
            if other.parent == number and other.mount is not None:
                other.pose, other.mount, other.parent = self.pose_of(other), None, 0
        self._remember(actor)
        del self.actors[number]
        if actor.slot != NO_SLOT:
            self.bodies.remove(actor.slot)
            del self._by_slot[actor.slot]
        self._by_stream.pop(actor.stream, None)
        self._changed = True
        self._set_grip(actor)
        return True

    def _set_grip(self, changed: Actor) -> None:
        if changed.type_id == FRICTION_TRIGGER:
            self.world.state.weather[0, FRICTION] = self._grip.of(self.actors.values())

    def _remember(self, actor: Actor) -> None:
        self.gone.keep("get_actor_bounding_box", actor.number, actor.box.row(actor.number))
        if self.bodies.is_vehicle(actor.slot):
            self.gone.keep("get_physics_control", actor.number, physics_control(self, actor))

    def leave(self) -> None:
        """The world is given up; its actors are remembered."""
        for actor in self.actors.values():
            self._remember(actor)

    def place(self, actor: Actor, pose: Transform) -> None:
        """Put an actor somewhere; what is attached goes on from there with its parent."""
        if actor.slot != NO_SLOT:
            self.bodies.place(actor.slot, pose)
        elif actor.mount is not None and actor.parent in self.actors:
            actor.mount = frames.seen_from(self.pose_of(self.actors[actor.parent]), pose)
        else:
            actor.pose = pose
            self._changed = True
            self._set_grip(actor)

    def pose_of(self, actor: Actor) -> Transform:
        """Where it is now."""
        if actor.slot != NO_SLOT:
            body = self.world.state.body[0, actor.slot]
            x, y, yaw = (float(value) for value in body[:3])
            terrain = self.world.ground.terrain
            row = self.board.row_of.get(actor.number)
            z = self.board.pose(row).location.z if row is not None else 0.0
            return frames.carla_transform(x + terrain.origin_x, y + terrain.origin_y, z, yaw)
        if actor.mount is not None and actor.parent in self.actors:
            return frames.attached_to(self.pose_of(self.actors[actor.parent]), actor.mount)
        return actor.pose

    def motion_of(self, number: int) -> Motion:
        """Of an actor in the last step; all 0 where there is none."""
        row = self.board.row_of.get(number)
        if row is None:
            still = Vector(0.0, 0.0, 0.0)
            return Motion(still, still, still)
        one = self.board.records[row]
        return Motion(*(Vector(*(float(one[f"{what}{axis}"]) for axis in "xyz")) for what in "vaw"))

    def set_weather(self, weather: Weather) -> None:
        """What cameras and drivers see of it."""
        self.weather = weather
        apply_weather(weather, self.world.state.weather[0])

    def step(self, ticks: int) -> None:
        """The world by so many ticks of 0.05 s."""
        self.contacts.clear()
        self._set_programme()
        for _ in range(ticks):
            self.bodies.before_tick()
            self.world.step(1)
            self.lights.expire(self.tick)
            self._note_contacts()
        self._step_s = ticks * TICK_S
        self.elapsed_s += self._step_s

    def _set_programme(self) -> None:
        """Lights whose times were set: the world follows."""
        ground = self.world.map.ground
        if ground.terrain.programme is not self.lights.programme:
            terrain = ground.terrain._replace(programme=self.lights.programme)
            self.world.map = self.world.map._replace(ground=ground._replace(terrain=terrain))

    def _note_contacts(self) -> None:
        if self.world.state.world[0, NUM_EVENTS_NOW] == 0:
            return
        events = [event for event in self.world.events(0) if event.kind == EventKind.COLLISION]
        pairs = {(event.actor, event.partner) for event in events}
        for event in events:
            yaw = float(self.world.state.body[0, event.actor, YAW])
            mirrored = (event.partner, event.actor) in pairs
            self.contacts.append(Contact(event.actor, event.partner, event.value + yaw, event.value_2, mirrored))

    def state_message(self, frame: int, platform_s: float, stepped: bool) -> bytearray:
        """The message of the stream of states. It is written anew by the next call; stepped: whether time went on since the last."""
        if self._changed:
            self.board.lay_out(sorted(self.actors.values(), key=lambda actor: actor.number))
            self._changed = False
        self.board.refresh(self.tick, self._step_s if stepped else 0.0)
        write_state(self.board.message, frame, self.elapsed_s, self.number, platform_s, self._step_s)
        return self.board.message

    def readings(self, frame: int, listened: Callable[[int], bool]) -> Iterator[tuple[int, bytes]]:
        """(stream, payload) of all sensors that are due and listened to; after `state_message`."""
        for stream, actor in self._by_stream.items():
            if actor.sensor is None or actor.due_s > self.elapsed_s + TICK_S / 2 or not listened(stream):
                continue
            actor.due_s = self.elapsed_s + actor.every_s
            pose = self.board.pose(self.board.row_of[actor.number])
            for payload in actor.sensor.read(Moment(self, actor, pose, frame, self.elapsed_s, self._step_s)):
                yield stream, payload
