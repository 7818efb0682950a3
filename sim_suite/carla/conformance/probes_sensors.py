"""Probes of sensors: layouts, frames, and what they say of a car ahead."""

from __future__ import annotations

import math
import queue
from typing import Any

import carla

from sim_suite.carla.conformance.probe import Measure, Measured, probe
from sim_suite.carla.conformance.stage import Stage, angle, speed_of

SENSORS = "Sensors"
CAR_TAG = 14
SIDE = 64
GAP_M = 20.0
"""Between the centres of two cars."""
FRONT = carla.Transform(carla.Location(x=2.6, z=0.7))
DEGREE_M = math.tau * 6_378_137.0 / 360.0
"""Of the equator, WGS 84."""
ROOF = carla.Transform(carla.Location(z=2.4))
SMALL = {"image_size_x": str(SIDE), "image_size_y": str(SIDE), "fov": "40"}


def _two(stage: Stage) -> tuple[Any, Any]:
    other = stage.spawn("vehicle.audi.tt", at_m=10.0 + GAP_M)
    return stage.car(), other


def _middle(image: Any) -> list[int]:
    """Blue, green, red of the pixel in the middle."""
    first = 4 * (SIDE * (SIDE // 2) + SIDE // 2)
    return list(bytes(image.raw_data)[first : first + 3])


def _gap(car: Any, other: Any) -> float:
    """From the sensor at the front to the other's rear, m."""
    return float(car.get_location().distance(other.get_location()) - other.bounding_box.extent.x - FRONT.location.x)


@probe(
    SENSORS,
    Measure("width"),
    Measure("height"),
    Measure("fov", "deg"),
    Measure("bytes"),
    Measure("alpha"),
    Measure("late", "frames"),
)
def camera_layout(stage: Stage) -> Measured:
    """A colour picture's size, and that it is of the step that was asked for."""
    car = stage.car()
    heard = stage.listen("sensor.camera.rgb", car, ROOF, image_size_x="96", image_size_y="80", fov="70")
    image = stage.reading(heard)
    late = stage.world.get_snapshot().frame - image.frame
    return {
        "width": float(image.width), "height": float(image.height), "fov": image.fov, "bytes": float(len(image.raw_data)),
        "alpha": float(image.raw_data[3]), "late": float(late),
    }  # fmt: skip


@probe(SENSORS, Measure("off", "m", within=0.3))
def depth(stage: Stage) -> Measured:
    """The depth of a car's rear is the distance to its box."""
    car, other = _two(stage)
    image = stage.reading(stage.listen("sensor.camera.depth", car, FRONT, **SMALL))
    blue, green, red = _middle(image)
    return {"off": 1000.0 * (red + 256 * green + 65536 * blue) / (256**3 - 1) - _gap(car, other)}


@probe(SENSORS, Measure("tag"), Measure("others"))
def semantic(stage: Stage) -> Measured:
    """The class of a car ahead is in the red channel."""
    car, _ = _two(stage)
    blue, green, red = _middle(stage.reading(stage.listen("sensor.camera.semantic_segmentation", car, FRONT, **SMALL)))
    return {"tag": float(red), "others": float(blue + green)}


@probe(SENSORS, Measure("tag"), Measure("told_apart"))
def instance(stage: Stage) -> Measured:
    """The class of a car ahead, and that two cars have two numbers."""
    car, other = _two(stage)
    heard = stage.listen("sensor.camera.instance_segmentation", car, FRONT, **SMALL)
    first = _middle(stage.reading(heard))
    other.destroy()
    stage.spawn("vehicle.audi.tt", at_m=10.0 + GAP_M)
    stage.steps(30)
    second = _middle(stage.reading(heard))
    return {"tag": float(first[2]), "told_apart": first[:2] != second[:2] and second[2] == first[2]}


@probe(
    SENSORS,
    Measure("channels"),
    Measure("counted"),
    Measure("lowest", "m", within=0.1),
    Measure("angle", "rad", within=0.02),
)
def lidar_layout(stage: Stage) -> Measured:
    """A scan's points belong to channels; the ground lies below the roof by its height."""
    heard = stage.listen(
        "sensor.lidar.ray_cast", stage.car(), ROOF, range="30", points_per_second="60000", rotation_frequency="10"
    )
    scan = stage.reading(heard)
    lowest = min(point.point.z for point in scan)
    counted = sum(scan.get_point_count(channel) for channel in range(scan.channels)) == len(scan)
    half = math.remainder(scan.horizontal_angle, math.pi)  # two steps are a turn: it is at one end or the other
    return {"channels": float(scan.channels), "counted": counted, "lowest": lowest, "angle": half}


@probe(SENSORS, Measure("rate", "points", share=0.2))
def lidar_losses(stage: Stage) -> Measured:
    """How many of 3,000 rays downwards come back with the default losses."""
    settings = {
        "range": "30",
        "points_per_second": "60000",
        "rotation_frequency": "20",
        "upper_fov": "-20",
        "lower_fov": "-40",
    }
    heard = stage.listen("sensor.lidar.ray_cast", stage.car(), ROOF, **settings)
    return {"rate": float(len(stage.reading(heard)))}


@probe(SENSORS, Measure("tag"), Measure("nearest", "m", within=0.4), Measure("size", "bytes"))
def semantic_lidar(stage: Stage) -> Measured:
    """Points of a car ahead name it, with its class."""
    car, other = _two(stage)
    heard = stage.listen(
        "sensor.lidar.ray_cast_semantic", car, ROOF, range="50", points_per_second="400000", rotation_frequency="20"
    )
    scan = stage.reading(heard)
    mine = [point for point in scan if point.object_idx == other.id]
    nearest = min((point.point.x for point in mine), default=-1.0) + ROOF.location.x
    tags = {point.object_tag for point in mine}
    rear = _gap(car, other) + FRONT.location.x
    return {
        "tag": float(tags.pop()) if len(tags) == 1 else -1.0, "nearest": nearest - rear,
        "size": len(bytes(scan.raw_data)) / max(len(scan), 1),
    }  # fmt: skip


@probe(SENSORS, Measure("share_of_speed", within=0.1), Measure("depth", "m", within=0.5), Measure("size", "bytes"))
def radar(stage: Stage) -> Measured:
    """A car that stands ahead comes nearer at the own speed; going away is positive."""
    car, other = _two(stage)
    stage.spawn("vehicle.audi.tt", at_m=10.0 + 3 * GAP_M)
    heard = stage.listen(
        "sensor.other.radar", car, FRONT, horizontal_fov="6", vertical_fov="4", points_per_second="4000"
    )
    ahead = car.get_transform().get_forward_vector()
    car.set_target_velocity(carla.Vector3D(5.0 * ahead.x, 5.0 * ahead.y, 0.0))
    stage.steps(2, car)
    found = stage.reading(heard, car)
    gap = _gap(car, other)
    near = [one for one in found if abs(one.depth - gap) < 1.0]
    if not near:
        return {"share_of_speed": 0.0, "depth": -1.0, "size": 0.0}
    mean = sum(one.velocity for one in near) / len(near)
    size = len(bytes(found.raw_data)) / len(found)
    return {"share_of_speed": mean / speed_of(car), "depth": min(one.depth for one in near) - gap, "size": size}


@probe(SENSORS, Measure("off", "m", within=0.5), Measure("who"))
def obstacle(stage: Stage) -> Measured:
    """The obstacle detector tells of a car ahead and how far it is."""
    car, other = _two(stage)
    event = stage.reading(
        stage.listen("sensor.other.obstacle", car, FRONT, distance="30", hit_radius="0.3", only_dynamics="true")
    )
    return {"off": event.distance + 0.3 - _gap(car, other), "who": event.other_actor.id == other.id}


@probe(
    SENSORS,
    Measure("latitude", "m", within=0.5),
    Measure("longitude", "m", within=0.5),
    Measure("altitude", "m", within=0.3),
)
def gnss(stage: Stage) -> Measured:
    """Fixes 40 m apart, in metres north and east."""
    car = stage.car()
    heard = stage.listen("sensor.other.gnss", car)
    first = stage.reading(heard)
    begins = car.get_location()
    car.set_transform(stage.along(50.0, up=0.1))
    stage.steps(20, car, brake=1.0)
    second = stage.reading(heard)
    moved = car.get_location() - begins
    east = (second.longitude - first.longitude) * DEGREE_M * math.cos(math.radians(first.latitude))
    north = (second.latitude - first.latitude) * DEGREE_M
    return {
        "latitude": north + moved.y,
        "longitude": east - moved.x,
        "altitude": second.altitude - first.altitude - moved.z,
    }


@probe(
    SENSORS,
    Measure("up", "m/s2", within=0.2),
    Measure("ahead", "m/s2", within=0.2),
    Measure("compass", "deg", within=1.0),
)
def imu(stage: Stage) -> Measured:
    """At rest the inertial unit feels gravity; the compass counts from north, clockwise."""
    car = stage.car()
    heard = stage.listen("sensor.other.imu", car)
    stage.steps(5, car, brake=1.0)
    reading = stage.reading(heard, car, brake=1.0)
    off = angle(math.degrees(reading.compass) - (car.get_transform().rotation.yaw + 90.0))
    return {"up": reading.accelerometer.z, "ahead": reading.accelerometer.x, "compass": off}


@probe(SENSORS, Measure("told"), Measure("who"), Measure("impulse_sign"), Measure("impulse", "N s", share=0.6))
def collision(stage: Stage) -> Measured:
    """Driving into a standing car is told, with whom and how hard."""
    car, other = _two(stage)
    heard = stage.listen("sensor.other.collision", car)
    stage.until(lambda: not heard.empty(), car, most_s=8.0, throttle=0.6)
    stage.steps(2)
    if heard.empty():
        return {"told": False, "who": False, "impulse_sign": 0.0, "impulse": 0.0}
    event, ahead = heard.get(), car.get_transform().get_forward_vector()
    push = event.normal_impulse
    back = push.x * ahead.x + push.y * ahead.y < 0.0
    return {
        "told": True,
        "who": event.other_actor.id == other.id,
        "impulse_sign": -1.0 if back else 1.0,
        "impulse": push.length(),
    }


@probe(SENSORS, Measure("told"), Measure("marking"))
def lane_invasion(stage: Stage) -> Measured:
    """Crossing the line in the middle of the road is told, with its kind."""
    car = stage.car(at_m=40.0, speed_mps=8.0)
    heard = stage.listen("sensor.other.lane_invasion", car)
    stage.until(lambda: not heard.empty(), car, most_s=4.0, throttle=0.4, steer=-0.15)
    try:
        event = heard.get(timeout=1.0)
    except queue.Empty:
        return {"told": False, "marking": ""}
    return {"told": True, "marking": str(event.crossed_lane_markings[0].type)}


@probe(SENSORS, Measure("readings"), Measure("apart", "s", within=1e-3))
def sensor_tick(stage: Stage) -> Measured:
    """A sensor that reads every fifth of a second."""
    heard = stage.listen("sensor.other.gnss", stage.car(), sensor_tick="0.2")
    stage.steps(16)
    times = [heard.get().timestamp for _ in range(heard.qsize())]
    return {"readings": float(len(times)), "apart": (times[-1] - times[0]) / max(len(times) - 1, 1) if times else 0.0}
