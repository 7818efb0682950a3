"""Worlds placed by hand on a shipped map, for tests and the benchmark of rasters: egos on lanes, others around them, all with a past."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim_suite.driving.roads.graph.kinds import DRIVABLE
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import (
    AGENT,
    BICYCLE,
    BUS,
    CAR,
    OBSTACLE,
    PARKED,
    PEDESTRIAN,
    TICK_S,
    TRAFFIC,
    TRUCK,
)
from sim_suite.driving.world.layout import TRAIL_TICKS, State, new_state
from sim_suite.driving.world.terrain import DrivingMap, prepare

SIZES = {
    CAR: (4.6, 1.9), TRUCK: (8.0, 2.5), BUS: (12.0, 2.55), BICYCLE: (1.8, 0.6), PEDESTRIAN: (0.5, 0.5),
    PARKED: (4.4, 1.8), OBSTACLE: (2.0, 0.5),
}  # fmt: skip
KINDS = (CAR, CAR, CAR, PEDESTRIAN, CAR, BICYCLE, PARKED, CAR, TRUCK, PEDESTRIAN, CAR, BUS, OBSTACLE)
NEAR_M = 40.0


@cache
def prepared(name: str) -> DrivingMap:
    """A shipped map, made ready once."""
    return prepare(load_map(name))


def scene(
    driving_map: DrivingMap, worlds: int, *, actors: int = 16, agents: int = 1, trail: int = 40, seed: int = 0
) -> State:
    """Worlds with all slots in use, at different ticks."""
    graph = driving_map.graph
    rng = np.random.default_rng(seed)
    state = new_state(worlds, actors, agents, len(driving_map.ground.terrain.programme), max_legs=12, trail=trail)
    x, y, heading = graph.points.x, graph.points.y, graph.points.heading
    lane_of = np.repeat(np.arange(graph.num_lanes), np.diff(graph.lanes.first_point))
    driven = np.flatnonzero(((DRIVABLE >> graph.lanes.kind[lane_of].astype(np.int64)) & 1) == 1)
    for w in range(worlds):
        state.world[w, layout.TICK] = rng.integers(200, 5000)
        state.world[w, layout.NUM_ACTORS] = actors
        centre = rng.choice(driven)
        near = np.flatnonzero(np.hypot(x - x[centre], y - y[centre]) < NEAR_M)
        for a in range(actors):
            point = centre if a == 0 else rng.choice(near)
            kind = CAR if a < agents else KINDS[a % len(KINDS)]
            pose = x[point] + rng.normal(0, 0.5), y[point] + rng.normal(0, 0.5), heading[point] + rng.normal(0, 0.1)
            place(state, w, a, kind, *pose, speed=rng.uniform(0, 12) * (kind not in (PARKED, OBSTACLE)))
            if a % 5 == 1:
                state.mind[w, a, layout.BORN] = state.world[w, layout.TICK] - rng.integers(0, 15)
            if a < agents:
                state.mind[w, a, layout.CONTROL] = AGENT
                give_route(driving_map, state, w, a, int(lane_of[point]), rng)
    return state


def place(state: State, w: int, a: int, kind: int, x: float, y: float, yaw: float, speed: float = 0.0) -> None:
    """Put an actor into a slot; its past lies straight behind it."""
    body = state.body[w, a]
    body[[layout.X, layout.Y, layout.YAW, layout.SPEED]] = x, y, yaw, speed
    body[[layout.LENGTH, layout.WIDTH]] = SIZES[kind]
    state.mind[w, a, layout.KIND] = kind
    state.mind[w, a, layout.CONTROL] = TRAFFIC
    state.mind[w, a, layout.ID] = a
    state.mind[w, a, layout.BORN] = 0
    ages = state.world[w, layout.TICK] % TRAIL_TICKS + TRAIL_TICKS * np.arange(state.trail.shape[2])
    state.trail[w, a, :, 0] = x - np.cos(yaw) * speed * TICK_S * ages
    state.trail[w, a, :, 1] = y - np.sin(yaw) * speed * TICK_S * ages
    state.trail[w, a, :, 2] = yaw
    state.trail[w, a, :, 3] = kind + 1


def give_route(driving_map: DrivingMap, state: State, w: int, agent: int, lane: int, rng: np.random.Generator) -> None:
    """Legs from a lane on, each the whole of a lane."""
    graph, arc = driving_map.graph, 0.0
    for leg in range(state.legs.shape[2]):
        state.legs[w, agent, leg] = lane
        arc += graph.lanes.length_m[lane]
        state.leg_arc[w, agent, leg + 1] = arc
        onward = graph.successors.lane[graph.successors.first[lane] : graph.successors.first[lane + 1]]
        if len(onward) == 0:
            break
        lane = int(rng.choice(onward))
