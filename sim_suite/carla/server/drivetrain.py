"""The dynamics of a kind of vehicle in the words of CARLA's physics control and telemetry. Source: driving/dynamics; the fields are
CARLA's. One gear each way; what the single-track model does not know has CARLA's defaults.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim_suite.carla import frames
from sim_suite.carla.wire.rpc import Wire, shown
from sim_suite.driving.dynamics.longitudinal import GRAVITY
from sim_suite.driving.dynamics.single_track import side_force, side_peak
from sim_suite.driving.dynamics.vehicles import (
    CG_HEIGHT_M,
    DRAG_KG_PER_M,
    FRONT_STIFFNESS,
    MASS_KG,
    MAX_BRAKE,
    MAX_DRIVE,
    MAX_WHEEL_RAD,
    PARAMETERS,
    POWER_W,
    REAR_M,
    REAR_STIFFNESS,
    TOP_SPEED,
    WHEELBASE_M,
)
from sim_suite.driving.world.layout import ACCEL, FRICTION, KIND, SLIP, SPEED, STEER, WHEELBASE, WIDTH, YAW_RATE

if TYPE_CHECKING:
    from sim_suite.carla.server.actors import Actor
    from sim_suite.carla.server.episode import Episode

ACKERMANN_DEFAULTS: Final = (0.15, 0.0, 0.25, 0.01, 0.0, 0.01)
"""Gains of speed and acceleration, as carla.AckermannControllerSettings begins."""
WHEEL_RADIUS_M: Final = 0.344
"""M. Althoff and G. Würsching, "CommonRoad: Vehicle Models", 2020, R_w of vehicle 2; of every kind here."""
AIR_KG_PER_M3: Final = 1.225
"""ISA, at sea level."""
_RPM: Final = 60.0 / math.tau
_CURVE_POINTS: Final = 16
_FIELDS: Final = (
    "torque_curve", "max_rpm", "moi", "damping_rate_full_throttle", "damping_rate_zero_throttle_clutch_engaged",
    "damping_rate_zero_throttle_clutch_disengaged", "use_gear_autobox", "gear_switch_time", "clutch_strength", "final_ratio",
    "forward_gears", "mass", "drag_coefficient", "center_of_mass", "steering_curve", "wheels", "use_sweep_wheel_collision",
)  # fmt: skip
_FREE: Final = {"use_sweep_wheel_collision"}
"""Fields that no dynamics follow from: any value is taken."""
_TOLERANCE: Final = 1e-3
"""Of float32 on the way to the client and back."""


def physics_control(episode: Episode, actor: Actor) -> list[Wire]:
    """As `get_physics_control` answers."""
    body = episode.world.state.body[0, actor.slot]
    kind = int(episode.world.state.mind[0, actor.slot, KIND])
    row = [float(value) for value in PARAMETERS[kind]]
    mass, power = row[MASS_KG], row[POWER_W]
    speeds = [row[TOP_SPEED] * (k / (_CURVE_POINTS - 1)) for k in range(_CURVE_POINTS)]
    force = [mass * min(row[MAX_DRIVE], power / (mass * speed) if speed else row[MAX_DRIVE]) for speed in speeds]
    curve = [[speed / WHEEL_RADIUS_M * _RPM, one * WHEEL_RADIUS_M] for speed, one in zip(speeds, force, strict=True)]
    wheels = [_wheel(episode, actor, row, front, side) for front in (True, False) for side in (1.0, -1.0)]
    area = float(body[WIDTH]) * 2.0 * actor.box.extent.z
    drag = row[DRAG_KG_PER_M] / (0.5 * AIR_KG_PER_M3 * area)
    return [
        curve, curve[-1][0], 1.0, 0.0, 0.0, 0.0, True, 0.0, 0.0, 1.0, [[1.0, 0.0, 1.0]], mass, drag, [0.0, 0.0, 0.0],
        [[0.0, 1.0], [row[TOP_SPEED] * 3.6, 1.0]], wheels, False,
    ]  # fmt: skip


def _wheel(episode: Episode, actor: Actor, row: list[float], front: bool, side: float) -> list[Wire]:
    """side: 1 left. Each wheel brakes a quarter of the whole; its place is in the world, in centimetres as CARLA has it."""
    body = episode.world.state.body[0, actor.slot]
    rear = float(body[WHEELBASE]) * row[REAR_M] / row[WHEELBASE_M]
    ahead, aside = (float(body[WHEELBASE]) - rear) if front else -rear, side * float(body[WIDTH]) / 2.0
    pose = episode.pose_of(actor)
    place = frames.attached_to(pose, pose._replace(location=frames.carla_vector(ahead, aside, WHEEL_RADIUS_M))).location
    torque = row[MASS_KG] * row[MAX_BRAKE] * WHEEL_RADIUS_M / 4.0
    steer = math.degrees(row[MAX_WHEEL_RAD]) if front else 0.0
    friction = float(episode.world.state.weather[0, FRICTION])
    centimetres = [100.0 * value for value in place]
    hand = 0.0 if front else torque
    return [friction, 0.0, steer, 100.0 * WHEEL_RADIUS_M, torque, hand, 0.0, 0.0, 0.0, centimetres]


def difference(own: list[Wire], wanted: list[Wire]) -> list[str]:
    """Names of the fields in which a control asks for something else than there is; where the vehicle stands does not count."""
    found = []
    for name, mine, theirs in zip(_FIELDS, own, wanted, strict=False):
        if name == "wheels" and isinstance(theirs, list):
            mine, theirs = [one[:-1] for one in mine], [one[:-1] if isinstance(one, list) else one for one in theirs]
        if name not in _FREE and not _alike(mine, theirs):
            found.append(f"{name} to {shown(theirs)}")
    return found


def _alike(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, list):
        return isinstance(theirs, list) and len(mine) == len(theirs) and all(map(_alike, mine, theirs))
    if isinstance(theirs, bool) or isinstance(mine, bool):
        return mine is theirs
    return isinstance(theirs, int | float) and abs(theirs - mine) <= _TOLERANCE * max(abs(mine), 1.0)


def telemetry(episode: Episode, actor: Actor) -> list[Wire]:
    """As `get_telemetry_data` answers: m/s, [-1, 1], [0, 1], [0, 1], rpm, gear, N, wheels."""
    bodies, body = episode.bodies, episode.world.state.body[0, actor.slot]
    kind = int(episode.world.state.mind[0, actor.slot, KIND])
    throttle, steer, brake = (float(value) for value in bodies.pedals[actor.slot])
    speed = float(body[SPEED])
    drag = float(PARAMETERS[kind, DRAG_KG_PER_M]) * speed * speed
    wheels = [_wheel_telemetry(episode, actor, front) for front in (True, True, False, False)]
    return [
        speed, steer, throttle, brake, abs(speed) / WHEEL_RADIUS_M * _RPM, int(bodies.gears[actor.slot, 3]), drag, wheels,
    ]  # fmt: skip


def _wheel_telemetry(episode: Episode, actor: Actor, front: bool) -> list[Wire]:
    """Of half an axle of the single-track model: friction, lateral slip (rad, right positive), longitudinal slip (none: its wheels
    roll), turning rad/s, load N, load over that at rest, torque N m, forces N along and across, and both over the load."""
    body, row = episode.world.state.body[0, actor.slot], PARAMETERS[int(episode.world.state.mind[0, actor.slot, KIND])]
    friction = episode.world.state.weather[0, FRICTION]
    base = float(body[WHEELBASE])
    rear_m = base * float(row[REAR_M]) / float(row[WHEELBASE_M])
    accel, half = float(body[ACCEL]), 0.5 * float(row[MASS_KG])
    transfer = accel * float(row[CG_HEIGHT_M])
    rest = float(GRAVITY) * (rear_m if front else base - rear_m) / base
    load = min(max(rest + (-transfer if front else transfer) / base, 0.0), float(GRAVITY))
    vx, vy = (float(body[SPEED]) * turn(float(body[SLIP])) for turn in (math.cos, math.sin))
    vy += float(body[YAW_RATE]) * (base - rear_m if front else -rear_m)
    wheel = float(body[STEER]) if front else 0.0
    along, across = vx * math.cos(wheel) + vy * math.sin(wheel), vy * math.cos(wheel) - vx * math.sin(wheel)
    push = accel * load / float(GRAVITY)
    peak = side_peak(np.float32(friction * load), np.float32(push))
    slope = row[FRONT_STIFFNESS if front else REAR_STIFFNESS] * friction * np.float32(load)
    side = float(side_force(np.float32(along), np.float32(across), slope, peak)) if along else 0.0
    slip = frames.other_steer(math.atan2(across, abs(along)))
    forward, sideways = half * push, frames.other_steer(half * side)
    weight = half * load
    return [
        float(friction), slip, 0.0, along / WHEEL_RADIUS_M, weight, load / rest, forward * WHEEL_RADIUS_M, forward, sideways,
        forward / weight if weight else 0.0, sideways / weight if weight else 0.0,
    ]  # fmt: skip
