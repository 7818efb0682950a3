"""How far two are from each other, and how fast that changes, in the ways that OpenSCENARIO counts. Source: OpenSCENARIO XML 1.3,
`RelativeDistanceType`, `CoordinateSystem`, and 6.4 (distances, freespace).

Coordinates of lane, road and trajectory all count along the lanes here, whose centre lines are at most a few metres apart.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.metrics.boxes import box_distance
from sim_suite.driving.roads.graph.layout import LaneGraph
from sim_suite.driving.storyboard.elements.conditions import CoordinateSystem, DistanceType
from sim_suite.driving.storyboard.elements.positions import Position
from sim_suite.driving.storyboard.staging.placing import NOWHERE_NEEDED, place
from sim_suite.driving.storyboard.staging.view import Floats, Ints, View
from sim_suite.driving.world import layout as col

AHEAD_M: Final = 1000.0
"""Lanes are followed so far to find one another's."""


def distance(
    view: View, entity: str, target: str | Position, kind: DistanceType, system: CoordinateSystem, freespace: bool
) -> Floats:
    """[W] m, 0 or more; freespace: between the boxes, 0 where they overlap. NaN where one of them is not there."""
    if freespace and kind == "euclidianDistance":
        found = _between_boxes(view, entity, target)
    else:
        found = np.abs(signed_distance(view, entity, target, kind, system, centres=freespace))
    if freespace and kind != "euclidianDistance":
        found = np.maximum(found - _half(view, entity, target, kind), 0.0)
    return np.where(_there(view, entity, target), found, np.nan)


def signed_distance(
    view: View, entity: str, target: str | Position, kind: DistanceType, system: CoordinateSystem, centres: bool = False
) -> Floats:
    """[W] m from an entity to another or to a place: positive ahead, or to the left.

    centres: between the centres of the boxes, else between the points that positions are meant for.
    """
    x, y, yaw = view.pose(entity) if centres else view.point(entity)
    if isinstance(target, str):
        tx, ty, _ = view.pose(target) if centres else view.point(target)
        other = view.on_lane(target)
    else:
        other = place(target, view, NOWHERE_NEEDED)
        tx, ty = other.x, other.y
    dx, dy = tx - x, ty - y
    if kind == "euclidianDistance":
        return np.asarray(np.hypot(dx, dy))
    if system == "entity" and kind == "longitudinal":
        return np.asarray(dx * np.cos(yaw) + dy * np.sin(yaw))
    left = dy * np.cos(yaw) - dx * np.sin(yaw)
    if system == "entity":
        return np.asarray(left)
    own = view.on_lane(entity)
    if kind == "lateral":
        aside = (view.places.t_of(np.maximum(on.lane, 0), on.arc_m, on.aside_m) for on in (other, own))
        return np.where((own.lane >= 0) & (other.lane >= 0), next(aside) - next(aside), left)
    shift = np.zeros(len(x)) if centres else view.number(view.entities[entity].ahead)
    other_shift = view.number(view.entities[target].ahead) if isinstance(target, str) and not centres else 0.0
    along = along_lanes(view, own.lane, own.arc_m - shift, other.lane, other.arc_m - other_shift)
    return np.where(np.isnan(along), dx * np.cos(yaw) + dy * np.sin(yaw), along)


def closing_speed(view: View, entity: str, target: str | Position, kind: DistanceType) -> Floats:
    """[W] m/s by which the distance to another or to a place shrinks now."""
    x, y, yaw = view.point(entity)
    own_x, own_y = _velocity(view, entity)
    if isinstance(target, str):
        tx, ty, _ = view.point(target)
        other_x, other_y = _velocity(view, target)
    else:
        pose = place(target, view, NOWHERE_NEEDED)
        tx, ty, other_x, other_y = pose.x, pose.y, np.zeros(len(x)), np.zeros(len(x))
    if kind == "euclidianDistance":
        way = np.arctan2(ty - y, tx - x)
        ahead = np.ones(len(x))
    else:
        way = yaw if kind == "longitudinal" else yaw + np.pi / 2
        ahead = np.sign((tx - x) * np.cos(way) + (ty - y) * np.sin(way))
    return np.asarray(ahead * ((own_x - other_x) * np.cos(way) + (own_y - other_y) * np.sin(way)))


