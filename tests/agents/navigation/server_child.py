"""Drives agents with CARLA's own client against `sim-suite carla-server`.

In: {"port": ..., "drives": [[kind, goal], ...], "crowds": [[seed, count, seconds], ...]}; out: what was recorded, by what was asked.
Rows of a trace: [time s, x, y, yaw degrees, speed m/s, brake], CARLA's frame.
"""

from __future__ import annotations

import json
import math
import random
import sys

import carla

from agents.navigation.basic_agent import BasicAgent
from agents.navigation.behavior_agent import BehaviorAgent
from agents.navigation.constant_velocity_agent import ConstantVelocityAgent
from agents.navigation.global_route_planner import GlobalRoutePlanner

AGENTS = {
    "basic": lambda vehicle: BasicAgent(vehicle, 50),
    "normal": lambda vehicle: BehaviorAgent(vehicle, "normal"),
    "constant": lambda vehicle: ConstantVelocityAgent(vehicle, 36),
}
RED_S, MOST_S, DT_S = 30.0, 60.0, 0.05


def show(world, state):
    for light in world.get_actors().filter("*traffic_light*"):
        light.freeze(False)
        light.set_state(state)
        light.freeze(True)


def drive(client, kind, goal):
    """From 150 m before the crossing past its lights, which are red for RED_S."""
    world = client.load_world("crossing_lights")
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, DT_S
    world.apply_settings(settings)
    pose = world.get_map().get_waypoint(carla.Location(150.0, -1.75, 0.0)).transform
    pose.location.z += 0.5
    vehicle = world.spawn_actor(world.get_blueprint_library().find("vehicle.tesla.model3"), pose)
    show(world, carla.TrafficLightState.Red)
    world.tick()
    agent = AGENTS[kind](vehicle)
    agent.set_destination(carla.Location(*goal, 0.0))
    route = [[w.transform.location.x, w.transform.location.y] for w, _ in agent.get_local_planner().get_plan()]
    limit = vehicle.get_speed_limit()
    rows, begun = [], world.get_snapshot().timestamp.elapsed_seconds
    is_green = False
    while not agent.done() and len(rows) * DT_S < MOST_S:
        control = agent.run_step()
        vehicle.apply_control(control)
        world.tick()
        now, pose, velocity = (
            world.get_snapshot().timestamp.elapsed_seconds,
            vehicle.get_transform(),
            vehicle.get_velocity(),
        )
        row = [now - begun, pose.location.x, pose.location.y, pose.rotation.yaw, math.hypot(velocity.x, velocity.y)]
        rows.append([*row, control.brake])
        if now - begun > RED_S and not is_green:
            show(world, carla.TrafficLightState.Green)
            is_green = True
    if kind == "constant":
        agent.destroy_sensor()
    line = agent._stop_lines.of_light(
        next(one for one in agent._lights_list if one.get_location().x > 5.0 > -one.get_location().y > 0)
    )
    return {
        "trace": rows,
        "route": route,
        "done": agent.done(),
        "line_x": line[0].x,
        "limit": limit,
    }


def crowd(client, seed, count, seconds):
    """Agents of all kinds in one town, each to one place after the other: kilometres, arrivals, collisions, metres off the lanes."""
    world = client.load_world("town_1km")
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, DT_S
    world.apply_settings(settings)
    draw, wmap = random.Random(seed), world.get_map()
    points = wmap.get_spawn_points()
    draw.shuffle(points)
    library = world.get_blueprint_library()
    vehicles = [world.spawn_actor(library.find("vehicle.tesla.model3"), point) for point in points[:count]]
    world.tick()
    planner = GlobalRoutePlanner(wmap, 2.0)
    agents, sensors, hits = [], [], []
    for n, vehicle in enumerate(vehicles):
        sensor = world.spawn_actor(library.find("sensor.other.collision"), carla.Transform(), attach_to=vehicle)
        sensor.listen(lambda event: hits.append(event.other_actor.type_id))
        sensors.append(sensor)
        if n % 2 == 0:
            agents.append(BasicAgent(vehicle, 40, map_inst=wmap, grp_inst=planner))
        else:
            kind = ("cautious", "normal", "aggressive")[n // 2 % 3]
            agents.append(BehaviorAgent(vehicle, kind, map_inst=wmap, grp_inst=planner))
        agents[-1].set_destination(draw.choice(points).location)
    found = {"km": 0.0, "arrivals": 0, "off_m": []}
    for _ in range(round(seconds / DT_S)):
        for vehicle, agent in zip(vehicles, agents, strict=True):
            if agent.done():
                found["arrivals"] += 1
                agent.set_destination(draw.choice(points).location)
            vehicle.apply_control(agent.run_step())
        world.tick()
        for vehicle in vehicles:
            place = vehicle.get_location()
            found["off_m"].append(place.distance(wmap.get_waypoint(place).transform.location))
            found["km"] += vehicle.get_velocity().length() * DT_S / 1000.0
    for sensor in sensors:
        sensor.destroy()
    return found | {"hits": hits}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    client = carla.Client("127.0.0.1", asked["port"], worker_threads=1)
    client.set_timeout(300.0)
    found = {f"{kind} {goal}": drive(client, kind, goal) for kind, goal in asked.get("drives", ())}
    print(json.dumps(found | {str(one): crowd(client, *one) for one in asked.get("crowds", ())}))
