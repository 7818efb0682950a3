"""Changes of lane and of the place beside a lane's centre. Source: OpenSCENARIO XML 1.3, `LateralAction`."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.roads.graph.projection import project_onto
from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.distances import signed_distance
from sim_suite.driving.storyboard.staging.pacing import needed_for
from sim_suite.driving.storyboard.staging.placing import find_lane_beside, find_lane_with_id, lane_with_id
from sim_suite.driving.storyboard.staging.view import Bools, Floats, View
from sim_suite.driving.world import layout as col
from sim_suite.errors import SuiteError

USUAL_LATERAL_MPS2: Final = 0.5
"""Lateral acceleration of a change of place where none is given; as esmini has it."""
NO_LANE: Final = 0
"""The id that no lane has."""
ASIDE_MPS: Final = 1.0
"""Speed aside of who keeps a distance beside another, where nothing bounds it (ours)."""


def change_lane(action: a.LaneChangeAction, actor: str, run: int, mask: Bools, view: View) -> None:
    """Begin to go over to another lane: the actor follows the new lane at once, far beside its centre, and goes to it."""
    slot = view.slot(actor)
    number, integer = view.cast.number[:, slot], view.cast.integer[:, slot]
    on = view.near_lane(actor)
    if (on.lane[mask] < 0).any():
        raise SuiteError(f"{actor!r} is on no lane, so it cannot change to another.")
    target = on.lane.copy()
    wanted = _wanted_ids(action, mask, view)
    pairs = np.stack([on.lane[mask], wanted[mask].astype(np.int32)], axis=1)
    for lane, lane_id in np.unique(pairs, axis=0).tolist():
        target[mask & (on.lane == lane) & (wanted == lane_id)] = _lane_to(action, actor, lane, lane_id, view)
    x, y, yaw = view.pose(actor)
    foot = project_onto(view.map.ground.grid, np.where(mask, target, 0), x, y)
    against = np.cos(yaw - view.lane_heading(target, foot.arc_m)) < 0.0
    integer[mask, c.MODE], integer[mask, c.LANE] = c.ON_LANE, target[mask]
    integer[mask, c.WAY] = np.where(against, -1, 1)[mask]
    number[mask, c.ARC], number[mask, c.ASIDE] = foot.arc_m[mask], foot.lateral_m[mask]
    goal = view.number(action.target_offset) * view.map.graph.lanes.direction[target]
    needed = needed_for(action.dynamics, np.abs(goal - foot.lateral_m), view)
    by = c.BY_DISTANCE if action.dynamics.dimension == "distance" else c.BY_TIME
    go_aside(view, actor, run, mask, goal, needed, action.dynamics.shape, by)


def _wanted_ids(action: a.LaneChangeAction, mask: Bools, view: View) -> Floats:
    """[W] Ids of the lanes to change to, where the mask is."""
    value = np.round(view.number(action.target.value))
    if isinstance(action.target, a.AbsoluteTargetLane):
        return np.asarray(value)
    other = view.near_lane(action.target.entity)
    if (other.lane[mask] < 0).any():
        raise SuiteError(f"{action.target.entity!r} is on no lane, so no lane can be counted from its own.")
    ids = view.map.graph.lanes.lane_id
    found = np.zeros(view.num_worlds)
    pairs = np.stack([other.lane[mask], value[mask].astype(np.int32)], axis=1)
    for lane, steps in np.unique(pairs, axis=0).tolist():
        beside = find_lane_beside(view, lane, steps)
        found[(other.lane == lane) & (value == steps)] = ids[beside] if beside >= 0 else NO_LANE
    return found


def _lane_to(action: a.LaneChangeAction, actor: str, lane: int, lane_id: int, view: View) -> int:
    """The lane to change to. Where one that is counted from somebody's is not there, an actor stays on its own: wherever a driver takes
    the ego must not stop the others' variations."""
    if isinstance(action.target, a.AbsoluteTargetLane):
        return lane_with_id(view, lane, lane_id)
    found = find_lane_with_id(view, lane, lane_id)
    if found < 0:
        view.left_out.add(f"{actor} could not change to a lane that is not beside its own, and stayed")
    return found if found >= 0 else lane


def change_offset(action: a.LaneOffsetAction, actor: str, run: int, mask: Bools, view: View) -> None:
    """Begin to drive beside the lane's centre."""
    on = view.on_lane(actor)
    way = view.map.graph.lanes.direction[np.maximum(on.lane, 0)]
    goal = view.number(action.target.value) * way
    if isinstance(action.target, a.RelativeTargetLaneOffset):
        other = view.on_lane(action.target.entity)
        goal = goal + other.aside_m * view.map.graph.lanes.direction[np.maximum(other.lane, 0)] * way
    change = np.abs(goal - on.aside_m)
    most = view.number(
        USUAL_LATERAL_MPS2 if action.max_lateral_acceleration is None else action.max_lateral_acceleration
    )
    # Greatest second derivative of each shape over a unit of time: 6 for the cubic, pi^2 / 2 for the sine.
    bend = np.pi**2 / 2 if action.shape == "sinusoidal" else 6.0
    needed = np.zeros(view.num_worlds) if action.shape == "step" else np.sqrt(bend * change / np.maximum(most, 1e-9))
    go_aside(view, actor, run, mask, goal, needed, action.shape, c.BY_TIME)


def keep_aside(action: a.LateralDistanceAction, actor: str, run: int, mask: Bools, view: View) -> None:
    """Begin to go to a distance beside another, as that one is now."""
    apart = signed_distance(view, actor, action.entity, "lateral", "road", centres=action.freespace)
    other = view.on_lane(action.entity)
    # t counts to the left of the road, which is to the right of who drives against its s.
    other_way = view.map.graph.lanes.direction[np.maximum(other.lane, 0)].astype(np.float64)
    sides = {"leftToReferencedEntity": -other_way, "rightToReferencedEntity": other_way}
    side = sides.get(action.displacement, np.where(apart >= 0.0, 1.0, -1.0))
    wanted = view.number(0.0 if action.distance is None else action.distance)
    if action.freespace:
        wanted = wanted + (view.body(actor, col.WIDTH) + view.body(action.entity, col.WIDTH)) / 2
    on = view.on_lane(actor)
    way = view.map.graph.lanes.direction[np.maximum(on.lane, 0)]
    shift = (apart - side * wanted) * way
    pace = view.number(ASIDE_MPS)
    if action.constraints is not None and action.constraints.max_speed is not None:
        pace = view.number(action.constraints.max_speed)
    go_aside(view, actor, run, mask, on.aside_m + shift, np.abs(shift) / pace, "linear", c.BY_TIME)


def go_aside(view: View, actor: str, run: int, mask: Bools, goal: Floats, needed: Floats, shape: str, by: int) -> None:
    """Let an actor go over to a place beside its lane's centre. goal: [W] m to the left of the lane's direction."""
    number, integer = view.cast.number[:, view.slot(actor)], view.cast.integer[:, view.slot(actor)]
    at_once = mask & (needed <= 0.0)
    number[at_once, c.ASIDE] = goal[at_once]
    number[mask, c.ASIDE_FROM] = number[mask, c.ASIDE]
    number[mask, c.ASIDE_TO] = goal[mask]
    number[mask, c.ASIDE_SPENT] = 0.0
    number[mask, c.ASIDE_NEEDED] = np.maximum(needed, 0.0)[mask]
    integer[mask, c.ASIDE_SHAPE], integer[mask, c.ASIDE_BY] = c.SHAPES[shape], by
    integer[mask, c.ASIDE_RUN] = run
