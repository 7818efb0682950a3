"""What a driver of the traffic model does in a tick: everything that may slow it is asked, and the least acceleration counts.

Source: ours, over IDM (idm.py), MOBIL (changes.py), pure pursuit (steering.py) and the rules of the road (stops.py, junctions.py).
It reads the state at the start of the tick and writes its own controls and intentions only.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.roads.routes.route import TURN_RAD
from sim_suite.driving.traffic.changes import wanted_change
from sim_suite.driving.traffic.idm import (
    FREE,
    GAP_STANDING_M,
    HARDEST_BRAKE,
    follow_accel,
    free_accel,
    stop_accel,
)
from sim_suite.driving.traffic.junctions import look_at_junctions
from sim_suite.driving.traffic.leaders import find_leader
from sim_suite.driving.traffic.passing import (
    CREEPING_M,
    PULL_OUT_M,
    edge_offset,
    is_being_passed,
    is_passed,
    wanted_offset,
)
from sim_suite.driving.traffic.paths import begin_path, take_another_way
from sim_suite.driving.traffic.presence import Presence
from sim_suite.driving.traffic.steering import pursue
from sim_suite.driving.traffic.stops import YIELD_MPS, is_full_ahead, look_at_crosswalks, look_at_lines
from sim_suite.driving.traffic.temper import MOST_ACCEL, TEMPER, TOP_MPS
from sim_suite.driving.world.kinds import BICYCLE, BRAKE_LIGHT, LEFT_INDICATOR, RIGHT_INDICATOR, TICK_S, TICKS_A_SECOND
from sim_suite.driving.world.lanes import length_of, pose_at, width_and_speeds
from sim_suite.driving.world.layout import (
    ARC,
    CHANGED,
    FULL_MARK,
    HEADWAY,
    HELD,
    KIND,
    LANE,
    LANE_ARC,
    LANE_LATERAL,
    LAST_LANE,
    LATERAL,
    OFFSET,
    PATH,
    SIDE_LANE,
    SIGNALS,
    SPEED,
    SPEED_LIMIT,
    STOPPED,
    WISH,
)
from sim_suite.driving.world.locate import STANDING_MPS
from sim_suite.driving.world.safe_speeds import GENTLE_BRAKE
from sim_suite.driving.world.terrain import FIRST_POINT, JUNCTION, LANE_TURN, SAFE, Terrain

SHIFT_MPS: Final = np.float32(1.0)
"""How fast a driver moves over sideways."""
SIGNAL_M: Final = np.float32(40.0)
"""Turns are announced from so far (3 s at 50 km/h)."""
TAKE_LANE_M: Final = np.float32(20.0)
"""A cyclist takes the lane from so far before a junction (UK Cycle Training Standards: the primary position)."""
AT_LINE_M: Final = np.float32(6.0)
"""Who is so near its line and has nobody before it is the first there ..."""
CREEP_MPS: Final = np.float32(1.5)
"""... and is held from when it is slower than this until it is in the junction."""
BLOCKED_M: Final = np.float32(8.0)
"""Behind one that stands so near ahead one is blocked."""
DETOUR_TICKS: Final = 20 * TICKS_A_SECOND
"""Who could not enter a junction for so long, because the road beyond is full, looks for another way (ours)."""
_GENTLE: Final = np.float32(GENTLE_BRAKE)
_TURN: Final = np.float32(TURN_RAD)
_DT: Final = np.float32(TICK_S)
_ZERO: Final = np.float32(0.0)
_TWO: Final = np.float32(2.0)


@called
def drive(
    presence: Presence, t: int, i: int, bodies: np.ndarray, minds: np.ndarray, path: np.ndarray, span: np.ndarray,
    controls: np.ndarray, world: np.ndarray, lights: np.ndarray, terrain: Terrain, tick: int,
) -> None:  # fmt: skip
    """Decide for the vehicle in slot i. bodies, minds: all rows of its world; path, span, controls: its own.

    Writes controls (wheel angle rad, acceleration m/s^2, gap m) and of its own row OFFSET, STOPPED, SIGNALS and, when it changes
    lanes, the path and its place on it.
    """
    body, mind = bodies[i], minds[i]
    kind, speed = mind[KIND], body[SPEED]
    most = TEMPER[kind, MOST_ACCEL]
    pace = min(body[WISH] * body[SPEED_LIMIT], TEMPER[kind, TOP_MPS])
    horizon = np.float32(30.0) + _TWO * speed + speed * speed / np.float32(4.0)
    wish = min(pace, _safe_speed(body, path, span, terrain, horizon))
    usual = _ZERO
    if kind == BICYCLE and not _is_at_junction(body, path, span, terrain):
        half_width, _, _ = width_and_speeds(terrain, path[0], body[ARC])
        usual = edge_offset(terrain, half_width)
    offset, found, most_passing = wanted_offset(presence, t, i, body, path, span, minds, terrain, usual)
    passes = found and offset != usual
    if kind == BICYCLE and abs(offset) < abs(body[OFFSET]) and is_being_passed(presence, t, i, body, path[0], minds):
        offset, passes = body[OFFSET], False
    body[OFFSET] += min(max(offset - body[OFFSET], -SHIFT_MPS * _DT), SHIFT_MPS * _DT)
    if passes:
        wish = min(wish, most_passing)
    gap, leader_speed, leader, _ = find_leader(presence, t, i, body, mind, path, span, terrain, horizon)
    standing = GAP_STANDING_M
    if leader >= 0 and is_passed(minds[leader]) and minds[leader, KIND] != BICYCLE:
        standing = CREEPING_M if passes else PULL_OUT_M
    stop, line, giving_way, sign = look_at_lines(body, mind, path, span, terrain, lights, tick, horizon)
    if sign >= 0 and speed < STANDING_MPS and stop < np.float32(1.5):
        mind[STOPPED] = sign
    if giving_way < FREE:
        wish = min(wish, np.float32(math.sqrt(YIELD_MPS * YIELD_MPS + _TWO * _GENTLE * max(giving_way, _ZERO))))
    stop = min(stop, look_at_crosswalks(presence, t, body, path, span, bodies, minds, terrain, horizon, pace))
    held, merge_gap, merge_speed = look_at_junctions(
        presence, t, i, body, mind, path, span, bodies, minds, terrain, lights, tick, line, horizon, min(pace, wish),
    )  # fmt: skip
    stop = min(stop, held)
    before_junction = line < FREE and line > np.float32(-0.5)
    full = before_junction and is_full_ahead(body, path, span, terrain, gap, leader_speed)
    first = line < AT_LINE_M and gap > line
    mind[HELD] = mind[HELD] + 1 if first and (speed < CREEP_MPS or mind[HELD] > 0) else 0
    if full:
        stop = min(stop, line)
    blocked = full or (gap < BLOCKED_M and leader_speed < CREEP_MPS)
    if blocked and mind[HELD] % DETOUR_TICKS == DETOUR_TICKS - 1:
        take_another_way(terrain, world, mind, path, span)
    stop = min(stop, _end_of_path(body, path, span))
    free = free_accel(speed, wish, most)
    accel = free + follow_accel(speed, leader_speed, gap, body[HEADWAY], most, standing)
    if merge_gap < FREE:
        accel = min(accel, free + follow_accel(speed, merge_speed, merge_gap, body[HEADWAY], most, GAP_STANDING_M))
    if stop < FREE:
        accel = min(accel, stop_accel(speed, stop))
    accel = max(accel, HARDEST_BRAKE)
    target = -1
    if kind < BICYCLE and not found:
        target = wanted_change(presence, t, i, body, mind, bodies, path[0], tick, wish, most, accel, terrain)
    if target >= 0:
        _change_to(target, body, mind, path, span, world, terrain, tick)
    controls[0] = pursue(body, path, span, terrain, body[OFFSET])
    controls[1], controls[2] = accel, gap + np.float32(FULL_MARK) if full else gap
    mind[SIGNALS] = signals(body, mind, path, span, terrain, accel)


@borrowing
def _safe_speed(
    body: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain, horizon: np.float32
) -> np.float32:
    """The speed from which bends and lower limits ahead can be met by braking gently."""
    _, _, safe = width_and_speeds(terrain, path[0], body[ARC])
    ahead = span[0, 1] - body[ARC]
    for k in range(1, PATH):
        if path[k] < 0 or ahead > horizon:
            break
        there = terrain.point[terrain.lane[path[k], FIRST_POINT], SAFE]
        safe = min(safe, np.float32(math.sqrt(there * there + _TWO * _GENTLE * max(ahead, _ZERO))))
        ahead += span[k, 1] - span[k, 0]
    return np.float32(safe)


@borrowing
def _is_at_junction(body: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain) -> bool:
    """Where a cyclist takes the middle of the lane, so that nobody turns across or squeezes past."""
    if terrain.lane[path[0], JUNCTION] >= 0:
        return True
    near = span[0, 1] - body[ARC] < TAKE_LANE_M
    return bool(near and path[1] >= 0 and terrain.lane[path[1], JUNCTION] >= 0)


@borrowing
def _end_of_path(body: np.ndarray, path: np.ndarray, span: np.ndarray) -> np.float32:
    """Distance to where the way ends, if the path holds its end; else FREE."""
    if path[PATH - 1] >= 0:
        return FREE
    ahead = span[0, 1] - body[ARC]
    for k in range(1, PATH):
        if path[k] < 0:
            break
        ahead += span[k, 1] - span[k, 0]
    return np.float32(ahead - np.float32(3.0))


@borrowing
def _change_to(
    target: int, body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray, world: np.ndarray,
    terrain: Terrain, tick: int,
) -> None:  # fmt: skip
    """Make the lane beside its own; it is then far off the centre, and steers there."""
    old = path[0]
    x, y, _, _ = pose_at(terrain, old, body[ARC])
    arc = body[ARC] * length_of(terrain, target) / length_of(terrain, old)
    tx, ty, heading, _ = pose_at(terrain, target, arc)
    apart = (y - ty) * np.float32(math.cos(heading)) - (x - tx) * np.float32(math.sin(heading))
    body[ARC], body[LATERAL] = arc, body[LATERAL] + apart
    body[LANE_ARC], body[LANE_LATERAL] = body[ARC], body[LATERAL]
    body[OFFSET] = _ZERO
    mind[LANE], mind[SIDE_LANE], mind[LAST_LANE], mind[CHANGED] = target, old, -1, tick
    begin_path(terrain, target, world, mind, path, span)


@borrowing
def signals(
    body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain, accel: np.float32
) -> int:
    """BRAKE_LIGHT and indicators: for turns ahead, changes of lane and moving over."""
    shown = 0
    if accel < np.float32(-0.8) or (body[SPEED] < np.float32(0.3) and accel <= np.float32(0.05)):
        shown |= BRAKE_LIGHT
    turn = _ZERO
    ahead = span[0, 1] - body[ARC]
    if terrain.lane[path[0], JUNCTION] >= 0:
        turn = terrain.lane_f[path[0], LANE_TURN]
    for k in range(1, PATH):
        if path[k] < 0 or ahead > SIGNAL_M or turn != _ZERO:
            break
        if terrain.lane[path[k], JUNCTION] >= 0:
            turn = terrain.lane_f[path[k], LANE_TURN]
        ahead += span[k, 1] - span[k, 0]
    aside = body[OFFSET] - body[LATERAL]
    if turn > _TURN or aside > np.float32(0.8):
        shown |= LEFT_INDICATOR
    elif turn < -_TURN or aside < np.float32(-0.8):
        shown |= RIGHT_INDICATOR
    return shown
