"""Carries out actions in all variations at once. Source: OpenSCENARIO XML 1.3, 7.4 and class reference of the actions.

An action begins in some worlds, may be looked after every tick, and is done when what it set going is over or another action of
the same domain (speed, place beside, path) has taken over; one that is stopped leaves its actor as it is. Those of speed are in pacing.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.lights import show
from sim_suite.driving.storyboard.staging.paths import begin_path, begin_route, is_at
from sim_suite.driving.storyboard.staging.placing import place
from sim_suite.driving.storyboard.staging.runs import Run, begin_one, is_done_one, is_taken, look_after_one
from sim_suite.driving.storyboard.staging.sides import change_lane, change_offset, keep_aside
from sim_suite.driving.storyboard.staging.view import Bools, View
from sim_suite.driving.world import layout as col


def begin(run: Run, mask: Bools, view: View) -> None:
    """Start it in some worlds."""
    begin_one(run.action, run, mask, view)


def look_after(run: Run, mask: Bools, view: View) -> None:
    """What it has to do every tick, in the worlds in which it runs."""
    look_after_one(run.action, run, mask, view)


def is_done(run: Run, view: View) -> Bools:
    """[W] Whether it is over, where it runs."""
    return is_done_one(run.action, run, view)


@begin_one.register
def _(action: a.LaneChangeAction, run: Run, mask: Bools, view: View) -> None:
    change_lane(action, run.actor, run.number, mask, view)


@begin_one.register
def _(action: a.LaneOffsetAction, run: Run, mask: Bools, view: View) -> None:
    change_offset(action, run.actor, run.number, mask, view)


@begin_one.register
def _(action: a.LateralDistanceAction, run: Run, mask: Bools, view: View) -> None:
    keep_aside(action, run.actor, run.number, mask, view)


@is_done_one.register(a.LaneChangeAction)
@is_done_one.register(a.LaneOffsetAction)
@is_done_one.register(a.LateralDistanceAction)
def _(action: Any, run: Run, view: View) -> Bools:
    number = view.cast.number[:, view.slot(run.actor)]
    over = number[:, c.ASIDE_SPENT] >= number[:, c.ASIDE_NEEDED]
    # Who leaves the lanes, for a trajectory, has no place beside one.
    left = view.cast.integer[:, view.slot(run.actor), c.MODE] != c.ON_LANE
    return np.asarray(
        is_taken(view, run, c.ASIDE_RUN) | left | (over & ~np.bool_(getattr(action, "continuous", False)))
    )


@begin_one.register
def _(action: a.TeleportAction, run: Run, mask: Bools, view: View) -> None:
    view.put(run.actor, place(action.position, view, mask), mask)


@begin_one.register
def _(action: a.FollowTrajectoryAction, run: Run, mask: Bools, view: View) -> None:
    begin_path(action, run.actor, run.number, mask, view)


@is_done_one.register
def _(action: a.FollowTrajectoryAction, run: Run, view: View) -> Bools:
    return np.asarray(
        is_taken(view, run, c.PATH_RUN) | (view.cast.integer[:, view.slot(run.actor), c.MODE] != c.ON_TRACK)
    )


@begin_one.register
def _(action: a.AssignRouteAction, run: Run, mask: Bools, view: View) -> None:
    begin_route([one.position for one in action.route.waypoints], run.actor, run.number, mask, view)


@begin_one.register
def _(action: a.AcquirePositionAction, run: Run, mask: Bools, view: View) -> None:
    begin_route([action.position], run.actor, run.number, mask, view)


@is_done_one.register
def _(action: a.AcquirePositionAction, run: Run, view: View) -> Bools:
    return np.asarray(is_taken(view, run, c.ROUTE_RUN) | is_at(action.position, run.actor, view))


@begin_one.register
def _(action: a.AddEntityAction, run: Run, mask: Bools, view: View) -> None:
    view.put(action.entity, place(action.position, view, mask), mask)


@begin_one.register
def _(action: a.DeleteEntityAction, run: Run, mask: Bools, view: View) -> None:
    view.remove(action.entity, mask)


@begin_one.register
def _(action: a.VariableAction, run: Run, mask: Bools, view: View) -> None:
    before = view.values.get(action.name, np.zeros(view.num_worlds))
    value = view.number(action.value)
    changed = {"set": value, "add": before + value, "multiply": before * value}[action.operation]
    view.values[action.name] = np.where(mask, changed, before)


@begin_one.register
def _(action: a.EnvironmentAction, run: Run, mask: Bools, view: View) -> None:
    for column, value in ((col.FRICTION, action.friction), (col.VISIBILITY, action.visibility)):
        if value is not None:
            view.state.weather[mask, column] = view.number(value)[mask]


@begin_one.register
def _(action: a.TrafficSignalStateAction, run: Run, mask: Bools, view: View) -> None:
    show(view, action.signal, action.state, mask)


@begin_one.register
def _(action: a.TrafficSignalControllerAction, run: Run, mask: Bools, view: View) -> None:
    view.phases.go_to(view, action.controller, action.phase, mask)


@begin_one.register
def _(action: a.RecordedAction, run: Run, mask: Bools, view: View) -> None:
    """Nothing in the driving world answers to it."""
