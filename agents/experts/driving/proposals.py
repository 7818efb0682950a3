"""Proposals of the planner: IDM at several speeds beside the route's centre, rolled out with the car's own kinematics.

Source: PDM-Closed (Dauner et al. 2023, arXiv:2306.07962, section 3.2): IDM policies at 20 to 100 % of the limit times lateral offsets,
each simulated for 4 s at 10 Hz against the forecast of the others. Where to stop for the rules comes from the traffic model.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.forecast import FALONG, FASIDE, FCOS, FSIN, FSPEED, STEP_S, Forecast
from agents.experts.driving.reference import TCOS, THALF, TJUNCTION, TLIMIT, TSAFE, TSIN, TX, TY, place_near, segment_at
from sim_suite.compiling import borrowing, called
from sim_suite.driving.dynamics.kinematic import bicycle_step
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS, REAR_M, WHEEL_RATE, WHEELBASE_M
from sim_suite.driving.traffic.idm import (
    FREE,
    GAP_STANDING_M,
    HARDEST_BRAKE,
    follow_accel,
    free_accel,
    stop_accel,
)
from sim_suite.driving.world.lanes import wrap
from sim_suite.driving.world.layout import HEADWAY, LENGTH, SPEED, STEER, WHEELBASE, WIDTH, YAW, X, Y

HORIZON: Final = 40
"""Steps of 0.1 s: 4 s, as in PDM-Closed."""
MOST_ACCEL: Final = np.float32(2.4)
"""IDM's a, m/s^2: a brisk driver; nuPlan's comfort allows 2.4."""
SHIFT_MPS: Final = np.float32(1.2)
"""How fast it moves over sideways."""
ROOM_M: Final = np.float32(0.3)
"""Who is beside the way with less than this between boxes is a leader."""
ROOM_AHEAD: Final = 20
"""Points of the table."""
FOLLOW_S: Final = np.float32(0.3)
"""Within which the speed follows that of the table."""
LOOK_S: Final = np.float32(0.6)
LOOK_LEAST_M: Final = np.float32(4.0)

# Columns of a proposal, [P, PROPOSAL] float32.
SHARE: Final = 0
"""Of the limit or, where that is less, of the cap: who stands close behind what it passes has to begin slowly."""
ASIDE: Final = 1
"""Where beside the route's centre to drive, m, left positive."""
CAP: Final = 2
"""m/s, while it passes what stands in the lane."""
PROPOSAL: Final = 3

# Columns of `rolled`, [P, HORIZON + 1, ROLLED] float32.
PX: Final = 0
PY: Final = 1
PYAW: Final = 2
PSPEED: Final = 3
PALONG: Final = 4
PASIDE: Final = 5
PACCEL: Final = 6
"""m/s^2 from this step on."""
PWHEEL: Final = 7
"""rad, what the wheels are told from this step on."""
ROLLED: Final = 8
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)
_TWO: Final = np.float32(2.0)


class Rules(NamedTuple):
    """What the rules of the road ask of the driver now, distances from its front, FREE where nothing."""

    stop: np.float32
    """m, where it must stop."""
    merge_gap: np.float32
    """m, to one that it follows through a merge."""
    merge_speed: np.float32
    yielding: np.float32
    """m, to a give-way line, which is passed slowly."""


@called
def roll_out(
    body: NDArray[np.float32],
    kind: int,
    offset: np.float32,
    proposal: NDArray[np.float32],
    rules: Rules,
    table: NDArray[np.float32],
    forecast: Forecast,
    rolled: NDArray[np.float32],
) -> None:
    """Write one proposal's states, [HORIZON + 1, ROLLED]. offset: where beside the centre it means to be now, m; kind: its ActorKind."""
    x, y, yaw, speed, steer = body[X], body[Y], body[YAW], body[SPEED], body[STEER]
    wheelbase = body[WHEELBASE]
    rear = wheelbase * PARAMETERS[kind, REAR_M] / PARAMETERS[kind, WHEELBASE_M]
    along, aside, near = place_near(table, 0, x, y)
    for k in range(HORIZON + 1):
        wheel = _pursue(x, y, yaw, speed, steer, along, offset, wheelbase, table)
        accel = _accelerate(body, speed, along, k, proposal, rules, table, forecast)
        row = rolled[k]
        row[PX], row[PY], row[PYAW], row[PSPEED], row[PALONG], row[PASIDE] = x, y, yaw, speed, along, aside
        row[PACCEL], row[PWHEEL] = accel, wheel
        if speed <= _ZERO:
            accel = max(accel, _ZERO)
        x, y, yaw, speed, _, _, steer = bicycle_step(
            x, y, yaw, speed, steer, wheel, accel, wheelbase, rear,
            PARAMETERS[kind, MAX_WHEEL_RAD], PARAMETERS[kind, WHEEL_RATE], STEP_S,
        )  # fmt: skip
        offset += min(max(proposal[ASIDE] - offset, -SHIFT_MPS * STEP_S), SHIFT_MPS * STEP_S)
        along, aside, near = place_near(table, near, x, y)


