"""Probes of the map, lights and weather."""

from __future__ import annotations

import hashlib
from typing import Any

import carla

from sim_suite.carla.conformance.probe import Measure, Measured, probe
from sim_suite.carla.conformance.stage import Stage, angle

MAP, LIGHTS = "Map", "Lights"


@probe(MAP, Measure("sha256"))
def opendrive(stage: Stage) -> Measured:
    """The map's text is what was sent."""
    return {"sha256": hashlib.sha256(stage.map.to_opendrive().strip().encode()).hexdigest()[:16]}


@probe(MAP, Measure("count", judged=False), Measure("on_lanes"))
def spawn_points(stage: Stage) -> Measured:
    """There are spawn points, and they lie on lanes."""
    points = stage.map.get_spawn_points()
    near = [
        stage.map.get_waypoint(point.location).transform.location.distance(point.location) < 3.0 for point in points
    ]
    return {"count": float(len(points)), "on_lanes": bool(points) and all(near)}


@probe(
    MAP,
    Measure("width", "m", within=0.01),
    Measure("next", "m", within=0.05),
    Measure("lane"),
    Measure("turn", "deg", within=0.1),
)
def waypoints(stage: Stage) -> Measured:
    """Width, the waypoint 10 m on, and which lane it is."""
    ahead = stage.start.next(10.0)[0]
    lane = f"{stage.start.road_id}.{stage.start.lane_id} {stage.start.lane_type} {stage.start.lane_change}"
    turn = angle(ahead.transform.rotation.yaw - stage.start.transform.rotation.yaw)
    distance = ahead.transform.location.distance(stage.start.transform.location)
    return {"width": stage.start.lane_width, "next": distance, "lane": lane, "turn": turn}


@probe(MAP, Measure("waypoints"), Measure("topology"), Measure("crosswalk_points"))
def queries(stage: Stage) -> Measured:
    """How many waypoints, connections and corners of crosswalks the map has."""
    counts = stage.map.generate_waypoints(10.0), stage.map.get_topology(), stage.map.get_crosswalks()
    return dict(zip(("waypoints", "topology", "crosswalk_points"), (float(len(one)) for one in counts), strict=True))


@probe(MAP, Measure("limit", "km/h", within=0.1))
def speed_limit(stage: Stage) -> Measured:
    """The limit that a car on the straight is told after it has driven a little."""
    car = stage.car(at_m=5.0, speed_mps=10.0)
    stage.steps(60, car, throttle=0.4)
    return {"limit": car.get_speed_limit()}


@probe(MAP, Measure("cloudiness", within=1e-3), Measure("sun", "deg", within=1e-3))
def weather(stage: Stage) -> Measured:
    """Weather that is set is told back."""
    stage.world.set_weather(carla.WeatherParameters(cloudiness=37.0, sun_altitude_angle=-12.5))
    stage.world.tick()
    told = stage.world.get_weather()
    return {"cloudiness": told.cloudiness, "sun": told.sun_altitude_angle}


def _lights(stage: Stage) -> list[Any]:
    return sorted(stage.world.get_actors().filter("traffic.traffic_light*"), key=lambda one: one.id)


@probe(LIGHTS, Measure("lights"), Measure("groups"))
def lights(stage: Stage) -> Measured:
    """How many lights there are, and in how many groups."""
    found = _lights(stage)
    groups = {tuple(sorted(other.id for other in light.get_group_traffic_lights())) for light in found}
    return {"lights": float(len(found)), "groups": float(len(groups))}


@probe(LIGHTS, Measure("state"), Measure("green", "s", within=1e-3), Measure("frozen"))
def light_control(stage: Stage) -> Measured:
    """A light takes a state and a time, and can be frozen."""
    light = _lights(stage)[0]
    light.set_state(carla.TrafficLightState.Yellow)
    light.set_green_time(7.0)
    light.freeze(True)
    stage.steps(40)
    told = {"state": str(light.get_state()), "green": light.get_green_time(), "frozen": light.is_frozen()}
    light.freeze(False)
    stage.world.tick()
    return told


@probe(LIGHTS, Measure("at_light"), Measure("state"))
def light_ahead(stage: Stage) -> Measured:
    """A car at a stop line knows its light."""
    light = _lights(stage)[0]
    light.set_state(carla.TrafficLightState.Red)
    light.freeze(True)
    line = light.get_affected_lane_waypoints()[0]
    mark = line.previous(4.0)[0].transform
    mark.location.z += 0.5
    car = stage.spawn()
    car.set_transform(mark)
    stage.steps(30, car, throttle=0.15)
    told = {"at_light": car.is_at_traffic_light(), "state": str(car.get_traffic_light_state())}
    light.freeze(False)
    stage.world.tick()
    return told
