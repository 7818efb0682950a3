"""A plan that changes lanes: some way on one's own lane, over, some way on the other. Source: ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.navigation.lanes import Side, beside, may_change
from agents.navigation.road_option import RoadOption

if TYPE_CHECKING:
    import carla

Plan = list[tuple["carla.Waypoint", RoadOption]]
"""Waypoints and what they ask of the driver."""


def lane_change_plan(
    waypoint: carla.Waypoint, side: Side, same_m: float, change_m: float, other_m: float, step_m: float,
    check: bool = True, changes: int = 1,
) -> Plan:  # fmt: skip
    """The plan, or [] where the road ends, no lane goes the same way or, with `check`, marks forbid it.

    same_m, change_m, other_m: metres before, during and after the change; of several changes, each takes its share of change_m.
    """
    plan: Plan = [(waypoint, RoadOption.LANEFOLLOW)]
    option = RoadOption.CHANGELANELEFT if side == "left" else RoadOption.CHANGELANERIGHT
    if not follow_lane(plan, same_m, step_m, RoadOption.LANEFOLLOW):
        return []
    for _ in range(changes):
        here = plan[-1][0]
        if check and not may_change(here, side):
            return []
        there = here.next(max(change_m / changes, step_m))
        entered = beside(there[0], side) if there else None
        if entered is None:
            return []
        plan[-1] = (here, option)
        plan.append((entered, option))
    return plan if follow_lane(plan, other_m, step_m, RoadOption.LANEFOLLOW) else []


def follow_lane(plan: Plan, length_m: float, step_m: float, option: RoadOption) -> bool:
    """Lengthen a plan along its lane; False where the road ends before."""
    left = length_m
    while left > 0.0:
        following = plan[-1][0].next(min(step_m, left))
        if not following:
            return False
        plan.append((following[0], option))
        left -= step_m
    return True
