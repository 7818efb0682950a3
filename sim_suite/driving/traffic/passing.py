"""Past what stands in the lane: how far to move over, and whether the other side of the street is free for it. Source: ours.

Bicycles keep to the edge of the lane and are passed within it; over its border one goes only for what stands.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.traffic.idm import FREE
from sim_suite.driving.traffic.junctions import travel_time
from sim_suite.driving.traffic.presence import (
    ALONG,
    ASIDE,
    AT,
    COMING,
    HALF_ACROSS,
    HALF_ALONG,
    NEXT,
    SORT,
    WHO,
    Presence,
)
from sim_suite.driving.world.kinds import BICYCLE, BUS, OBSTACLE, PARKED, STILL, TRAFFIC, TRUCK
from sim_suite.driving.world.lanes import length_of, width_and_speeds
from sim_suite.driving.world.layout import ARC, CONTROL, KIND, LATERAL, LENGTH, SPEED, WIDTH
from sim_suite.driving.world.terrain import FIRST_PREDECESSOR, JUNCTION, ONCOMING, Terrain

SEEN_M: Final = np.float32(35.0)
"""From so far a driver prepares to pass: 2.5 s at 50 km/h."""
ROOM_M: Final = np.float32(0.5)
"""Beside what stands ..."""
SQUEEZE_M: Final = np.float32(0.25)
"""... and beside it for trucks and buses, which would otherwise need the oncoming lane at every parked car."""
BICYCLE_ROOM_M: Final = np.float32(0.7)
"""Beside bicycles (the law asks for 1.5 m in many countries, which a lane of 3.5 m does not have)."""
EDGE_M: Final = np.float32(0.4)
"""Bicycles ride so far from the lane's border."""
PULL_OUT_M: Final = np.float32(10.0)
"""One waits so far behind what is to be passed: on 10 m a car can move over by its width."""
CREEPING_M: Final = np.float32(0.5)
"""One that is pulling out creeps so near."""
NEAR_M: Final = np.float32(6.0)
BEGUN: Final = np.float32(0.35)
"""One that is so near what it passes and has moved over by this share has begun."""
AFTER_M: Final = np.float32(15.0)
"""So much lane must be left behind what is passed, to return to it."""
WITHIN_M: Final = np.float32(-0.2)
"""A box that stays so far within the lane's border is in no oncoming one's way; closer to it one looks who comes."""
MOST_OVER_M: Final = np.float32(3.0)
"""Farther over the border nobody goes: it is most of the oncoming lane."""
BICYCLE_OVER_M: Final = np.float32(0.3)
"""Nor so far for a bicycle, beside which one drives for long."""
AHEAD_M: Final = np.float32(0.5)
"""A bicycle lets one that passes it get so far ahead before it moves in behind ..."""
BEHIND_M: Final = np.float32(1.0)
"""... and looks so far back ..."""
CLOSING_S: Final = np.float32(1.5)
"""... and so much farther for one that closes in: it takes about as long to move in."""
QUEUE_MPS: Final = np.float32(3.0)
"""Who is slower ahead makes a queue."""
PASSING_MPS: Final = np.float32(8.0)
"""While it is over the lane's border ..."""
FASTER_MPS: Final = np.float32(5.0)
"""... or so much faster than what it passes, whichever is more."""
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)


@called
def wanted_offset(
    presence: Presence, t: int, i: int, body: np.ndarray, path: np.ndarray, span: np.ndarray, minds: np.ndarray,
    terrain: Terrain, usual: np.float32,
) -> tuple[np.float32, bool, np.float32]:  # fmt: skip
    """(lateral place to drive at m, whether something stands in the way at all, greatest speed m/s while passing it).

    usual: where it drives when nothing is in the way. Looks at what stands, and at bicycles, on this lane and the next. Where there
    is no room it stays at its usual place, and waits behind.
    """
    side = np.float32(-1.0 if terrain.left_hand == 1 else 1.0)
    own_half, own_wide = _HALF * body[LENGTH], _HALF * body[WIDTH]
    need, over, found, reach = usual, _ZERO, False, _ZERO
    near, pace, queue = False, _ZERO, FREE
    for k in range(2):
        lane = path[k]
        if lane < 0:
            break
        start = -body[ARC] if k == 0 else span[0, 1] - body[ARC] - span[1, 0]
        entry = presence.head[t, lane]
        while entry >= 0:
            note, place = presence.note[t, entry], presence.place[t, entry]
            entry = note[NEXT]
            distance = start + place[AT]
            if note[WHO] == i or note[SORT] == COMING:
                continue
            if not is_passed(minds[note[WHO]]):
                if distance > _ZERO and place[ALONG] < QUEUE_MPS:
                    queue = min(queue, distance - place[HALF_ALONG])
                continue
            if minds[note[WHO], KIND] == BICYCLE and minds[i, KIND] == BICYCLE:
                continue
            if distance < -own_half - place[HALF_ALONG] - np.float32(1.0) or distance > SEEN_M:
                continue
            bicycle = minds[note[WHO], KIND] == BICYCLE
            large = minds[i, KIND] == TRUCK or minds[i, KIND] == BUS
            room = BICYCLE_ROOM_M if bicycle else SQUEEZE_M if large else ROOM_M
            if abs(place[ASIDE] - usual) > own_wide + place[HALF_ACROSS] + room:
                continue
            half_width, _, _ = width_and_speeds(terrain, lane, place[AT])
            # Away from what stands at the edge; in the middle, to the side of the oncoming traffic.
            way = side if place[ASIDE] * side <= np.float32(0.5) else -side
            aside = place[ASIDE] + way * (own_wide + place[HALF_ACROSS] + room)
            beyond = abs(aside) + own_wide - half_width
            found = True
            near = near or abs(distance) < own_half + place[HALF_ALONG] + NEAR_M
            if beyond > WITHIN_M and (way != side or (bicycle and beyond > BICYCLE_OVER_M)):
                continue
            if abs(aside - usual) > abs(need - usual):
                need, over = aside, beyond
                reach = distance + place[HALF_ALONG] + own_half
                pace = max(place[ALONG], _ZERO)
    if not found or over > MOST_OVER_M:
        return usual, found, FREE
    # One who has begun goes through with it: two who give up half-way block each other.
    begun = near and abs(body[LATERAL] - usual) > BEGUN * abs(need - usual)
    # And nobody stands in the way of the oncoming traffic beside what there is no room to get past.
    if (
        over > WITHIN_M
        and not begun
        and (queue < reach + own_half or _is_coming(presence, t, i, body, path[0], terrain, reach, pace))
    ):
        return usual, True, FREE
    return need, True, passing_speed(pace) if over > WITHIN_M else FREE


