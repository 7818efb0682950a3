"""Lines, crosswalks and full roads: where a vehicle must stop though nobody is before it. Source: ours, over the rules of the road."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.traffic.idm import FREE
from sim_suite.driving.traffic.junctions import travel_time
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.traffic.presence import Presence
from sim_suite.driving.world.kinds import RED, YELLOW
from sim_suite.driving.world.lanes import length_of
from sim_suite.driving.world.layout import (
    ARC,
    CROSSING,
    GOAL_X,
    GOAL_Y,
    LENGTH,
    PATH,
    PHASE,
    SPEED,
    STOPPED,
    WAIT,
    X,
    Y,
)
from sim_suite.driving.world.terrain import (
    AX,
    AY,
    BX,
    BY,
    CROSS_FROM,
    CROSS_TO,
    CROSSWALK_OF,
    FIRST_CONFLICT,
    FIRST_CROSSING,
    FIRST_STOP,
    JUNCTION,
    MERGES,
    ORDER,
    STOP_GROUP,
    STOP_KIND,
    WALK_FROM,
    WALK_LENGTH,
    WALK_TO,
    Terrain,
)

YELLOW_BRAKE: Final = np.float32(3.0)
"""m/s^2: who would have to brake harder drives through at yellow (RiLSA 2.3 reckons with 3.5)."""
YIELD_MPS: Final = np.float32(5.0)
"""Speed at a give-way line: slow enough to stop within a car's length."""
LINE_GAP_M: Final = np.float32(1.0)
"""The bumper stands so far before a line: SUMO's jmStoplineGap. At 0.4 m, whoever imitates and is off by decimetres stands beyond it."""
PAST_M: Final = np.float32(1.6)
"""Who is so far past its place there has passed the line."""
RED_PAST_M: Final = np.float32(1.2)
"""Red still holds who is less far past its place."""
RAMP_M: Final = np.float32(40.0)
"""Ways that run together over a longer stretch than this are ramps and ends of lanes, not junctions."""
WALK_MARGIN_M: Final = np.float32(0.8)
"""Beside a lane a pedestrian is left so much room."""
WALK_MARGIN_S: Final = np.float32(1.0)
SIGN_TICKS: Final = 20
"""One stands so long at a stop sign, a second (ours): who imitates it sees five poses in one place, where a touch of standstill looks like
rolling on."""
_LIGHT, _STOP, _YIELD = 1, 2, 3  # SignalKind
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)
_TWO: Final = np.float32(2.0)


@called
def look_at_lines(
    body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain, lights: np.ndarray,
    tick: int, horizon: np.float32,
) -> tuple[np.float32, np.float32, np.float32, int]:  # fmt: skip
    """(distance to where it must stop, distance to where one waits for the next junction, to a give-way line, stop sign's index).

    Distances are of the front, m; FREE where there is none. The index is that of a stop sign at which it has yet to stand or stands for
    less than SIGN_TICKS, or -1.
    """
    stop, line, giving_way, sign = FREE, FREE, FREE, -1
    half, speed = _HALF * body[LENGTH], body[SPEED]
    ahead = -body[ARC]
    in_junction = terrain.lane[path[0], JUNCTION] >= 0
    for k in range(PATH):
        lane = path[k]
        if lane < 0 or ahead > horizon:
            break
        start = ahead if k == 0 else ahead - span[k, 0]
        if terrain.lane[lane, JUNCTION] >= 0:
            # Who waits for a junction waits at the line before it, or where it begins.
            if not in_junction:
                if line == FREE:
                    line = start - half - LINE_GAP_M
                break
        else:
            in_junction = False
        for n in range(terrain.lane[lane, FIRST_STOP], terrain.lane[lane + 1, FIRST_STOP]):
            arc = terrain.stop_arc[n]
            distance = start + arc - half - LINE_GAP_M
            if arc > span[k, 1] or distance < -PAST_M:
                continue
            kind = terrain.stop[n, STOP_KIND]
            line = min(line, distance)
            if kind == _LIGHT:
                light = light_at(terrain.programme, lights, terrain.stop[n, STOP_GROUP], tick)
                possible = speed * speed < _TWO * YELLOW_BRAKE * max(distance, _ZERO) or speed < np.float32(1.0)
                if (light == RED and distance > -RED_PAST_M) or (light == YELLOW and possible):
                    stop = min(stop, distance)
            elif kind == _STOP and (mind[STOPPED] != n or 0 < mind[WAIT] < SIGN_TICKS):
                if distance < stop:
                    stop, sign = distance, n
            elif kind == _YIELD:
                giving_way = min(giving_way, distance)
        ahead = (span[0, 1] - body[ARC]) if k == 0 else ahead + span[k, 1] - span[k, 0]
    return stop, line, giving_way, sign


