"""The road user ahead on a vehicle's path. Source: ours; presence.py lists who is on which lane."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called
from sim_suite.driving.traffic.idm import FREE
from sim_suite.driving.traffic.presence import (
    ALONG,
    ASIDE,
    AT,
    BESIDE,
    COMING,
    HALF_ACROSS,
    HALF_ALONG,
    NEXT,
    ON,
    SORT,
    WHO,
    Presence,
)
from sim_suite.driving.world.lanes import length_of
from sim_suite.driving.world.layout import ARC, LAST_LANE, LATERAL, LENGTH, OFFSET, PATH, SIDE_LANE, SPEED, WIDTH
from sim_suite.driving.world.terrain import FIRST_PREDECESSOR, FIRST_SUCCESSOR, Terrain

SIDE_GAP_M: Final = np.float32(0.35)
"""Boxes that pass each other with less than this between them are in each other's way ..."""
STILL_GAP_M: Final = np.float32(0.15)
"""... and so much if one of them stands."""
SWERVE_M: Final = np.float32(3.0)
"""Over this distance at least a vehicle moves from where it is in the lane to where it means to drive ..."""
SWERVE_S: Final = np.float32(1.2)
"""... and over this time when it is faster: a car's width at a metre a second."""
BESIDE_M: Final = np.float32(30.0)
"""Farther ahead on a lane that it is leaving nobody is in the way any more."""
SPLIT_M: Final = np.float32(14.0)
"""Where ways part, vehicles on the other way are beside one's own for so long: a car's length on the tightest turns."""
_HALF: Final = np.float32(0.5)
_ZERO: Final = np.float32(0.0)


@borrowing
def planned_lateral(body: np.ndarray, distance: np.float32) -> np.float32:
    """Where beside the lane's centre a vehicle will be `distance` m ahead."""
    swerve = max(SWERVE_M, SWERVE_S * body[SPEED])
    share = max(_ZERO, np.float32(1.0) - max(distance, _ZERO) / swerve)
    return np.float32(body[OFFSET] + (body[LATERAL] - body[OFFSET]) * share)


@called
def find_leader(
    presence: Presence, t: int, i: int, body: np.ndarray, mind: np.ndarray, path: np.ndarray, span: np.ndarray,
    terrain: Terrain, horizon: np.float32,
) -> tuple[np.float32, np.float32, int, int]:  # fmt: skip
    """(gap m, its speed along the path m/s, its slot, its entry) of the nearest one in the way; (FREE, 0, -1, -1) if there is none.

    gap: from bumper to bumper, negative where boxes overlap. horizon: how far to look, m.
    """
    best, best_speed, best_who, best_entry = FREE, _ZERO, -1, -1
    own_half, own_wide = _HALF * body[LENGTH], _HALF * body[WIDTH]
    ahead = -body[ARC]
    before = mind[LAST_LANE]
    for k in range(PATH):
        lane = path[k]
        if lane < 0:
            break
        start = ahead if k == 0 else ahead - span[k, 0]
        entry = presence.head[t, lane]
        while entry >= 0:
            note, place = presence.note[t, entry], presence.place[t, entry]
            if note[WHO] != i and note[SORT] != COMING:
                distance = start + place[AT]
                gap = distance - own_half - place[HALF_ALONG]
                # One whose centre is behind mine is no leader, however long it is.
                if distance > _ZERO and gap < best:
                    there = planned_lateral(body, gap)
                    beyond = planned_lateral(body, distance + own_half + place[HALF_ALONG])
                    apart = max(min(there, beyond) - place[ASIDE], place[ASIDE] - max(there, beyond), _ZERO)
                    side_gap = STILL_GAP_M if abs(place[ALONG]) < np.float32(0.3) else SIDE_GAP_M
                    if apart < own_wide + place[HALF_ACROSS] + side_gap:
                        best, best_speed, best_who, best_entry = gap, place[ALONG], note[WHO], entry
            entry = note[NEXT]
        if before >= 0:
            gap, speed, who, entry = _on_the_other_way(presence, t, i, before, lane, start, own_half, terrain)
            if gap < best:
                best, best_speed, best_who, best_entry = gap, speed, who, entry
        before = lane
        ahead = (span[0, 1] - body[ARC]) if k == 0 else ahead + span[k, 1] - span[k, 0]
        if ahead > horizon or best < ahead:
            break
    if mind[SIDE_LANE] >= 0:
        gap, speed, who, entry = _beside(presence, t, i, mind[SIDE_LANE], own_half, own_wide)
        if gap < best:
            best, best_speed, best_who, best_entry = gap, speed, who, entry
    return best, best_speed, best_who, best_entry


