"""Bodies in the embedded world: how they come, are put somewhere, pushed, driven, and go. Source: ours, over driving/world.

A vehicle is an agent of the world and moves by the single-track model; somebody on foot walks by driving/dynamics/walking.py; a
prop stands. A vehicle whose physics a client has switched off is moved by nobody but the client.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.carla.server.blueprints.kinds import Shape
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.wire.values import AckermannControl, Transform, Vector, VehicleControl, WalkerControl
from sim_suite.driving.collisions import overlap
from sim_suite.driving.dynamics.inverse import pedals_for
from sim_suite.driving.dynamics.vehicles import INERTIA_KGM2, MASS_KG, MAX_BRAKE, MAX_DRIVE, MAX_WHEEL_RAD, PARAMETERS
from sim_suite.driving.dynamics.walking import walk_step
from sim_suite.driving.world.kinds import AGENT, BICYCLE, PEDESTRIAN, SCRIPT, STILL, TICK_S, Model
from sim_suite.driving.world.layout import (
    ACCEL,
    CONTROL,
    FRICTION,
    KIND,
    LENGTH,
    MODEL,
    NUM_ACTORS,
    SLIP,
    SPEED,
    STEER,
    WHEELBASE,
    WIDTH,
    YAW,
    YAW_RATE,
    X,
    Y,
)
from sim_suite.driving.world.locate import find_lane
from sim_suite.driving.world.spawn import begin_actor, clear_actor
from sim_suite.driving.world.world import World

THROTTLE, STEERING, BRAKE = range(3)
"""Columns of `Bodies.pedals`."""
HAND_BRAKE, REVERSE, MANUAL, GEAR = range(4)
"""Columns of `Bodies.gears`."""
_FAR_M: Final = 100.0
"""Where somebody on foot is heading for: so far that they never slow down before it."""
_DT: Final = np.float32(TICK_S)


class Bodies:
    """All bodies of one world, by slot."""

    def __init__(self, world: World) -> None:
        """world: of one world, with spare slots alone."""
        most = world.options.actors
        self.world = world
        self.state = world.state
        self.used: NDArray[np.bool_] = np.zeros(most, np.bool_)
        self.pedals: NDArray[np.float32] = np.zeros((most, 3), np.float32)
        """[A, 3] of vehicles, as told: throttle, steer (right positive), brake."""
        self.gears: NDArray[np.int32] = np.zeros((most, 4), np.int32)
        """[A, 4] of vehicles: hand brake, reverse, manual, gear."""
        self._controls = world.state.controls[0]
        self.walks: dict[int, WalkerControl] = {}
        self.ackermann: dict[int, AckermannControl] = {}
        self.constant: dict[int, tuple[float, float]] = {}
        """Velocities that are kept, m/s ahead and to the left."""
        self._pushes: list[tuple[int, float, float, float]] = []

    @property
    def count(self) -> int:
        """Slots that the world looks at."""
        return int(self.state.world[0, NUM_ACTORS])

    def add(self, shape: Shape, pose: Transform) -> int:
        """The slot of a new body. Raises RefusedError where another is in the way, or no slot is left."""
        free = np.flatnonzero(~self.used)
        if len(free) == 0:
            raise RefusedError(
                f"the world is full: {len(self.used)} bodies. Destroy some, or start the server with a greater --max-actors."
            )
        slot = int(free[0])
        x, y = self._local(pose.location)
        yaw = frames.world_yaw(pose.yaw)
        if self._is_blocked(x, y, yaw, shape):
            raise RefusedError("Spawn failed because of collision at spawn position")  # the words that scripts know
        control = AGENT if shape.kind <= BICYCLE else SCRIPT if shape.kind == PEDESTRIAN else STILL
        begin_actor(self.state, 0, slot, int(shape.kind), control)
        body, mind = self.state.body[0, slot], self.state.mind[0, slot]
        body[LENGTH], body[WIDTH] = shape.length_m, shape.width_m
        if shape.kind <= BICYCLE:
            body[WHEELBASE], mind[MODEL] = shape.wheelbase_m, Model.SINGLE_TRACK
        self.used[slot] = True
        self.state.world[0, NUM_ACTORS] = max(self.count, slot + 1)
        self.place(slot, pose)
        return slot

    def remove(self, slot: int) -> None:
        """Empty a slot."""
        state = self.state
        clear_actor(state.body[0, slot], state.mind[0, slot], state.path[0, slot], state.span[0, slot])
        state.controls[0, slot] = 0.0
        self.pedals[slot], self.gears[slot], self.used[slot] = 0.0, 0, False
        for table in (self.walks, self.ackermann, self.constant):
            table.pop(slot, None)
        taken = np.flatnonzero(self.used)
        state.world[0, NUM_ACTORS] = taken[-1] + 1 if len(taken) else 0

    def place(self, slot: int, pose: Transform) -> None:
        """Put a body somewhere, at the velocity that it has. What goes beyond a place on the ground and a yaw is not kept."""
        body, mind = self.state.body[0, slot], self.state.mind[0, slot]
        body[X], body[Y] = self._local(pose.location)
        body[YAW] = frames.world_yaw(pose.yaw)
        find_lane(body, mind, self.world.ground)

    def _local(self, location: Vector) -> tuple[float, float]:
        terrain = self.world.ground.terrain
        place = frames.carla_vector(*location)
        return place.x - terrain.origin_x, place.y - terrain.origin_y

    def _is_blocked(self, x: float, y: float, yaw: float, shape: Shape) -> bool:
        body = self.state.body[0, : self.count]
        own = math.hypot(shape.length_m, shape.width_m) / 2
        reach = own + np.hypot(body[:, LENGTH], body[:, WIDTH]) / 2
        near = (np.hypot(body[:, X] - x, body[:, Y] - y) < reach) & self.used[: self.count]
        own_x, own_y, own_yaw = np.float32(x), np.float32(y), np.float32(yaw)
        length, width = np.float32(shape.length_m), np.float32(shape.width_m)
        return any(
            overlap(
                own_x, own_y, own_yaw, length, width, body[i, X], body[i, Y], body[i, YAW], body[i, LENGTH], body[i, WIDTH]
            )[0] > 0.0
            for i in np.flatnonzero(near)
        )  # fmt: skip

    def is_vehicle(self, slot: int) -> bool:
        """Whether it has wheels that a client can drive."""
        return slot >= 0 and bool(self.state.mind[0, slot, KIND] <= BICYCLE)

    def drive(self, slot: int, control: VehicleControl) -> None:
        """Tell a vehicle its pedals and wheel until it is told others."""
        throttle, steer, brake, hand_brake, reverse, manual, gear = control
        pedals, gears, controls = self.pedals, self.gears, self._controls
        # One number at a time: a row at once takes three times as long, and this is asked for in every step.
        pedals[slot, THROTTLE], pedals[slot, STEERING], pedals[slot, BRAKE] = throttle, steer, brake
        backwards = gear < 0 if manual else reverse
        gears[slot, HAND_BRAKE], gears[slot, REVERSE], gears[slot, MANUAL] = hand_brake, reverse, manual
        gears[slot, GEAR] = gear if manual else -1 if reverse else 1
        if self.ackermann:
            self.ackermann.pop(slot, None)
        if manual and gear == 0:
            throttle = 0.0  # out of gear
        controls[slot, 0] = frames.other_steer(steer)
        controls[slot, 1] = -throttle if backwards else throttle
        controls[slot, 2] = 1.0 if hand_brake else brake

    def set_physics(self, slot: int, on: bool) -> None:
        """Whether a vehicle moves by itself."""
        if self.is_vehicle(slot):
            self.state.mind[0, slot, CONTROL] = AGENT if on else SCRIPT
            if not on:
                self.state.body[0, slot, [SPEED, SLIP, YAW_RATE, ACCEL]] = 0.0

    def velocity(self, slot: int) -> tuple[float, float]:
        """m/s, world frame."""
        body = self.state.body[0, slot]
        way = float(body[YAW] + body[SLIP])
        return float(body[SPEED]) * math.cos(way), float(body[SPEED]) * math.sin(way)

    def set_velocity(self, slot: int, vx: float, vy: float) -> None:
        """m/s, world frame. What stands or is moved by the client alone stays as it is."""
        body, mind = self.state.body[0, slot], self.state.mind[0, slot]
        if mind[CONTROL] != AGENT:
            return
        cos, sin = math.cos(float(body[YAW])), math.sin(float(body[YAW]))
        ahead, aside = vx * cos + vy * sin, vy * cos - vx * sin
        sign = -1.0 if ahead < 0.0 else 1.0
        body[SPEED], body[SLIP] = sign * math.hypot(ahead, aside), math.atan2(sign * aside, abs(ahead))

    def set_yaw_rate(self, slot: int, rate: float) -> None:
        """rad/s, world frame."""
        if self.state.mind[0, slot, CONTROL] == AGENT:
            self.state.body[0, slot, YAW_RATE] = rate

    def keep_velocity(self, slot: int, velocity: tuple[float, float] | None) -> None:
        """Let a vehicle roll on at a velocity, m/s ahead and to the left, whatever its pedals say; None: let it drive again."""
        if velocity is None:
            self.constant.pop(slot, None)
            self.set_physics(slot, True)
        else:
            self.constant[slot] = velocity
            self.state.mind[0, slot, CONTROL] = SCRIPT

    def push(self, slot: int, impulse: tuple[float, float], twist: float) -> None:
        """Change velocities at once. impulse: N s, world frame; twist: N m s, counter-clockwise."""
        kind = int(self.state.mind[0, slot, KIND])
        vx, vy = self.velocity(slot)
        mass, inertia = float(PARAMETERS[kind, MASS_KG]), float(PARAMETERS[kind, INERTIA_KGM2])
        self.set_velocity(slot, vx + impulse[0] / mass, vy + impulse[1] / mass)
        if twist:
            self.set_yaw_rate(slot, float(self.state.body[0, slot, YAW_RATE]) + twist / inertia)

    def press(self, slot: int, force: tuple[float, float], torque: float) -> None:
        """Act on a body during the next tick. force: N, world frame; torque: N m, counter-clockwise."""
        self._pushes.append((slot, *force, torque))

    def set_walking_speed(self, slot: int, speed_mps: float) -> None:
        """Of somebody on foot, the way that they look."""
        body = self.state.body[0, slot]
        ahead = frames.carla_vector(math.cos(float(body[YAW])), math.sin(float(body[YAW])), 0.0)
        self.walks[slot] = WalkerControl(ahead, speed_mps)
        body[SPEED] = max(speed_mps, 0.0)

    def before_tick(self) -> None:
        """Move and steer what the world's own kernels do not."""
        for slot, fx, fy, torque in self._pushes:
            if self.used[slot]:
                self.push(slot, (fx * TICK_S, fy * TICK_S), torque * TICK_S)
        self._pushes.clear()
        for slot, control in self.walks.items():
            self._walk(slot, control)
        for slot, (ahead, aside) in self.constant.items():
            self._roll(slot, ahead, aside)
        for slot, wish in self.ackermann.items():
            self._follow(slot, wish)

    def _walk(self, slot: int, control: WalkerControl) -> None:
        body = self.state.body[0, slot]
        way = frames.carla_vector(*control.direction)
        size = math.hypot(way.x, way.y)
        wish = max(control.speed_mps, 0.0) if size > 0.0 else 0.0
        if wish == 0.0 and body[SPEED] == 0.0:
            return
        far = _FAR_M / size if size > 0.0 else 0.0
        body[X], body[Y], body[YAW], body[SPEED] = walk_step(
            body[X], body[Y], body[YAW], body[SPEED],
            np.float32(body[X] + far * way.x), np.float32(body[Y] + far * way.y), np.float32(wish), _DT,
        )  # fmt: skip

    def _roll(self, slot: int, ahead: float, aside: float) -> None:
        body = self.state.body[0, slot]
        cos, sin = math.cos(float(body[YAW])), math.sin(float(body[YAW]))
        body[X] += (ahead * cos - aside * sin) * TICK_S
        body[Y] += (ahead * sin + aside * cos) * TICK_S
        sign = -1.0 if ahead < 0.0 else 1.0
        body[SPEED], body[SLIP] = sign * math.hypot(ahead, aside), math.atan2(sign * aside, abs(ahead))

    def _follow(self, slot: int, wish: AckermannControl) -> None:
        """Pedals and wheel that come nearest to what is wished: the longitudinal model turned round, the wheel within its rate."""
        body, kind = self.state.body[0, slot], int(self.state.mind[0, slot, KIND])
        row = PARAMETERS[kind]
        target = frames.other_steer(wish.steer_rad)
        if wish.steer_speed > 0.0:
            most = wish.steer_speed * TICK_S
            target = min(max(target, float(body[STEER]) - most), float(body[STEER]) + most)
        steer = min(max(target / float(row[MAX_WHEEL_RAD]), -1.0), 1.0)
        backwards = wish.speed_mps < 0.0
        speed, goal = (-float(body[SPEED]), -wish.speed_mps) if backwards else (float(body[SPEED]), wish.speed_mps)
        most = wish.acceleration if wish.acceleration > 0.0 else float(max(row[MAX_BRAKE], row[MAX_DRIVE]))
        accel = min(max((goal - speed) / TICK_S, -most), most)
        friction = self.state.weather[0, FRICTION]
        throttle, brake = pedals_for(kind, np.float32(max(speed, 0.0)), np.float32(accel), friction)
        self.pedals[slot] = throttle, frames.other_steer(steer), brake
        self.gears[slot] = 0, backwards, 0, -1 if backwards else 1
        self.state.controls[0, slot] = steer, -throttle if backwards else throttle, brake
