"""A small world to drive agents in without a server: carla.Map, kinematic bicycles, lights that are told their state.

To be imported in a child process alone: LibCarla ends the process on some faults.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import carla

MAPS = Path(__file__).parents[3] / "scenarios" / "maps"
DT_S = 0.05
WHEELBASE_M = 2.9
MAX_WHEEL_RAD = math.radians(35.0)
Script = Callable[[float], float]
DRIVE, BRAKE, DRAG = 4.0, 8.0, 0.05
"""m/s^2 of full throttle and full brake; 1/s of rolling to a stop."""


def load(name: str) -> carla.Map:
    return carla.Map(name, (MAPS / f"{name}.xodr").read_text())


class Actors(list[Any]):
    """carla.ActorList; patterns have stars at their ends alone."""

    def filter(self, pattern: str) -> Actors:
        return Actors(actor for actor in self if pattern.strip("*") in actor.type_id)


@dataclass
class Body:
    """A vehicle or somebody on foot: carla.Vehicle as far as agents use it."""

    id: int
    world: World
    x: float
    y: float
    yaw: float
    """Degrees clockwise."""
    type_id: str = "vehicle.tesla.model3"
    speed: float = 0.0
    """m/s ahead."""
    half: tuple[float, float] = (2.35, 0.92)
    script: Script | None = None
    """None: by its control; else a function of the time in seconds that gives the speed, straight on or along `lane`."""
    lane: carla.Waypoint | None = None
    limit: float = 50.0
    control: carla.VehicleControl = field(default_factory=carla.VehicleControl)
    constant: carla.Vector3D | None = None

    @property
    def bounding_box(self) -> carla.BoundingBox:
        return carla.BoundingBox(carla.Location(z=0.7), carla.Vector3D(*self.half, 0.7))

    def get_world(self) -> World:
        return self.world

    def get_location(self) -> carla.Location:
        return carla.Location(self.x, self.y, 0.0)

    def get_transform(self) -> carla.Transform:
        return carla.Transform(self.get_location(), carla.Rotation(yaw=self.yaw))

    def get_velocity(self) -> carla.Vector3D:
        yaw = math.radians(self.yaw)
        return carla.Vector3D(self.speed * math.cos(yaw), self.speed * math.sin(yaw), 0.0)

    def get_control(self) -> carla.VehicleControl:
        return self.control

    def get_speed_limit(self) -> float:
        return self.limit

    def get_physics_control(self) -> SimpleNamespace:
        wheel = SimpleNamespace(max_steer_angle=math.degrees(MAX_WHEEL_RAD))
        return SimpleNamespace(wheels=[wheel, wheel])

    def apply_control(self, control: carla.VehicleControl) -> None:
        self.control = control

    def enable_constant_velocity(self, velocity: carla.Vector3D) -> None:
        self.constant = velocity

    def disable_constant_velocity(self) -> None:
        self.constant = None

    def step(self) -> None:
        if self.script is not None:
            self.speed = self.script(self.world.time_s)
            if self.lane is not None:
                self._follow(self.lane)
                return
            wheel = 0.0
        else:
            wheel = self.control.steer * MAX_WHEEL_RAD
            push = DRIVE * self.control.throttle - BRAKE * self.control.brake - DRAG * self.speed
            self.speed = max(self.speed + push * DT_S, 0.0) if self.constant is None else self.constant.x
        yaw = math.radians(self.yaw)
        self.x += self.speed * math.cos(yaw) * DT_S
        self.y += self.speed * math.sin(yaw) * DT_S
        self.yaw += math.degrees(self.speed * math.tan(wheel) / WHEELBASE_M * DT_S)

    def _follow(self, lane: carla.Waypoint) -> None:
        self.lane = lane.next(self.speed * DT_S)[0] if self.speed > 0.0 else lane
        pose = self.lane.transform
        self.x, self.y, self.yaw = pose.location.x, pose.location.y, pose.rotation.yaw


@dataclass
class Light:
    """carla.TrafficLight: told its state by a function of the time in seconds."""

    id: int
    world: World
    lines: list[carla.Waypoint]
    script: Callable[[float], carla.TrafficLightState]
    type_id: str = "traffic.traffic_light"

    @property
    def state(self) -> carla.TrafficLightState:
        return self.script(self.world.time_s)

    def get_stop_waypoints(self) -> list[carla.Waypoint]:
        return self.lines

    def get_affected_lane_waypoints(self) -> list[carla.Waypoint]:
        return self.lines


class Sensor:
    """sensor.other.collision."""

    type_id = "sensor.other.collision"

    def __init__(self, number: int, parent: Body) -> None:
        self.id, self.parent, self.is_alive = number, parent, True
        self.tell: Callable[[Any], None] | None = None

    def listen(self, tell: Callable[[Any], None]) -> None:
        self.tell = tell

    def stop(self) -> None:
        self.tell = None

    def destroy(self) -> None:
        self.is_alive = False


class World:
    """carla.World as far as agents use it."""

    def __init__(self, name: str) -> None:
        self.map, self.actors, self.time_s = load(name), Actors(), 0.0
        self.drawn: list[Any] = []
        self.debug = SimpleNamespace(draw_arrow=lambda *args, **named: self.drawn.append(args))

    def get_map(self) -> carla.Map:
        return self.map

    def get_actors(self) -> Actors:
        return self.actors

    def get_snapshot(self) -> SimpleNamespace:
        return SimpleNamespace(timestamp=SimpleNamespace(elapsed_seconds=self.time_s))

    def get_blueprint_library(self) -> SimpleNamespace:
        return SimpleNamespace(find=lambda name: name)

    def spawn_actor(self, blueprint: str, pose: carla.Transform, attach_to: Body) -> Sensor:
        sensor = Sensor(len(self.actors) + 1, attach_to)
        self.actors.append(sensor)
        return sensor

    def add(self, waypoint: carla.Waypoint, **named: Any) -> Body:
        """A body in the middle of a lane."""
        pose = waypoint.transform
        body = Body(len(self.actors) + 1, self, pose.location.x, pose.location.y, pose.rotation.yaw, **named)
        self.actors.append(body)
        return body

    def add_lights(self, script: Callable[[str], Callable[[float], carla.TrafficLightState]]) -> list[Light]:
        """A light at each landmark of the map; script: of the landmark's id, gives the light's own script."""
        found = []
        for mark in self.map.get_all_landmarks_of_type("1000001"):
            lanes = [lane for low, high in mark.get_lane_validities() for lane in range(low, high + 1) if lane]
            lines = [self.map.get_waypoint_xodr(mark.road_id, lane, mark.s) for lane in lanes]
            found.append(Light(len(self.actors) + 1, self, lines, script(mark.id)))
            self.actors.append(found[-1])
        return found

    def tick(self) -> None:
        for actor in self.actors:
            if isinstance(actor, Body):
                actor.step()
        self.time_s += DT_S
