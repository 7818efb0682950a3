"""Moves the actors of a storyboard by a tick: exactly as their actions say, along lanes, trajectories or straight on. Source: shapes of
transitions after OpenSCENARIO XML 1.3, `DynamicsShape`; the rest ours.

A speed is that of the whole motion: who goes aside gets ahead less. Poses are written for the end of the tick, before the world steps.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.storyboard.staging.cast import (
    ALONG,
    ARC,
    ASIDE,
    ASIDE_BY,
    ASIDE_FROM,
    ASIDE_NEEDED,
    ASIDE_SHAPE,
    ASIDE_SPENT,
    ASIDE_TO,
    AT_END,
    BY_DISTANCE,
    CLOCK_SCALE,
    CUBIC,
    DRIVEN,
    LINEAR,
    MODE,
    OFF_ROAD,
    ON_LANE,
    ON_TRACK,
    PACE,
    PACE_BY,
    PACE_FROM,
    PACE_NEEDED,
    PACE_SHAPE,
    PACE_SPENT,
    PACE_TO,
    PX,
    PY,
    PYAW,
    ROUTE,
    SINUSOIDAL,
    STOOD,
    STRAIGHT,
    TH,
    TIMED,
    TRACK,
    TRAVELLED,
    TS,
    TTIME,
    TX,
    TY,
    WAY,
    Cast,
)
from sim_suite.driving.storyboard.staging.cast import LANE as OWN_LANE
from sim_suite.driving.world.kinds import (
    BRAKE_LIGHT,
    LEFT_INDICATOR,
    NO_CONTROL,
    PEDESTRIAN,
    RIGHT_INDICATOR,
    SCRIPT,
    TICK_S,
)
from sim_suite.driving.world.lanes import length_of, pose_at, wrap
from sim_suite.driving.world.layout import (
    ACCEL,
    CONTROL,
    KIND,
    LANE,
    SIGNALS,
    SPEED,
    YAW,
    YAW_RATE,
    State,
    X,
    Y,
)
from sim_suite.driving.world.terrain import (
    FIRST_PREDECESSOR,
    FIRST_SUCCESSOR,
    LANE_KIND,
    LANE_TURN,
    Ground,
    Terrain,
)

_DT: Final = TICK_S
STANDING_MPS: Final = 0.01
"""Slower than this is standing (ours: OpenSCENARIO's StandStillCondition gives no threshold; esmini takes as little)."""
STANDS_M: Final = 0.01
"""A place written by hand and the same one on a lane differ by less."""
LEAST_TURN: Final = 0.2
"""As `world.lanes`: beside a bend an arc grows by 1 - aside * curvature, never less than this."""
BRAKING_MPS2: Final = -0.8
"""As the traffic's brake lights."""
GOING_ASIDE_MPS: Final = 0.3
"""Faster than this aside, vehicles indicate."""
_LEAST_WORLDS: Final = 64  # a thread: one of two actors takes 0.5 us


def perform(cast: Cast, state: State, ground: Ground) -> None:
    """Move the actors under SCRIPT control by a tick and count what conditions ask for, in all worlds."""
    share(lambda _, begin, end: _perform(cast, state, ground, begin, end), len(cast.number), _LEAST_WORLDS)


@shared
def _perform(cast: Cast, state: State, ground: Ground, begin: int, end: int) -> None:
    for w in range(begin, end):
        for e in range(cast.number.shape[1]):
            _move(cast, state, ground, w, e)


@borrowing
def progress(shape: int, share: float) -> float:
    """Share in [0, 1] of a change that is done when a share of its time or way is over."""
    if share >= 1.0 or shape not in (LINEAR, CUBIC, SINUSOIDAL):
        return 1.0
    if shape == CUBIC:
        return share * share * (3.0 - 2.0 * share)
    if shape == SINUSOIDAL:
        return 0.5 - 0.5 * math.cos(math.pi * share)
    return share


@called
def _move(cast: Cast, state: State, ground: Ground, w: int, e: int) -> None:
    number, index = cast.number[w, e], cast.integer[w, e]
    body, mind = state.body[w, e], state.mind[w, e]
    if mind[CONTROL] == NO_CONTROL:
        return
    if mind[CONTROL] == SCRIPT and index[MODE] != DRIVEN:
        before, yaw = number[PACE], body[YAW]
        _change_pace(number, index)
        aside_mps = 0.0
        if index[MODE] == ON_LANE:
            aside_mps = _along_lane(cast, number, index, ground.terrain)
        elif index[MODE] == ON_TRACK:
            _along_track(cast, number, index)
        elif index[MODE] == STRAIGHT:
            number[PX] += number[PACE] * _DT * math.cos(number[PYAW])
            number[PY] += number[PACE] * _DT * math.sin(number[PYAW])
        body[X], body[Y], body[YAW] = number[PX], number[PY], wrap(np.float32(number[PYAW]))
        body[SPEED] = number[PACE]
        body[ACCEL] = (number[PACE] - before) / _DT
        body[YAW_RATE] = wrap(body[YAW] - yaw) / np.float32(_DT)
        mind[SIGNALS] = _signals(mind[KIND], float(body[ACCEL]), aside_mps)
    number[TRAVELLED] += abs(float(body[SPEED])) * _DT
    number[STOOD] = number[STOOD] + _DT if abs(float(body[SPEED])) < STANDING_MPS else 0.0
    paved = mind[LANE] >= 0 or mind[KIND] == PEDESTRIAN
    number[OFF_ROAD] = 0.0 if paved else number[OFF_ROAD] + _DT


@borrowing
def _signals(kind: int, accel: float, aside_mps: float) -> int:
    if kind >= PEDESTRIAN:
        return 0
    shown = BRAKE_LIGHT if accel < BRAKING_MPS2 else 0
    if aside_mps > GOING_ASIDE_MPS:
        shown |= LEFT_INDICATOR
    elif aside_mps < -GOING_ASIDE_MPS:
        shown |= RIGHT_INDICATOR
    return shown


@borrowing
def _on(spent: float, more: float, needed: float) -> float:
    """What is spent of a change after more; sums of ticks that come to its end but for rounding do come to it."""
    return needed if spent + more > needed - 1e-9 else spent + more


@borrowing
def _change_pace(number: np.ndarray, index: np.ndarray) -> None:
    """The speed at the end of the tick."""
    if number[PACE_SPENT] >= number[PACE_NEEDED]:
        return
    # A change over a distance gets on from rest too.
    spent = max(abs(number[PACE]), STANDING_MPS) * _DT if index[PACE_BY] == BY_DISTANCE else _DT
    number[PACE_SPENT] = _on(number[PACE_SPENT], spent, number[PACE_NEEDED])
    done = progress(index[PACE_SHAPE], number[PACE_SPENT] / number[PACE_NEEDED])
    number[PACE] = number[PACE_FROM] + (number[PACE_TO] - number[PACE_FROM]) * done


@borrowing
def _along_lane(cast: Cast, number: np.ndarray, index: np.ndarray, terrain: Terrain) -> float:
    """Move along the lane; returns the speed to the left of the motion, m/s."""
    speed, aside = number[PACE], number[ASIDE]
    if number[ASIDE_SPENT] < number[ASIDE_NEEDED]:
        spent = abs(speed) * _DT if index[ASIDE_BY] == BY_DISTANCE else _DT
        number[ASIDE_SPENT] = _on(number[ASIDE_SPENT], spent, number[ASIDE_NEEDED])
        done = progress(index[ASIDE_SHAPE], number[ASIDE_SPENT] / number[ASIDE_NEEDED])
        number[ASIDE] = number[ASIDE_FROM] + (number[ASIDE_TO] - number[ASIDE_FROM]) * done
    aside_mps = (number[ASIDE] - aside) / _DT
    ahead = math.sqrt(max(speed * speed - aside_mps * aside_mps, 0.0))
    ahead = -ahead if speed < 0.0 else ahead
    _, _, _, bend = pose_at(terrain, index[OWN_LANE], np.float32(number[ARC]))
    number[ARC] += index[WAY] * ahead * _DT / max(1.0 - aside * float(bend), LEAST_TURN)
    _cross_ends(cast, number, index, terrain)
    x, y, heading, _ = pose_at(terrain, index[OWN_LANE], np.float32(number[ARC]))
    beyond = number[ARC] - min(max(number[ARC], 0.0), float(length_of(terrain, index[OWN_LANE])))
    cos, sin = math.cos(float(heading)), math.sin(float(heading))
    to_x, to_y = x + beyond * cos - number[ASIDE] * sin, y + beyond * sin + number[ASIDE] * cos
    if speed == 0.0 and abs(to_x - number[PX]) + abs(to_y - number[PY]) < STANDS_M:
        return 0.0  # who stands askew is not turned along the lane
    number[PX], number[PY] = to_x, to_y
    drift = math.atan2(index[WAY] * aside_mps, abs(ahead)) if abs(ahead) > STANDING_MPS else 0.0
    drift = -drift if speed < 0.0 else drift
    number[PYAW] = heading + (0.0 if index[WAY] > 0 else math.pi) + drift
    return float(index[WAY] * aside_mps)


@borrowing
def _cross_ends(cast: Cast, number: np.ndarray, index: np.ndarray, terrain: Terrain) -> None:
    """Go on to the next lane at the end of one; where there is none, stop."""
    at_end = number[AT_END]
    number[AT_END] = at_end + _DT if at_end > 0.0 and number[PACE] == 0.0 else 0.0
    for _ in range(8):  # lanes can be shorter than a tick's way
        length = float(length_of(terrain, index[OWN_LANE]))
        if 0.0 <= number[ARC] <= length:
            return
        onward = number[ARC] > length
        after = _next_lane(cast, index[ROUTE], terrain, index[OWN_LANE], onward)
        if after < 0:
            number[ARC] = length if onward else 0.0
            number[PACE], number[PACE_NEEDED] = 0.0, 0.0
            number[AT_END] = at_end + _DT
            return
        number[ARC] = number[ARC] - length if onward else number[ARC] + float(length_of(terrain, after))
        index[OWN_LANE] = after


@borrowing
def _next_lane(cast: Cast, route: int, terrain: Terrain, lane: int, onward: bool) -> int:
    """The lane after (or before) one: that of the route, else the straightest of the same kind, else the straightest."""
    column = FIRST_SUCCESSOR if onward else FIRST_PREDECESSOR
    best, least = -1, math.inf
    for n in range(terrain.lane[lane, column], terrain.lane[lane + 1, column]):
        other = terrain.successor[n] if onward else terrain.predecessor[n]
        cost = abs(float(terrain.lane_f[other, LANE_TURN]))
        if terrain.lane[other, LANE_KIND] != terrain.lane[lane, LANE_KIND]:
            cost += 10.0  # more than any turn
        if route >= 0 and _is_on(cast.route[route], other):
            cost -= 100.0
        if cost < least:
            best, least = other, cost
    return int(best)


@borrowing
def _is_on(route: np.ndarray, lane: int) -> bool:
    on = False
    for k in range(len(route)):
        on = on or route[k] == lane
    return on


@borrowing
def _along_track(cast: Cast, number: np.ndarray, index: np.ndarray) -> None:
    """Move along the trajectory, and straight on at its end."""
    track = cast.track[index[TRACK]]
    by = TTIME if index[TIMED] == 1 else TS
    last = len(track) - 1
    number[ALONG] += _DT * number[CLOCK_SCALE] if index[TIMED] == 1 else number[PACE] * _DT
    end = track[last, by]
    if number[ALONG] >= end and index[TIMED] == 0:
        number[PX], number[PY], number[PYAW] = track[last, TX], track[last, TY], track[last, TH]
        _leave_track(number, index, number[ALONG] - end)
        return
    along = min(number[ALONG], end)
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if track[middle, by] <= along:
            low = middle
        else:
            high = middle
    while low > 0 and track[low + 1, by] <= track[low, by]:
        low -= 1  # tracks end with as many copies of their last point as the longest one needs
    step = track[low + 1, by] - track[low, by]
    share = 1.0 if step <= 0.0 else max((along - track[low, by]) / step, 0.0)
    _stand_on(track, low, share, number)
    if index[TIMED] == 1:
        gone = track[low + 1, TS] - track[low, TS]
        number[PACE] = 0.0 if step <= 0.0 else gone / step * number[CLOCK_SCALE]
        if number[ALONG] >= end:
            _leave_track(number, index, number[PACE] * (number[ALONG] - end) / number[CLOCK_SCALE])


@borrowing
def _leave_track(number: np.ndarray, index: np.ndarray, rest_m: float) -> None:
    """Go straight on with what is left of the tick's way."""
    number[PX] += rest_m * math.cos(number[PYAW])
    number[PY] += rest_m * math.sin(number[PYAW])
    index[MODE] = STRAIGHT


@borrowing
def _stand_on(track: np.ndarray, k: int, share: float, number: np.ndarray) -> None:
    """At a share of the way from point k to the next."""
    turn = track[k + 1, TH] - track[k, TH]
    heading = track[k, TH] + share * (turn - 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5))
    number[PX] = track[k, TX] + share * (track[k + 1, TX] - track[k, TX])
    number[PY] = track[k, TY] + share * (track[k + 1, TY] - track[k, TY])
    number[PYAW] = heading
