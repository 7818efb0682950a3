"""A driving world whose first actor is a car in CARLA's world: each tick is half ours and half the server's. Source: ours.

    everybody decides and moves (ours)  ->  the server is told where the others and the lights are, and what the driver does; it steps
    ->  our car is put where the server has moved it  ->  what came of it is seen (ours)

So observations, rewards, rules, metrics, storyboards and recordings are those of the driving world, and the others drive by its traffic
model: on the server they are bodies without physics, put where they are before each step. Lights are stopped there and set likewise.
Signs and degrees change in `sim_suite.carla.frames` alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.carla.client.bodies import BLUEPRINTS
from sim_suite.carla.client.failures import FrameLostError
from sim_suite.carla.client.session import FIRST_S
from sim_suite.carla.client.weather import carla_weather
from sim_suite.carla.server.lights import TO_WIRE
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS
from sim_suite.driving.traffic.lights import lights_at
from sim_suite.driving.world.kinds import CAR, NO_CONTROL, TICK_S
from sim_suite.driving.world.layout import (
    ACCEL,
    CONTROL,
    FRICTION,
    ID,
    KIND,
    LANE,
    LANE_ARC,
    LENGTH,
    NUM_ACTORS,
    SLIP,
    SPEED,
    TICK,
    WHEELBASE,
    WIDTH,
    YAW,
    YAW_RATE,
    X,
    Y,
)
from sim_suite.driving.world.step import move_world, settle_world
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.carla.guests import Guests
from sim_suite.envs.driving.judging import EGO
from sim_suite.errors import SuiteError

NOBODY: Final = -1
_GROUND: Final = ("road", "sidewalk", "ground", "terrain")
"""Words in the kinds of what wheels stand on: touching it is no collision."""


class Server(Protocol):
    """Whoever does what is asked in CARLA's world: a session, or one that comes after it."""

    @property
    def timeout_s(self) -> float:
        """Of a call."""

    def ask(self, what: str, *arguments: Any, timeout_s: float | None = None) -> Any:
        """As `Session.ask`."""


