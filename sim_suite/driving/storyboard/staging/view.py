"""What conditions and actions see of the worlds, and how they reach into them: host arrays over all variations. Source: ours.

A view over one world of a CARLA server has the same arrays with W = 1. Places are in the map's frame, float64.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.graph.kinds import ANY_LANE, DRIVABLE
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.graph.projection import project, project_onto
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.numbers import Number, value_of
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.cast import Cast
from sim_suite.driving.storyboard.staging.lights import Phases
from sim_suite.driving.storyboard.staging.places import RoadPlaces
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import NO_CONTROL, SCRIPT, STILL, TICK_S, ActorKind
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.locate import find_lane
from sim_suite.driving.world.spawn import begin_actor, clear_actor
from sim_suite.driving.world.step import place_actor
from sim_suite.driving.world.terrain import DrivingMap, Ground

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]

REACH_M: Final = 6.0
"""A vehicle within this of a lane follows it, else it goes straight on; as `world.locate` looks for lanes."""


class Poses(NamedTuple):
    """Places of all worlds, [W] each."""

    x: Floats
    y: Floats
    yaw: Floats
    lane: Ints
    """The lane that is meant, -1 where none is."""
    arc_m: Floats
    aside_m: Floats
    """To the left of the lane's direction."""


class View:
    """All worlds of one stage. `values`: parameters and variables, [W] float64 each by name."""

    def __init__(
        self, driving_map: DrivingMap, state: State, scenario: Scenario, values: Mapping[str, Floats]
    ) -> None:  # fmt: skip
        """The ego takes slot 0, the others the slots after it, in their order."""
        ordered = sorted(scenario.entities, key=lambda one: one.name != scenario.ego)
        self.entities: dict[str, Entity] = {one.name: one for one in ordered}
        self.slots: dict[str, int] = {name: slot for slot, name in enumerate(self.entities)}
        self.map, self.state = driving_map, state
        self.cast: Cast = c.new_cast(state.num_worlds, len(self.entities))
        self.places = RoadPlaces(driving_map.graph, driving_map.road_map.document)
        self.values: dict[str, Floats] = dict(values)
        self.texts = {one.name: one.value for one in scenario.parameters if isinstance(one.value, str)}
        """Parameters and variables that are words."""
        for variable in scenario.variables:
            if isinstance(variable.value, str):
                self.texts[variable.name] = variable.value
            else:
                self.values[variable.name] = self.number(variable.value).copy()
        self.left_out: set[str] = set()
        """What could not be done, for the notes of a run."""
        self.phases = Phases(scenario.signal_controllers, state.num_worlds)
        terrain = driving_map.ground.terrain
        self._origin = np.array([terrain.origin_x, terrain.origin_y])

    @property
    def num_worlds(self) -> int:
        """W."""
        return self.state.num_worlds

    @property
    def time_s(self) -> Floats:
        """[W] Since the start."""
        return TICK_S * self.state.world[:, col.TICK].astype(np.float64)

    def number(self, number: Number) -> Floats:
        """[W] A number of a scenario in each world."""
        values = np.asarray(value_of(number, self.values), np.float64)
        return np.broadcast_to(values, (self.num_worlds,))

    def slot(self, name: str) -> int:
        """Of an entity."""
        return self.slots[name]

    def exists(self, name: str) -> Bools:
        """[W] Whether an entity is in the world."""
        return np.asarray(self.state.mind[:, self.slots[name], col.CONTROL] != NO_CONTROL)

    def body(self, name: str, column: int) -> Floats:
        """[W] A column of an entity's row of `State.body`."""
        return self.state.body[:, self.slots[name], column].astype(np.float64)

    def pose(self, name: str) -> tuple[Floats, Floats, Floats]:
        """x, y and yaw of the centre of an entity's box, [W] each, map's frame."""
        return (
            self.body(name, col.X) + self._origin[0],
            self.body(name, col.Y) + self._origin[1],
            self.body(name, col.YAW),
        )

    def point(self, name: str) -> tuple[Floats, Floats, Floats]:
        """x, y and yaw of the point that an entity's positions are meant for, [W] each."""
        x, y, yaw = self.pose(name)
        ahead = self.number(self.entities[name].ahead)
        return x - ahead * np.cos(yaw), y - ahead * np.sin(yaw), yaw

    def speed(self, name: str) -> Floats:
        """[W] m/s, negative backwards."""
        return self.body(name, col.SPEED)

    def on_lane(self, name: str) -> Poses:
        """Where an entity is, with its lane; [W] each, lane -1 where there is none near."""
        x, y, yaw = self.pose(name)
        slot = self.slots[name]
        lane = self.state.mind[:, slot, col.LANE].copy()
        arc, aside = self.body(name, col.LANE_ARC), self.body(name, col.LANE_LATERAL)
        number, index = self.cast.number[:, slot], self.cast.integer[:, slot]
        acting = index[:, c.MODE] == c.ON_LANE
        lane = np.where(acting, index[:, c.LANE], lane).astype(np.int32)
        return Poses(
            x, y, yaw, lane, np.where(acting, number[:, c.ARC], arc), np.where(acting, number[:, c.ASIDE], aside)
        )

    def near_lane(self, name: str) -> Poses:
        """As `on_lane`; who has left all lanes counts as on the nearest driving lane, however far: a driver may go anywhere."""
        on = self.on_lane(name)
        astray = (on.lane < 0) & self.exists(name)
        if not astray.any():
            return on
        found = project(self.map.ground.grid, on.x, on.y, on.yaw, kinds=DRIVABLE, max_distance_m=np.inf)
        return on._replace(
            lane=np.where(astray, found.lane, on.lane).astype(np.int32),
            arc_m=np.where(astray, found.arc_m, on.arc_m),
            aside_m=np.where(astray, found.lateral_m, on.aside_m),
        )

    def road_of(self, name: str) -> tuple[Ints, Ints, Floats, Ints, Bools]:
        """(road, lane id, s, +1 or -1 of the lane's direction, whether it is on a lane at all) of an entity, [W] each."""
        on = self.on_lane(name)
        road, lane_id, s, way = self.places.road_of(on.lane, on.arc_m)
        return road, lane_id, s, way, on.lane >= 0

    # How actions reach into the worlds. mask: [W] the worlds that it happens in.

    def put(self, name: str, poses: Poses, mask: Bools) -> None:
        """Put an entity somewhere; one that is not there yet comes into the world, standing."""
        entity, slot = self.entities[name], self.slots[name]
        arriving = mask & ~self.exists(name)
        control = STILL if entity.kind == ActorKind.PARKED else SCRIPT
        _begin(self.state, np.flatnonzero(arriving), slot, int(entity.kind), control)
        self._forget_motion(slot, arriving)
        for column, size in ((col.LENGTH, entity.length), (col.WIDTH, entity.width)):
            if size is not None:
                self.state.body[arriving, slot, column] = self.number(size)[arriving]
        ahead = self.number(entity.ahead)
        x = poses.x + ahead * np.cos(poses.yaw) - self._origin[0]
        y = poses.y + ahead * np.sin(poses.yaw) - self._origin[1]
        number = self.cast.number[:, slot]
        for column, place, values in ((col.X, c.PX, x), (col.Y, c.PY, y), (col.YAW, c.PYAW, poses.yaw)):
            number[mask, place] = values[mask]
            self.state.body[mask, slot, column] = values[mask]
        self.state.body[mask, slot, col.YAW] = np.angle(np.exp(1j * poses.yaw[mask]))
        index = self.cast.integer[:, slot]
        if self.is_driven(name):
            index[mask, c.MODE] = c.DRIVEN
        else:
            self.take_lane(name, self._of_centre(poses, ahead), mask)
        self.settle(slot, mask)

    def let_drive(self, name: str) -> None:
        """Leave an entity to an agent: the storyboard puts it into its place and no more."""
        self.cast.integer[:, self.slots[name], c.MODE] = c.DRIVEN

    def lane_heading(self, lane: Ints, arc_m: Floats) -> Floats:
        """[W] Of the lanes' directions at places on them; NaN where the lane is -1."""
        heading = lane_poses(self.map.graph, np.maximum(lane, 0), np.nan_to_num(arc_m)).heading
        return np.where(lane >= 0, heading, np.nan)

    def is_driven(self, name: str) -> bool:
        """Whether an agent drives it."""
        return bool((self.cast.integer[:, self.slots[name], c.MODE] == c.DRIVEN).any())

    def take_lane(self, name: str, poses: Poses, mask: Bools) -> None:
        """Let an entity follow the lane that it is put on or near, or go straight on where there is none, or it heads across."""
        slot = self.slots[name]
        number, index = self.cast.number[:, slot], self.cast.integer[:, slot]
        x, y, yaw = number[:, c.PX] + self._origin[0], number[:, c.PY] + self._origin[1], number[:, c.PYAW]
        lane, arc, aside = poses.lane.copy(), poses.arc_m.copy(), poses.aside_m.copy()
        walks = self.entities[name].kind == ActorKind.PEDESTRIAN
        unknown = mask & (lane < 0)
        if unknown.any():
            kinds = ANY_LANE if walks else DRIVABLE
            found = project(self.map.ground.grid, x, y, yaw, kinds=kinds, max_distance_m=REACH_M)
            lane = np.where(unknown, found.lane, lane).astype(np.int32)
            arc, aside = np.where(unknown, found.arc_m, arc), np.where(unknown, found.lateral_m, aside)
        turned = np.angle(np.exp(1j * (yaw - np.nan_to_num(self.lane_heading(lane, arc)))))
        against = np.abs(turned) > np.pi / 2
        off = np.angle(np.exp(1j * (turned - np.where(against, np.pi, 0.0))))
        # Who heads across a lane by more than this goes where it heads (ours).
        follows = (lane >= 0) & (np.abs(off) < np.deg2rad(30.0 if walks else 60.0))
        index[mask, c.MODE] = np.where(follows, c.ON_LANE, c.STRAIGHT)[mask]
        index[mask, c.LANE] = lane[mask]
        index[mask, c.WAY] = np.where(against, -1, 1)[mask]
        number[mask, c.ARC], number[mask, c.ASIDE] = np.nan_to_num(arc)[mask], np.nan_to_num(aside)[mask]
        number[mask, c.ASIDE_NEEDED] = 0.0

    def _of_centre(self, poses: Poses, ahead: Floats) -> Poses:
        """Places of the centres of boxes, from those of the points that positions are meant for."""
        known = poses.lane >= 0
        if not (known & (ahead != 0.0)).any():
            return poses
        turned = poses.yaw - np.nan_to_num(self.lane_heading(poses.lane, poses.arc_m))
        arc, aside = poses.arc_m + ahead * np.cos(turned), poses.aside_m + ahead * np.sin(turned)
        x, y = poses.x + ahead * np.cos(poses.yaw), poses.y + ahead * np.sin(poses.yaw)
        foot = project_onto(self.map.ground.grid, np.where(known, poses.lane, 0), np.nan_to_num(x), np.nan_to_num(y))
        # Beyond the ends of the lane there is nothing to project onto.
        inside = (arc > 0.0) & (arc < self.map.graph.lanes.length_m[np.maximum(poses.lane, 0)])
        return poses._replace(arc_m=np.where(inside, foot.arc_m, arc), aside_m=np.where(inside, foot.lateral_m, aside))

    def _forget_motion(self, slot: int, mask: Bools) -> None:
        """Who comes into the world begins anew: standing, with nothing going on."""
        number, index = self.cast.number[:, slot], self.cast.integer[:, slot]
        for column in (c.PACE, c.PACE_NEEDED, c.ASIDE_NEEDED, c.STOOD, c.OFF_ROAD, c.AT_END):
            number[mask, column] = 0.0
        for column in (c.PACE_RUN, c.ASIDE_RUN, c.PATH_RUN, c.ROUTE_RUN):
            index[mask, column] = 0
        index[mask, c.ROUTE] = -1

    def settle(self, slot: int, mask: Bools) -> None:
        """Let the world find the lanes under an actor that was moved."""
        _settle(self.state, self.map.ground, np.flatnonzero(mask), slot)

    def set_speed(self, name: str, speed: Floats, mask: Bools) -> None:
        """Give an entity a speed at once."""
        slot = self.slots[name]
        self.cast.number[mask, slot, c.PACE] = speed[mask]
        self.cast.number[mask, slot, c.PACE_NEEDED] = 0.0
        self.state.body[mask, slot, col.SPEED] = speed[mask]

    def remove(self, name: str, mask: Bools) -> None:
        """Take an entity out of the world."""
        slot = self.slots[name]
        _clear(self.state, np.flatnonzero(mask), slot)
        self.cast.integer[mask, slot, c.MODE] = c.ABSENT

    def to_terrain(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """From the map's frame to that of the arrays."""
        return x - self._origin[0], y - self._origin[1]


@borrowing
def _begin(state: State, which: np.ndarray, slot: int, kind: int, control: int) -> None:
    for w in which:
        begin_actor(state, w, slot, kind, control)


@borrowing
def _clear(state: State, which: np.ndarray, slot: int) -> None:
    for w in which:
        clear_actor(state.body[w, slot], state.mind[w, slot], state.path[w, slot], state.span[w, slot])


@borrowing
def _settle(state: State, ground: Ground, which: np.ndarray, slot: int) -> None:
    for w in which:
        place_actor(state, ground, w, slot)
        if state.mind[w, slot, col.CONTROL] == STILL:  # what stands for good is passed by on the lane that it stands on
            find_lane(state.body[w, slot], state.mind[w, slot], ground)
