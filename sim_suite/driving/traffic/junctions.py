"""Who goes first in junctions, and where the others wait. Source: the rules of the road; gap acceptance after HCM 2010, chapter 19.

For each conflict of each junction lane ahead, every road user on or coming to the other lane is looked at. One that occupies
the overlap is waited for. Of two that come, one goes first: the one that is in the junction already; then the one with right of
way; where neither has it, the nearer. Those who stand go in the order in which they began to wait. A driver who yields goes all
the same where the times do not overlap. All of it is decided from the state at the start of the tick by rules that both parties
evaluate alike, so that of two exactly one waits.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.traffic.idm import FREE
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.traffic.presence import (
    ALONG,
    AT,
    BESIDE,
    COMING,
    HALF_ALONG,
    NEXT,
    ON,
    SORT,
    WHO,
    Presence,
)
from sim_suite.driving.world.kinds import RED, TICKS_A_SECOND, YELLOW
from sim_suite.driving.world.lanes import length_of
from sim_suite.driving.world.layout import ARC, ENTERED, FULL, GAP, HELD, LENGTH, PATH, SPEED, WAIT
from sim_suite.driving.world.terrain import (
    FIRST_CONFLICT,
    GROUP,
    JUNCTION,
    MERGES,
    ORDER,
    OTHER,
    OTHER_FROM,
    OTHER_TO,
    OWN_FROM,
    OWN_TO,
    Terrain,
)

MARGIN_S: Final = np.float32(1.0)
"""Between one leaving the overlap and the other entering it: a post-encroachment time of 1 s is no serious conflict (Allen,
Shin and Cooper 1978)."""
START_ACCEL: Final = np.float32(1.5)
"""With which times are reckoned, m/s^2."""
PATIENCE_TICKS: Final = 10 * TICKS_A_SECOND
"""After so long those with right of way who can brake gently let one in (ours; HCM 2010's queues at level of service E wait as long)."""
LAST_RESORT_TICKS: Final = 75 * TICKS_A_SECOND
"""After so long only what is in the way counts (ours): it dissolves rings of drivers who wait for each other."""
COURTEOUS_BRAKE: Final = np.float32(2.0)
BEFORE_M: Final = np.float32(1.5)
"""How far before an overlap one stops."""
_STANDING: Final = np.float32(0.5)
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)


@borrowing
def travel_time(distance: np.float32, speed: np.float32, most: np.float32) -> np.float32:
    """Seconds for a distance, from a speed, gaining START_ACCEL up to `most` m/s."""
    if distance <= _ZERO:
        return _ZERO
    most = max(most, speed)
    until = (most * most - speed * speed) / (np.float32(2.0) * START_ACCEL)
    if until >= distance:
        return (np.float32(math.sqrt(speed * speed + np.float32(2.0) * START_ACCEL * distance)) - speed) / START_ACCEL
    return (most - speed) / START_ACCEL + (distance - until) / max(most, np.float32(0.1))


@called
def look_at_junctions(
    presence: Presence, t: int, i: int, body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray,
    bodies: np.ndarray, minds: np.ndarray, terrain: Terrain, lights: np.ndarray, tick: int, line: np.float32,
    horizon: np.float32, pace: np.float32,
) -> tuple[np.float32, np.float32, np.float32]:  # fmt: skip
    """(distance of the front to where it must stop, gap to one to be followed through a merge, that one's speed); FREE where none.

    line: distance of the front to where one waits before the junction; pace: the speed it would drive there.
    """
    stop, merge_gap, merge_speed = FREE, FREE, _ZERO
    half = _HALF * body[LENGTH]
    inside = terrain.lane[path[0], JUNCTION] >= 0
    ahead = -body[ARC]
    for k in range(PATH):
        lane = path[k]
        if lane < 0 or ahead > horizon:
            break
        start = ahead if k == 0 else ahead - span[k, 0]
        within = inside and terrain.lane[lane, JUNCTION] == terrain.lane[path[0], JUNCTION]
        if terrain.lane[lane, JUNCTION] >= 0:
            for c in range(terrain.lane[lane, FIRST_CONFLICT], terrain.lane[lane + 1, FIRST_CONFLICT]):
                front = start + terrain.conflict_f[c, OWN_FROM] - half
                clear = start + terrain.conflict_f[c, OWN_TO] + half
                if clear < _ZERO:
                    continue
                wait, gap, speed = _look_at_conflict(
                    presence, t, i, lane, c, front, clear, start + length_of(terrain, lane) - half, within, body, mind,
                    bodies, minds, terrain, lights, tick, pace,
                )  # fmt: skip
                if gap < merge_gap:
                    merge_gap, merge_speed = gap, speed
                if wait:
                    place = front - BEFORE_M if within or line > front - BEFORE_M else line
                    stop = min(stop, place)
        ahead = (span[0, 1] - body[ARC]) if k == 0 else ahead + span[k, 1] - span[k, 0]
    return stop, merge_gap, merge_speed


