"""Between the world's frame and CARLA's: the one place where signs flip.

World: x east, y north, yaw counter-clockwise, radians. CARLA: x east, y south, yaw clockwise seen from above, degrees; steering to
the right is positive. Source: CARLA's documentation of its (Unreal's) left-handed frame.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.wire.values import Transform, Vector
from sim_suite.compiling import borrowing
from sim_suite.driving.world.lanes import wrap

_DEGREES: Final = np.float32(180.0 / math.pi)


@borrowing
def flipped(value: np.float32) -> np.float32:
    """A coordinate y, or a velocity or acceleration along it: the same in the other frame, either way."""
    return -value


@borrowing
def carla_degrees(angle: np.float32) -> np.float32:
    """A yaw of the world's frame in CARLA's, within half a turn of 0."""
    return -wrap(angle) * _DEGREES


@borrowing
def carla_rate(rate: np.float32) -> np.float32:
    """A yaw rate of any size, rad/s, in degrees/s of CARLA's frame."""
    return -rate * _DEGREES


def other_steer(steer: float) -> float:
    """A steering command or a wheel's angle of either frame in the other."""
    return -steer


def world_yaw(yaw_deg: float) -> float:
    """A yaw of CARLA's frame in the world's, [-pi, pi)."""
    return (math.pi - math.radians(yaw_deg)) % math.tau - math.pi


def world_rate(rate_deg: float) -> float:
    """A yaw rate of CARLA's frame, degrees/s, in rad/s of the world's."""
    return -math.radians(rate_deg)


def world_twist(twist: float) -> float:
    """A torque or angular impulse about the upright axis, of either frame in the other."""
    return -twist


def carla_vector(x: float, y: float, z: float) -> Vector:
    """A place, velocity or force of the world's frame in CARLA's. Its own inverse."""
    return Vector(x, -y, z)


def carla_transform(x: float, y: float, z: float, yaw: float) -> Transform:
    """A pose of the world's frame, level, in CARLA's."""
    return Transform(Vector(x, -y, z), yaw=math.degrees(-math.remainder(yaw, math.tau)))


def carla_poses(
    x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32], yaw: NDArray[np.float32]
) -> NDArray[np.float32]:
    """[n, 4] x, y, z, yaw in degrees of CARLA's frame, from poses of the world's frame, [n] each."""
    turned = (yaw + np.float32(math.pi)) % np.float32(math.tau) - np.float32(math.pi)
    return np.stack([x, -y, z, -turned * _DEGREES], axis=-1).astype(np.float32)


def attached_to(parent: Transform, mount: Transform) -> Transform:
    """Where something is that is mounted rigidly on a level parent. mount: relative to it; all in CARLA's frame."""
    yaw = math.radians(parent.yaw)
    cos, sin = math.cos(yaw), math.sin(yaw)
    x, y, z = mount.location
    place = Vector(parent.location.x + cos * x - sin * y, parent.location.y + sin * x + cos * y, parent.location.z + z)
    turned = math.degrees(math.remainder(yaw + math.radians(mount.yaw), math.tau))
    return Transform(place, parent.pitch + mount.pitch, turned, parent.roll + mount.roll)


def seen_from(parent: Transform, pose: Transform) -> Transform:
    """The mount that puts something at a pose: the inverse of `attached_to`."""
    yaw = math.radians(parent.yaw)
    cos, sin = math.cos(yaw), math.sin(yaw)
    x, y, z = (own - theirs for own, theirs in zip(pose.location, parent.location, strict=True))
    place = Vector(cos * x + sin * y, cos * y - sin * x, z)
    turned = math.degrees(math.remainder(math.radians(pose.yaw) - yaw, math.tau))
    return Transform(place, pose.pitch - parent.pitch, turned, pose.roll - parent.roll)


def axes(pose: Transform) -> NDArray[np.float64]:
    """[3, 3] Rows ahead, right, up of a pose, all in CARLA's frame: roll (right side down), then pitch (nose up), then yaw."""
    turns = [math.radians(angle) for angle in (pose.pitch, pose.yaw, pose.roll)]
    (cp, cy, cr), (sp, sy, sr) = map(math.cos, turns), map(math.sin, turns)
    return np.array([
        [cp * cy, cp * sy, sp],
        [sr * sp * cy - cr * sy, sr * sp * sy + cr * cy, -sr * cp],
        [-cr * sp * cy - sr * sy, sr * cy - cr * sp * sy, cr * cp],
    ])  # fmt: skip


def world_directions(pose: Transform, rays: NDArray[np.float32]) -> NDArray[np.float32]:
    """[R, 3] float32, world frame: directions [R, 3] that count ahead, right and up from a pose of CARLA's frame."""
    turned = axes(pose) * [1.0, -1.0, 1.0]
    return np.ascontiguousarray(rays @ turned, np.float32)


def world_mount(mount: Transform) -> tuple[float, float, float, float, float, float]:
    """(x ahead, y left, z up, roll, pitch down, yaw left) of something mounted, metres and degrees, as ISO 8855 has it."""
    x, y, z = mount.location
    return x, -y, z, mount.roll, -mount.pitch, -mount.yaw
