"""Distances, angles and speeds between actors, under the names of CARLA's PythonAPI. Source: ours, written for these names.

CARLA's world frame: x ahead at yaw 0, y to the right, z up, metres; yaw clockwise, degrees. Speeds are km/h.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import carla

KMH = 3.6
"""km/h in one m/s."""
EPSILON = 1e-9
"""Below this, metres, a length has no direction."""
ARROW_LIFE_S = 1.0


def get_speed(vehicle: carla.Actor) -> float:
    """km/h, of all three components."""
    velocity = vehicle.get_velocity()
    return KMH * math.sqrt(velocity.x**2 + velocity.y**2 + velocity.z**2)


def compute_distance(location_1: carla.Location, location_2: carla.Location) -> float:
    """Metres between two places, in space."""
    dx, dy, dz = location_2.x - location_1.x, location_2.y - location_1.y, location_2.z - location_1.z
    return math.sqrt(dx * dx + dy * dy + dz * dz)


def distance_vehicle(waypoint: carla.Waypoint, vehicle_transform: carla.Transform) -> float:
    """Metres from a vehicle to a waypoint, on the ground plane."""
    place, own = waypoint.transform.location, vehicle_transform.location
    return math.hypot(place.x - own.x, place.y - own.y)


def vector(location_1: carla.Location, location_2: carla.Location) -> list[float]:
    """[3] The unit vector from one place to another; zeros where they are the same."""
    steps = [location_2.x - location_1.x, location_2.y - location_1.y, location_2.z - location_1.z]
    length = math.sqrt(sum(step * step for step in steps))
    return [step / length if length > EPSILON else 0.0 for step in steps]


def positive(num: float) -> float:
    """The number where it is positive, else 0."""
    return num if num > 0.0 else 0.0


def compute_magnitude_angle(
    target_location: carla.Location, current_location: carla.Location, orientation: float
) -> tuple[float, float]:
    """Metres to a place on the ground plane, and degrees, 0 to 180, between the way to it and a yaw of `orientation` degrees."""
    dx, dy = target_location.x - current_location.x, target_location.y - current_location.y
    return math.hypot(dx, dy), _angle_deg(dx, dy, math.radians(orientation))


def is_within_distance(
    target_transform: carla.Transform,
    reference_transform: carla.Transform,
    max_distance: float,
    angle_interval: Sequence[float] | None = None,
) -> bool:
    """Whether a place is nearer than so many metres on the ground plane and, where told, within an interval of angles.

    angle_interval: least and greatest degrees between the reference's heading and the way to the target: 0 is straight ahead,
    180 straight behind.
    """
    target, own = target_transform.location, reference_transform.location
    dx, dy = target.x - own.x, target.y - own.y
    distance = math.hypot(dx, dy)
    if distance < EPSILON:
        return True
    if distance > max_distance:
        return False
    if angle_interval is None:
        return True
    low, high = angle_interval
    return low < _angle_deg(dx, dy, math.radians(reference_transform.rotation.yaw)) < high


def _angle_deg(dx: float, dy: float, yaw_rad: float) -> float:
    """0 to 180; 0 for a vector without a length."""
    ahead = dx * math.cos(yaw_rad) + dy * math.sin(yaw_rad)
    aside = dy * math.cos(yaw_rad) - dx * math.sin(yaw_rad)
    return abs(math.degrees(math.atan2(aside, ahead)))


def get_trafficlight_trigger_location(traffic_light: carla.TrafficLight) -> carla.Location:
    """The middle of the box in which vehicles are held by a light or sign, in the world."""
    return traffic_light.get_transform().transform(traffic_light.trigger_volume.location)


def draw_waypoints(world: carla.World, waypoints: Iterable[carla.Waypoint], z: float = 0.5) -> None:
    """Draw an arrow at each waypoint, z metres above the road, for a second. Needs a server that draws."""
    import carla

    for waypoint in waypoints:
        pose = waypoint.transform
        begin = pose.location + carla.Location(z=z)
        yaw = math.radians(pose.rotation.yaw)
        end = begin + carla.Location(x=math.cos(yaw), y=math.sin(yaw))
        world.debug.draw_arrow(begin, end, arrow_size=0.3, life_time=ARROW_LIFE_S)
