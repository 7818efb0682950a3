"""Shipped maps of long plain roads, on which scenarios between vehicles on one road are played: town, country, motorway. Source: ours.

Each has one road that is long enough for a whole scenario; what lies at its ends only leads back to it.
"""

from __future__ import annotations

import math
from typing import Final

from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.highways import HARD_SHOULDER_M
from sim_suite.driving.roads.towns.lessons_streets import turning_place
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import Profile, Strip, street
from sim_suite.driving.roads.towns.roundabouts import ARM_SETBACK_M

_STREET_M: Final = 600.0
_MOTORWAY_M: Final = 1_500.0
_MOTORWAY_LANE_M: Final = 3.75
"""RAA 2008, cross-section RQ 36."""
_MOTORWAY_KMH: Final = 130.0
"""The recommended speed in Germany, and the limit of most neighbours."""
_TURN_RADIUS_M: Final = 200.0
_TURN_EASE_M: Final = 100.0
_TURN_KMH: Final = 80.0
_COUNTRY_KMH: Final = 100.0
_COUNTRY_EASE_M: Final = 40.0
_COUNTRY_BENDS: Final = (
    (300.0, 0.9, 150.0), (200.0, -1.0, 120.0), (120.0, 1.2, 100.0), (80.0, -1.5, 150.0), (60.0, 1.6, 100.0),
)  # fmt: skip
"""Radius in m, angle in rad (left positive), and the straight after it in m: each bend tighter than the one before."""
_WINDING_EASE_M: Final = 15.0
_WINDING_BENDS: Final = ((100.0, 0.8, 110.0), (60.0, -1.1, 110.0), (40.0, 1.3, 110.0), (30.0, -1.3, 150.0))
"""Likewise; the last two are to be driven more slowly than the 50 km/h that are allowed."""


def straight_street() -> OpenDrive:
    """A straight street of a town with sidewalks, one lane each way, no junction but where it is left to turn."""
    draft = Draft("straight_street")
    _to_and_fro(draft, Path(Pose(0.0, 0.0, 0.0)).straight(_STREET_M), street(1), type="town", speed_kmh=50.0)
    return draft.finish()


def winding_street() -> OpenDrive:
    """A street of a town with bends of 100 to 30 m of radius between straights, one lane each way, sidewalks."""
    draft = Draft("winding_street")
    path = Path(Pose(0.0, 0.0, 0.0)).straight(180.0)
    for radius_m, angle_rad, straight_m in _WINDING_BENDS:
        path = path.bend(radius_m, angle_rad, _WINDING_EASE_M).straight(straight_m)
    _to_and_fro(draft, path, street(1), type="town", speed_kmh=50.0)
    return draft.finish()


def country_road() -> OpenDrive:
    """A flat country road: straights and bends of 300 to 60 m of radius, one lane each way."""
    draft = Draft("country_road")
    path = Path(Pose(0.0, 0.0, 0.0)).straight(300.0)
    for radius_m, angle_rad, straight_m in _COUNTRY_BENDS:
        path = path.bend(radius_m, angle_rad, _COUNTRY_EASE_M).straight(straight_m)
    profile = street(1, sidewalk=False, shoulder_m=1.5)
    _to_and_fro(draft, path, profile, type="rural", speed_kmh=_COUNTRY_KMH)
    return draft.finish()


def _to_and_fro(draft: Draft, path: Path, profile: Profile, *, type: str, speed_kmh: float) -> None:
    """One road with a place to turn at both ends."""
    there = draft.road(path, profile, name=draft.name.replace("_", " "), type=type, speed_kmh=speed_kmh)
    for at in ("start", "end"):
        arm = End(there, at)
        turning_place(draft, arm.pose.ahead(ARM_SETBACK_M), arm, profile, type)


def motorway() -> OpenDrive:
    """A motorway's carriageway of three lanes and hard shoulders: two straights and two half circles, one way round."""
    draft = Draft("motorway")
    lanes = [Strip("driving", _MOTORWAY_LANE_M, mark) for mark in ("broken", "broken", "solid")]
    profile = Profile((), (*lanes, Strip("shoulder", HARD_SHOULDER_M, "solid")), "solid")
    start = Pose(0.0, 0.0, 0.0)
    roads = []
    for name in ("south", "north"):
        path = Path(start).straight(_MOTORWAY_M)
        turn = Path(path.end).bend(_TURN_RADIUS_M, math.pi, _TURN_EASE_M)
        roads += [
            draft.road(path, profile, name=name, type="motorway", speed_kmh=_MOTORWAY_KMH),
            draft.road(turn, profile, name="turn", type="motorway", speed_kmh=_TURN_KMH),
        ]
        start = turn.end
    for one, other in zip(roads, [*roads[1:], roads[0]], strict=True):
        draft.join(End(one, "end"), End(other, "start"))
    return draft.finish()