@called
def look_at_crosswalks(
    presence: Presence, t: int, body: np.ndarray, path: np.ndarray, span: np.ndarray, bodies: np.ndarray,
    minds: np.ndarray, terrain: Terrain, horizon: np.float32, pace: np.float32,
) -> np.float32:  # fmt: skip
    """Distance of the front to the nearest crosswalk at which a pedestrian goes first; FREE if there is none."""
    stop = FREE
    half = _HALF * body[LENGTH]
    ahead = -body[ARC]
    for k in range(PATH):
        lane = path[k]
        if lane < 0 or ahead > horizon:
            break
        start = ahead if k == 0 else ahead - span[k, 0]
        for n in range(terrain.lane[lane, FIRST_CROSSING], terrain.lane[lane + 1, FIRST_CROSSING]):
            crosswalk = terrain.crossing[n, CROSSWALK_OF]
            if presence.walk_head[t, crosswalk] < 0:
                continue
            front = start + terrain.crossing_f[n, CROSS_FROM] - half - LINE_GAP_M
            clear = start + terrain.crossing_f[n, CROSS_TO] + half
            if front < -PAST_M or front > stop:
                continue
            own_in, own_out = travel_time(front, body[SPEED], pace), travel_time(clear, body[SPEED], pace)
            who = presence.walk_head[t, crosswalk]
            while who >= 0:
                if minds[who, PHASE] == CROSSING and _is_in_the_way(
                    bodies[who], terrain.crosswalk_f[crosswalk], terrain.crossing_f[n], own_in, own_out
                ):
                    stop = min(stop, front)
                who = presence.walk_next[t, who]
        ahead = (span[0, 1] - body[ARC]) if k == 0 else ahead + span[k, 1] - span[k, 0]
    return stop


@borrowing
def _is_in_the_way(
    walker: np.ndarray, crosswalk: np.ndarray, crossing: np.ndarray, own_in: np.float32, own_out: np.float32
) -> bool:
    """Whether a pedestrian is on the lane's part of a crosswalk, or will be while a vehicle is."""
    ux, uy = crosswalk[BX] - crosswalk[AX], crosswalk[BY] - crosswalk[AY]
    length = crosswalk[WALK_LENGTH]
    place = ((walker[X] - crosswalk[AX]) * ux + (walker[Y] - crosswalk[AY]) * uy) / length
    goal = ((walker[GOAL_X] - crosswalk[AX]) * ux + (walker[GOAL_Y] - crosswalk[AY]) * uy) / length
    low, high = crossing[WALK_FROM] - WALK_MARGIN_M, crossing[WALK_TO] + WALK_MARGIN_M
    if low < place < high:
        return True
    forward = goal > place
    near = low - place if forward else place - high
    far = high - place if forward else place - low
    if near < _ZERO:
        return False
    pace = max(walker[SPEED], np.float32(0.8))
    return bool(near / pace < own_out + WALK_MARGIN_S and far / pace + WALK_MARGIN_S > own_in)


@borrowing
def is_full_ahead(
    body: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain, gap: np.float32, leader_speed: np.float32
) -> bool:
    """Whether a vehicle that enters the junction ahead would have to stop in it, in the way of others.

    Those who cross nobody, or only let others in, keep going: a roundabout flows while those on it do, and queues on long ramps
    run together.
    """
    if gap >= FREE or leader_speed > np.float32(2.0):
        return False
    ahead = span[0, 1] - body[ARC]
    crosses, entered = False, False
    for k in range(1, PATH):
        lane = path[k]
        if lane < 0:
            return False
        if terrain.lane[lane, JUNCTION] >= 0:
            entered = True
            for c in range(terrain.lane[lane, FIRST_CONFLICT], terrain.lane[lane + 1, FIRST_CONFLICT]):
                yields = terrain.conflict[c, ORDER] < 0 and length_of(terrain, lane) < RAMP_M
                crosses = crosses or bool(terrain.conflict[c, MERGES] == 0) or bool(yields)
        elif entered:
            break
        ahead += span[k, 1] - span[k, 0]
    # Its rear must clear the junction when it stands behind the leader.
    leader_rear = gap + _HALF * body[LENGTH]
    return crosses and leader_rear < ahead + body[LENGTH] + np.float32(2.5)
