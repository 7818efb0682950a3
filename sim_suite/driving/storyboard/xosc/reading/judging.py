"""What OpenSCENARIO does not say: who the ego is, where it is to go, what it is judged by, and how long. Source: ours; ScenarioRunner's
criteria (CARLA) for the conditions that stand for some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.criteria import (
    Criterion,
    InTime,
    NoCollision,
    ReachesGoal,
    RightWay,
    StaysOnRoad,
    StopsAtRed,
    StopsAtStopSign,
    StoryboardCompletes,
)
from sim_suite.driving.storyboard.elements.actions import AcquirePositionAction, AssignRouteAction
from sim_suite.driving.storyboard.elements.conditions import SimulationTimeCondition, Trigger
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.positions import Position
from sim_suite.driving.storyboard.elements.story import InitAction
from sim_suite.driving.storyboard.numbers import Number
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.tables.entities import OBJECTS, PEDESTRIANS, PREFIX

EGO_NAMES: Final = ("ego", "hero")
EGO_TYPE: Final = ("type", "ego_vehicle")
"""The property by which ScenarioRunner knows the ego."""
EGO_MARK: Final = f"{PREFIX}ego"
"""The property by which our own files say it."""
USUAL: Final[tuple[Criterion, ...]] = (NoCollision(), StaysOnRoad(), StoryboardCompletes(), InTime())
"""By what the ego is judged where a file says nothing."""
LIMIT_S: Final = 180.0
"""How long a variation may take where no condition stops it by time."""
GRACE_S: Final = 1.0
"""By how much the limit lies behind a condition that stops by time, so that the condition comes first."""
CARLA_PREFIX: Final = "criteria_"
CARLA: Final[Mapping[str, Criterion | None]] = {
    "CollisionTest": NoCollision(), "RunningStopTest": StopsAtStopSign(), "RunningRedLightTest": StopsAtRed(),
    "WrongLaneTest": RightWay(), "OnSidewalkTest": StaysOnRoad(), "OffRoadTest": StaysOnRoad(),
    "EndofRoadTest": StaysOnRoad(), "ReachedRegionTest": ReachesGoal(), "RouteCompletionTest": ReachesGoal(),
    "KeepLaneTest": None, "DrivenDistanceTest": None,
}  # fmt: skip
"""Names of conditions that ScenarioRunner takes for criteria; None: nothing here is like it."""


def find_ego(entities: tuple[Entity, ...], controls: Mapping[str, Mapping[str, str]], context: Context) -> str:
    """The entity that is named so, or whose properties or controller say so, or the first vehicle. Says which it took and why."""
    for one in entities:
        if EGO_MARK in controls[one.name]:
            return one.name
    for one in entities:
        if one.name.lower() in EGO_NAMES:
            return one.name
    key, value = EGO_TYPE
    for one in entities:
        if value in (one.properties.get(key), controls[one.name].get(key)):
            context.note(f"{one.name} is the ego, as its properties say")
            return one.name
    standing = {*PEDESTRIANS, *OBJECTS}
    first = next((one.name for one in entities if one.category not in standing), entities[0].name)
    context.note(f"nobody is named ego; {first} is the ego, since it is the first vehicle")
    return first


def find_goal(init: tuple[InitAction, ...], ego: str) -> Position | None:
    """Where the ego is sent before the first moment; None if nowhere."""
    goal: Position | None = None
    for one in init:
        if one.entity == ego and isinstance(one.action, AcquirePositionAction):
            goal = one.action.position
        elif one.entity == ego and isinstance(one.action, AssignRouteAction):
            goal = one.action.route.waypoints[-1].position
    return goal


def find_limit(stop: Trigger | None) -> Number:
    """Seconds, a little after what stops the storyboard by time alone, or else the usual."""
    for group in stop.groups if stop is not None else ():
        condition = group.conditions[0]
        of = condition.of
        if len(group.conditions) == 1 and isinstance(of, SimulationTimeCondition) and of.rule.startswith("greater"):
            return of.value + (GRACE_S + condition.delay)
    return LIMIT_S


def take_criteria(root: Node, context: Context) -> tuple[Criterion, ...]:
    """Criteria that ScenarioRunner's files hide among the conditions of the StopTrigger; they are taken out of it."""
    names: list[str] = []
    storyboard = root.first("Storyboard")
    stop = None if storyboard is None else storyboard.first("StopTrigger")
    if stop is not None:
        for group in stop.all("ConditionGroup"):
            names += [name for name in map(_carla_name, group.children) if name is not None]
            group.children = [one for one in group.children if _carla_name(one) is None]
        stop.children = [one for one in stop.children if one.children or one.tag != "ConditionGroup"]
    for name in names:
        if CARLA.get(name) is None:
            context.note(f"the criterion {name} of the file has no counterpart; left out")
    return tuple(dict.fromkeys(_criteria(names)))


def _criteria(names: list[str]) -> Iterator[Criterion]:
    for name in names:
        found = CARLA.get(name)
        if found is not None:
            yield found


def _carla_name(condition: Node) -> str | None:
    name = condition.attributes.get("name", "")
    is_one = condition.tag == "Condition" and name.startswith(CARLA_PREFIX)
    return name.removeprefix(CARLA_PREFIX) if is_one else None
