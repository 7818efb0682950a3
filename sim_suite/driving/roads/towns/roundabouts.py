"""Builds roundabouts: a ring of one-way roads, cut at each arm by a junction of entry, exit and the way past. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from sim_suite.driving.roads.opendrive.model import Cubic
from sim_suite.driving.roads.towns.control import YIELD, add_signs
from sim_suite.driving.roads.towns.crossings import Crossing, build_crossing
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.moves import Move
from sim_suite.driving.roads.towns.paths import Path, Piece, Pose
from sim_suite.driving.roads.towns.profiles import Profile, Strip
from sim_suite.errors import SuiteError

RING_RADIUS_M: Final = 17.0
"""Of the middle of its lane: a compact roundabout (German FGSV 2006: 26 to 40 m across, here 38.5)."""
RING_LANE_M: Final = 4.5
RING_KMH: Final = 30.0
ARM_SETBACK_M: Final = 31.0
"""From the centre to where an arm's road ends."""
_MAX_SPREAD_RAD: Final = math.radians(36.0)
"""From an arm's axis to where its entry joins the ring."""
_MIN_SPREAD_RAD: Final = math.radians(26.0)
_MIN_RING_ROAD_M: Final = 2.5


def min_arm_angle() -> float:
    """The angle, in radians, that arms of a roundabout must at least be apart."""
    return 2.0 * _MIN_SPREAD_RAD + _MIN_RING_ROAD_M / RING_RADIUS_M


def build_roundabout(
    draft: Draft,
    centre: tuple[float, float],
    arms: Sequence[End],
    *,
    name: str = "roundabout",
    sidewalk: bool = True,
    crosswalks: bool = False,
) -> list[Crossing]:
    """A roundabout for arms given counter-clockwise, whose roads end `ARM_SETBACK_M` from the centre and point at it.

    crosswalks: whether the arms have some, so that the yield signs stand before them. Raises SuiteError where two arms are
    closer than `min_arm_angle`.
    """
    angles = [math.atan2(arm.pose.y - centre[1], arm.pose.x - centre[0]) for arm in arms]
    gaps = [(b - a) % (2.0 * math.pi) or 2.0 * math.pi for a, b in zip(angles, [*angles[1:], angles[0]], strict=True)]
    if min(gaps) < min_arm_angle() - 1e-9:
        raise SuiteError(
            f"two arms of the roundabout at ({centre[0]:.0f}, {centre[1]:.0f}) are {math.degrees(min(gaps)):.0f} degrees apart, "
            f"less than {math.degrees(min_arm_angle()):.0f}. Spread its arms."
        )
    spread = min(_MAX_SPREAD_RAD, 0.5 * (min(gaps) - _MIN_RING_ROAD_M / RING_RADIUS_M))
    ring = []
    for angle, gap in zip(angles, gaps, strict=True):
        path = _arc(centre, angle + spread, gap - 2.0 * spread)
        road = draft.road(path, _ring_profile(sidewalk=sidewalk), name=name, speed_kmh=RING_KMH)
        road.lane_offsets = (Cubic(0.0, 0.5 * RING_LANE_M),)
        road.elevations = arms[0].level
        ring.append(road)
    crossings = []
    for index, arm in enumerate(arms):
        ends = [arm, End(ring[index], "start"), End(ring[index - 1], "end")]
        past = Move(2, 0, 1, 0)
        moves = [past]
        if arm.leaving.driving():
            moves += [Move(0, lane, 1, 0) for lane in range(len(arm.leaving.driving()))]
        if arm.entering.driving():
            moves += [Move(2, 0, 0, lane) for lane in range(len(arm.entering.driving()))]
        paths = {past: _arc(centre, angles[index] - spread, 2.0 * spread)}
        crossing = build_crossing(draft, ends, name=name, moves=moves, paths=paths, speed_kmh=RING_KMH)
        add_signs(draft, crossing, [2], sign=YIELD, crosswalks=crosswalks)
        crossings.append(crossing)
    return crossings


def _arc(centre: tuple[float, float], from_angle: float, by_angle: float) -> Path:
    start = Pose(
        centre[0] + RING_RADIUS_M * math.cos(from_angle),
        centre[1] + RING_RADIUS_M * math.sin(from_angle),
        from_angle + 0.5 * math.pi,
    )
    return Path(start, (Piece(by_angle * RING_RADIUS_M, 1.0 / RING_RADIUS_M, 1.0 / RING_RADIUS_M),))


def _ring_profile(*, sidewalk: bool) -> Profile:
    side = [Strip("driving", RING_LANE_M, "curb" if sidewalk else "solid")]
    if sidewalk:
        side.append(Strip("sidewalk", 2.5))
    return Profile((), tuple(side), "solid")
