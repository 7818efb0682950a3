"""Probes of CARLA's traffic manager on a server: it runs in the client, and drives by what the server says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import carla

from sim_suite.carla.conformance.probe import Measure, Measured, Value, probe
from sim_suite.carla.conformance.stage import Stage, speed_of

TRAFFIC = "Traffic manager"


@contextmanager
def _managed(stage: Stage, *cars: Any) -> Iterator[Any]:
    manager = stage.client.get_trafficmanager(stage.manager_port)
    manager.set_synchronous_mode(True)
    manager.set_random_device_seed(1)
    for car in cars:
        car.set_autopilot(True, manager.get_port())
    try:
        yield manager
    finally:
        for car in cars:
            car.set_autopilot(False, manager.get_port())
        stage.world.tick()
        manager.set_synchronous_mode(False)


@probe(TRAFFIC, Measure("speed", "m/s", share=0.15), Measure("aside", "m", within=0.4))
def cruising(stage: Stage) -> Measured:
    """The speed of a car alone after eight seconds, and how far it is from the middle of its lane."""
    car = stage.car()
    with _managed(stage, car):
        stage.steps(160)
        reached, place = speed_of(car), car.get_location()
        lane = stage.map.get_waypoint(place).transform.location
    return {"speed": reached, "aside": place.distance(lane)}


@probe(TRAFFIC, Measure("speed", "m/s", share=0.15))
def slower(stage: Stage) -> Measured:
    """Half the limit where that is asked for."""
    car = stage.car()
    with _managed(stage, car) as manager:
        manager.vehicle_percentage_speed_difference(car, 50.0)
        stage.steps(160)
        reached = speed_of(car)
    return {"speed": reached}


@probe(TRAFFIC, Measure("gap", "m", within=1.5), Measure("stands"))
def following(stage: Stage) -> Measured:
    """A car comes to stand behind another with the distance that was asked for."""
    other = stage.spawn("vehicle.audi.tt", at_m=60.0)
    car = stage.car()
    other.apply_control(carla.VehicleControl(hand_brake=True))
    with _managed(stage, car) as manager:
        manager.distance_to_leading_vehicle(car, 5.0)
        manager.auto_lane_change(car, False)
        stage.steps(300)
        gap = car.get_location().distance(other.get_location())
        stands = abs(speed_of(car)) < 0.2
    return {"gap": gap - car.bounding_box.extent.x - other.bounding_box.extent.x, "stands": stands}


@probe(TRAFFIC, Measure("stands"), Measure("red"))
def red_light(stage: Stage) -> Measured:
    """A car stands at a red light."""
    lights = sorted(stage.world.get_actors().filter("traffic.traffic_light*"), key=lambda one: one.id)
    light = lights[0]
    mark = light.get_affected_lane_waypoints()[0].previous(40.0)[0].transform
    mark.location.z += 0.5
    car = stage.spawn()
    car.set_transform(mark)
    stage.steps(20, car, brake=1.0)
    with _managed(stage, car):
        for one in lights:  # now, as a seed that is set begins all programmes anew
            one.set_state(carla.TrafficLightState.Red)
        light.freeze(True)
        stage.steps(260)
        told: dict[str, Value] = {"stands": abs(speed_of(car)) < 0.2, "red": str(car.get_traffic_light_state())}
    light.freeze(False)
    stage.world.tick()
    return told
