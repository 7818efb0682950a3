"""A world as a car believes it to be, drawn by the kernels that draw the true one, so that a pixel means the same. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from perception.surroundings.navigation import Ego
from perception.surroundings.others import Other
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_plan import RasterTables, with_signs
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, trail_length
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import AGENT, CAR, OFF, TRAFFIC
from sim_suite.driving.world.layout import TRAIL_TICKS, State, new_state
from sim_suite.driving.world.terrain import (
    DRIVEN,
    FIRST_POINT,
    HEADING,
    LANE_LENGTH,
    LANE_STEP,
    PX,
    PY,
    STOP_KIND,
    DrivingMap,
)
from sim_suite.envs.driving.sensing import FROM, LANE, TO

Floats = NDArray[np.float64]
MOST_OTHERS: Final = 40
"""Believed in at a time; of more the first that were seen are drawn."""
_TICK: Final = 1000 * TRAIL_TICKS
"""Of every believed moment: long after anything began, and one at which poses are kept."""
_LANE_M: Final = 4.0
"""From a lane's centre line: who is farther away does not stand on it."""
_BACK_M, _ONWARD_M = 5.0, 60.0
"""Along the route, from where the car was before: there it is looked for. Nothing drives farther in a second."""


class BelievedWorld:
    """One map, for one raster. It keeps scratch memory: use one for each thread."""

    def __init__(self, driving_map: DrivingMap, spec: RasterSpec) -> None:
        terrain = driving_map.ground.terrain
        self._terrain, self._rasteriser = terrain, Rasteriser(driving_map, spec)
        self._origin = np.array([terrain.origin_x, terrain.origin_y])
        self._signal_of_stop = driving_map.graph.stop_lines.signal
        self._tables: dict[frozenset[tuple[int, SignalKind]], RasterTables] = {}
        self._state: State | None = None
        count = len(terrain.lane_f)
        owners = np.repeat(np.arange(count), np.diff(terrain.lane[:, FIRST_POINT]))
        self._driven = np.flatnonzero(terrain.lane[:count, DRIVEN][owners] == 1)
        self._lanes = cKDTree(terrain.point[self._driven][:, [PX, PY]] + self._origin)

    def headings(self, places: Floats, else_rad: float) -> Floats:
        """[n] rad: of the nearest lane's centre line for who stands on it, else `else_rad`. places: [n, 2] of the map."""
        if not len(places):
            return np.zeros(0)
        far, nearest = self._lanes.query(places)
        lane = self._terrain.point[self._driven[nearest], HEADING]
        return np.where(far <= _LANE_M, lane, else_rad).astype(np.float64)

    def along(self, route: NDArray[np.float32], place: Floats, before_m: float) -> float:
        """How much of a route [R, ROUTE] lies behind at a place [2], m: never less than `before_m`."""
        points, arcs = self._line(route)
        near = np.flatnonzero((arcs >= before_m - _BACK_M) & (arcs <= before_m + _ONWARD_M))
        if not len(near):
            return before_m
        off = points[near] - (place - self._origin)
        return max(before_m, float(arcs[near[np.argmin(np.hypot(off[:, 0], off[:, 1]))]]))

    def draw(
        self, ego: Ego, own_past: tuple[tuple[float, float, float], ...], route: NDArray[np.float32], along_m: float,
        others: list[Other], lights: Mapping[int, int], signs: Mapping[int, SignalKind],
    ) -> NDArray[np.uint8]:  # fmt: skip
        """[C, H, W] uint8: the map, the route and what is believed. own_past: poses of the ego, now first, TRAIL_TICKS apart."""
        state = self._filled(len(route))
        chosen = others[:MOST_OTHERS]
        self._put(state, 0, CAR, AGENT, own_past)
        for slot, one in enumerate(chosen, 1):
            self._put(state, slot, one.kind, TRAFFIC, one.poses)
        state.body[0, 0, col.ROUTE_ARC] = along_m
        state.world[0, col.NUM_ACTORS] = 1 + len(chosen)
        lanes = route[:, LANE]
        state.legs[0, 0] = np.where(lanes >= 0.0, lanes, -1).astype(np.int32)
        state.leg_span[0, 0] = route[:, [FROM, TO]]
        state.leg_arc[0, 0, 1:] = np.cumsum(np.where(lanes >= 0.0, np.abs(route[:, TO] - route[:, FROM]), 0.0))
        for group, light in lights.items():
            state.lights[0, group] = light
        self._rasteriser.tables = self._tables_for(signs)
        out = np.empty((1, 1, *self._rasteriser.spec.shape), np.uint8)
        self._rasteriser.draw(state, out)
        raster: NDArray[np.uint8] = out[0, 0]
        return raster

    def _filled(self, legs: int) -> State:
        """An empty world in which no light shows anything."""
        if self._state is None or self._state.legs.shape[2] != legs:
            groups = len(self._terrain.programme)
            self._state = new_state(
                1, 1 + MOST_OTHERS, 1, groups, max_legs=legs, trail=max(trail_length(self._rasteriser.spec), 1)
            )
        state = self._state
        state.mind[:], state.body[:], state.trail[:], state.leg_arc[:], state.lights[:] = 0, 0.0, 0.0, 0.0, OFF
        state.world[0, col.TICK] = _TICK
        return state

    def _put(
        self, state: State, slot: int, kind: int, control: int, poses: tuple[tuple[float, float, float], ...]
    ) -> None:
        known = np.array(poses[: state.trail.shape[2]], np.float64)
        known[:, :2] -= self._origin
        body, mind = state.body[0, slot], state.mind[0, slot]
        body[[col.X, col.Y, col.YAW]] = known[0]
        body[[col.LENGTH, col.WIDTH]] = PARAMETERS[kind, LENGTH_M], PARAMETERS[kind, WIDTH_M]
        mind[[col.KIND, col.CONTROL, col.ID]] = kind, control, slot
        mind[col.BORN] = _TICK - TRAIL_TICKS * (len(known) - 1)
        state.trail[0, slot, : len(known), :3] = known
        state.trail[0, slot, : len(known), 3] = kind + 1

    def _tables_for(self, signs: Mapping[int, SignalKind]) -> RasterTables:
        """Tables that know of these signs alone: a line whose sign is not known is one as at a light, and holds nobody."""
        key = frozenset(signs.items())
        if key not in self._tables:
            stop = self._terrain.stop.copy()
            for row, signal in enumerate(self._signal_of_stop.tolist()):
                if stop[row, STOP_KIND] != SignalKind.LIGHT:
                    stop[row, STOP_KIND] = signs.get(signal, SignalKind.LIGHT)
            known = self._terrain._replace(stop=stop)
            self._tables[key] = with_signs(self._rasteriser.tables, self._rasteriser.textures, known)
        return self._tables[key]

    def _line(self, route: NDArray[np.float32]) -> tuple[Floats, Floats]:
        """(points [n, 2] from the terrain's origin, m along the route [n]) of the centre lines of its lanes."""
        points, arcs, begin = [], [], 0.0
        for lane, start, stop in route[route[:, LANE] >= 0.0].tolist():
            first, last = self._terrain.lane[int(lane) : int(lane) + 2, FIRST_POINT].tolist()
            step, length = self._terrain.lane_f[int(lane), [LANE_STEP, LANE_LENGTH]].tolist()
            arc = np.minimum(np.arange(last - first) * step, length)
            inside = (arc >= min(start, stop)) & (arc <= max(start, stop))
            points.append(self._terrain.point[first:last][inside][:, [PX, PY]].astype(np.float64))
            arcs.append(begin + np.abs(arc[inside] - start))
            begin += abs(stop - start)
        if not points:
            return np.zeros((0, 2)), np.zeros(0)
        return np.concatenate(points), np.concatenate(arcs)
