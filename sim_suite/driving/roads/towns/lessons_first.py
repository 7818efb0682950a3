"""The first shipped maps: a loop, curves, a T junction and a crossroads with lights. Source: ours."""

from __future__ import annotations

import math
from typing import Final

from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.towns.blends import through
from sim_suite.driving.roads.towns.control import add_lights, add_speed_signs
from sim_suite.driving.roads.towns.crossings import build_crossing
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.furniture import add_crosswalk_at
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import street

_QUARTER: Final = math.pi / 2.0
_LOOP_RADIUS_M: Final = 60.0
_LOOP_EASE_M: Final = 20.0


def loop_straight() -> OpenDrive:
    """Two long straights and two half circles, one way round, two lanes to choose from."""
    draft = Draft("loop_straight")
    profile = street(2, sidewalk=False, shoulder_m=1.5).one_way()
    turn = Path(Pose(0.0, -60.0, 0.0)).straight(125.0).bend(_LOOP_RADIUS_M, math.pi, _LOOP_EASE_M)
    back = turn.end
    home = Path(back).straight(250.0).bend(_LOOP_RADIUS_M, math.pi, _LOOP_EASE_M)
    paths = [turn, home, Path(home.end).straight(125.0)]
    roads = [draft.road(path, profile, name=name) for path, name in zip(paths, ("east", "north", "west"), strict=True)]
    # three roads, since LibCarla finds no way on where two roads join at both ends
    for one, other in zip(roads, [*roads[1:], roads[0]], strict=True):
        draft.join(End(one, "end"), End(other, "start"))
    return draft.finish()


def crossroads() -> OpenDrive:
    """Four arms with lights and crosswalks; two loops lead from arm to arm."""
    draft = Draft("crossroads")
    profile = street(1)
    setback, reach = 11.0, 90.0
    arms = {}
    for turn in (0.0, math.pi):
        out = Pose(0.0, 0.0, turn).ahead(setback)
        into = Pose(0.0, 0.0, turn + _QUARTER).ahead(setback).turned()
        corner = Pose(0.0, 0.0, turn + _QUARTER / 2.0).ahead(reach * 1.25).turned(_QUARTER)
        first = draft.road(through([out, out.ahead(40.0), corner]), profile, name="out")
        second = draft.road(through([corner, into.ahead(-40.0), into]), profile, name="back")
        draft.join(End(first, "end"), End(second, "start"))
        arms[turn], arms[turn + _QUARTER] = End(first, "start"), End(second, "end")
    ends = [arms[turn] for turn in sorted(arms)]
    crossing = build_crossing(draft, ends, name="crossroads")
    for end in ends:
        add_crosswalk_at(draft, end)
        add_speed_signs(draft, end, 50.0)
    add_lights(draft, crossing, crosswalks=True)
    return draft.finish()