@borrowing
def _beside(
    presence: Presence, t: int, i: int, side: int, own_half: np.float32, own_wide: np.float32
) -> tuple[np.float32, np.float32, int, int]:
    """The nearest one ahead on the lane that the box still, or already, reaches into, as far as it is in the way there."""
    at, aside, way = _ZERO, _ZERO, _ZERO
    entry = presence.head[t, side]
    while entry >= 0:
        if presence.note[t, entry, WHO] == i and presence.note[t, entry, SORT] == BESIDE:
            place = presence.place[t, entry]
            at, aside = place[AT], place[ASIDE]
            way = np.float32(-1.0) if place[ALONG] < _ZERO else np.float32(1.0)
        entry = presence.note[t, entry, NEXT]
    best, best_speed, best_who, best_entry = FREE, _ZERO, -1, -1
    entry = presence.head[t, side]
    while way != _ZERO and entry >= 0:
        note, place = presence.note[t, entry], presence.place[t, entry]
        if note[WHO] != i and note[SORT] == ON:
            distance = way * (place[AT] - at)
            gap = distance - own_half - place[HALF_ALONG]
            apart = abs(place[ASIDE] - aside) - own_wide - place[HALF_ACROSS]
            if distance > _ZERO and gap < min(best, BESIDE_M) and apart < np.float32(0.1):
                best, best_speed, best_who, best_entry = gap, way * place[ALONG], note[WHO], entry
        entry = note[NEXT]
    return best, best_speed, best_who, best_entry


@borrowing
def _on_the_other_way(
    presence: Presence,
    t: int,
    i: int,
    before: int,
    lane: int,
    start: np.float32,
    own_half: np.float32,
    terrain: Terrain,
) -> tuple[np.float32, np.float32, int, int]:
    """The last vehicle that took another way where the path forks, while its rear is still beside the path."""
    best, best_speed, best_who, best_entry = FREE, _ZERO, -1, -1
    first, stop = terrain.lane[before, FIRST_SUCCESSOR], terrain.lane[before + 1, FIRST_SUCCESSOR]
    if stop - first < 2:
        return best, best_speed, best_who, best_entry
    for n in range(first, stop):
        other = terrain.successor[n]
        if other == lane:
            continue
        entry = presence.head[t, other]
        while entry >= 0:
            note, place = presence.note[t, entry], presence.place[t, entry]
            rear = place[AT] - place[HALF_ALONG]
            if note[WHO] != i and note[SORT] == 0 and rear < min(SPLIT_M - np.float32(6.0), length_of(terrain, other)):
                distance = start + place[AT]
                gap = distance - own_half - place[HALF_ALONG]
                if distance > _ZERO and gap < best:
                    best, best_speed, best_who, best_entry = gap, place[ALONG], note[WHO], entry
            entry = note[NEXT]
    return best, best_speed, best_who, best_entry


@borrowing
def gap_behind(
    presence: Presence, t: int, i: int, lane: int, arc: np.float32, half: np.float32, terrain: Terrain
) -> tuple[np.float32, np.float32, int]:
    """(gap m, its speed m/s, its slot) of the nearest one behind a place on a lane or on those before it; (FREE, 0, -1) for none."""
    best, best_speed, best_who = _last_before(presence, t, i, lane, arc, half)
    if best < FREE:
        return best, best_speed, best_who
    for n in range(terrain.lane[lane, FIRST_PREDECESSOR], terrain.lane[lane + 1, FIRST_PREDECESSOR]):
        before = terrain.predecessor[n]
        gap, speed, who = _last_before(presence, t, i, before, arc + length_of(terrain, before), half)
        if gap < best:
            best, best_speed, best_who = gap, speed, who
    return best, best_speed, best_who


@borrowing
def _last_before(
    presence: Presence, t: int, i: int, lane: int, arc: np.float32, half: np.float32
) -> tuple[np.float32, np.float32, int]:
    best, best_speed, best_who = FREE, _ZERO, -1
    entry = presence.head[t, lane]
    while entry >= 0:
        note, place = presence.note[t, entry], presence.place[t, entry]
        if note[WHO] != i and note[SORT] != COMING and place[AT] <= arc:
            gap = arc - place[AT] - half - place[HALF_ALONG]
            if gap < best:
                best, best_speed, best_who = gap, place[ALONG], note[WHO]
        entry = note[NEXT]
    return best, best_speed, best_who


@borrowing
def gap_ahead(
    presence: Presence, t: int, i: int, lane: int, arc: np.float32, half: np.float32
) -> tuple[np.float32, np.float32, int]:
    """(gap m, its speed m/s, its slot) of the nearest one ahead of a place on a lane; (FREE, 0, -1) if there is none."""
    best, best_speed, best_who = FREE, _ZERO, -1
    entry = presence.head[t, lane]
    while entry >= 0:
        note, place = presence.note[t, entry], presence.place[t, entry]
        if note[WHO] != i and note[SORT] != COMING and place[AT] > arc:
            gap = place[AT] - arc - half - place[HALF_ALONG]
            if gap < best:
                best, best_speed, best_who = gap, place[ALONG], note[WHO]
        entry = note[NEXT]
    return best, best_speed, best_who