class MirrorWorld(World):
    """One world, of which the server moves the first actor."""

    def __init__(
        self, driving_map: DrivingMap, num_worlds: int, options: WorldOptions, server: Server, car: Sequence[str],
        sensors: Sequence[list[Any]],
    ) -> None:  # fmt: skip
        """car: blueprints, the first that the server has; sensors: rows of `SensorSpec.row`."""
        if num_worlds != 1:
            raise SuiteError(f"a CARLA server holds one world, not {num_worlds}. Make as many environments.")
        super().__init__(driving_map, num_worlds, options)
        self._server, self._car, self._sensors = server, tuple(car), list(sensors)
        graph, terrain = driving_map.graph, driving_map.ground.terrain
        self._heights: NDArray[np.float32] = graph.points.z.astype(np.float32)
        self._first_point, self._point_step = graph.lanes.first_point, graph.lanes.step_m
        self._origin = (terrain.origin_x, terrain.origin_y)
        self._group_of = {
            name: int(group) for name, group in zip(graph.signal_ids, graph.signals.group, strict=True) if group >= 0
        }
        self._lights: list[tuple[int, int]] = []
        actors = options.actors
        self._actor: NDArray[np.int64] = np.zeros(actors, np.int64)
        self._who: NDArray[np.int32] = np.full(actors, NOBODY, np.int32)
        self._sent: NDArray[np.float32] = np.zeros((actors, 4), np.float32)
        self._shown: NDArray[np.int8] = np.full(len(graph.group_ids), NOBODY, np.int8)
        self._frame, self._speed_before = NOBODY, 0.0
        self._strangers = Guests(self)
        self._centre = (0.0, 0.0)
        self._steer_share, self._mass_kg = 1.0, 1.0
        self.readings: dict[str, Any] = {}
        """Of the last step, by sensor."""
        self.left_out: set[str] = set()
        """What was asked for of this episode and is not to be had."""

    def arrive(self, lights: Sequence[tuple[int, str]]) -> None:
        """The server is on the map, with nobody of ours on it. lights: actor and id in the map of each."""
        self._lights = [(actor, self._group_of[name]) for actor, name in lights if name in self._group_of]
        self.left_out.clear()
        self._strangers = Guests(self)
        self._actor[:], self._who[:], self._shown[:], self._frame = 0, NOBODY, NOBODY, NOBODY

    def enter(self) -> None:
        """Put everybody into the server's world as they stand in ours, which has just begun."""
        body, weather = self.state.body[0, EGO], self.state.weather[0]
        self._keep_grip()
        pose = self._poses(np.array([EGO]))[0].tolist()
        way = float(body[YAW] + body[SLIP])
        velocity = frames.carla_vector(float(body[SPEED]) * math.cos(way), float(body[SPEED]) * math.sin(way), 0.0)
        patience_s = self._patience_s()
        found = self._server.ask(
            "enter", list(self._car), pose, [velocity.x, velocity.y], self._sensors, list(carla_weather(weather)), patience_s,
            timeout_s=patience_s,
        )  # fmt: skip
        _, length, width, x, y, wheelbase, most_rad, mass = found
        body[LENGTH], body[WIDTH] = length, width
        if wheelbase > 0.0:
            body[WHEELBASE] = wheelbase
        self._centre = (x, frames.carla_vector(x, y, 0.0).y)
        if most_rad > 0.0:
            # Steering is a share of what the driving world's car can turn its wheels by.
            self._steer_share = round(min(float(PARAMETERS[CAR, MAX_WHEEL_RAD]) / most_rad, 1.0), 5)
        self._mass_kg = mass
        self._people()

    def _keep_grip(self) -> None:
        """As in CARLA, where weather changes nothing of how tyres grip."""
        weather = self.state.weather[0]
        if weather[FRICTION] != 1.0:
            self.left_out.add(f"a friction of {weather[FRICTION]:.2g}, which CARLA's weather does not have")
            weather[FRICTION] = 1.0

    def _step(self, ticks: int, part: int, begin: int, end: int) -> None:
        for _ in range(ticks):
            self._keep_grip()
            self._speed_before = float(self.state.body[0, EGO, SPEED])
            move_world(self.state, self.ground, self.presence)
            told = self._exchange()
            settle_world(self.state, self.ground, self.push, told)

    def _exchange(self) -> NDArray[np.float32]:
        """The server's half of a tick. Returns the collisions that it saw, as `note_told` takes them."""
        born = self._people()
        slots = np.flatnonzero(self._actor > 0)
        poses = self._poses(slots)
        moved = np.any(poses != self._sent[slots], axis=1)
        self._sent[slots] = poses
        moved &= ~born[slots]
        steer, throttle, brake = (float(value) for value in self.state.controls[0, EGO])
        control = [throttle, frames.other_steer(steer * self._steer_share), brake]
        ids = self._actor[slots[moved]].astype(np.uint32)
        patience_s = self._patience_s()
        frame, seen, numbers, hits, readings, strangers = self._server.ask(
            "tick",
            control,
            ids.tobytes(),
            poses[moved].tobytes(),
            self._lights_to_set(),
            patience_s,
            timeout_s=patience_s,
        )
        if seen != frame or (self._frame != NOBODY and frame != self._frame + 1):
            raise FrameLostError(frame if seen != frame else self._frame + 1, seen)
        self._frame = frame
        self._put_car(np.frombuffer(numbers, np.float64))
        self.readings = {name: reading_of(value) for name, _, value in readings}
        self._strangers.put(strangers)
        if self._strangers.unseen:
            self.left_out.add("road users of other clients, for whom there is no slot: give more actors")
        return self._told(hits)

    def _patience_s(self) -> float:
        """More before the first step, where sensors have to say something for the first time."""
        return (
            max(FIRST_S, self._server.timeout_s) if self._sensors and self._frame == NOBODY else self._server.timeout_s
        )

    def _poses(self, slots: NDArray[np.int64]) -> NDArray[np.float32]:
        """[n, 4] where actors are, CARLA's frame: on the height of their lane."""
        body, lane = self.state.body[0, slots], self.state.mind[0, slots, LANE]
        first, last = self._first_point[lane], self._first_point[lane + 1] - 1
        point = np.clip(first + np.rint(body[:, LANE_ARC] / self._point_step[lane]).astype(np.int64), first, last)
        z = np.where(lane >= 0, self._heights[point], np.float32(0.0))
        x, y = body[:, X] + np.float32(self._origin[0]), body[:, Y] + np.float32(self._origin[1])
        return frames.carla_poses(x, y, z, body[:, YAW])

    def _people(self) -> NDArray[np.bool_]:
        """Let the server have whoever is here, and nobody else. Returns [A] who has just come."""
        state, count = self.state, int(self.state.world[0, NUM_ACTORS])
        mind = state.mind[0]
        there = mind[:, CONTROL] != NO_CONTROL
        there[count:], there[EGO] = False, False
        there[list(self._strangers.slots.values())] = False
        stale = (self._actor > 0) & ~(there & (mind[:, ID] == self._who))
        born: NDArray[np.bool_] = np.zeros(len(there), np.bool_)
        gone = self._actor[stale].tolist()
        self._actor[stale], self._who[stale] = 0, NOBODY
        wanted = np.flatnonzero(there & (self._actor == 0))
        if not gone and not len(wanted):
            return born
        poses = self._poses(wanted)
        rows = [
            [list(BLUEPRINTS[int(mind[slot, KIND])]), *pose] for slot, pose in zip(wanted, poses.tolist(), strict=True)
        ]
        found = self._server.ask("people", gone, rows)
        # Where there is no room now, there is a moment later.
        self._actor[wanted], self._who[wanted], self._sent[wanted] = found, mind[wanted, ID], poses
        born[wanted] = self._actor[wanted] > 0
        return born

    def _lights_to_set(self) -> list[list[int]]:
        """[actor, state] of the lights that show something else after this tick than the server has been told."""
        shown = np.empty_like(self._shown)
        lights_at(self.ground.terrain.programme, self.state.lights[0], int(self.state.world[0, TICK]) + 1, shown)
        changed = shown != self._shown
        self._shown = shown
        if not changed.any():
            return []
        return [[actor, int(TO_WIRE[int(shown[group])])] for actor, group in self._lights if changed[group]]

    def _put_car(self, numbers: NDArray[np.float64]) -> None:
        """Our car as the server says. numbers: x, y, yaw, velocity x and y, yaw rate, CARLA's frame."""
        body = self.state.body[0, EGO]
        x, y, yaw_deg, vx, vy, rate_deg = numbers.tolist()
        place, velocity = frames.carla_vector(x, y, 0.0), frames.carla_vector(vx, vy, 0.0)
        yaw = frames.world_yaw(yaw_deg)
        cos, sin = math.cos(yaw), math.sin(yaw)
        ahead, aside = velocity.x * cos + velocity.y * sin, velocity.y * cos - velocity.x * sin
        sign = -1.0 if ahead < 0.0 else 1.0
        speed = sign * math.hypot(ahead, aside)
        before = self._speed_before
        body[ACCEL] = (speed - (-before if speed * before < 0.0 else before)) / TICK_S
        body[X] = place.x + cos * self._centre[0] - sin * self._centre[1] - self._origin[0]
        body[Y] = place.y + sin * self._centre[0] + cos * self._centre[1] - self._origin[1]
        body[YAW], body[YAW_RATE] = yaw, frames.world_rate(rate_deg)
        body[SPEED], body[SLIP] = speed, math.atan2(sign * aside, abs(ahead))

    def _told(self, hits: Sequence[Sequence[Any]]) -> NDArray[np.float32]:
        rows = []
        slot_of = {int(actor): slot for slot, actor in enumerate(self._actor.tolist()) if actor} | self._strangers.slots
        for other, kind, ix, iy, _ in hits:
            if other not in slot_of and any(word in kind for word in _GROUND):
                continue
            impulse = frames.carla_vector(ix, iy, 0.0)
            size = math.hypot(impulse.x, impulse.y)
            yaw = float(self.state.body[0, EGO, YAW])
            nx, ny = (impulse.x / size, impulse.y / size) if size > 0.0 else (-math.cos(yaw), -math.sin(yaw))
            rows.append((EGO, slot_of.get(other, NOBODY), nx, ny, size / self._mass_kg))
        return np.array(rows, np.float32).reshape(-1, 5)


def reading_of(value: Any) -> Any:
    """What a sensor said: uint8 [H, W, 4] BGRA of a picture, float32 [n] of points, else numbers by name."""
    if isinstance(value, list):
        height, width, data = value
        return np.frombuffer(data, np.uint8).reshape(height, width, 4)
    if isinstance(value, bytes):
        return np.frombuffer(value, np.float32)
    return value
