"""What clients are told after each step: the state of every actor, written in place into one message. Source: wire/layout.py.

The message is laid out anew only when actors come or go; a step writes numbers into it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.carla.server.actors import NO_SLOT, Actor
from sim_suite.carla.server.bodies import Bodies
from sim_suite.carla.server.lights import Lights, ticks_in_state
from sim_suite.carla.server.signals import Holds
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.streams import new_state_message
from sim_suite.carla.wire.values import Transform, Vector
from sim_suite.compiling import borrowing
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world import kinds
from sim_suite.driving.world.kinds import BICYCLE, PEDESTRIAN
from sim_suite.driving.world.layout import (
    KIND,
    LANE,
    LANE_ARC,
    LENGTH,
    SLIP,
    SPEED,
    SPEED_LIMIT,
    YAW,
    YAW_RATE,
    X,
    Y,
)

LOOK_M = np.float32(10.0)
"""A vehicle is at a light when its front is so near the line: two cars' lengths, and more where it needs that to stop."""
GENTLE_MPS2 = np.float32(4.0)
"""Braking that passengers still take for ordinary."""
PAST_M = np.float32(-1.0)
"""So far beyond the line it still is at the light."""
KMH = np.float32(3.6)


class Board:
    """The message of one episode, and where each actor is in it."""

    def __init__(
        self, bodies: Bodies, lights: Lights, heights: NDArray[np.float32], holds: Holds,
        light_of: NDArray[np.int64],
    ) -> None:  # fmt: skip
        """heights: [P] z of the lanes' points; holds: which light holds each lane; light_of: [L] its actor."""
        self._bodies, self._lights, self._heights, self._holds, self._light_of = (
            bodies,
            lights,
            heights,
            holds,
            light_of,
        )
        lanes, terrain = bodies.world.map.graph.lanes, bodies.world.ground.terrain
        self._first_point, self._lane_step = lanes.first_point, lanes.step_m.astype(np.float32)
        self._origin = terrain.origin_x, terrain.origin_y
        most = len(bodies.used)
        self._before: NDArray[np.float32] = np.zeros((most, 2), np.float32)
        self._z: NDArray[np.float32] = np.zeros(most, np.float32)
        self.row_of: dict[int, int] = {}
        """Of each actor's number."""
        self._attached: list[tuple[int, Actor]] = []
        self._walkers: list[tuple[int, int]] = []
        self.lay_out([])

    def lay_out(self, actors: Sequence[Actor]) -> None:
        """Begin a message for these actors, sorted by number."""
        self.message, self.records = new_state_message(len(actors))
        self._vehicles = self.records.view(layout.VEHICLE)
        self._lamps = self.records.view(layout.LIGHT)
        self._walking = self.records.view(layout.WALKER)
        self.row_of = {actor.number: row for row, actor in enumerate(actors)}
        self.records["id"] = [actor.number for actor in actors]
        self.records["state"] = layout.ACTIVE
        placed = [(row, actor.slot) for row, actor in enumerate(actors) if actor.slot != NO_SLOT]
        self._placed = np.array(placed, np.int32).reshape(-1, 2)
        lit = [(row, actor.group) for row, actor in enumerate(actors) if actor.group >= 0]
        self._lit = np.array(lit, np.int32).reshape(-1, 2)
        self._walkers = [(row, slot) for row, slot in placed if self._bodies.state.mind[0, slot, KIND] == PEDESTRIAN]
        self._attached = [(row, actor) for row, actor in enumerate(actors) if actor.mount is not None]
        signs = self.records.view(layout.SIGN)
        for row, actor in enumerate(actors):
            if actor.slot == NO_SLOT:
                self.put(row, actor.pose)
            if actor.sign_id:
                signs["sign_id"][row] = actor.sign_id.encode(errors="surrogateescape")[: layout.SIGN_ID_BYTES]
        self._lamps["pole"][self._lit[:, 0]] = np.arange(len(lit), dtype=np.uint32)
        self._lights.changed = True

    def put(self, row: int, pose: Transform) -> None:
        """Where an actor without a body is."""
        record = self.records[row]
        (record["x"], record["y"], record["z"]), record["pitch"] = pose.location, pose.pitch
        record["yaw"], record["roll"] = pose.yaw, pose.roll

    def pose(self, row: int) -> Transform:
        """Where an actor was last said to be."""
        one = self.records[row]
        place = Vector(float(one["x"]), float(one["y"]), float(one["z"]))
        return Transform(place, float(one["pitch"]), float(one["yaw"]), float(one["roll"]))

    def forget_motion(self, slot: int) -> None:
        """A new body in a slot has no velocity before."""
        self._before[slot] = 0.0

    def _write_times(self) -> None:
        """How long the lights' phases last, and which are stopped."""
        times = np.array([self._lights.times_s(int(group)) for group in self._lit[:, 1]], np.float32).reshape(-1, 3)
        for column, name in enumerate(("green_s", "yellow_s", "red_s")):
            self._lamps[name][self._lit[:, 0]] = times[:, column]
        self._lamps["frozen"][self._lit[:, 0]] = [self._lights.is_frozen(int(group)) for group in self._lit[:, 1]]
        self._lights.changed = False

    def refresh(self, tick: int, step_s: float) -> None:
        """Write where everybody is. step_s: seconds since the last time; 0 before the first step."""
        bodies, holds = self._bodies, self._holds
        state = bodies.state
        write_bodies(
            self._vehicles, self._placed, state.body[0], state.mind[0], bodies.pedals, bodies.gears, self._before, self._z,
            self._heights, holds.arc_m, holds.group, self._light_of, self._lights.programme, state.lights[0], tick,
            np.float32(step_s), self._first_point, self._lane_step, self._origin[0], self._origin[1],
        )  # fmt: skip
        if self._lights.changed:
            self._write_times()
        write_lights(self._lamps, self._lit, self._lights.programme, state.lights[0], self._lights.told_since, tick)
        walking = self._walking
        for row, slot in self._walkers:
            control = bodies.walks.get(slot)
            if control is not None:
                walking["direction_x"][row], walking["direction_y"][row] = control.direction.x, control.direction.y
                walking["direction_z"][row], walking["speed"][row] = control.direction.z, control.speed_mps
        for row, actor in self._attached:
            parent = self.row_of.get(actor.parent)
            if parent is not None and actor.mount is not None:
                self.put(row, frames.attached_to(self.pose(parent), actor.mount))


