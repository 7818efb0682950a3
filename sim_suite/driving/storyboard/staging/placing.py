"""Finds positions on the map, for all variations at once. Source: OpenSCENARIO XML 1.3, 6.3.8."""

from __future__ import annotations

from functools import singledispatch
from typing import Any, Final

import numpy as np

from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.graph.projection import project_onto
from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.elements.positions import Orientation, Position
from sim_suite.driving.storyboard.staging.places import OnLane
from sim_suite.driving.storyboard.staging.view import Bools, Floats, Ints, Poses, View
from sim_suite.errors import SuiteError

NOWHERE_NEEDED: Final = np.zeros(1, np.bool_)
"""For `place`: the position may be nowhere in every world."""


def place(position: Position, view: View, needed: Bools | None = None) -> Poses:
    """Where a position is in each world. Raises `SuiteError` where it is nowhere on the map.

    needed: [W] the worlds in which it has to be somewhere, None for all. In others a place that is counted from somebody may be
    nowhere: NaN, with no lane.
    """
    return _place(position, view, np.ones(1, np.bool_) if needed is None else needed)


@singledispatch
def _place(position: Any, view: View, needed: Bools) -> Poses:
    raise TypeError(f"{type(position).__name__} is no position.")


@_place.register
def _(position: p.WorldPosition, view: View, needed: Bools) -> Poses:
    x, y, h = view.number(position.x), view.number(position.y), view.number(position.h)
    return _off_lane(x.copy(), y.copy(), h.copy())


@_place.register
def _(position: p.LanePosition, view: View, needed: Bools) -> Poses:
    lane_id, s = view.number(position.lane_id), view.number(position.s)
    on = view.places.find(position.road_id, lane_id, s)
    return _beside(view, on, view.number(position.offset), position.orientation)


@_place.register
def _(position: p.RoadPosition, view: View, needed: Bools) -> Poses:
    on, aside = view.places.at_offset(position.road_id, view.number(position.s), view.number(position.t))
    return on_lane(view, on.lane, on.arc_m, aside, position.orientation)


@_place.register
def _(position: p.RelativeWorldPosition, view: View, needed: Bools) -> Poses:
    x, y, yaw = _point(view, position.entity, needed)
    return _off_lane(
        x + view.number(position.dx), y + view.number(position.dy), _turned(view, position.orientation, yaw)
    )


@_place.register
def _(position: p.RelativeObjectPosition, view: View, needed: Bools) -> Poses:
    x, y, yaw = _point(view, position.entity, needed)
    dx, dy = view.number(position.dx), view.number(position.dy)
    cos, sin = np.cos(yaw), np.sin(yaw)
    return _off_lane(x + dx * cos - dy * sin, y + dx * sin + dy * cos, _turned(view, position.orientation, yaw))


@_place.register
def _(position: p.RelativeRoadPosition, view: View, needed: Bools) -> Poses:
    on = _lane_of(view, position.entity, needed)
    there = np.maximum(on.lane, 0)
    _, _, _, way = view.places.road_of(there, on.arc_m)
    lane, arc = along(view, there, _arc_of_point(view, position.entity), view.number(position.ds))
    aside = on.aside_m + way * view.number(position.dt)
    return _known(on_lane(view, lane, arc, aside, position.orientation), on.lane >= 0)


@_place.register
def _(position: p.RelativeLanePosition, view: View, needed: Bools) -> Poses:
    on = _lane_of(view, position.entity, needed)
    there = np.maximum(on.lane, 0)
    lane, arc = along(view, there, _arc_of_point(view, position.entity), view.number(position.ds))
    other = beside(view, lane, arc, view.number(position.d_lane), needed)
    found = (other.lane >= 0) & (on.lane >= 0)
    other = OnLane(np.maximum(other.lane, 0), other.arc_m)
    return _known(_beside(view, other, view.number(position.offset), position.orientation), found)