@borrowing
def _look_at_conflict(
    presence: Presence, t: int, i: int, lane: int, c: int, front: np.float32, clear: np.float32, to_end: np.float32,
    within: bool, body: np.ndarray, mind: np.ndarray, bodies: np.ndarray, minds: np.ndarray, terrain: Terrain,
    lights: np.ndarray, tick: int, pace: np.float32,
) -> tuple[bool, np.float32, np.float32]:  # fmt: skip
    """(whether to wait, gap to follow in a merge, that one's speed). to_end: of the front, to the lane's end."""
    wait, best_gap, best_speed = False, FREE, _ZERO
    other, merges = terrain.conflict[c, OTHER], terrain.conflict[c, MERGES] == 1
    length = length_of(terrain, other)
    own_in, own_out = travel_time(front, body[SPEED], pace), travel_time(clear, body[SPEED], pace)
    entry = presence.head[t, other]
    while entry >= 0:
        note, place = presence.note[t, entry], presence.place[t, entry]
        entry = note[NEXT]
        j = note[WHO]
        if j == i or note[SORT] == BESIDE:
            continue
        their_front = terrain.conflict_f[c, OTHER_FROM] - place[AT] - place[HALF_ALONG]
        their_clear = terrain.conflict_f[c, OTHER_TO] - place[AT] + place[HALF_ALONG]
        if their_clear < _ZERO:
            continue
        their_end = length - place[AT] - place[HALF_ALONG]
        if their_front <= _ZERO:
            if not merges:
                # Those who are both in the overlap already must not both stop for good.
                wait = wait or bool(front > _ZERO) or _first_inside(mind, minds[j], lane, other)
            elif their_end < to_end or (their_end == to_end and other < lane):
                gap = to_end - their_end - np.float32(2.0) * place[HALF_ALONG]
                if gap < best_gap:
                    best_gap, best_speed = gap, place[ALONG]
            continue
        if front <= _ZERO:
            continue
        if note[SORT] == COMING and (
            _is_queued(bodies[j], place[AT])
            or _is_held(terrain, lights, other, place[AT], place[ALONG], place[HALF_ALONG], tick)
        ):
            continue
        if _goes_first(
            terrain, c, lane, other, within, note[SORT] == ON, front, their_front, body, mind, bodies[j], minds[j]
        ):
            continue
        their_pace = max(place[ALONG], np.float32(8.0))
        their_in = travel_time(their_front, max(place[ALONG], _ZERO), their_pace)
        their_out = travel_time(their_clear, max(place[ALONG], _ZERO), their_pace)
        if own_out + MARGIN_S < their_in or their_out + MARGIN_S < own_in:
            continue
        if _held(mind) > LAST_RESORT_TICKS and minds[j, WAIT] > 0:
            continue
        if merges and within and note[SORT] == ON:
            gap = to_end - their_end - np.float32(2.0) * place[HALF_ALONG]
            if gap > _ZERO:
                if gap < best_gap:
                    best_gap, best_speed = gap, place[ALONG]
                continue
        wait = True
    return wait, best_gap, best_speed


@borrowing
def _is_queued(body: np.ndarray, at: np.float32) -> bool:
    """Whether one stands behind another before the junction: then the other is who matters."""
    return bool(body[SPEED] < _STANDING and body[GAP] < -at)


@borrowing
def _is_held(
    terrain: Terrain, lights: np.ndarray, lane: int, at: np.float32, speed: np.float32, half: np.float32, tick: int
) -> bool:
    """Whether one who is coming to a lane has a light against it, and can still stop."""
    light = light_at(terrain.programme, lights, terrain.lane[lane, GROUP], tick)
    if light != RED and light != YELLOW:
        return False
    left = -at - half
    return bool(speed * speed < np.float32(2.0 * 4.0) * max(left, _ZERO))


@borrowing
def _first_inside(mind: np.ndarray, other: np.ndarray, lane: int, other_lane: int) -> bool:
    """True where the other of two in a junction entered it first."""
    if other[ENTERED] < 0 or mind[ENTERED] < 0:
        return bool(other[ENTERED] >= 0)
    if other[ENTERED] != mind[ENTERED]:
        return bool(other[ENTERED] < mind[ENTERED])
    return other_lane < lane


@borrowing
def _goes_first(
    terrain: Terrain, c: int, lane: int, other: int, within: bool, other_within: bool, front: np.float32,
    their_front: np.float32, body: np.ndarray, mind: np.ndarray, other_body: np.ndarray, other_mind: np.ndarray,
) -> bool:  # fmt: skip
    """Whether this one goes before the other, neither being in the overlap."""
    if within or other_within:
        if within and other_within:
            return not _first_inside(mind, other_mind, lane, other)
        # Where long ways run together, a queue on one of them lets in who has waited long on the other.
        if terrain.conflict[c, MERGES] == 1 and other_within:
            return _is_let_in(mind, body, other_body, their_front)
        if terrain.conflict[c, MERGES] == 1:
            return not _is_let_in(other_mind, other_body, body, front)
        return within
    standing, other_standing = body[SPEED] < _STANDING, other_body[SPEED] < _STANDING
    if other_standing and other_mind[FULL] == 1:
        return True
    if standing and other_standing and _held(mind) > 0 and _held(other_mind) > 0:
        if _held(mind) != _held(other_mind):
            return bool(_held(mind) > _held(other_mind))
        return lane < other
    order = terrain.conflict[c, ORDER]
    if order < 0:
        return _is_let_in(mind, body, other_body, their_front)
    if order > 0:
        return not _is_let_in(other_mind, other_body, body, front)
    if front != their_front:
        return bool(front < their_front)
    return lane < other


@borrowing
def _held(mind: np.ndarray) -> int:
    """Ticks for which one has stood, or been held before the junction: whoever creeps has not just come."""
    return int(max(mind[WAIT], mind[HELD]))


@borrowing
def _is_let_in(waiting: np.ndarray, waiting_body: np.ndarray, coming: np.ndarray, distance: np.float32) -> bool:
    """Whether one with right of way lets in another that has waited long: it must be able to brake gently."""
    speed = coming[SPEED]
    gently = speed * speed < np.float32(2.0) * COURTEOUS_BRAKE * max(distance - np.float32(3.0), _ZERO)
    return bool(_held(waiting) > PATIENCE_TICKS and gently)
