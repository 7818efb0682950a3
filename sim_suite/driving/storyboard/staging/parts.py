"""The parts of a storyboard as they run: each stands by, runs or is complete, in every variation by itself. Source: OpenSCENARIO XML
1.3, 7.3.3 (states and transitions of storyboard elements).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.storyboard.elements.conditions import StoryboardElementStateCondition, Trigger
from sim_suite.driving.storyboard.elements.story import (
    Act,
    Event,
    Maneuver,
    ManeuverGroup,
    NamedAction,
    Story,
    Storyboard,
)
from sim_suite.driving.storyboard.staging.runs import Run
from sim_suite.driving.storyboard.staging.view import Bools
from sim_suite.driving.storyboard.staging.watch import TriggerWatch
from sim_suite.errors import UnknownNameError

STANDBY, RUNNING, COMPLETE = range(3)
_STATES: Final = {"standbyState": STANDBY, "runningState": RUNNING, "completeState": COMPLETE}
_CHANGES: Final = ("startTransition", "endTransition", "stopTransition", "skipTransition")
Said = Story | Act | ManeuverGroup | Maneuver | Event | NamedAction
_KINDS: Final = {
    Story: "story", Act: "act", ManeuverGroup: "maneuverGroup", Maneuver: "maneuver", Event: "event", NamedAction: "action",
}  # fmt: skip


class Part:
    """One part, with all beneath it."""

    def __init__(self, said: Said, path: str, worlds: int, children: Sequence[Part] = (), start: Trigger | None = None,
                 stop: Trigger | None = None) -> None:  # fmt: skip
        self.said, self.children = said, children
        self.kind = _KINDS[type(said)]
        self.path = f"{path}::{said.name}" if path else said.name
        self.state: NDArray[np.int8] = np.zeros(worlds, np.int8)
        self.count: NDArray[np.int32] = np.zeros(worlds, np.int32)
        """How often it has ended."""
        self.start = TriggerWatch(Trigger() if start is None else start, worlds)
        self.stop = None if stop is None else TriggerWatch(stop, worlds)
        self.runs: list[Run] = []
        """Of actions: one for each actor, made at the first start."""
        self._now: dict[str, Bools] = {change: np.zeros(worlds, np.bool_) for change in _CHANGES}
        self._before = self._now

    def running(self) -> Bools:
        """[W]"""
        return np.asarray(self.state == RUNNING)

    def standing_by(self) -> Bools:
        """[W]"""
        return np.asarray(self.state == STANDBY)

    def everything(self) -> Iterator[Part]:
        """Itself and all beneath it."""
        yield self
        for child in self.children:
            yield from child.everything()

    def begin(self, mask: Bools) -> None:
        """Let it run."""
        self.state[mask] = RUNNING
        self._now["startTransition"] |= mask

    def end(self, mask: Bools, *, again: Bools | None = None) -> None:
        """It is over; where `again`, it stands by for another time."""
        self.state[mask] = COMPLETE
        if again is not None:
            self.state[mask & again] = STANDBY
        self.count[mask] += 1
        self._now["endTransition"] |= mask

    def skip(self, mask: Bools) -> None:
        """It was to begin, and does not, since another runs; that counts as once."""
        self.count[mask] += 1
        self._now["skipTransition"] |= mask

    def halt(self, mask: Bools) -> None:
        """Stop it and all beneath it before its end."""
        for part in self.everything():
            hit = mask & (part.state != COMPLETE)
            part._now["stopTransition"] |= hit & part.running()
            part.state[hit] = COMPLETE

    def reset(self, mask: Bools) -> None:
        """Let all beneath it stand by anew."""
        for child in self.children:
            child.state[mask] = STANDBY
            child.count[mask] = 0
            child.reset(mask)

    def next_tick(self) -> None:
        """What was changed becomes what conditions see: all of them the same, a tick later."""
        for part in self.everything():
            part._before = part._now
            part._now = {change: np.zeros_like(mask) for change, mask in part._now.items()}

    def is_in(self, state: str) -> Bools:
        """[W] Whether it is in a state, or made a transition in the tick before."""
        return np.asarray(self.state == _STATES[state]) if state in _STATES else self._before[state]


class Parts:
    """All parts of a storyboard."""

    def __init__(self, storyboard: Storyboard, worlds: int) -> None:
        self.stories = [_story(story, worlds) for story in storyboard.stories]
        self._all = [part for story in self.stories for part in story.everything()]

    def state_of(self, condition: StoryboardElementStateCondition) -> Bools:
        """[W] Whether the part that a condition names is in the state. Raises `UnknownNameError` for one that there is not."""
        for part in self._all:
            same = part.path == condition.element or part.path.endswith(f"::{condition.element}")
            if same and part.kind == condition.type:
                return part.is_in(condition.state)
        known = [part.path for part in self._all if part.kind == condition.type]
        raise UnknownNameError(condition.type, condition.element, known)

    def next_tick(self) -> None:
        """A new tick begins."""
        for story in self.stories:
            story.next_tick()

    def __iter__(self) -> Iterator[Part]:
        return iter(self._all)


def _story(said: Story, worlds: int) -> Part:
    return Part(said, "", worlds, [_act(act, said.name, worlds) for act in said.acts])


def _act(said: Act, path: str, worlds: int) -> Part:
    own = f"{path}::{said.name}"
    groups = [_group(group, own, worlds) for group in said.groups]
    return Part(said, path, worlds, groups, said.start, said.stop)


def _group(said: ManeuverGroup, path: str, worlds: int) -> Part:
    own = f"{path}::{said.name}"
    return Part(said, path, worlds, [_maneuver(one, own, worlds) for one in said.maneuvers])


def _maneuver(said: Maneuver, path: str, worlds: int) -> Part:
    own = f"{path}::{said.name}"
    return Part(said, path, worlds, [_event(one, own, worlds) for one in said.events])


def _event(said: Event, path: str, worlds: int) -> Part:
    own = f"{path}::{said.name}"
    return Part(said, path, worlds, [Part(one, own, worlds) for one in said.actions], said.start)