@_place.register
def _(position: p.RoutePosition, view: View, needed: Bools) -> Poses:
    from sim_suite.driving.storyboard.staging.routing import place_on_route

    on = place_on_route(view, position.route, view.number(position.s))
    if position.lane_id is not None:
        road, _, s, _ = view.places.road_of(on.lane, on.arc_m)
        names = {view.places.name_of(int(one)) for one in road}
        if len(names) > 1:
            raise SuiteError(f"route {position.route.name!r} leads to places on several roads: {sorted(names)}.")
        on = view.places.find(names.pop(), view.number(position.lane_id), s)
    return _beside(view, on, view.number(position.offset), position.orientation)


@_place.register
def _(position: p.TrajectoryPosition, view: View, needed: Bools) -> Poses:
    from sim_suite.driving.storyboard.staging.tracks import point_on_track

    x, y, heading = point_on_track(view, position.trajectory, view.number(position.s))
    t = view.number(position.t)
    return _off_lane(x - t * np.sin(heading), y + t * np.cos(heading), _turned(view, position.orientation, heading))


def on_lane(view: View, lane: Ints, arc: Floats, aside: Floats, orientation: Orientation) -> Poses:
    """A place on a lane; arcs beyond its ends go on straight. aside: to the left of the lane's direction, m."""
    there = lane_poses(view.map.graph, lane, arc, aside)
    length = view.map.graph.lanes.length_m[lane]
    beyond = arc - np.clip(arc, 0.0, length)
    x, y = there.x + beyond * np.cos(there.heading), there.y + beyond * np.sin(there.heading)
    inside = beyond == 0.0
    known = np.where(inside, lane, -1).astype(np.int32)
    return Poses(x, y, _turned(view, orientation, there.heading), known, np.clip(arc, 0.0, length), np.array(aside))


def along(view: View, lane: Ints, arc: Floats, way: Floats) -> tuple[Ints, Floats]:
    """Places so far ahead along the lanes (behind where it is below 0), by the straightest way.

    Beyond a dead end the arc leaves the lane.
    """
    lane, arc = lane.copy(), arc + way
    lanes, graph = view.map.graph.lanes, view.map.graph
    for _ in range(64):  # lanes: 64 of the shortest make some hundred metres
        past, before = arc > lanes.length_m[lane], arc < 0.0
        moved = False
        for mask, adjacency, sign in ((past, graph.successors, 1), (before, graph.predecessors, -1)):
            for one in np.unique(lane[mask]).tolist():
                after = straightest(view, adjacency.lane[adjacency.first[one] : adjacency.first[one + 1]])
                if after < 0:
                    continue
                here, moved = mask & (lane == one), True
                arc[here] = arc[here] - lanes.length_m[one] if sign > 0 else arc[here] + lanes.length_m[after]
                lane[here] = after
        if not moved:
            break
    return lane, arc


def straightest(view: View, lanes: Ints) -> int:
    """The one of some lanes that turns least; -1 of none."""
    if len(lanes) == 0:
        return -1
    points, first = view.map.graph.points, view.map.graph.lanes.first_point
    turns = np.abs(points.heading[first[lanes + 1] - 1] - points.heading[first[lanes]])
    return int(lanes[np.argmin(turns)])


def beside(view: View, lane: Ints, arc: Floats, d_lane: Floats, needed: Bools | None = None) -> OnLane:
    """The same places on lanes whose ids are higher by `d_lane`; 0 is no lane, and -1 is found where there is none.

    Raises `SuiteError` for one in `needed`; None for all.
    """
    lanes = view.map.graph.lanes
    found, arcs = lane.copy(), arc.copy()
    steps = np.round(d_lane).astype(np.int32)
    for one, step in np.unique(np.stack([lane, steps], axis=1), axis=0).tolist():
        here = (lane == one) & (steps == step)
        missing_allowed = needed is not None and not (here & needed).any()
        other = find_lane_beside(view, one, step) if missing_allowed else lane_beside(view, one, step)
        found[here] = other
        if other not in (one, -1):
            share = arc[here] / lanes.length_m[one]
            opposite = lanes.direction[other] != lanes.direction[one]
            guess = (1.0 - share if opposite else share) * lanes.length_m[other]
            centre = lane_poses(view.map.graph, one, arc[here])
            foot = project_onto(view.map.ground.grid, other, centre.x, centre.y)
            arcs[here] = np.where(np.abs(foot.arc_m - guess) < lanes.length_m[other], foot.arc_m, guess)
    return OnLane(found, arcs)


