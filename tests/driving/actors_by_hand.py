"""Worlds peopled by hand for tests of traffic and rules: who is on which lane, how fast, and where it is going."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.graph.projection import project
from sim_suite.driving.roads.routes.route import LanePosition, Route
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import CAR, PARKED, PEDESTRIAN, STILL, TRAFFIC
from sim_suite.driving.world.spawn import begin_actor
from sim_suite.driving.world.world import Event, World, WorldOptions
from tests.driving.sensors.scenes import prepared


def empty_world(town: str, slots: int, **options: object) -> World:
    """One world of empty slots."""
    world = World(prepared(town), 1, WorldOptions(**{"agents": 0, "vehicles": 0, "spare": slots} | options))
    world.reset([0])
    return world


def agent_world(
    town: str, lanes: Sequence[int], *, start: float = 0.0, end: float | None = None, spare: int = 2
) -> World:
    """One world with an agent at the start of a route along lanes, and empty slots."""
    world = World(prepared(town), 1, WorldOptions(vehicles=0, spare=spare))
    world.reset([0], routes=[[route_along(world.map.graph, lanes, start, end)]])
    return world


def route_along(graph: LaneGraph, lanes: Sequence[int], start: float = 0.0, end: float | None = None) -> Route:
    """From an arc of the first lane to an arc of the last."""
    lane = np.array(lanes, np.int32)
    begin, stop = np.zeros(len(lane)), graph.lanes.length_m[lane].copy()
    begin[0] = start
    stop[-1] = stop[-1] if end is None else end
    length = stop - begin
    places = LanePosition(int(lane[0]), begin[0]), LanePosition(int(lane[-1]), stop[-1])
    return Route(*places, lane, begin, stop, lane, np.zeros(len(lane), np.uint8), length, length / 10.0)


def put(
    world: World, slot: int, lanes: Sequence[int], arc: float, *, speed: float = 0.0, kind: int = CAR,
    control: int = TRAFFIC, lateral: float = 0.0, wish: float = 1.0, headway: float = 1.3, turned: float = 0.0,
) -> None:  # fmt: skip
    """An actor on the first of its lanes; it follows them, then whatever comes. turned: from the lane's heading, rad."""
    state, graph = world.state, world.map.graph
    begin_actor(state, 0, slot, kind, control)
    pose = lane_poses(graph, lanes[0], arc, lateral)
    body, mind = state.body[0, slot], state.mind[0, slot]
    body[[col.X, col.Y, col.YAW, col.SPEED]] = pose.x[0], pose.y[0], pose.heading[0] + turned, speed
    body[[col.ARC, col.LANE_ARC, col.LATERAL, col.LANE_LATERAL, col.OFFSET]] = arc, arc, lateral, lateral, lateral
    body[[col.WISH, col.HEADWAY]] = wish, headway
    body[col.SPEED_LIMIT] = world.ground.terrain.point[graph.lanes.first_point[lanes[0]], 5]
    mind[col.LANE] = lanes[0]
    if kind < PEDESTRIAN and control == TRAFFIC:
        ahead = follow(graph, lanes, col.PATH)
        state.path[0, slot, : len(ahead)] = ahead
        state.span[0, slot, : len(ahead), 1] = graph.lanes.length_m[ahead]


def put_still(world: World, slot: int, x: float, y: float, yaw: float = 0.0, kind: int = PARKED) -> None:
    """Something that stands at a place."""
    begin_actor(world.state, 0, slot, kind, STILL)
    world.state.body[0, slot, [col.X, col.Y, col.YAW]] = x, y, yaw
    body = world.state.body[0, slot]
    place = project(world.ground.grid, body[col.X], body[col.Y], body[col.YAW], max_distance_m=6.0)
    world.state.mind[0, slot, col.LANE] = place.lane[0]
    if place.lane[0] >= 0:
        body[[col.LANE_ARC, col.LANE_LATERAL]] = place.arc_m[0], place.lateral_m[0]


def follow(graph: LaneGraph, lanes: Sequence[int], count: int) -> list[int]:
    """The lanes, continued along first successors."""
    ahead = list(lanes)
    while len(ahead) < count:
        onward = graph.successors.lane[graph.successors.first[ahead[-1]] : graph.successors.first[ahead[-1] + 1]]
        if len(onward) == 0:
            break
        ahead.append(int(onward[0]))
    return ahead[:count]


def run(world: World, ticks: int) -> list[Event]:
    """Step tick by tick; all events."""
    events = []
    for _ in range(ticks):
        world.step()
        events += world.events(0)
    return events


def lane_named(world: World, name: str) -> int:
    """By "road/section/lane" as in the file."""
    graph = world.map.graph
    return next(lane for lane in range(graph.num_lanes) if graph.name_of(lane) == name)
