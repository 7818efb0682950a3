"""Shipped maps for scenarios at junctions: four long straight arms, with lights, with stop signs, or with no sign at all. Source: ours."""

from __future__ import annotations

import math
from typing import Final

from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.towns.blends import through
from sim_suite.driving.roads.towns.control import STOP, add_lights, add_signs, add_speed_signs
from sim_suite.driving.roads.towns.crossings import Crossing, build_crossing
from sim_suite.driving.roads.towns.draft import Draft, DraftRoad, End
from sim_suite.driving.roads.towns.furniture import add_crosswalk_at, add_kerb_parking
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import (
    LANE_M,
    PARKING_EASE_M,
    PARKING_FROM_END_M,
    PARKING_M,
    street,
    with_parking,
)

_QUARTER: Final = math.pi / 2.0
_SETBACK_M: Final = 11.0
"""Of the arms from the middle: room for turns of 7 m radius at the kerb, as in the other towns."""
ARM_M: Final = 150.0
"""Straight so far: 10 s at 50 km/h, and a braking way besides."""
_CORNER_M: Final = 200.0
"""From the middle to where two arms meet."""


def crossing_lights() -> OpenDrive:
    """Lights on all four arms."""
    draft = Draft("crossing_lights")
    crossing = _four_arms(draft, crosswalks=True)
    add_lights(draft, crossing, crosswalks=True)
    return draft.finish()


def crossing_stop() -> OpenDrive:
    """A main street from west to east; who comes from north or south stops."""
    draft = Draft("crossing_stop")
    crossing = _four_arms(draft, crosswalks=False)
    add_signs(draft, crossing, [0, 2], sign=STOP)
    return draft.finish()


def crossing_bare() -> OpenDrive:
    """No sign: who comes from the right goes first. Parking along the kerbs."""
    draft = Draft("crossing_bare")
    _four_arms(draft, crosswalks=False, parking=True)
    return draft.finish()


def _four_arms(draft: Draft, *, crosswalks: bool, parking: bool = False) -> Crossing:
    """Arms to the east, north, west and south from the middle; two streets lead from arm to arm."""
    arms: dict[float, End] = {}
    for turn in (0.0, math.pi):
        out = Pose(0.0, 0.0, turn).ahead(_SETBACK_M)
        into = Pose(0.0, 0.0, turn + _QUARTER).ahead(_SETBACK_M).turned()
        corner = Pose(0.0, 0.0, turn + _QUARTER / 2.0).ahead(_CORNER_M * math.sqrt(2.0)).turned(_QUARTER)
        paths = [through([out, out.ahead(ARM_M), corner]), through([corner, into.ahead(-ARM_M), into])]
        first, second = (_street(draft, path, parking=parking) for path in paths)
        draft.join(End(first, "end"), End(second, "start"))
        arms[turn], arms[turn + _QUARTER] = End(first, "start"), End(second, "end")
    ends = [arms[turn] for turn in sorted(arms)]
    crossing = build_crossing(draft, ends, name="crossing")
    for end in ends:
        if crosswalks:
            add_crosswalk_at(draft, end)
        add_speed_signs(draft, end, 50.0)
    return crossing


def _street(draft: Draft, path: Path, *, parking: bool) -> DraftRoad:
    """A street of one lane each way, where asked for with parking along both kerbs."""
    if not parking:
        return draft.road(path, street(1), name="street")
    profiles = with_parking(street(1), street(1, parking_m=PARKING_M), path.length)
    road = draft.road(path, profiles, name="street")
    from_s = PARKING_FROM_END_M + PARKING_EASE_M
    for left_t in (-LANE_M, LANE_M + PARKING_M):
        add_kerb_parking(draft, road, from_s, road.length - from_s, left_t, PARKING_M)
    return road
