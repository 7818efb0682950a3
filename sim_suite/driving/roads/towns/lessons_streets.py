"""Shipped maps of single streets: a loop, curves with slopes and banking, parking with crosswalks. Source: ours."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from sim_suite.driving.roads.opendrive.model import Cubic, OpenDrive
from sim_suite.driving.roads.towns.blends import blend, through
from sim_suite.driving.roads.towns.control import STOP, add_signs, add_speed_signs
from sim_suite.driving.roads.towns.crossings import build_crossing
from sim_suite.driving.roads.towns.draft import Draft, DraftRoad, End
from sim_suite.driving.roads.towns.furniture import (
    add_bays,
    add_building,
    add_crosswalk,
    add_crosswalk_at,
    add_kerb_parking,
)
from sim_suite.driving.roads.towns.lanes import ease
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import (
    BAYS_M,
    LANE_M,
    PARKING_EASE_M,
    PARKING_FROM_END_M,
    PARKING_M,
    Profile,
    street,
    with_parking,
)
from sim_suite.driving.roads.towns.roundabouts import ARM_SETBACK_M, build_roundabout

_LOOP_RADIUS_M: Final = 60.0
_LOOP_EASE_M: Final = 20.0
_BANK_RAD: Final = 0.06
"""Of the sharpest curves: 6 %, what country roads have at most (RAL 2012: 7 %)."""
_BANK_CURVATURE: Final = 1.0 / 60.0


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


def curves() -> OpenDrive:
    """A country road of lines, spirals and arcs, up a hill and down, banked in its curves; roundabouts to turn at both ends."""
    draft = Draft("curves")
    profile = street(1, sidewalk=False, shoulder_m=1.5)
    path = (
        Path(Pose(0.0, 0.0, 0.0))
        .straight(60.0)
        .bend(120.0, 1.2, 40.0)
        .straight(30.0)
        .bend(60.0, -1.9, 30.0)
        .straight(40.0)
    )
    path = path.bend(90.0, 2.2, 50.0).straight(20.0).bend(45.0, -2.4, 25.0).bend(70.0, 1.3, 35.0).straight(60.0)
    there = draft.road(path, profile, name="hill road", type="rural", speed_kmh=70.0)
    there.elevations = _hill(path.length, 14.0)
    there.superelevations = banking(path)
    for at in ("start", "end"):
        arm = End(there, at)
        middle = arm.pose.ahead(ARM_SETBACK_M)
        turning_place(draft, middle, arm, profile, type="rural")
    return draft.finish()


def turning_place(draft: Draft, middle: Pose, arm: End, profile: Profile, type: str) -> None:
    """A roundabout at the end of a road, with a short loop street of this profile and type at its other arms."""
    out, into = (middle.turned(angle).ahead(ARM_SETBACK_M) for angle in (-0.9, 0.9))
    far = middle.ahead(ARM_SETBACK_M + 75.0).turned(0.5 * math.pi)
    first = draft.road(blend(out, far), profile, name="loop", type=type, speed_kmh=50.0)
    second = draft.road(blend(far, into.turned()), profile, name="loop", type=type, speed_kmh=50.0)
    for road in (first, second):
        road.elevations = arm.level
    draft.join(End(first, "end"), End(second, "start"))
    arms = [arm, End(first, "start"), End(second, "end")]
    sidewalk = any(strip.kind == "sidewalk" for strip in profile.right)
    build_roundabout(draft, (middle.x, middle.y), arms, sidewalk=sidewalk)


def _hill(length_m: float, height_m: float) -> tuple[Cubic, ...]:
    """Up to the height at a third, half way down at two thirds, and up to a quarter of it at the end."""
    third = length_m / 3.0
    heights = (0.0, height_m, 0.4 * height_m, 0.25 * height_m)
    return tuple(ease(a, b, third)._replace(s=round(k * third, 6)) for k, (a, b) in enumerate(pairwise(heights)))


def banking(path: Path) -> tuple[Cubic, ...]:
    """Super-elevation that grows with the curvature along each piece: a road banks into its curves."""
    records, s = [], 0.0
    for piece in path.pieces:
        a, b = (
            math.copysign(min(abs(k) / _BANK_CURVATURE, 1.0) * _BANK_RAD, -k) if k else 0.0
            for k in (piece.curvature_start, piece.curvature_end)
        )
        records.append(ease(a, b, piece.length)._replace(s=round(s, 7)))
        s += round(piece.length, 7)
    return tuple(records)


def parking() -> OpenDrive:
    """A block with parking along its kerbs, a market street with bays at right angles, crosswalks between junctions."""
    draft = Draft("parking")
    plain, parked, bays = street(1), street(1, parking_m=PARKING_M), street(1, parking_m=BAYS_M)
    half_x, half_y, setback = 110.0, 55.0, 11.0
    south, north = Pose(0.0, -half_y, 0.0), Pose(0.0, half_y, 0.0)
    loops = []
    for side in (1.0, -1.0):
        start = south.ahead(side * setback).turned(0.0 if side > 0 else math.pi)
        corner = Pose(side * half_x, -half_y + 40.0, 0.5 * math.pi)
        poses = [start, start.ahead(half_x - setback - 40.0), corner, corner.ahead(2.0 * half_y - 80.0)]
        finish = north.ahead(side * setback).turned(math.pi if side > 0 else 0.0)
        poses += [finish.ahead(-(half_x - setback - 40.0)), finish]
        path = through(poses)
        middle = path.length / 2.0
        pair = []
        for part in (path.part(0.0, middle), path.part(middle, path.length)):
            road = draft.road(part, with_parking(plain, parked, part.length), name="ring", speed_kmh=30.0)
            _kerbs(draft, road)
            pair.append(road)
        draft.join(End(pair[0], "end"), End(pair[1], "start"))
        add_crosswalk(draft, pair[0], pair[0].length - 4.0, LANE_M, -LANE_M)
        loops.append(pair)
    up = 0.5 * math.pi
    path = blend(south.turned(up).ahead(setback), north.turned(up).ahead(-setback))
    stretches = [(0.0, plain), (14.0, bays), (40.0, plain), (48.0, bays), (74.0, plain)]
    cross = draft.road(path, stretches, name="market", speed_kmh=20.0)
    for from_s, to_s in ((18.0, 36.0), (52.0, 70.0)):
        for left_t in (-LANE_M, LANE_M + BAYS_M):
            add_bays(draft, cross, from_s, to_s, left_t, BAYS_M)
    add_crosswalk(draft, cross, 0.5 * cross.length, LANE_M, -LANE_M)
    east, west = loops
    for arms in (
        [End(east[0], "start"), End(cross, "start"), End(west[0], "start")],
        [End(west[1], "end"), End(cross, "end"), End(east[1], "end")],
    ):
        crossing = build_crossing(draft, arms, name="T junction")
        add_crosswalk_at(draft, arms[1])
        add_signs(draft, crossing, [0, 2], sign=STOP, crosswalks=True)
        add_speed_signs(draft, arms[1], 20.0)
        add_speed_signs(draft, arms[0], 30.0)
        add_speed_signs(draft, arms[2], 30.0)
    for x in (-45.0, 45.0):
        add_building(draft, cross, 0.5 * cross.length, x, 40.0, 24.0, 9.6)
    return draft.finish()


def _kerbs(draft: Draft, road: DraftRoad) -> None:
    """Mark the parking spaces of a street with parking lanes."""
    from_s = PARKING_FROM_END_M + PARKING_EASE_M
    for left_t in (-LANE_M, LANE_M + PARKING_M):
        add_kerb_parking(draft, road, from_s, road.length - from_s, left_t, PARKING_M)