def along_lanes(view: View, lane: Ints, arc: Floats, other: Ints, other_arc: Floats) -> Floats:
    """[W] m from places on lanes to others, positive ahead; NaN where the lanes of neither lead to the other's."""
    found = np.full(len(lane), np.nan)
    for a, b in np.unique(np.stack([lane, other], axis=1), axis=0).tolist():
        if a < 0 or b < 0:
            continue
        here = (lane == a) & (other == b)
        start = _lead(view.map.graph, a, b)
        if start is not None:
            found[here] = start + other_arc[here] - arc[here]
        back = _lead(view.map.graph, b, a) if start is None else None
        if back is not None:
            found[here] = -(back + arc[here] - other_arc[here])
    return found


_leads: dict[tuple[int, int, int], tuple[LaneGraph, float | None]] = {}
"""With their graphs, so that none is forgotten and another gets its number."""


def _lead(graph: LaneGraph, lane: int, goal: int) -> float | None:
    """Metres from the start of a lane to that of another that it leads to; lanes beside count as the same place."""
    key = (id(graph), lane, goal)
    if key not in _leads:
        if len(_leads) > 100_000:  # some megabytes
            _leads.clear()
        _leads[key] = graph, _search(graph, lane, goal)
    return _leads[key][1]


def _search(graph: LaneGraph, lane: int, goal: int) -> float | None:
    lanes = graph.lanes
    front: list[tuple[float, int]] = [(0.0, lane)]
    seen = {lane}
    while front:
        front.sort()
        gone, at = front.pop(0)
        beside = lanes.road[at] == lanes.road[goal] and lanes.section[at] == lanes.section[goal]
        if at == goal or (beside and lanes.direction[at] == lanes.direction[goal]):
            return gone
        if gone > AHEAD_M:
            continue
        for n in range(int(graph.successors.first[at]), int(graph.successors.first[at + 1])):
            after = int(graph.successors.lane[n])
            if after not in seen:
                seen.add(after)
                front.append((gone + float(lanes.length_m[at]), after))
    return None


def _velocity(view: View, name: str) -> tuple[Floats, Floats]:
    way = view.body(name, col.YAW) + view.body(name, col.SLIP)
    return view.speed(name) * np.cos(way), view.speed(name) * np.sin(way)


def _half(view: View, entity: str, target: str | Position, kind: DistanceType) -> Floats:
    """[W] How much of the distance between points lies in the boxes, m."""
    _, _, yaw = view.pose(entity)
    own = view.body(entity, col.LENGTH if kind == "longitudinal" else col.WIDTH) / 2
    if not isinstance(target, str):
        return own
    angle = view.pose(target)[2] - yaw
    if kind == "lateral":
        angle = angle + np.pi / 2
    length, width = view.body(target, col.LENGTH), view.body(target, col.WIDTH)
    return np.asarray(own + (length * np.abs(np.cos(angle)) + width * np.abs(np.sin(angle))) / 2)


def _between_boxes(view: View, entity: str, target: str | Position) -> Floats:
    return box_distance(*_box(view, entity), *_box(view, target))


def _box(view: View, one: str | Position) -> tuple[Floats, Floats]:
    """[W, 3] pose and [W, 2] size of an entity's box; a place has none."""
    if not isinstance(one, str):
        there = place(one, view, NOWHERE_NEEDED)
        return np.stack([there.x, there.y, there.yaw], axis=1), np.zeros((view.num_worlds, 2))
    return np.stack(view.pose(one), axis=1), np.stack([view.body(one, col.LENGTH), view.body(one, col.WIDTH)], axis=1)


def _there(view: View, entity: str, target: str | Position) -> NDArray[np.bool_]:
    there = view.exists(entity)
    return np.asarray(there & view.exists(target) if isinstance(target, str) else there)
