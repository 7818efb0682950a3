"""What stands and is painted along new streets: crosswalks, parking spaces, buildings, trees. Source: ours; OpenDRIVE 1.8, clause 13."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, RoadObject
from sim_suite.driving.roads.towns.draft import DIGITS, Draft, DraftRoad, End

CROSSWALK_M: Final = 3.0
"""How wide a crosswalk is, along the road (R-FGUe 2001: at least 3 m)."""
CROSSWALK_FROM_END_M: Final = 1.5


def add_crosswalk(draft: Draft, road: DraftRoad, s: float, left_t: float, right_t: float) -> None:
    """A crosswalk centred at s that reaches from one t to the other.

    Its outline is in local corners, in a ring whose last corner is the first: the form that LibCarla reads.
    """
    middle, half = 0.5 * (left_t + right_t), 0.5 * (left_t - right_t)
    along = 0.5 * CROSSWALK_M
    ring = [(-along, -half), (along, -half), (along, half), (-along, half), (-along, -half)]
    corners = tuple(Corner(True, round(u, DIGITS), round(v, DIGITS)) for u, v in ring)
    road.objects.append(
        RoadObject(
            draft.new_id("object"), round(s, DIGITS), round(middle, DIGITS), type="crosswalk", name="crosswalk",
            length=CROSSWALK_M, width=round(2.0 * half, DIGITS), outlines=(Outline(corners),),
        )
    )  # fmt: skip


def add_crosswalk_at(draft: Draft, arm: End) -> None:
    """A crosswalk over a road just before a junction, from sidewalk to sidewalk."""
    back = CROSSWALK_FROM_END_M + 0.5 * CROSSWALK_M
    at_end = arm.at == "end"
    right, left = (arm.leaving, arm.entering) if at_end else (arm.entering, arm.leaving)
    reach = [sum(strip.width for strip in side.strips if strip.kind != "sidewalk") for side in (left, right)]
    add_crosswalk(draft, arm.road, arm.road.length - back if at_end else back, reach[0], -reach[1])