@borrowing
def passing_speed(pace: np.float32) -> np.float32:
    """How fast one drives over the lane's border past something that moves at `pace` m/s."""
    return max(PASSING_MPS, pace + FASTER_MPS)


@borrowing
def edge_offset(terrain: Terrain, half_width: np.float32) -> np.float32:
    """Where a bicycle rides: at the lane's edge, on the side away from oncoming traffic."""
    aside = max(half_width - EDGE_M - np.float32(0.3), _ZERO)
    return aside if terrain.left_hand == 1 else -aside


@borrowing
def is_being_passed(presence: Presence, t: int, i: int, body: np.ndarray, lane: int, minds: np.ndarray) -> bool:
    """Whether a motor vehicle is beside this bicycle or about to be: then it keeps to the edge."""
    entry = presence.head[t, lane]
    while entry >= 0:
        note, place = presence.note[t, entry], presence.place[t, entry]
        entry = note[NEXT]
        if note[WHO] == i or note[SORT] == COMING or minds[note[WHO], KIND] == BICYCLE:
            continue
        behind = body[ARC] - place[AT]
        reach = place[HALF_ALONG] + _HALF * body[LENGTH]
        closing = max(place[ALONG] - body[SPEED], _ZERO)
        if -reach - AHEAD_M < behind < reach + BEHIND_M + CLOSING_S * closing and abs(place[ASIDE] - body[LATERAL]) > (
            place[HALF_ACROSS] + _HALF * body[WIDTH]
        ):
            return True
    return False


@borrowing
def is_passed(mind: np.ndarray) -> bool:
    """What one drives around: whatever stands for good, and bicycles."""
    if mind[CONTROL] == TRAFFIC:
        return bool(mind[KIND] == BICYCLE)
    return bool(mind[KIND] == PARKED or mind[KIND] == OBSTACLE or mind[CONTROL] == STILL)


@borrowing
def _is_coming(
    presence: Presence, t: int, i: int, body: np.ndarray, lane: int, terrain: Terrain, reach: np.float32,
    pace: np.float32,
) -> bool:  # fmt: skip
    """Whether anybody comes on the oncoming lane before this one is back; true where there is none to swerve to, or too little road.

    reach: what there is to gain on what is passed, which moves at `pace`.
    """
    oncoming = terrain.lane[lane, ONCOMING]
    length = length_of(terrain, lane)
    faster = passing_speed(pace) - pace
    time = travel_time(reach + np.float32(10.0), max(body[SPEED] - pace, _ZERO), faster) + np.float32(1.0)
    reach += pace * time
    if oncoming < 0 or terrain.lane[lane, JUNCTION] >= 0 or body[ARC] + reach + AFTER_M > length:
        return True
    other_length = length_of(terrain, oncoming)
    here = (length - body[ARC]) * other_length / length
    if _anybody_within(presence, t, i, oncoming, here + np.float32(8.0), reach, time):
        return True
    for n in range(terrain.lane[oncoming, FIRST_PREDECESSOR], terrain.lane[oncoming + 1, FIRST_PREDECESSOR]):
        before = terrain.predecessor[n]
        if _anybody_within(presence, t, i, before, here + length_of(terrain, before), reach, time):
            return True
    return False


@borrowing
def _anybody_within(
    presence: Presence, t: int, i: int, lane: int, here: np.float32, reach: np.float32, time: np.float32
) -> bool:
    """here: arc on the oncoming lane beside this vehicle; they come with rising arcs."""
    entry = presence.head[t, lane]
    while entry >= 0:
        note, place = presence.note[t, entry], presence.place[t, entry]
        entry = note[NEXT]
        if note[WHO] == i or note[SORT] == COMING:
            continue
        apart = here - place[AT] - place[HALF_ALONG]
        if apart > np.float32(-12.0) and apart < reach + max(place[ALONG], _ZERO) * time + np.float32(5.0):
            return True
    return False
