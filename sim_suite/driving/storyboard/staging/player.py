"""Plays a storyboard in many worlds at once, tick by tick. Source: OpenSCENARIO XML 1.3, 7.3.

player = Player(scenario, view)
player.begin(mask)            # what stands under Init
while ...:
    player.tick(live)         # triggers and actions, from the state as it is
    perform(view.cast, ...)   # actors move
    world.step(1)             # everybody else does
"""

from __future__ import annotations

from itertools import count
from typing import cast

import numpy as np

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements.positions import TrajectoryPosition
from sim_suite.driving.storyboard.elements.story import Event, ManeuverGroup, NamedAction
from sim_suite.driving.storyboard.scenario import Scenario, parts_of
from sim_suite.driving.storyboard.staging.acting import begin, is_done, look_after
from sim_suite.driving.storyboard.staging.parts import COMPLETE, Part, Parts
from sim_suite.driving.storyboard.staging.paths import leave_tracks
from sim_suite.driving.storyboard.staging.runs import Run, stop
from sim_suite.driving.storyboard.staging.view import Bools, View
from sim_suite.driving.storyboard.staging.watch import TriggerWatch
from sim_suite.errors import SuiteError

GLOBAL = (
    a.AddEntityAction, a.DeleteEntityAction, a.VariableAction, a.EnvironmentAction, a.TrafficSignalStateAction,
    a.TrafficSignalControllerAction, a.RecordedAction,
)  # fmt: skip
"""Actions that are done once, whoever the actors are."""
_BEGINNINGS = (a.TeleportAction, a.SpeedAction, a.AssignRouteAction, a.AcquirePositionAction, *GLOBAL)
"""What Init may do with an ego that an agent drives: the rest is the agent's."""


