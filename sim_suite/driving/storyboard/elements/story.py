"""The storyboard: who does what when. Source: OpenSCENARIO XML 1.3, 7.3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sim_suite.driving.storyboard.elements.actions import Action
from sim_suite.driving.storyboard.elements.conditions import Trigger

AT_START = Trigger()


@dataclass(frozen=True)
class NamedAction:
    """An action with a name that conditions can refer to."""

    name: str
    action: Action


@dataclass(frozen=True)
class Event:
    """Actions that start together when a trigger holds."""

    name: str
    actions: tuple[NamedAction, ...]
    start: Trigger = AT_START
    priority: Literal["overwrite", "override", "skip", "parallel"] = "override"
    """overwrite, override: other events of the maneuver end; skip: does not start while one of them runs."""
    max_executions: int = 1


@dataclass(frozen=True)
class Maneuver:
    """Events of the same actors."""

    name: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class ManeuverGroup:
    """Maneuvers and whom they move."""

    name: str
    actors: tuple[str, ...]
    maneuvers: tuple[Maneuver, ...]
    max_executions: int = 1
    select_triggering: bool = False
    """Whether the entities that triggered an event are its actors too."""


@dataclass(frozen=True)
class Act:
    """Groups that run between two triggers."""

    name: str
    groups: tuple[ManeuverGroup, ...]
    start: Trigger = AT_START
    stop: Trigger | None = None


@dataclass(frozen=True)
class Story:
    """Acts."""

    name: str
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class InitAction:
    """What is done before the first moment, and with whom; "" for what concerns nobody."""

    entity: str
    action: Action


@dataclass(frozen=True)
class Storyboard:
    """How a scenario begins, what happens in it, and when it ends."""

    init: tuple[InitAction, ...] = ()
    stories: tuple[Story, ...] = ()
    stop: Trigger | None = None
    """None: nothing in the storyboard ends it."""

    def events(self) -> Iterator[tuple[ManeuverGroup, Event]]:
        """All events, each with the group it belongs to."""
        for story in self.stories:
            for act in story.acts:
                for group in act.groups:
                    for maneuver in group.maneuvers:
                        yield from ((group, event) for event in maneuver.events)
