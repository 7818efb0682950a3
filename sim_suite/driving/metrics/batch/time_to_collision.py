"""Time to collision of many worlds. Source and definition: `metrics/time_to_collision.py` and `metrics/at_fault.py`, in scalars."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.metrics import at_fault
from sim_suite.driving.metrics.at_fault import BEHIND_RAD, BUMPER_M
from sim_suite.driving.metrics.batch.boxes import touch
from sim_suite.driving.metrics.batch.traces import COUNT, EGO, INTERVAL, LENGTH, WHEELBASE, WIDTH, Samples
from sim_suite.driving.metrics.time_to_collision import AHEAD_RAD, EXPOSED_S, HORIZON_S, STANDING_MPS, STEP_S
from sim_suite.driving.metrics.trip import NOBODY
from sim_suite.driving.roads.baking.lookup import texel
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import SPEED, YAW, X, Y
from sim_suite.driving.world.terrain import JUNCTION, Ground

NUM_STEPS: Final = round(HORIZON_S / STEP_S)
STILL_MPS: Final = at_fault.STANDING_MPS
_LEAST_SQUARE: Final = 1e-12


@called
def least_time_to_collision(samples: Samples, ground: Ground, w: int, met: np.ndarray) -> tuple[float, int, int]:
    """(seconds, sample, samples in motion below EXPOSED_S) of world w; (inf, -1, 0) where nothing would touch.

    met: [A] int32 scratch, whom of each slot the ego has collided with.
    """
    met[:] = NOBODY
    least, at, exposed = math.inf, -1, 0
    for s in range(samples.world[w, COUNT]):
        time = math.inf
        for j in range(EGO + 1, len(met)):
            time = min(time, _time_to(samples, ground, w, s, j, met))
        if time < least:
            least, at = time, s
        if time < EXPOSED_S and abs(samples.body[w, s, EGO, SPEED]) > STANDING_MPS:
            exposed += 1
    return least, at, exposed


@borrowing
def _time_to(samples: Samples, ground: Ground, w: int, s: int, j: int, met: np.ndarray) -> float:
    """Of the ego and slot j: 0 at a first collision that the ego caused, inf from any collision on."""
    identity = samples.identity[w, s, j]
    if samples.hit[w, s, j] != 0 and met[j] != identity:
        met[j] = identity
        if _caused(samples, ground, w, s, j):
            return 0.0
    if samples.kind[w, s, j] == NOBODY or met[j] == identity:
        return math.inf
    if not abs(samples.body[w, s, EGO, SPEED]) > STANDING_MPS:
        return math.inf
    return _projected(samples, ground, w, s, j)


@called
def _projected(samples: Samples, ground: Ground, w: int, s: int, j: int) -> float:
    """The first step at which the ego's box touches that of slot j; inf where none does, or it is nobody the ego may run into."""
    ego, other, first = samples.body[w, s, EGO], samples.body[w, s, j], samples.body[w, 0, EGO]
    length, width = np.float64(first[LENGTH]), np.float64(first[WIDTH])
    other_length, other_width = np.float64(other[LENGTH]), np.float64(other[WIDTH])
    x, y, yaw, speed = np.float64(ego[X]), np.float64(ego[Y]), np.float64(ego[YAW]), np.float64(ego[SPEED])
    course = yaw + np.float64(samples.slip[w, s])
    vx, vy = speed * math.cos(course), speed * math.sin(course)
    other_x, other_y, other_yaw = np.float64(other[X]), np.float64(other[Y]), np.float64(other[YAW])
    other_speed = np.float64(other[SPEED])
    other_vx, other_vy = other_speed * math.cos(other_yaw), other_speed * math.sin(other_yaw)
    dx, dy, closing_x, closing_y = other_x - x, other_y - y, other_vx - vx, other_vy - vy
    square = max(closing_x * closing_x + closing_y * closing_y, _LEAST_SQUARE)
    nearest_s = min(max(-(dx * closing_x + dy * closing_y) / square, 0.0), HORIZON_S)
    nearest = math.hypot(dx + closing_x * nearest_s, dy + closing_y * nearest_s)
    if nearest > math.hypot(length, width) / 2 + math.hypot(other_length, other_width) / 2:
        return math.inf
    angle = _bearing(x, y, yaw, np.float64(samples.ego[w, WHEELBASE]), other_x, other_y)
    if not angle < AHEAD_RAD and not (angle <= BEHIND_RAD and _sees_beside(samples, ground, w, s)):
        return math.inf
    for step in range(1, NUM_STEPS):
        time = STEP_S * step
        gap_x, gap_y = (other_x + other_vx * time) - (x + vx * time), (other_y + other_vy * time) - (y + vy * time)
        if touch(gap_x, gap_y, yaw, length, width, other_yaw, other_length, other_width):
            return time
    return math.inf


