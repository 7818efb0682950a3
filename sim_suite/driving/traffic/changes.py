"""When to change lanes. Source: MOBIL, Kesting, Treiber and Helbing 2007 (Transp. Res. Rec. 1999, 86), eq. 1 and 2."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.roads.graph.kinds import CHANGE_LEFT, CHANGE_RIGHT
from sim_suite.driving.traffic.idm import FREE, GAP_STANDING_M, follow_accel, free_accel
from sim_suite.driving.traffic.leaders import gap_ahead, gap_behind
from sim_suite.driving.traffic.presence import Presence
from sim_suite.driving.world.kinds import TICKS_A_SECOND
from sim_suite.driving.world.lanes import length_of, segment
from sim_suite.driving.world.layout import ARC, CHANGED, HEADWAY, ID, LATERAL, LENGTH, SPEED
from sim_suite.driving.world.terrain import CHANGE, JUNCTION, LEFT, MERGES_INTO, RIGHT, Terrain

POLITENESS: Final = np.float32(0.3)
"""p of the paper's table 1 lies between 0 and 1."""
THRESHOLD: Final = np.float32(0.2)
"""Gain that makes a change worth it, m/s^2: a_th 0.1 there; twice that against weaving."""
SAFE_BRAKE: Final = np.float32(3.0)
"""m/s^2 that the new follower must not exceed: b_safe 4 there."""
EVERY_TICKS: Final = 11
"""A driver thinks of it twice a second, each at another tick: of the left lane at even ones, of the right at odd ones, so that two
never choose the same gap from both sides at once."""
PAUSE_TICKS: Final = 4 * TICKS_A_SECOND
"""Between changes; a change takes about so long (Toledo and Zohar 2007: 4.6 s)."""
ROOM_M: Final = np.float32(40.0)
"""Before the end of the lane no more changes for comfort: 3 s at 50 km/h."""
SETTLED_M: Final = np.float32(0.6)
"""One change is finished before the next begins: in slow traffic that takes longer than the pause."""
MUST_M: Final = np.float32(200.0)
"""From so far before its end a lane that ends is left."""
MUST_GAIN: Final = np.float32(2.0)
"""What leaving a lane that ends is worth, m/s^2 (ours)."""
_HALF: Final = np.float32(0.5)


@called
def wanted_change(
    presence: Presence, t: int, i: int, body: np.ndarray, mind: np.ndarray, bodies: np.ndarray, lane: int, tick: int,
    wish: np.float32, most: np.float32, accel: np.float32, terrain: Terrain,
) -> int:  # fmt: skip
    """The lane beside to change to now, or -1. accel: what it would do on its own lane; wish: speed it would drive."""
    left, right = terrain.lane[lane, LEFT], terrain.lane[lane, RIGHT]
    if (left < 0 and right < 0) or terrain.lane[lane, JUNCTION] >= 0 or (tick + mind[ID]) % EVERY_TICKS != 0:
        return -1
    must = terrain.lane[lane, MERGES_INTO] == 1
    remaining = length_of(terrain, lane) - body[ARC]
    if tick - mind[CHANGED] < PAUSE_TICKS or (not must and remaining < ROOM_M):
        return -1
    if abs(body[LATERAL]) > SETTLED_M:
        return -1
    k, _ = segment(terrain, lane, body[ARC])
    allowed = int(terrain.point[k, CHANGE])
    target = left if tick % 2 == 0 else right
    bit = CHANGE_LEFT if tick % 2 == 0 else CHANGE_RIGHT
    if target < 0 or not allowed & bit or terrain.lane[target, MERGES_INTO] == 1:
        return -1
    gain = _gain(presence, t, i, body, bodies, lane, target, wish, most, accel, terrain)
    bias = MUST_GAIN if must and remaining < MUST_M else -THRESHOLD
    return target if gain > np.float32(-100.0) and gain + bias > np.float32(0.0) else -1


@borrowing
def _gain(
    presence: Presence, t: int, i: int, body: np.ndarray, bodies: np.ndarray, lane: int, target: int, wish: np.float32,
    most: np.float32, accel: np.float32, terrain: Terrain,
) -> np.float32:  # fmt: skip
    """What the change gains, weighed with what it costs the new follower, m/s^2; -1000 where it is not safe."""
    half = _HALF * body[LENGTH]
    arc = body[ARC] * length_of(terrain, target) / length_of(terrain, lane)
    gap, speed, _ = gap_ahead(presence, t, i, target, arc, half)
    behind, their_speed, who = gap_behind(presence, t, i, target, arc, half, terrain)
    if gap < GAP_STANDING_M or behind < GAP_STANDING_M:
        return np.float32(-1000.0)
    new = free_accel(body[SPEED], wish, most) + follow_accel(
        body[SPEED], speed, gap, body[HEADWAY], most, GAP_STANDING_M
    )
    cost = np.float32(0.0)
    if behind < FREE:
        headway = bodies[who, HEADWAY]
        after = follow_accel(their_speed, body[SPEED], behind, headway, np.float32(1.5), GAP_STANDING_M)
        if after < -SAFE_BRAKE:
            return np.float32(-1000.0)
        before = np.float32(0.0)
        if gap < FREE:
            before = follow_accel(
                their_speed, speed, behind + gap + body[LENGTH], headway, np.float32(1.5), GAP_STANDING_M
            )
        cost = before - after
    if new < -SAFE_BRAKE:
        return np.float32(-1000.0)
    return new - accel - POLITENESS * cost
