"""Records a trip from the arrays of a driving world, sample by sample. Source: ours.

Each sample copies what metrics need of the state, 56 bytes an actor; what lies under the ego is looked up once, when the trip is
finished.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.metrics.drivable_area import TOLERANCE_M
from sim_suite.driving.metrics.outside_lanes import ALLOWED_M, WRONG_WAY_RAD
from sim_suite.driving.metrics.trip import NOBODY, Bools, Floats, Ints, Others, Road, Trip, TripEvent
from sim_suite.driving.roads.baking.lookup import lookup
from sim_suite.driving.roads.graph.kinds import LaneKind
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as land
from sim_suite.driving.world.kinds import NO_CONTROL, TICK_S, EventKind
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import Ground
from sim_suite.errors import SuiteError

Singles = NDArray[np.float32]
Numbers = NDArray[np.int32]


class WorldEvent(Protocol):
    """An event as a world tells of it; `actor` and `partner` are slots."""

    @property
    def tick(self) -> int: ...
    @property
    def kind(self) -> int: ...
    @property
    def actor(self) -> int: ...
    @property
    def partner(self) -> int: ...
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...


class TripRecorder:
    """One trip of one agent of one world; begin a new one at each reset."""

    def __init__(self, ground: Ground, *, world: int = 0, agent: int = 0) -> None:
        """ground: of the map that is driven on; agent: the ego's slot."""
        self._ground, self._world, self._agent = ground, world, agent
        self._body: list[Singles] = []
        self._mind: list[Numbers] = []
        self._ego_body: list[Singles] = []
        self._ego_mind: list[Numbers] = []
        self._tick: list[int] = []
        self._events: list[TripEvent] = []
        self._route_length_m = 0.0

    def observe(self, state: State, events: Iterable[WorldEvent] = ()) -> None:
        """Take a sample: after the reset, then after each step, always the same number of ticks apart.

        events: those of this world since the last sample, of any actor.
        """
        body, mind = state.body[self._world], state.mind[self._world]
        self._body.append(body[:, : col.WIDTH + 1].copy())
        self._mind.append(mind[:, : col.ID + 1].copy())
        self._ego_body.append(body[self._agent].copy())
        self._ego_mind.append(mind[self._agent].copy())
        self._tick.append(int(state.world[self._world, col.TICK]))
        if not self._route_length_m:
            legs = int((state.legs[self._world, self._agent] >= 0).sum())
            self._route_length_m = float(state.leg_arc[self._world, self._agent, legs])
        for event in events:
            if event.actor == self._agent:
                self._events.append(_told(event, mind))

    def finish(self) -> Trip:
        """The trip so far, in the world's frame. Raises `SuiteError` where no sample was taken, or at unequal intervals."""
        if not self._tick:
            raise SuiteError("a trip needs at least one sample, and none was taken. Observe the state after the reset.")
        ego, ego_mind = np.array(self._ego_body, np.float64), np.array(self._ego_mind, np.int64)
        return Trip(
            time_s=TICK_S * np.array(self._tick, np.float64),
            pose=ego[:, [col.X, col.Y, col.YAW]],
            speed_mps=ego[:, col.SPEED],
            slip_rad=ego[:, col.SLIP],
            progress_m=ego[:, col.ROUTE_ARC],
            route_length_m=self._route_length_m,
            length_m=float(ego[0, col.LENGTH]),
            width_m=float(ego[0, col.WIDTH]),
            wheelbase_m=float(ego[0, col.WHEELBASE]),
            events=tuple(self._events),
            road=_road(self._ground, ego, ego_mind),
            others=_others(
                np.delete(np.array(self._body, np.float64), self._agent, axis=1),
                np.delete(np.array(self._mind, np.int64), self._agent, axis=1),
            ),
        )


def _told(event: WorldEvent, mind: Numbers) -> TripEvent:
    partner, kind = NOBODY, NOBODY
    if event.kind == EventKind.COLLISION and event.partner >= 0:
        partner, kind = int(mind[event.partner, col.ID]), int(mind[event.partner, col.KIND])
    return TripEvent(TICK_S * event.tick, EventKind(event.kind), float(event.x), float(event.y), partner, kind)


