"""A junction in the middle of straight streets, for tests."""

import math

from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import street


def star(angles_deg, *, setback=12.0, profiles=None, speed_kmh=50.0):
    """A draft and its street ends around the origin, at these angles; the streets lead outwards and stay open there."""
    draft, ends = Draft("star"), []
    for index, angle in enumerate(angles_deg):
        start = Pose(0.0, 0.0, math.radians(angle)).ahead(setback)
        profile = profiles[index] if profiles else street(1)
        road = draft.road(Path(start).straight(60.0), profile, name=f"arm {index}", speed_kmh=speed_kmh)
        ends.append(End(road, "start"))
    return draft, ends
