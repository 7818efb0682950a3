"""Shipped maps about right of way: a T junction, a crossroads with lights, a roundabout, a highway with ramps. Source: ours."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.towns.blends import blend, through
from sim_suite.driving.roads.towns.control import STOP, add_lights, add_signs, add_speed_signs
from sim_suite.driving.roads.towns.crossings import build_crossing
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.furniture import add_crosswalk_at
from sim_suite.driving.roads.towns.highways import RAMP_KMH, Carriageway, end_of_highway, ramp
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import street
from sim_suite.driving.roads.towns.roundabouts import ARM_SETBACK_M, build_roundabout

_QUARTER: Final = math.pi / 2.0


def t_junction() -> OpenDrive:
    """A street runs straight through two T junctions; the streets that end at it meet one another behind."""
    draft = Draft("t_junction")
    profile = street(1)
    apart, setback = 60.0, 11.0
    west, east = Pose(-apart, 0.0, 0.0), Pose(apart, 0.0, 0.0)
    main = draft.road(blend(west.ahead(setback), east.ahead(-setback)), profile, name="main street")
    south = [east.ahead(setback), Pose(0.0, -70.0, math.pi), west.ahead(-setback)]
    loop = [draft.road(blend(a, b), profile, name="ring street") for a, b in pairwise(south)]
    draft.join(End(loop[0], "end"), End(loop[1], "start"))
    north = [
        east.turned(_QUARTER).ahead(setback),
        Pose(0.0, 70.0, math.pi),
        west.turned(_QUARTER).ahead(setback).turned(),
    ]
    side = [draft.road(blend(a, b), profile, name="side street", speed_kmh=30.0) for a, b in pairwise(north)]
    draft.join(End(side[0], "end"), End(side[1], "start"))
    ends = [
        [End(loop[0], "start"), End(side[0], "start"), End(main, "end")],
        [End(main, "start"), End(side[1], "end"), End(loop[1], "end")],
    ]
    for arms in ends:
        crossing = build_crossing(draft, arms, name="T junction")
        add_crosswalk_at(draft, arms[1])
        add_signs(draft, crossing, [0, 2], sign=STOP, crosswalks=True)
        add_speed_signs(draft, arms[1], 30.0)
    for arm in (ends[0][2], ends[1][0], ends[0][0], ends[1][2]):
        add_speed_signs(draft, arm, 50.0)
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


def roundabout() -> OpenDrive:
    """A roundabout of four arms; two loops lead from arm to arm."""
    draft = Draft("roundabout")
    profile = street(1)
    arms = {}
    for turn in (0.0, math.pi):
        out = Pose(0.0, 0.0, turn).ahead(ARM_SETBACK_M)
        into = Pose(0.0, 0.0, turn + _QUARTER).ahead(ARM_SETBACK_M).turned()
        corner = Pose(0.0, 0.0, turn + _QUARTER / 2.0).ahead(115.0).turned(_QUARTER)
        first = draft.road(through([out, out.ahead(20.0), corner]), profile, name="out")
        second = draft.road(through([corner, into.ahead(-20.0), into]), profile, name="back")
        draft.join(End(first, "end"), End(second, "start"))
        arms[turn], arms[turn + _QUARTER] = End(first, "start"), End(second, "end")
    ends = [arms[turn] for turn in sorted(arms)]
    for end in ends:
        add_crosswalk_at(draft, end)
        add_speed_signs(draft, end, 50.0)
    build_roundabout(draft, (0.0, 0.0), ends, crosswalks=True)
    return draft.finish()


def highway() -> OpenDrive:
    """A dual carriageway between two roundabouts, with exits and entries on both sides and a service road along each."""
    draft = Draft("highway")
    half, apart = 520.0, 3.0
    ends: dict[float, dict[str, End]] = {0.0: {}, math.pi: {}}
    carriageways = {}
    for turn in ends:
        across = Pose(0.0, 0.0, turn)
        path = Path(across.ahead(-half + 110.0).beside(-apart)).straight(2.0 * half - 220.0)
        lane = Carriageway(draft, path, "eastbound" if turn == 0.0 else "westbound", until=60.0)
        off = lane.open_exit()
        hub = across.beside(-95.0)
        exit_end = hub.turned(math.radians(120.0)).ahead(22.0)
        first = draft.road(blend(off, exit_end.turned()), ramp(), name="exit ramp", type="rural", speed_kmh=RAMP_KMH)
        lane.leave(End(first, "start"), until=path.length - 290.0)
        entry = hub.turned(math.radians(60.0)).ahead(22.0)
        second = draft.road(
            blend(entry, lane.entry_pose()), ramp(), name="entry ramp", type="rural", speed_kmh=RAMP_KMH
        )
        lane.enter(End(second, "end"), until=path.length)
        carriageways[turn] = lane
        _service_road(draft, across, hub, [End(second, "start"), End(first, "end")], half, ends)
    for turn, side in ends.items():
        centre = Pose(0.0, 0.0, turn).ahead(half)
        inner = centre.ahead(-ARM_SETBACK_M)
        stub = draft.road(
            blend(inner.ahead(-24.0), inner),
            street(1, sidewalk=False, shoulder_m=1.0),
            name="end of highway",
            type="rural",
            speed_kmh=70.0,
        )
        other = carriageways[math.pi if turn == 0.0 else 0.0]
        end_of_highway(draft, carriageways[turn].tail, End(stub, "start"), other.head, name="end of highway")
        build_roundabout(draft, (centre.x, centre.y), [End(stub, "end"), side["right"], side["left"]], sidewalk=False)
    return draft.finish()


def _service_road(
    draft: Draft, across: Pose, hub: Pose, ramps: list[End], half: float, ends: dict[float, dict[str, End]]
) -> None:
    """The road beside one carriageway, from roundabout to roundabout, with the ramps' junction in its middle."""
    profile = street(1, sidewalk=False, shoulder_m=1.0)
    forward, backward = across.heading, math.pi - across.heading
    parts = []
    for sign, key in ((1.0, "right"), (-1.0, "left")):
        centre = across.ahead(sign * half)
        towards = centre.turned(-math.radians(90.0 + sign * 15.0)).ahead(ARM_SETBACK_M)
        start = hub.turned(0.0 if sign > 0 else math.pi).ahead(22.0)
        middle = start.ahead(half - 200.0)
        road = draft.road(
            through([start, middle, towards.turned()]), profile, name="service road", type="rural", speed_kmh=70.0
        )
        parts.append(End(road, "start"))
        ends[forward if sign > 0 else backward][key] = End(road, "end")
    crossing = build_crossing(draft, [parts[0], *ramps, parts[1]], name="ramps", allowed=lambda a, b: (a, b) != (2, 1))
    add_signs(draft, crossing, [0, 3])