@borrowing
def write_bodies(
    records: np.ndarray, placed: np.ndarray, bodies: np.ndarray, minds: np.ndarray, pedals: np.ndarray, gears: np.ndarray,
    before: np.ndarray, z: np.ndarray, heights: np.ndarray, hold_arc: np.ndarray, hold_group: np.ndarray, hold_actor: np.ndarray,
    programme: np.ndarray, told: np.ndarray, tick: int, step_s: np.float32, first_point: np.ndarray,
    lane_step: np.ndarray, origin_x: float, origin_y: float,
) -> None:  # fmt: skip
    """Write bodies into records (layout.VEHICLE). placed: [N, 2] row and slot; before: [A, 2] velocity a step ago, kept up."""
    for n in range(len(placed)):
        record, slot = records[placed[n, 0]], placed[n, 1]
        body, mind = bodies[slot], minds[slot]
        way = body[YAW] + body[SLIP]
        vx, vy = body[SPEED] * np.float32(math.cos(way)), body[SPEED] * np.float32(math.sin(way))
        lane = mind[LANE]
        if lane >= 0:
            z[slot] = height_at(heights, first_point, lane_step, lane, body[LANE_ARC])
        record.x = np.float32(origin_x + body[X])
        record.y = frames.flipped(np.float32(origin_y + body[Y]))
        record.z = z[slot]
        record.yaw = frames.carla_degrees(body[YAW])
        record.vx, record.vy = vx, frames.flipped(vy)
        record.wz = frames.carla_rate(body[YAW_RATE])
        if step_s > np.float32(0.0):
            record.ax = (vx - before[slot, 0]) / step_s
            record.ay = frames.flipped(np.float32((vy - before[slot, 1]) / step_s))
        before[slot, 0], before[slot, 1] = vx, vy
        if mind[KIND] > BICYCLE:
            continue
        record.throttle, record.steer, record.brake = pedals[slot, 0], pedals[slot, 1], pedals[slot, 2]
        record.hand_brake, record.reverse = gears[slot, 0] != 0, gears[slot, 1] != 0
        record.manual_gear_shift, record.gear = gears[slot, 2] != 0, gears[slot, 3]
        record.speed_limit = body[SPEED_LIMIT] * KMH
        record.at_light, record.light, record.light_actor = False, np.uint8(layout.GREEN), np.uint32(0)
        if lane >= 0 and hold_group[lane] >= 0:
            ahead = hold_arc[lane] - body[LANE_ARC] - np.float32(0.5) * body[LENGTH]
            stopping = body[SPEED] * body[SPEED] / (np.float32(2.0) * GENTLE_MPS2)
            if PAST_M <= ahead <= max(LOOK_M, stopping):
                record.at_light = True
                record.light = np.uint8(shown(light_at(programme, told, hold_group[lane], tick)))
                record.light_actor = np.uint32(hold_actor[lane])


@borrowing
def height_at(
    heights: np.ndarray, first_point: np.ndarray, lane_step: np.ndarray, lane: int, arc: np.float32
) -> np.float32:
    """z of a lane's centre; arcs beyond its ends are those of its ends."""
    first, last = first_point[lane], first_point[lane + 1] - 1
    place = min(max(arc / lane_step[lane], np.float32(0.0)), np.float32(last - first))
    k = min(first + int(place), last - 1)
    share = place - np.float32(k - first)
    return np.float32(heights[k] + share * (heights[k + 1] - heights[k]))


@borrowing
def write_lights(
    records: np.ndarray, lit: np.ndarray, programme: np.ndarray, told: np.ndarray, told_since: np.ndarray, tick: int
) -> None:
    """Write what lights show into records (layout.LIGHT). lit: [N, 2] row and group."""
    for n in range(len(lit)):
        record, group = records[lit[n, 0]], lit[n, 1]
        record.light = np.uint8(shown(light_at(programme, told, group, tick)))
        ticks = ticks_in_state(programme, told, told_since, group, tick)
        record.elapsed_s = np.float32(ticks) * np.float32(kinds.TICK_S)


@borrowing
def shown(light: int) -> int:
    """A light of the world's as clients number it."""
    if light == kinds.RED:
        return layout.RED
    if light == kinds.YELLOW:
        return layout.YELLOW
    return layout.GREEN if light == kinds.GREEN else layout.OFF