@borrowing
def _pursue(
    x: np.float32,
    y: np.float32,
    yaw: np.float32,
    speed: np.float32,
    steer: np.float32,
    along: np.float32,
    offset: np.float32,
    wheelbase: np.float32,
    table: NDArray[np.float32],
) -> np.float32:
    """Pure pursuit about the box's centre, as in traffic/steering.py, along the table."""
    n, share = segment_at(table, along + max(LOOK_S * speed + _TWO, LOOK_LEAST_M))
    ax = table[n, TX] + share * (table[n + 1, TX] - table[n, TX]) - offset * table[n, TSIN]
    ay = table[n, TY] + share * (table[n + 1, TY] - table[n, TY]) + offset * table[n, TCOS]
    slip = np.float32(math.atan(_HALF * np.float32(math.tan(steer))))
    dx, dy = ax - x, ay - y
    angle = wrap(np.float32(math.atan2(dy, dx)) - yaw - slip)
    angle = min(max(angle, np.float32(-1.57)), np.float32(1.57))
    away = max(np.float32(math.sqrt(dx * dx + dy * dy)), _HALF)
    curvature = _TWO * np.float32(math.sin(angle)) / away
    turned = min(max(_HALF * wheelbase * curvature, np.float32(-0.9)), np.float32(0.9))
    return np.float32(math.atan(wheelbase * curvature / np.float32(math.sqrt(_ONE - turned * turned))))


@borrowing
def _accelerate(
    body: NDArray[np.float32],
    speed: np.float32,
    along: np.float32,
    k: int,
    proposal: NDArray[np.float32],
    rules: Rules,
    table: NDArray[np.float32],
    forecast: Forecast,
) -> np.float32:
    """IDM's acceleration in step k."""
    n, _ = segment_at(table, along)
    wish = proposal[SHARE] * min(table[n, TLIMIT], proposal[CAP])
    if rules.yielding < FREE and along < rules.yielding:
        slow = np.float32(25.0) + np.float32(3.0) * (rules.yielding - along)
        wish = min(wish, np.float32(math.sqrt(slow)))
    n, _ = segment_at(table, along + speed * FOLLOW_S)
    free = min(free_accel(speed, wish, MOST_ACCEL), (table[n, TSAFE] - speed) / FOLLOW_S)
    gap, leader, standing = _leader(body, along, proposal[ASIDE], k, table, forecast)
    accel = free
    if gap < FREE:
        accel = free + follow_accel(speed, leader, gap, body[HEADWAY], MOST_ACCEL, standing)
    if rules.merge_gap < FREE:
        gap = rules.merge_gap + rules.merge_speed * np.float32(k) * STEP_S - along
        accel = min(
            accel, free + follow_accel(speed, rules.merge_speed, gap, body[HEADWAY], MOST_ACCEL, GAP_STANDING_M)
        )
    if rules.stop < FREE:
        accel = min(accel, stop_accel(speed, rules.stop - along))
    return max(accel, HARDEST_BRAKE)


@borrowing
def _leader(
    body: NDArray[np.float32],
    along: np.float32,
    target: np.float32,
    k: int,
    table: NDArray[np.float32],
    forecast: Forecast,
) -> tuple[np.float32, np.float32, np.float32]:
    """(gap m, speed m/s, how far behind it to stop m) of the nearest one in the way in step k of who drives `target` m aside.

    Whether the car gets there in time is seen when proposals are scored.
    """
    best, speed, standing = FREE, _ZERO, GAP_STANDING_M
    half, wide = _HALF * body[LENGTH], _HALF * body[WIDTH]
    for j in range(forecast.number[0]):
        there = forecast.at[j, k]
        distance = there[FALONG] - along
        if distance <= _ZERO or distance > best + np.float32(10.0):
            continue
        n, _ = segment_at(table, there[FALONG])
        # Half of its extent along the way and across it.
        cos = abs(there[FCOS] * table[n, TCOS] + there[FSIN] * table[n, TSIN])
        sin = np.float32(math.sqrt(max(_ONE - cos * cos, _ZERO)))
        across = forecast.size[j, 0] * sin + forecast.size[j, 1] * cos
        gap = distance - half - forecast.size[j, 0] * cos - forecast.size[j, 1] * sin
        if abs(there[FASIDE] - target) < wide + across + ROOM_M and gap < best:
            best, speed, standing = gap, there[FSPEED], forecast.size[j, 2]
    return best, speed, standing


@borrowing
def room_in_lane(table: NDArray[np.float32], width: np.float32) -> np.float32:
    """How far from the centre a box can drive and stay within the lane here and soon, m; 0 in junctions and before them."""
    room = table[0, THALF]
    for n in range(0, ROOM_AHEAD, 4):
        room = min(room, table[n, THALF])
        if table[n, TJUNCTION] > _ZERO:
            return _ZERO
    return max(room - _HALF * width - np.float32(0.1), _ZERO)
