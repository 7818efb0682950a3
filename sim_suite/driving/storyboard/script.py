"""How scenarios are written in Python: a few readable parts, from which the whole storyboard is made. Source: ours.

SCENARIO = write(
    name="cut_in",
    map="highway",
    ego=Ego(start=LanePosition("1", -2, 50.0), speed=P.ego_kmh / 3.6),
    actors=(Actor("cutter", start=RelativeLanePosition("ego", 1, P.gap_m), speed=P.cutter_kmh / 3.6),),
    events=(When("cut in", SimulationTimeCondition(2.0), "cutter", LaneChangeAction(...)),),
    criteria=(NoCollision(), StaysOnRoad()),
    parameters=(vary("gap_m", 15, 60, usual=30, unit="m"), ...),
)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sim_suite.driving.storyboard.criteria import Criterion
from sim_suite.driving.storyboard.elements.actions import (
    AbsoluteTargetSpeed,
    Action,
    SpeedAction,
    TeleportAction,
)
from sim_suite.driving.storyboard.elements.conditions import (
    Condition,
    ConditionGroup,
    EntityCondition,
    SimulationTimeCondition,
    Trigger,
    ValueCondition,
)
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.positions import Position
from sim_suite.driving.storyboard.elements.story import (
    Act,
    Event,
    InitAction,
    Maneuver,
    ManeuverGroup,
    NamedAction,
    Story,
    Storyboard,
)
from sim_suite.driving.storyboard.numbers import Number
from sim_suite.driving.storyboard.parameters import Constraint, Parameter
from sim_suite.driving.storyboard.scenario import Hazard, Scenario

EGO = "ego"


@dataclass(frozen=True)
class Ego:
    """The car that is driven by the agent."""

    start: Position
    speed: Number
    """At the start, m/s."""
    goal: Position | None = None
    """None: straight on along the road."""
    set_speed: Number | None = None
    """What it is told to drive at most, m/s; None: as fast as at the start."""


@dataclass(frozen=True)
class Actor:
    """Another road user or an object."""

    name: str
    start: Position
    speed: Number = 0.0
    category: str = "car"
    length: Number | None = None
    width: Number | None = None


@dataclass(frozen=True)
class When:
    """Once something holds, somebody does something."""

    name: str
    condition: ValueCondition | EntityCondition | Condition | Sequence[Condition]
    """One by entity that names nobody is asked of the ego. Several must hold together."""
    actor: str
    actions: Action | Sequence[Action]
    max_executions: int = 1


def trigger(condition: ValueCondition | EntityCondition | Condition | Sequence[Condition]) -> Trigger:
    """A trigger that holds while the condition, or all of several, hold."""
    many = condition if isinstance(condition, Sequence) else (condition,)
    return Trigger((ConditionGroup(tuple(_full(one) for one in many)),))


def write(
    *,
    name: str,
    map: str,  # the word that scripts read best with
    ego: Ego,
    criteria: Sequence[Criterion],
    actors: Sequence[Actor] = (),
    events: Sequence[When] = (),
    parameters: Sequence[Parameter] = (),
    constraints: Sequence[Constraint] = (),
    limit_s: Number = 30.0,
    hazard: Hazard | None = None,
    family: str = "",
    summary: str = "",
    source: str = "",
    model: Literal["kinematic", "single_track"] = "kinematic",
) -> Scenario:
    """The scenario that these parts say."""
    entities = (Entity(EGO), *(Entity(one.name, one.category, one.length, one.width) for one in actors))
    init: list[InitAction] = []
    for who, start, speed in ((EGO, ego.start, ego.speed), *((one.name, one.start, one.speed) for one in actors)):
        init += [InitAction(who, TeleportAction(start)), InitAction(who, SpeedAction(AbsoluteTargetSpeed(speed)))]
    movers = list(dict.fromkeys(event.actor for event in events))
    groups = tuple(
        ManeuverGroup(
            f"{mover} group", (mover,), (Maneuver(mover, tuple(_event(e) for e in events if e.actor == mover)),)
        )
        for mover in movers
    )
    stories = (Story(name, (Act("act", groups),)),) if groups else ()
    return Scenario(
        name=name,
        map=map,
        entities=entities,
        storyboard=Storyboard(tuple(init), stories, trigger(SimulationTimeCondition(limit_s, "greaterOrEqual"))),
        criteria=tuple(criteria),
        ego=EGO,
        goal=ego.goal,
        set_speed=ego.speed if ego.set_speed is None else ego.set_speed,
        parameters=tuple(parameters),
        constraints=tuple(constraints),
        limit_s=limit_s,
        hazard=hazard,
        family=family or name,
        summary=summary,
        source=source,
        model=model,
    )


def _event(when: When) -> Event:
    many = when.actions if isinstance(when.actions, Sequence) else (when.actions,)
    names = [when.name] if len(many) == 1 else [f"{when.name} {k + 1}" for k in range(len(many))]
    named = tuple(NamedAction(name, action) for name, action in zip(names, many, strict=True))
    return Event(when.name, named, trigger(when.condition), "parallel", when.max_executions)


def _full(condition: ValueCondition | EntityCondition | Condition) -> Condition:
    full = condition if isinstance(condition, Condition) else Condition(condition)
    asks_nobody = isinstance(full.of, EntityCondition) and not full.entities
    return replace(full, entities=(EGO,)) if asks_nobody else full
