"""Actions that change an actor's speed: reach one, keep a distance, arrive with another. Source: OpenSCENARIO XML 1.3,
`LongitudinalAction` and `SynchronizeAction`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements.actions import TransitionDynamics
from sim_suite.driving.storyboard.elements.positions import Position
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.distances import along_lanes, signed_distance
from sim_suite.driving.storyboard.staging.placing import NOWHERE_NEEDED, place
from sim_suite.driving.storyboard.staging.runs import Run, begin_one, is_done_one, is_taken, look_after_one, remember
from sim_suite.driving.storyboard.staging.view import Bools, Floats, View
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICK_S

PEAK: Final = {"linear": 1.0, "cubic": 1.5, "sinusoidal": np.pi / 2, "step": 0.0}
"""Greatest rate of a change, as a multiple of its mean: the slope of each shape in its middle."""
CLOSE_M: Final = 0.1
"""A distance is reached within this (ours)."""
CATCH_UP: Final = 1.0
"""1/s by which a difference of distance becomes one of speed, where nothing bounds it (ours)."""


@begin_one.register
def _(action: a.SpeedAction, run: Run, mask: Bools, view: View) -> None:
    change_pace(view, run, mask, _target_speed(action.target, view), action.dynamics)


@look_after_one.register
def _(action: a.SpeedAction, run: Run, mask: Bools, view: View) -> None:
    if _is_continuous(action):
        own = view.cast.integer[:, view.slot(run.actor), c.PACE_RUN] == run.number
        over = ~_is_changing(view, run.actor)
        view.set_speed(run.actor, _target_speed(action.target, view), mask & own & over)


@is_done_one.register
def _(action: a.SpeedAction, run: Run, view: View) -> Bools:
    taken = is_taken(view, run, c.PACE_RUN)
    return taken if _is_continuous(action) else taken | ~_is_changing(view, run.actor)


def _is_continuous(action: a.SpeedAction) -> bool:
    return isinstance(action.target, a.RelativeTargetSpeed) and action.target.continuous


def _target_speed(target: a.AbsoluteTargetSpeed | a.RelativeTargetSpeed, view: View) -> Floats:
    value = view.number(target.value)
    if isinstance(target, a.AbsoluteTargetSpeed):
        return value
    other = view.speed(target.entity)
    return np.asarray(other * value if target.value_type == "factor" else other + value)


def change_pace(view: View, run: Run, mask: Bools, target: Floats, dynamics: TransitionDynamics) -> None:
    """Let an actor go over to a speed."""
    slot = view.slot(run.actor)
    number, integer = view.cast.number[:, slot], view.cast.integer[:, slot]
    now = number[:, c.PACE].copy()
    needed = needed_for(dynamics, np.abs(target - now), view)
    integer[mask, c.PACE_RUN] = run.number
    at_once = mask & (needed <= 0.0)
    view.set_speed(run.actor, target, at_once)
    later = mask & (needed > 0.0)
    for column, values in ((c.PACE_FROM, now), (c.PACE_TO, target), (c.PACE_SPENT, 0 * now), (c.PACE_NEEDED, needed)):
        number[later, column] = values[later]
    integer[later, c.PACE_SHAPE] = c.SHAPES[dynamics.shape]
    integer[later, c.PACE_BY] = c.BY_DISTANCE if dynamics.dimension == "distance" else c.BY_TIME


def needed_for(dynamics: TransitionDynamics, change: Floats, view: View) -> Floats:
    """[W] Seconds or metres that a change takes; 0 for at once."""
    value = np.abs(view.number(dynamics.value))
    if dynamics.shape == "step":
        return np.zeros(view.num_worlds)
    if dynamics.dimension == "rate":
        return PEAK[dynamics.shape] * change / np.maximum(value, 1e-9)
    return np.array(value)


def _is_changing(view: View, actor: str) -> Bools:
    number = view.cast.number[:, view.slot(actor)]
    return np.asarray(number[:, c.PACE_SPENT] < number[:, c.PACE_NEEDED])


@begin_one.register
def _(action: a.SpeedProfileAction, run: Run, mask: Bools, view: View) -> None:
    view.cast.integer[mask, view.slot(run.actor), c.PACE_RUN] = run.number
    now = view.cast.number[:, view.slot(run.actor), c.PACE]
    remember(run, "since", mask, view.time_s)
    remember(run, "from", mask, now)


@look_after_one.register
def _(action: a.SpeedProfileAction, run: Run, mask: Bools, view: View) -> None:
    speed, _ = _profile(action, run, view, view.time_s - run.memory["since"] + TICK_S)
    view.set_speed(run.actor, speed, mask & ~is_taken(view, run, c.PACE_RUN))


@is_done_one.register
def _(action: a.SpeedProfileAction, run: Run, view: View) -> Bools:
    passed = view.time_s - run.memory["since"]
    return np.asarray(is_taken(view, run, c.PACE_RUN) | (passed >= _profile(action, run, view, passed)[1] - 1e-9))


def _profile(action: a.SpeedProfileAction, run: Run, view: View, passed: Floats) -> tuple[Floats, Floats]:
    """Speed after some time, and how long all takes; [W] each."""
    base = view.speed(action.entity) if action.entity is not None else np.zeros(view.num_worlds)
    before, begun = run.memory["from"], np.zeros(view.num_worlds)
    speed = before.copy()
    for entry in action.entries:
        target = base + view.number(entry.speed)
        rising = target > before
        bounds = action.constraints
        bound = [view.number(np.inf if b is None else b) for b in (bounds.max_acceleration, bounds.max_deceleration)]
        takes = np.abs(target - before) / np.where(rising, bound[0], bound[1])
        takes = view.number(entry.time) if entry.time is not None else takes
        share = np.clip((passed - begun) / np.maximum(takes, 1e-9), 0.0, 1.0)
        speed = np.where(passed >= begun, before + (target - before) * share, speed)
        before, begun = target, begun + takes
    return speed, begun


@begin_one.register
def _(action: a.LongitudinalDistanceAction, run: Run, mask: Bools, view: View) -> None:
    view.cast.integer[mask, view.slot(run.actor), c.PACE_RUN] = run.number
    apart = signed_distance(view, run.actor, action.entity, "longitudinal", _along(action.coordinate_system))
    side = {"trailingReferencedEntity": 1.0, "leadingReferencedEntity": -1.0}.get(action.displacement, 0.0)
    remember(run, "side", mask, np.where(apart >= 0.0, 1.0, -1.0) if side == 0.0 else np.full(view.num_worlds, side))


@look_after_one.register
def _(action: a.LongitudinalDistanceAction, run: Run, mask: Bools, view: View) -> None:
    # In the end both are as fast as the other is; by one's own speed a time gap would swing.
    too_far = _missing_distance(action, run, view, view.speed(action.entity))
    now, wanted = view.cast.number[:, view.slot(run.actor), c.PACE], view.speed(action.entity)
    faster = CATCH_UP * too_far
    if action.constraints is not None:
        # No faster than can be taken back over the rest of the way.
        bounds = (action.constraints.max_acceleration, action.constraints.max_deceleration)
        gentlest = np.minimum(*(view.number(np.inf if bound is None else bound) for bound in bounds))
        with np.errstate(invalid="ignore"):
            most = np.nan_to_num(np.sqrt(2.0 * gentlest * np.abs(too_far)), nan=0.0)
        faster = np.clip(faster, -most, most)
    wanted = np.maximum(wanted + faster * run.memory["side"], 0.0)
    if action.constraints is not None:
        most, least, top = (
            view.number(np.inf if bound is None else bound)
            for bound in (
                action.constraints.max_acceleration, action.constraints.max_deceleration, action.constraints.max_speed,
            )
        )  # fmt: skip
        wanted = np.clip(np.minimum(wanted, top), now - least * TICK_S, now + most * TICK_S)
    view.set_speed(run.actor, wanted, mask & ~is_taken(view, run, c.PACE_RUN))


@is_done_one.register
def _(action: a.LongitudinalDistanceAction, run: Run, view: View) -> Bools:
    taken = is_taken(view, run, c.PACE_RUN)
    return (
        taken
        if action.continuous
        else taken | (np.abs(_missing_distance(action, run, view, view.speed(run.actor))) < CLOSE_M)
    )


def _missing_distance(action: a.LongitudinalDistanceAction, run: Run, view: View, speed: Floats) -> Floats:
    """[W] By how much the distance is too large, m. speed: that time gaps count by."""
    system = _along(action.coordinate_system)
    apart = signed_distance(view, run.actor, action.entity, "longitudinal", system, centres=action.freespace)
    apart = apart * run.memory["side"]
    if action.freespace:
        apart = apart - (view.body(run.actor, col.LENGTH) + view.body(action.entity, col.LENGTH)) / 2
    if action.time_gap is not None:
        return apart - view.number(action.time_gap) * np.abs(speed)
    return apart - view.number(0.0 if action.distance is None else action.distance)


def _along(system: str) -> Any:
    return "entity" if system == "entity" else "road"


@begin_one.register
def _(action: a.SynchronizeAction, run: Run, mask: Bools, view: View) -> None:
    view.cast.integer[mask, view.slot(run.actor), c.PACE_RUN] = run.number
    remember(run, "least", mask, np.full(view.num_worlds, np.inf))


@look_after_one.register
def _(action: a.SynchronizeAction, run: Run, mask: Bools, view: View) -> None:
    left, master = _way_left(view, run.actor, action.target), _way_left(view, action.master, action.target_master)
    seconds = master / np.maximum(view.speed(action.master), 1e-3)
    even = left / np.maximum(seconds, TICK_S)
    if action.final_speed is None:
        wanted = even
    else:
        # The mean of now's speed and the last one is what takes the way in the time.
        wanted = 2.0 * even - _target_speed(action.final_speed, view)
    nearer = mask & (seconds > TICK_S) & ~is_taken(view, run, c.PACE_RUN)
    view.set_speed(run.actor, np.clip(wanted, 0.0, 2.0 * np.maximum(even, 1.0)), nearer)
    run.memory["least"] = np.where(mask, np.minimum(run.memory["least"], master), run.memory["least"])


@is_done_one.register
def _(action: a.SynchronizeAction, run: Run, view: View) -> Bools:
    left, master = _way_left(view, run.actor, action.target), _way_left(view, action.master, action.target_master)
    there = left <= np.maximum(view.number(action.tolerance), CLOSE_M)
    there |= master <= np.maximum(view.number(action.tolerance_master), CLOSE_M)
    passed = master > run.memory["least"] + 1.0  # the master goes away from it again
    return np.asarray(is_taken(view, run, c.PACE_RUN) | there | passed)


def _way_left(view: View, name: str, position: Position) -> Floats:
    """[W] m to a place: along the lanes for who follows them, else straight."""
    x, y, _ = view.point(name)
    there = place(position, view, NOWHERE_NEEDED)
    straight = np.hypot(there.x - x, there.y - y)
    mode = view.cast.integer[:, view.slot(name), c.MODE]
    follows = (mode == c.ON_LANE) | (mode == c.DRIVEN)
    own = view.on_lane(name)
    along = along_lanes(view, own.lane, own.arc_m - view.number(view.entities[name].ahead), there.lane, there.arc_m)
    return np.where(follows & ~np.isnan(along), np.abs(along), straight)
