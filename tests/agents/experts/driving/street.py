"""A street for drivers' tests: a car on the map `crossroads`, 110 m before its lights, and whom a test puts there."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world.kinds import ActorKind, Control, EventKind, Light
from sim_suite.driving.world.layout import CROSSING, CROSSWALK, GOAL_X, GOAL_Y, PHASE, ROUTE_ARC, YAW, X, Y
from sim_suite.driving.world.locate import find_lane
from sim_suite.driving.world.spawn import begin_actor
from sim_suite.driving.world.terrain import DrivingMap, prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.driving.controls import CONTINUOUS, write_controls
from sim_suite.envs.driving.route_finder import RouteFinder
from sim_suite.envs.driving.state import driving_state

LANE, LINE_M, LENGTH_M = 1, 149.0, 154.5
"""The lane that leads from the north-east to the crossing, its stop line, its length; traffic keeps to the right."""


@cache
def crossroads() -> DrivingMap:
    return prepare(load_map("crossroads"))


@cache
def _finder() -> RouteFinder:
    return RouteFinder(crossroads())


def pose_on(lane: int, arc_m: float) -> tuple[float, float, float]:
    graph = crossroads().graph
    first = graph.lanes.first_point[lane]
    k = first + round(arc_m / float(graph.lanes.step_m[lane]))
    return float(graph.points.x[k]), float(graph.points.y[k]), float(graph.points.heading[k])


class Street:
    """One world, one agent in slot 0 at 40 m of the lane, straight on over the crossing to its other side."""

    def __init__(self, from_m: float = 40.0, speed_mps: float = 0.0) -> None:
        options = WorldOptions(vehicles=0, spare=3, start_speed_mps=speed_mps)
        self.world = World(crossroads(), 1, options)
        route = _finder().find(pose_on(LANE, from_m)[:2], pose_on(10, 100.0)[:2])
        self.world.reset([5], routes=[[route]])
        self.from_m = float(self.world.state.leg_span[0, 0, 0, 0])
        """Where the route begins on the lane: at a point of it near what was asked for."""
        self.show(Light.GREEN)
        self.next_slot = 1
        self.events: list[EventKind] = []

    def show(self, light: Light) -> None:
        self.world.state.lights[0, :] = light

    def put(self, kind: ActorKind, arc_m: float, left_m: float = 0.0, turned: float = 0.0) -> int:
        """Stand somebody on the lane; the slot."""
        slot, state = self.next_slot, self.world.state
        self.next_slot += 1
        begin_actor(state, 0, slot, int(kind), int(Control.STILL))
        x, y, heading = pose_on(LANE, arc_m)
        body = state.body[0, slot]
        body[X], body[Y] = x - left_m * np.sin(heading), y + left_m * np.cos(heading)
        body[YAW] = heading + turned
        find_lane(body, state.mind[0, slot], self.world.ground)
        return slot

    def put_crossing_person(self) -> int:
        """On the crosswalk before the crossing, 1 m before the lane, walking over it."""
        slot, state = self.next_slot, self.world.state
        self.next_slot += 1
        begin_actor(state, 0, slot, int(ActorKind.PEDESTRIAN), int(Control.TRAFFIC))
        body, mind = state.body[0, slot], state.mind[0, slot]
        body[X], body[Y], body[YAW] = 14.0, -3.5, np.pi / 2
        body[GOAL_X], body[GOAL_Y] = 14.0, 3.5
        mind[CROSSWALK], mind[PHASE] = 0, CROSSING
        return slot

    def place_m(self, bodies):
        """Of the agent's centre along the lane and, behind its end, the route."""
        return bodies[:, ROUTE_ARC] + self.from_m

    def moment(self):
        return driving_state(self.world.state, 0, crossroads(), 0, 2)

    def drive(self, driver, steps: int, memory=None):
        """The bodies of the agent after each step, [steps, BODY], and the driver's memory."""
        seen = []
        for step in range(steps):
            start = np.array([step == 0 and memory is None])
            action, memory = driver.predict([self.moment()], memory, start, deterministic=True)
            assert (action.dtype, action.shape) == (np.float32, (1, 2))
            assert np.abs(action).max() <= 1.0
            write_controls(self.world.state, 0, CONTINUOUS, action)
            self.world.step(2)
            self.events += [event.kind for event in self.world.events(0) if event.actor == 0]
            seen.append(self.world.state.body[0, 0].copy())
        return np.array(seen), memory