@called
def _caused(samples: Samples, ground: Ground, w: int, s: int, j: int) -> bool:
    """Whether the collision with slot j that was noted before sample s is the ego's fault: see `at_fault.py`."""
    before = max(s - 1, 0)
    ego, other, first = samples.body[w, before, EGO], samples.body[w, before, j], samples.body[w, 0, EGO]
    if abs(ego[SPEED]) <= STILL_MPS:
        return False
    there = samples.kind[w, before, j] != NOBODY and samples.identity[w, before, j] == samples.identity[w, s, j]
    if not there or abs(other[SPEED]) <= STILL_MPS:
        return True
    ticks = (s - before) * samples.world[w, INTERVAL] - (samples.hit[w, s, j] - 1)
    ahead_s = TICK_S * max(ticks, 0)
    yaw, other_yaw = np.float64(ego[YAW]), np.float64(other[YAW])
    course = yaw + np.float64(samples.slip[w, before])
    way, other_way = np.float64(ego[SPEED]) * ahead_s, np.float64(other[SPEED]) * ahead_s
    x, y = ego[X] + way * math.cos(course), ego[Y] + way * math.sin(course)
    other_x, other_y = other[X] + other_way * math.cos(other_yaw), other[Y] + other_way * math.sin(other_yaw)
    if _bearing(x, y, yaw, np.float64(samples.ego[w, WHEELBASE]), other_x, other_y) > BEHIND_RAD:
        return False
    length, width = np.float64(first[LENGTH]), np.float64(first[WIDTH])
    dx, dy = other_x - (x + length / 2 * math.cos(yaw)), other_y - (y + length / 2 * math.sin(yaw))
    bumper = touch(dx, dy, yaw, 2 * BUMPER_M, width, other_yaw, np.float64(other[LENGTH]), np.float64(other[WIDTH]))
    return bumper or _is_between_lanes(samples, ground, w, s)


@borrowing
def _bearing(x: float, y: float, yaw: float, wheelbase: float, other_x: float, other_y: float) -> float:
    """Angle in [0, pi] from the heading to a point, seen from the rear axle."""
    rear_x, rear_y = x - wheelbase / 2 * math.cos(yaw), y - wheelbase / 2 * math.sin(yaw)
    turn = math.atan2(other_y - rear_y, other_x - rear_x) - yaw
    return abs(math.atan2(math.sin(turn), math.cos(turn)))


@borrowing
def _sees_beside(samples: Samples, ground: Ground, w: int, s: int) -> bool:
    """Whether those beside count: in a junction, between lanes or off the road."""
    lane = samples.lane[w, s, 0]
    in_junction = lane >= 0 and ground.terrain.lane[lane, JUNCTION] >= 0
    return in_junction or _is_between_lanes(samples, ground, w, s)


@called
def _is_between_lanes(samples: Samples, ground: Ground, w: int, s: int) -> bool:
    """Whether the ego's box reaches into a second lane, or a corner of it is off the paved ground."""
    if samples.lane[w, s, 1] >= 0:
        return True
    ego, terrain = samples.body[w, s, EGO], ground.terrain
    cos, sin = math.cos(np.float64(ego[YAW])), math.sin(np.float64(ego[YAW]))
    for corner in range(4):
        u = np.float64(ego[LENGTH]) / 2 if corner < 2 else -np.float64(ego[LENGTH]) / 2
        v = np.float64(ego[WIDTH]) / 2 if corner % 2 == 0 else -np.float64(ego[WIDTH]) / 2
        _, lanes = texel(
            ground.textures,
            ego[X] + u * cos - v * sin + terrain.origin_x,
            ego[Y] + u * sin + v * cos + terrain.origin_y,
        )
        if ground.paved[int(lanes)] == 0:
            return True
    return False
