"""What tests/benchmarks/navigation.py measures, in a process of its own because of LibCarla. Prints one JSON object."""

from __future__ import annotations

import json
import math
import statistics
import time
from itertools import cycle

import carla
import numpy as np

from agents.navigation.basic_agent import BasicAgent
from agents.navigation.behavior_agent import BehaviorAgent
from agents.navigation.global_route_planner import GlobalRoutePlanner
from agents.navigation.path import Path
from tests.agents.navigation import fake_world
from tests.agents.navigation.fake_world import World

MAP = "town_1km"
ROUTES, BUILDS, MOST_STEPS = 200, 9, 5000


def planner_ms(wmap: carla.Map) -> float:
    """Processor time to build a planner, median."""
    found = []
    for _ in range(BUILDS):
        begun = time.process_time()
        GlobalRoutePlanner(wmap, 2.0)
        found.append(time.process_time() - begun)
    return 1000.0 * statistics.median(found)


def route_ms(wmap: carla.Map) -> tuple[float, float]:
    """Processor time of a route between places all over the map, mean: of a new planner's first ones, and of the same again."""
    places = [one.transform.location for one in wmap.generate_waypoints(30.0) if not one.is_junction]
    planner, found = GlobalRoutePlanner(wmap, 2.0), []
    pairs = list(zip(places[:ROUTES], cycle(places[ROUTES // 2 :]), strict=False))
    for _ in range(2):
        begun = time.process_time()
        for start, goal in pairs:
            planner.trace_route(start, goal)
        found.append(1000.0 * (time.process_time() - begun) / len(pairs))
    return found[0], found[1]


def drive(kind: str, wheel_deg: float) -> tuple[float, float, float]:
    """Metres of a drive through town, how far it was off the route at most, and microseconds of processor time a step."""
    fake_world.MAX_WHEEL_RAD = math.radians(wheel_deg)
    world = World(MAP)
    world.add_lights(lambda name: lambda time_s: carla.TrafficLightState.Green)
    lanes = [one for one in world.map.generate_waypoints(10.0) if not one.is_junction]
    ego = world.add(lanes[7])
    agent = BasicAgent(ego, 50) if kind == "basic" else BehaviorAgent(ego, kind)
    agent.set_destination(lanes[len(lanes) // 2].transform.location)
    plan = agent.get_local_planner().get_plan()
    path = Path(np.array([(w.transform.location.x, w.transform.location.y) for w, _ in plan]))
    places: list[tuple[float, float]] = []
    spent = 0.0
    while not agent.done() and len(places) < MOST_STEPS:
        begun = time.process_time()
        control = agent.run_step()
        spent += time.process_time() - begun
        ego.apply_control(control)
        world.tick()
        places.append((ego.x, ego.y))
    _, lateral = path.project(np.array(places))
    return path.length_m, float(np.abs(lateral).max()), 1e6 * spent / len(places)


if __name__ == "__main__":
    town = fake_world.load(MAP)
    first, again = route_ms(town)
    drives = {
        f"{kind} {wheel:g}": drive(kind, wheel) for kind, wheel in (("basic", 35.0), ("basic", 70.0), ("normal", 35.0))
    }
    print(json.dumps({"planner_ms": planner_ms(town), "first_ms": first, "again_ms": again, "drives": drives}))
