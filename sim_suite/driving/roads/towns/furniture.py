"""What stands and is painted along new streets: crosswalks, parking spaces, buildings, trees. Source: ours; OpenDRIVE 1.8, clause 13."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.roads.opendrive.furniture import Corner, Outline, Repeat, RoadObject
from sim_suite.driving.roads.towns.draft import DIGITS, Draft, DraftRoad, End

CROSSWALK_M: Final = 3.0
"""How wide a crosswalk is, along the road (R-FGUe 2001: at least 3 m)."""
CROSSWALK_FROM_END_M: Final = 1.5
PARKING_SPACE_M: Final = 6.0
"""Along the kerb, for a car of 4.5 m (EAR 05: 5.7 m and more)."""
BAY_WIDTH_M: Final = 2.5
"""Of a space at right angles to the street (EAR 05)."""
TREES_FROM_END_M: Final = 20.0
"""Drivers at the junction see past the last tree."""
TREE_GAP_M: Final = 14.0
TREE_M: Final = 0.6
"""Across the trunk and its guard: what a car can hit, which leaves 0.7 m to either lane."""


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


def add_kerb_parking(draft: Draft, road: DraftRoad, from_s: float, to_s: float, left_t: float, width_m: float) -> None:
    """Parking spaces along the kerb as one repeated object: `left_t` is their left edge, they lie to the right of it."""
    count = int((to_s - from_s) / PARKING_SPACE_M)
    if count < 1:
        return
    t = round(left_t - 0.5 * width_m, DIGITS)
    first = round(0.5 * (from_s + to_s - (count - 1) * PARKING_SPACE_M), DIGITS)
    repeats = () if count == 1 else (Repeat(first, (count - 1) * PARKING_SPACE_M, PARKING_SPACE_M, t, t),)
    road.objects.append(
        RoadObject(
            draft.new_id("object"), first, t, type="parkingSpace", name="kerb", length=PARKING_SPACE_M,
            width=width_m, height=0.0, repeats=repeats, parking_access="all",
        )
    )  # fmt: skip


def add_bays(draft: Draft, road: DraftRoad, from_s: float, to_s: float, left_t: float, depth_m: float) -> None:
    """Parking spaces at right angles to the street; `left_t` is their left edge, they lie to the right of it."""
    count = int((to_s - from_s) / BAY_WIDTH_M)
    t = round(left_t - 0.5 * depth_m, DIGITS)
    first = round(0.5 * (from_s + to_s - (count - 1) * BAY_WIDTH_M), DIGITS)
    repeat = Repeat(first, (count - 1) * BAY_WIDTH_M, BAY_WIDTH_M, t, t)
    road.objects.append(
        RoadObject(
            draft.new_id("object"), first, t, type="parkingSpace", name="bay", length=BAY_WIDTH_M, width=depth_m,
            height=0.0, repeats=(repeat,), parking_access="all",
        )
    )  # fmt: skip


def add_building(draft: Draft, road: DraftRoad, s: float, t: float, length: float, depth: float, height: float) -> None:
    """A building centred at (s, t) of a road, its length along it."""
    road.objects.append(
        RoadObject(
            draft.new_id("object"), round(s, DIGITS), round(t, DIGITS), type="building", length=length, width=depth,
            height=round(height, 1),
        )
    )  # fmt: skip


def add_median_trees(draft: Draft, road: DraftRoad) -> None:
    """A row of trees along the middle of an avenue, clear of its ends."""
    count = int((road.length - 2.0 * TREES_FROM_END_M) / TREE_GAP_M)
    if count < 1:
        return
    first = round(0.5 * (road.length - count * TREE_GAP_M), DIGITS)
    repeat = Repeat(first, count * TREE_GAP_M, TREE_GAP_M, 0.0, 0.0)
    road.objects.append(
        RoadObject(
            draft.new_id("object"), first, 0.0, type="tree", length=TREE_M, width=TREE_M, height=6.0, repeats=(repeat,)
        )
    )  # fmt: skip
