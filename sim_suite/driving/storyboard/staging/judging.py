"""Evaluates conditions in all variations at once. Source: OpenSCENARIO XML 1.3, 7.6 and class reference of the conditions."""

from __future__ import annotations

from functools import singledispatch
from typing import Any, Protocol

import numpy as np

from sim_suite.driving.storyboard.elements import conditions as o
from sim_suite.driving.storyboard.elements.conditions import Direction, EntityCondition, ValueCondition
from sim_suite.driving.storyboard.parameters import RULES
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.distances import closing_speed, distance
from sim_suite.driving.storyboard.staging.lights import shown
from sim_suite.driving.storyboard.staging.placing import NOWHERE_NEEDED, along, find_lane_beside, place
from sim_suite.driving.storyboard.staging.view import Bools, Floats, View
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import BICYCLE, OBSTACLE, PARKED, PEDESTRIAN


class States(Protocol):
    """What a player knows of the parts of its storyboard."""

    def state_of(self, condition: o.StoryboardElementStateCondition) -> Bools:
        """[W] Whether the part is in the state."""
        ...


def holds(condition: ValueCondition | EntityCondition, entity: str, view: View, states: States) -> Bools:
    """[W] Whether a condition holds now, of an entity ("" for conditions by value). One about somebody who is not there does not."""
    if isinstance(condition, o.StoryboardElementStateCondition):
        return states.state_of(condition)
    with np.errstate(invalid="ignore", divide="ignore"):
        if isinstance(condition, EntityCondition):
            return np.asarray(_of_entity(condition, entity, view) & view.exists(entity))
        return np.asarray(_by_value(condition, view))


def _compare(left: Floats, rule: str, right: Floats) -> Bools:
    # What is not there is no number, and no rule holds of it.
    return np.asarray(RULES[rule](left, right) & ~np.isnan(left))


@singledispatch
def _by_value(condition: Any, view: View) -> Bools:
    raise TypeError(f"{type(condition).__name__} is no condition by value.")


@_by_value.register
def _(condition: o.SimulationTimeCondition, view: View) -> Bools:
    # Ticks are exact, their product with 0.05 s is not.
    return _compare(np.round(view.time_s, 6), condition.rule, view.number(condition.value))


@_by_value.register(o.ParameterCondition)
@_by_value.register(o.VariableCondition)
def _(condition: o.ParameterCondition | o.VariableCondition, view: View) -> Bools:
    if isinstance(condition.value, str):
        known = view.texts.get(condition.name)
        return np.full(view.num_worlds, bool(RULES[condition.rule](known, condition.value)))
    values = view.values.get(condition.name)
    if values is None:
        return np.zeros(view.num_worlds, np.bool_)
    return _compare(values, condition.rule, view.number(condition.value))


@_by_value.register
def _(condition: o.TrafficSignalCondition, view: View) -> Bools:
    return shown(view, condition.signal, condition.state)


@_by_value.register
def _(condition: o.TrafficSignalControllerCondition, view: View) -> Bools:
    return view.phases.is_in(view, condition.controller, condition.phase)


@singledispatch
def _of_entity(condition: Any, entity: str, view: View) -> Bools:
    raise TypeError(f"{type(condition).__name__} is no condition by entity.")


@_of_entity.register
def _(condition: o.EndOfRoadCondition, entity: str, view: View) -> Bools:
    return _lasted(view.cast.number[:, view.slot(entity), c.AT_END], view.number(condition.duration))


@_of_entity.register
def _(condition: o.CollisionCondition, entity: str, view: View) -> Bools:
    touching = np.zeros(view.num_worlds, np.bool_)
    for name, slot in view.slots.items():
        if name == entity or (condition.entity is not None and name != condition.entity):
            continue
        kind = view.state.mind[:, slot, col.KIND]
        of_kind = {
            "pedestrian": kind == PEDESTRIAN, "vehicle": (kind <= BICYCLE) | (kind == PARKED), "miscellaneous": kind == OBSTACLE,
        }.get(condition.kind or "", np.ones(view.num_worlds, np.bool_))  # fmt: skip
        near = distance(view, entity, name, "euclidianDistance", "entity", freespace=True)
        touching |= of_kind & (near <= 0.0)
    return touching


@_of_entity.register
def _(condition: o.OffroadCondition, entity: str, view: View) -> Bools:
    return _lasted(view.cast.number[:, view.slot(entity), c.OFF_ROAD], view.number(condition.duration))


@_of_entity.register
def _(condition: o.TimeHeadwayCondition, entity: str, view: View) -> Bools:
    away = distance(
        view, entity, condition.entity, condition.distance_type, condition.coordinate_system, condition.freespace
    )
    return _compare(away / np.abs(view.speed(entity)), condition.rule, view.number(condition.value))


@_of_entity.register
def _(condition: o.TimeToCollisionCondition, entity: str, view: View) -> Bools:
    away = distance(
        view, entity, condition.target, condition.distance_type, condition.coordinate_system, condition.freespace
    )
    closing = closing_speed(view, entity, condition.target, condition.distance_type)
    # Who does not come nearer never collides.
    left = np.where(np.isnan(away), np.nan, np.where(closing > 0.0, away / closing, np.inf))
    return _compare(left, condition.rule, view.number(condition.value))


@_of_entity.register
def _(condition: o.AccelerationCondition, entity: str, view: View) -> Bools:
    along = view.body(entity, col.ACCEL)
    across = view.speed(entity) * view.body(entity, col.YAW_RATE)
    return _compare(_part(along, across, condition.direction), condition.rule, view.number(condition.value))