def _others(body: Floats, mind: Ints) -> Others:
    empty = mind[..., col.CONTROL] == NO_CONTROL
    return Others(
        pose=body[..., [col.X, col.Y, col.YAW]],
        speed_mps=body[..., col.SPEED],
        size_m=body[..., [col.LENGTH, col.WIDTH]],
        kind=np.where(empty, NOBODY, mind[..., col.KIND]),
        identity=np.where(empty, NOBODY, mind[..., col.ID]),
    )


def _road(ground: Ground, body: Floats, mind: Ints) -> Road:
    """What lies under the ego. body: [T, BODY]; mind: [T, MIND]."""
    terrain = ground.terrain
    lane = mind[:, col.LANE]
    on_lane = lane >= 0
    point = terrain.lane[lane, land.FIRST_POINT] + np.rint(
        body[:, col.LANE_ARC] / np.where(on_lane, terrain.lane_f[lane, land.LANE_STEP], 1.0)
    ).astype(np.int64)
    point = np.clip(point, terrain.lane[lane, land.FIRST_POINT], terrain.lane[lane + 1, land.FIRST_POINT] - 1)
    point = np.where(on_lane, point, 0)
    in_junction = on_lane & (terrain.lane[lane, land.JUNCTION] >= 0)
    heading = terrain.point[point, land.HEADING].astype(np.float64)
    turned = np.abs(np.angle(np.exp(1j * (body[:, col.YAW] - heading))))
    beyond = np.abs(body[:, col.LANE_LATERAL]) > terrain.point[point, land.HALF_WIDTH] + ALLOWED_M
    off_lanes = (~on_lane | beyond) & ~_parking(ground, body)
    # Who was told to keep below the limit is measured by the road's all the same.
    told = on_lane & (body[:, col.TOLD_SPEED] > 0)
    limit = np.where(told, terrain.point[point, land.LIMIT], body[:, col.SPEED_LIMIT])
    return Road(
        speed_limit_mps=np.where(limit > 0, limit, np.nan),
        lane_yaw=np.where(on_lane & ~in_junction, heading, np.nan),
        off_road=_off_road(ground, body, TOLERANCE_M),
        outside_lanes=off_lanes | (~in_junction & (turned > WRONG_WAY_RAD)),
        in_junction=in_junction,
        between_lanes=(mind[:, col.SIDE_LANE] >= 0) | _off_road(ground, body, 0.0),
    )


def _off_road(ground: Ground, body: Floats, tolerance_m: float) -> Bools:
    """[T] whether a corner of the box, made smaller by the tolerance on each side, is off the paved ground."""
    half_length, half_width = (body[:, [column]] / 2 - tolerance_m for column in (col.LENGTH, col.WIDTH))
    along, left = half_length * [1, 1, -1, -1], half_width * [1, -1, 1, -1]
    cos, sin = np.cos(body[:, [col.YAW]]), np.sin(body[:, [col.YAW]])
    x = body[:, [col.X]] + along * cos - left * sin + ground.terrain.origin_x
    y = body[:, [col.Y]] + along * sin + left * cos + ground.terrain.origin_y
    return np.asarray((ground.paved[lookup(ground.textures, x, y)[1]] == 0).any(axis=1))


def _parking(ground: Ground, body: Floats) -> Bools:
    """[T] whether the centre is on a parking lane: CARLA counts these among the lanes."""
    x, y = body[:, col.X] + ground.terrain.origin_x, body[:, col.Y] + ground.terrain.origin_y
    sets, which = np.unique(lookup(ground.textures, x, y)[1], return_inverse=True)
    first, kinds = ground.textures.set_first, ground.terrain.lane[:, land.LANE_KIND]
    lanes = [ground.textures.set_lane[first[number] : first[number + 1]] for number in sets]
    return np.array([(kinds[own] == LaneKind.PARKING).any() for own in lanes])[which]