def lane_beside(view: View, lane: int, steps: int) -> int:
    """The lane of the same section whose id is higher by so many. Raises `SuiteError` where there is none."""
    return lane_with_id(view, lane, _id_beside(view, lane, steps))


def find_lane_beside(view: View, lane: int, steps: int) -> int:
    """As `lane_beside`; -1 where there is none."""
    return find_lane_with_id(view, lane, _id_beside(view, lane, steps))


def lane_with_id(view: View, lane: int, wanted: int) -> int:
    """The lane of the same section with an id. Raises `SuiteError` where there is none."""
    found = find_lane_with_id(view, lane, wanted)
    if found < 0:
        lanes = view.map.graph.lanes
        ids = sorted(lanes.lane_id[_section_of(view, lane)].tolist())
        raise SuiteError(
            f"there is no lane {wanted} beside lane {view.map.graph.name_of(lane)}; its road has {', '.join(map(str, ids))}."
        )
    return found


def _id_beside(view: View, lane: int, steps: int) -> int:
    own = int(view.map.graph.lanes.lane_id[lane])
    wanted = own + steps
    if steps and own * wanted <= 0:
        wanted += -1 if steps < 0 else 1  # lane 0 is no lane
    return wanted


def find_lane_with_id(view: View, lane: int, wanted: int) -> int:
    """As `lane_with_id`; -1 where there is none."""
    section = _section_of(view, lane)
    match = section[view.map.graph.lanes.lane_id[section] == wanted]
    return int(match[0]) if match.size else -1


def _section_of(view: View, lane: int) -> Ints:
    """Its lanes."""
    lanes = view.map.graph.lanes
    found = np.flatnonzero((lanes.road == lanes.road[lane]) & (lanes.section == lanes.section[lane]))
    return found.astype(np.int32)


def _beside(view: View, on: OnLane, offset: Floats, orientation: Orientation) -> Poses:
    way = view.map.graph.lanes.direction[on.lane]
    return on_lane(view, on.lane, on.arc_m, offset * way, orientation)


def _arc_of_point(view: View, entity: str) -> Floats:
    """Arc of the point that an entity's positions are meant for, behind or ahead of its box's centre."""
    return view.on_lane(entity).arc_m - view.number(view.entities[entity].ahead)


def _turned(view: View, orientation: Orientation, heading: Floats) -> Floats:
    h = view.number(orientation.h)
    return np.array(h if orientation.type == "absolute" else heading + h)


def _off_lane(x: Floats, y: Floats, yaw: Floats) -> Poses:
    nowhere = np.full(len(x), -1, np.int32)
    return Poses(x, y, yaw, nowhere, np.zeros(len(x)), np.zeros(len(x)))


def _known(poses: Poses, found: Bools) -> Poses:
    """Poses, and nowhere where none was found."""
    x, y, yaw = (np.where(found, values, np.nan) for values in (poses.x, poses.y, poses.yaw))
    return poses._replace(x=x, y=y, yaw=yaw, lane=np.where(found, poses.lane, -1).astype(np.int32))


def _point(view: View, entity: str, needed: Bools) -> tuple[Floats, Floats, Floats]:
    """Where an entity is; NaN where it is not there."""
    there = view.exists(entity)
    if (needed & ~there).any():
        raise SuiteError(f"{entity!r} has no place yet, so nothing can be placed by it. Teleport it before, or add it.")
    x, y, yaw = (np.where(there, values, np.nan) for values in view.point(entity))
    return x, y, yaw


def _lane_of(view: View, entity: str, needed: Bools) -> Poses:
    """Where an entity is on its lane; lane -1 where it is on none, or not there."""
    on = view.near_lane(entity)
    lane = np.where(view.exists(entity), on.lane, -1).astype(np.int32)
    if (needed & (lane < 0)).any():
        raise SuiteError(f"{entity!r} is on no lane, so nothing can be placed by its road. Give a world position.")
    return on._replace(lane=lane)