@_of_entity.register
def _(condition: o.StandStillCondition, entity: str, view: View) -> Bools:
    return _lasted(view.cast.number[:, view.slot(entity), c.STOOD], view.number(condition.duration))


@_of_entity.register
def _(condition: o.SpeedCondition, entity: str, view: View) -> Bools:
    speed, slip = view.speed(entity), view.body(entity, col.SLIP)
    along, across = speed * np.cos(slip), speed * np.sin(slip)
    value = speed if condition.direction is None else _part(along, across, condition.direction)
    return _compare(value, condition.rule, view.number(condition.value))


@_of_entity.register
def _(condition: o.RelativeSpeedCondition, entity: str, view: View) -> Bools:
    if condition.direction is None:
        return _compare(view.speed(entity) - view.speed(condition.entity), condition.rule, view.number(condition.value))
    yaw, parts = view.pose(entity)[2], []
    for name in (entity, condition.entity):
        way = view.pose(name)[2] + view.body(name, col.SLIP) - yaw
        parts.append((view.speed(name) * np.cos(way), view.speed(name) * np.sin(way)))
    along, across = (parts[0][k] - parts[1][k] for k in (0, 1))
    return _compare(_part(along, across, condition.direction), condition.rule, view.number(condition.value))


@_of_entity.register
def _(condition: o.TraveledDistanceCondition, entity: str, view: View) -> Bools:
    return np.asarray(view.cast.number[:, view.slot(entity), c.TRAVELLED] >= view.number(condition.value))


@_of_entity.register
def _(condition: o.ReachPositionCondition, entity: str, view: View) -> Bools:
    x, y, _ = view.point(entity)
    there = place(condition.position, view, NOWHERE_NEEDED)
    return np.asarray(np.hypot(there.x - x, there.y - y) <= view.number(condition.tolerance))


@_of_entity.register
def _(condition: o.DistanceCondition, entity: str, view: View) -> Bools:
    away = distance(
        view, entity, condition.position, condition.distance_type, condition.coordinate_system, condition.freespace
    )
    return _compare(away, condition.rule, view.number(condition.value))


@_of_entity.register
def _(condition: o.RelativeDistanceCondition, entity: str, view: View) -> Bools:
    away = distance(
        view, entity, condition.entity, condition.distance_type, condition.coordinate_system, condition.freespace
    )
    return _compare(away, condition.rule, view.number(condition.value))


@_of_entity.register
def _(condition: o.RelativeClearanceCondition, entity: str, view: View) -> Bools:
    own = view.on_lane(entity)
    clear = np.ones(view.num_worlds, np.bool_)
    ahead, behind = view.number(condition.forward), view.number(condition.backward)
    facing = np.where(
        np.cos(view.pose(entity)[2] - np.nan_to_num(view.lane_heading(own.lane, own.arc_m))) < 0.0, -1.0, 1.0
    )
    for name in condition.entities or tuple(view.entities):
        if name == entity:
            continue
        other = view.on_lane(name)
        x, y, yaw = view.pose(entity)
        tx, ty, _ = view.pose(name)
        ahead_m = (tx - x) * np.cos(yaw) + (ty - y) * np.sin(yaw)
        half = (view.body(entity, col.LENGTH) + view.body(name, col.LENGTH)) / 2 if condition.free_space else 0.0
        near = (ahead_m - half <= ahead) & (-ahead_m - half <= behind)
        # Own lane where the other is, which may be another road's.
        here, _ = along(view, np.maximum(own.lane, 0), own.arc_m, np.where(own.lane >= 0, facing * ahead_m, 0.0))
        beside = np.zeros(view.num_worlds, np.bool_)
        for lane, their in np.unique(np.stack([here, other.lane], axis=1), axis=0).tolist():
            if their in _lanes_watched(condition, lane, view):
                beside |= (here == lane) & (other.lane == their)
        clear &= ~(near & beside & (own.lane >= 0) & view.exists(name))
    return clear


def _lanes_watched(condition: o.RelativeClearanceCondition, lane: int, view: View) -> set[int]:
    steps = {step for low, high in condition.lanes for step in range(low, high + 1)}
    lanes, way = {find_lane_beside(view, lane, step) for step in steps}, view.map.graph.lanes.direction
    return {one for one in lanes if one >= 0 and (condition.opposite_lanes or way[one] == way[lane])}


@_of_entity.register
def _(condition: o.AngleCondition, entity: str, view: View) -> Bools:
    heading = view.pose(entity)[2]
    if condition.coordinate_system in ("road", "lane"):
        on = view.on_lane(entity)
        heading = heading - view.lane_heading(on.lane, on.arc_m)
    return _near_angle(heading, view.number(condition.angle), view.number(condition.tolerance))


@_of_entity.register
def _(condition: o.RelativeAngleCondition, entity: str, view: View) -> Bools:
    turned = view.pose(condition.entity)[2] - view.pose(entity)[2]
    return _near_angle(turned, view.number(condition.angle), view.number(condition.tolerance))


def _lasted(seconds: Floats, duration: Floats) -> Bools:
    # Sums of ticks are not exact.
    return np.asarray((seconds > 0.0) & (seconds >= duration - 1e-6))


def _near_angle(angle: Floats, wanted: Floats, tolerance: Floats) -> Bools:
    return np.asarray(np.abs(np.angle(np.exp(1j * (angle - wanted)))) <= tolerance)


def _part(along: Floats, across: Floats, direction: Direction | None) -> Floats:
    if direction == "longitudinal":
        return along
    if direction == "lateral":
        return across
    if direction == "vertical":
        return np.zeros_like(along)
    return np.asarray(np.hypot(along, across))