class Player:
    """One storyboard in all worlds of a view."""

    def __init__(self, scenario: Scenario, view: View) -> None:
        self._scenario, self._view = scenario, view
        self._numbers = count(1)
        self.parts = Parts(scenario.storyboard, view.num_worlds)
        until = scenario.storyboard.stop
        self._stop = None if until is None else TriggerWatch(until, view.num_worlds)
        self.ended: Bools = np.zeros(view.num_worlds, np.bool_)
        """[W] Whether the storyboard has come to its end."""
        self.overruled: set[str] = set()
        """Actions of the ego that were left to the agent, by class and name."""

    def begin(self, mask: Bools) -> None:
        """Do what stands under Init: places first, since speeds and others' places need them."""
        init = self._scenario.storyboard.init
        waiting = self._first_places()
        placed: set[str] = set()
        while waiting:
            # A place beside somebody waits until that one has a place.
            names = {entity for entity, _ in waiting}
            ready = [one for one in waiting if not (_references(one[1]) & names - {one[0]})]
            if not ready:
                raise SuiteError(
                    f"the places of {', '.join(sorted(names))} are counted from each other. Give one its own."
                )
            for entity, action in ready:
                self._do(action, entity, mask)
                placed.add(entity)
            waiting = [one for one in waiting if one not in ready]
        if self._scenario.ego not in placed:
            raise SuiteError(f"{self._scenario.ego!r} has no place at the beginning. Teleport it in Init.")
        for one in init:
            if one.entity and self._view.is_driven(one.entity) and not isinstance(one.action, _BEGINNINGS):
                self.overruled.add(type(one.action).__name__)
            elif not isinstance(one.action, a.TeleportAction):
                self._do(one.action, one.entity, mask)
        self._view.phases.switch(self._view)
        for story in self.parts.stories:
            story.begin(mask)

    def _first_places(self) -> list[tuple[str, a.TeleportAction]]:
        """Where Init puts entities, at once or at the start of a trajectory."""
        init = self._scenario.storyboard.init
        places = [(one.entity, one.action) for one in init if isinstance(one.action, a.TeleportAction)]
        known = {entity for entity, _ in places}
        for one in init:
            if isinstance(one.action, a.FollowTrajectoryAction) and one.entity not in known:
                start = TrajectoryPosition(one.action.trajectory, one.action.initial_distance_offset)
                places.append((one.entity, a.TeleportAction(start)))
        return places

    def tick(self, live: Bools) -> None:
        """Look at triggers and actions in the worlds that still run."""
        self._view.phases.switch(self._view)
        leave_tracks(self._view)
        self.parts.next_tick()
        for story in self.parts.stories:
            self._story(story, live)
        if self._stop is not None:
            self.ended |= self._stop.look(live & ~self.ended, self._view, self.parts)
        elif self.parts.stories:
            self.ended |= live & np.all([story.state == COMPLETE for story in self.parts.stories], axis=0)

    def _do(self, action: a.Action, entity: str, mask: Bools) -> None:
        """An action of Init."""
        run = Run(next(self._numbers), action, entity)
        begin(run, mask, self._view)

    def _story(self, story: Part, live: Bools) -> None:
        for act in story.children:
            act.begin(act.start.look(live & act.standing_by() & story.running(), self._view, self.parts))
            if act.stop is not None:
                self._halt(act, act.stop.look(live & act.running(), self._view, self.parts))
            for group in act.children:
                self._group(group, live & act.running())
            over = live & act.running() & _all_complete(act)
            act.end(over)
        story.end(live & story.running() & _all_complete(story))

    def _group(self, group: Part, live: Bools) -> None:
        said = cast(ManeuverGroup, group.said)
        group.begin(live & group.standing_by())
        for maneuver in group.children:
            maneuver.begin(live & group.running() & maneuver.standing_by())
            running = live & maneuver.running()
            for event in maneuver.children:
                self._carry_on(event, running)
            for event in maneuver.children:
                self._start(event, maneuver, said, running)
            maneuver.end(live & maneuver.running() & _all_complete(maneuver))
        over = live & group.running() & _all_complete(group)
        again = over & (group.count + 1 < said.max_executions)
        group.end(over, again=again)
        group.reset(again)

    def _carry_on(self, event: Part, live: Bools) -> None:
        """Look after the actions of an event that runs, and end it when all are done."""
        running = live & event.running()
        if not running.any():
            return
        for action in event.children:
            mask = running & action.running()
            done = mask.copy()
            for run in action.runs:
                look_after(run, mask, self._view)
                done &= is_done(run, self._view)
            action.end(done)
        self._finish(event, running & _all_complete(event))

    def _finish(self, event: Part, over: Bools) -> None:
        said = cast(Event, event.said)
        again = over & (event.count + 1 < said.max_executions)
        event.end(over, again=again)
        event.reset(again)

    def _start(self, event: Part, maneuver: Part, group: ManeuverGroup, live: Bools) -> None:
        said = cast(Event, event.said)
        waiting = live & event.standing_by()
        hit = event.start.look(waiting, self._view, self.parts)
        if not hit.any():
            return
        others = [other for other in maneuver.children if other is not event]
        if said.priority == "skip" and others:
            busy = hit & np.any([other.running() for other in others], axis=0)
            event.skip(busy)
            event.state[busy & (event.count >= said.max_executions)] = COMPLETE
            hit &= ~busy
        elif said.priority in ("overwrite", "override"):
            for other in others:
                self._halt(other, hit & other.running())
        event.begin(hit)
        names, met = event.start.who(self._view, self.parts) if group.select_triggering else ((), None)
        for action in event.children:
            action.begin(hit)
            self._begin_action(action, group.actors, hit)
            for name in dict.fromkeys(names):
                assert met is not None
                rows = [k for k, other in enumerate(names) if other == name]
                self._begin_action(action, (name,), hit & met[rows].any(axis=0))
        # What is done at once ends at once, so that an event of teleports takes no tick.
        self._carry_on(event, hit)

    def _halt(self, part: Part, mask: Bools) -> None:
        """Stop a part before its end, and what its actions have set going."""
        if not mask.any():
            return
        for one in part.everything():
            for run in one.runs:
                stop(run, mask & one.running(), self._view)
        part.halt(mask)

    def _begin_action(self, part: Part, actors: tuple[str, ...], mask: Bools) -> None:
        said = cast(NamedAction, part.said)
        for actor in ("",) if isinstance(said.action, GLOBAL) else actors:
            moved = said.action.entity if isinstance(said.action, a.AddEntityAction | a.DeleteEntityAction) else actor
            if moved and self._view.is_driven(moved):
                self.overruled.add(f"{type(said.action).__name__} {said.name!r}")
                continue
            there = mask if not actor or isinstance(said.action, a.TeleportAction) else mask & self._view.exists(actor)
            run = next((one for one in part.runs if one.actor == actor), None)
            if run is None:
                run = Run(next(self._numbers), said.action, actor)
                part.runs.append(run)
            begin(run, there, self._view)


def _all_complete(part: Part) -> Bools:
    """[W] Whether everything in it is over; so is what has nothing in it."""
    complete = np.ones(len(part.state), np.bool_)
    for child in part.children:
        complete &= child.state == COMPLETE
    return complete


def _references(action: a.TeleportAction) -> set[str]:
    """Entities that a place is counted from."""
    return {part.entity for part in parts_of(action.position) if isinstance(getattr(part, "entity", None), str)}
