"""Who is where: every tick, each road user is noted under the lanes that it is on, reaches into, or comes to. Source: ours.

Whoever looks for a leader, for traffic that goes first, or for a gap then reads a few short lists instead of everybody. The
lists live in scratch memory that a thread keeps from world to world; `forget` empties what was written, and nothing else.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called
from sim_suite.driving.world.kinds import BICYCLE, NO_CONTROL, OBSTACLE, PARKED, PEDESTRIAN, SCRIPT, STILL, TRAFFIC
from sim_suite.driving.world.lanes import foot_near, length_of, pose_at, width_and_speeds
from sim_suite.driving.world.layout import (
    ARC,
    CONTROL,
    CROSSWALK,
    KIND,
    LANE,
    LANE_ARC,
    LANE_LATERAL,
    LAST_LANE,
    LENGTH,
    OFFSET,
    PATH,
    SIDE_LANE,
    SLIP,
    SPEED,
    WIDTH,
    YAW,
)
from sim_suite.driving.world.terrain import BESIDE_LEFT, BESIDE_RIGHT, FIRST_SUCCESSOR, JUNCTION, LANE_TURN, Terrain

CHANGING_M: Final = np.float32(1.2)
"""Who is farther beside where it means to drive is changing lanes: parked cars are passed with less haste."""
LOOK_M: Final = np.float32(90.0)
"""How far ahead of a junction its traffic is noted: 50 km/h and the 6 s gap that crossing the street takes (HCM 2010: 6.5 s)."""
ALONG_COS: Final = 0.5
"""Who heads more than 60 degrees off its lane does not follow it (the storyboard's bound, `staging.view`)."""

EXPECT_S: Final = np.float32(3.0)
"""Who crosses a lane is in the way of those who come wherever he will be within this: nuPlan projects as far for its time to collision."""

# Columns of `Presence.place`, [T, E, PLACE] float32.
AT: Final = 0
"""Arc along the lane; negative where it is still to come to it."""
ASIDE: Final = 1
"""From the lane's centre, m, left positive."""
ALONG: Final = 2
"""Speed along the lane, m/s; negative against it."""
HALF_ALONG: Final = 3
"""Half of the box's extent along the lane, m."""
HALF_ACROSS: Final = 4
PLACE: Final = 5

# Columns of `Presence.note`, [T, E, 4] int32.
NEXT: Final = 0
"""The next entry of the same lane, or -1."""
WHO: Final = 1
"""Slot of the actor."""
SORT: Final = 2
UNDER: Final = 3
"""The lane that it is noted under."""

ON, TAIL, BESIDE, COMING = range(4)
"""Sorts: its centre is on the lane; only its rear still is; it reaches in from beside; it will come to the lane."""


class Presence(NamedTuple):
    """Scratch memory of T threads. E entries, L lanes, C crosswalks, A actors."""

    head: NDArray[np.int32]
    """[T, L] First entry of each lane, or -1."""
    note: NDArray[np.int32]
    place: NDArray[np.float32]
    used: NDArray[np.int32]
    """[T] Entries in use."""
    walk_head: NDArray[np.int32]
    """[T, C] First pedestrian on each crosswalk, by slot, or -1."""
    walk_next: NDArray[np.int32]
    """[T, A]"""


def new_presence(threads: int, actors: int, lanes: int, crosswalks: int) -> Presence:
    """Empty lists."""
    entries = actors * (PATH + 2)
    return Presence(
        np.full((threads, max(lanes, 1)), -1, np.int32),
        np.zeros((threads, entries, 4), np.int32),
        np.zeros((threads, entries, PLACE), np.float32),
        np.zeros(threads, np.int32),
        np.full((threads, max(crosswalks, 1)), -1, np.int32),
        np.full((threads, actors), -1, np.int32),
    )


@borrowing
def _add(
    presence: Presence, t: int, lane: int, who: int, sort: int, at: np.float32, aside: np.float32, along: np.float32,
    half_along: np.float32, half_across: np.float32,
) -> None:  # fmt: skip
    entry = presence.used[t]
    if lane < 0 or entry >= presence.note.shape[1]:
        return
    note, place = presence.note[t, entry], presence.place[t, entry]
    note[NEXT], note[WHO], note[SORT], note[UNDER] = presence.head[t, lane], who, sort, lane
    place[AT], place[ASIDE], place[ALONG], place[HALF_ALONG], place[HALF_ACROSS] = (
        at, aside, along, half_along, half_across
    )  # fmt: skip
    presence.head[t, lane] = entry
    presence.used[t] = entry + 1


@borrowing
def forget(presence: Presence, t: int) -> None:
    """Empty the lists of thread t."""
    for entry in range(presence.used[t]):
        presence.head[t, presence.note[t, entry, UNDER]] = -1
    presence.used[t] = 0
    for crosswalk in range(presence.walk_head.shape[1]):
        presence.walk_head[t, crosswalk] = -1


@called
def note_all(
    presence: Presence, t: int, body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray, actors: int,
    terrain: Terrain,
) -> None:  # fmt: skip
    """Note the first `actors` slots of a world. body, mind, path, span: the world's rows. Lists must be empty."""
    for i in range(actors):
        own = mind[i]
        if own[CONTROL] == NO_CONTROL:
            continue
        if own[KIND] == PEDESTRIAN and own[CONTROL] == TRAFFIC:
            if own[CROSSWALK] >= 0:
                presence.walk_next[t, i] = presence.walk_head[t, own[CROSSWALK]]
                presence.walk_head[t, own[CROSSWALK]] = i
            continue
        _note_where_it_is(presence, t, i, body[i], own, terrain)
        if own[KIND] <= BICYCLE and own[CONTROL] == SCRIPT:
            _expect_straight_on(presence, t, i, body[i], own, terrain)
        elif own[KIND] <= BICYCLE and own[CONTROL] != STILL:
            _note_where_it_comes(presence, t, i, body[i], path[i], span[i], terrain)


@borrowing
def _note_where_it_is(presence: Presence, t: int, i: int, body: np.ndarray, mind: np.ndarray, terrain: Terrain) -> None:
    lane = mind[LANE]
    if lane < 0:
        return
    arc = body[LANE_ARC]
    _, _, heading, _ = pose_at(terrain, lane, arc)
    half_width, _, _ = width_and_speeds(terrain, lane, arc)
    angle = body[YAW] - heading
    cos, sin = np.float32(abs(math.cos(angle))), np.float32(abs(math.sin(angle)))
    half = np.float32(0.5)
    half_along = half * (body[LENGTH] * cos + body[WIDTH] * sin)
    half_across = half * (body[LENGTH] * sin + body[WIDTH] * cos)
    along = body[SPEED] * np.float32(math.cos(angle + body[SLIP]))
    aside = body[LANE_LATERAL]
    if mind[CONTROL] == SCRIPT and cos < ALONG_COS:
        _note_who_crosses(presence, t, i, body, lane, angle, half_along, half_across, terrain)
        return
    still = mind[KIND] == PARKED or mind[KIND] == OBSTACLE or mind[CONTROL] == STILL
    # What stands beside the lane is nobody's leader.
    if not (still and abs(aside) - half_across > half_width):
        middle, reach = aside, half_across
        if mind[CONTROL] == TRAFFIC and abs(aside - body[OFFSET]) > CHANGING_M:
            # One that changes lanes claims all that it will cross.
            middle, reach = half * (aside + body[OFFSET]), half_across + half * abs(aside - body[OFFSET])
        _add(presence, t, lane, i, ON, arc, middle, along, half_along, reach)
    if mind[SIDE_LANE] >= 0:
        _note_beside(presence, t, i, mind[SIDE_LANE], lane, arc, aside, along, half_along, half_across, terrain)
    if arc < half_along and mind[LAST_LANE] >= 0 and mind[LAST_LANE] != lane:
        before = length_of(terrain, mind[LAST_LANE]) + arc
        _add(presence, t, mind[LAST_LANE], i, TAIL, before, aside, along, half_along, half_across)


@borrowing
def _note_who_crosses(
    presence: Presence, t: int, i: int, body: np.ndarray, lane: int, angle: float, half_along: np.float32,
    half_across: np.float32, terrain: Terrain,
) -> None:  # fmt: skip
    """Note a scripted road user who heads across the lane: it claims all that it will cross, on the lane beside too."""
    arc, way, half = body[LANE_ARC], angle + body[SLIP], np.float32(0.5)
    along, across = body[SPEED] * np.float32(math.cos(way)), body[SPEED] * np.float32(math.sin(way))
    middle, reach = body[LANE_LATERAL] + half * EXPECT_S * across, half_across + half * EXPECT_S * abs(across)
    _add(presence, t, lane, i, ON, arc, middle, along, half_along, reach)
    side = terrain.lane[lane, BESIDE_LEFT if across > np.float32(0.0) else BESIDE_RIGHT]
    if side >= 0:
        _note_beside(presence, t, i, side, lane, arc, middle, along, half_along, reach, terrain)


@borrowing
def _note_beside(
    presence: Presence, t: int, i: int, side: int, lane: int, arc: np.float32, aside: np.float32, along: np.float32,
    half_along: np.float32, half_across: np.float32, terrain: Terrain,
) -> None:  # fmt: skip
    """Note it under a lane beside its own, of the same section."""
    # Two lanes that are both to the left (or right) of each other lead opposite ways.
    left = terrain.lane[lane, BESIDE_LEFT] == side
    opposite = terrain.lane[side, BESIDE_LEFT if left else BESIDE_RIGHT] == lane
    share = arc / length_of(terrain, lane)
    guess = (np.float32(1.0) - share if opposite else share) * length_of(terrain, side)
    x, y, heading, _ = pose_at(terrain, lane, arc)
    x, y = x - aside * np.float32(math.sin(heading)), y + aside * np.float32(math.cos(heading))
    arc_there, aside_there, _ = foot_near(terrain, side, guess, x, y)
    _add(presence, t, side, i, BESIDE, arc_there, aside_there, -along if opposite else along, half_along, half_across)


@borrowing
def _note_where_it_comes(
    presence: Presence, t: int, i: int, body: np.ndarray, path: np.ndarray, span: np.ndarray, terrain: Terrain
) -> None:
    ahead = span[0, 1] - body[ARC]
    half = np.float32(0.5)
    for k in range(1, PATH):
        if path[k] < 0 or ahead > LOOK_M:
            break
        if terrain.lane[path[k], JUNCTION] >= 0 and span[k, 0] <= np.float32(0.5):
            _add(
                presence, t, path[k], i, COMING, -ahead, np.float32(0.0), body[SPEED],
                half * body[LENGTH], half * body[WIDTH],
            )  # fmt: skip
        ahead += span[k, 1] - span[k, 0]


@borrowing
def _expect_straight_on(
    presence: Presence, t: int, i: int, body: np.ndarray, mind: np.ndarray, terrain: Terrain
) -> None:
    """Note a scripted vehicle where it comes. Only the script knows its way: it is expected to go straight on at forks."""
    lane, half = mind[LANE], np.float32(0.5)
    if lane < 0:
        return
    _, _, heading, _ = pose_at(terrain, lane, body[LANE_ARC])
    if math.cos(body[YAW] - heading) < ALONG_COS:
        return
    ahead = length_of(terrain, lane) - body[LANE_ARC]
    for _ in range(PATH):
        after, least = -1, np.float32(math.inf)
        for n in range(terrain.lane[lane, FIRST_SUCCESSOR], terrain.lane[lane + 1, FIRST_SUCCESSOR]):
            turn = np.float32(abs(terrain.lane_f[terrain.successor[n], LANE_TURN]))
            if turn < least:
                after, least = terrain.successor[n], turn
        if after < 0 or ahead > LOOK_M:
            return
        lane = after
        if terrain.lane[lane, JUNCTION] >= 0:
            _add(
                presence, t, lane, i, COMING, -ahead, body[LANE_LATERAL], body[SPEED],
                half * body[LENGTH], half * body[WIDTH],
            )  # fmt: skip
        ahead += length_of(terrain, lane)


@borrowing
def side_lane_of(
    terrain: Terrain,
    lane: int,
    aside: np.float32,
    half_across: np.float32,
    half_width: np.float32,
    left: int,
    right: int,
) -> int:
    """The neighbour that a box reaches into by more than a hand's breadth, or -1. left, right: the lanes beside, or -1."""
    if aside + half_across > half_width + np.float32(0.1):
        return left
    if aside - half_across < -half_width - np.float32(0.1):
        return right
    return -1
