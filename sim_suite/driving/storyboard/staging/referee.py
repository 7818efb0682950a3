"""Judges the ego in all variations at once, and says when a variation is over. Source: ours.

Each criterion measures one number and is broken where it goes beyond a limit; the first tick and place of that are kept. What happens
in a variation after its end counts no more.
"""

from __future__ import annotations

from enum import IntEnum
from functools import singledispatch
from typing import Any, Final

import numpy as np

from sim_suite.driving.storyboard import criteria as j
from sim_suite.driving.storyboard.criteria import Criterion
from sim_suite.driving.storyboard.numbers import Number
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.staging.view import Bools, Floats, View
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.errors import SuiteError

EGO: Final = 0
NEVER: Final = -1


class End(IntEnum):
    """Why a variation is over."""

    RUNNING = 0
    GOAL = 1
    STORYBOARD = 2
    BROKEN = 3
    """A criterion that ends a variation."""
    ROUTE_LOST = 4
    BLOCKED = 5
    TIME = 6
    CONTACT = 7
    """The ego hit somebody, so slowly that nothing is broken."""


class Referee:
    """Judges all worlds of a view."""

    def __init__(self, scenario: Scenario, view: View) -> None:
        worlds = view.num_worlds
        self._scenario, self._view = scenario, view
        self._limit_ticks = np.rint(view.number(scenario.limit_s) / TICK_S)
        if (self._limit_ticks < 1).any():
            raise SuiteError(f"scenario {scenario.name!r} has a time limit of {scenario.limit_s}; give more than 0 s.")
        self.value: Floats = np.zeros((worlds, len(scenario.criteria)))
        """[W, K] What each criterion measures."""
        self.limit: Floats = np.zeros(self.value.shape)
        """[W, K] Beyond which it is broken."""
        for k, one in enumerate(scenario.criteria):
            self.limit[:, k] = view.number(scenario.limit_s) if isinstance(one, j.InTime) else limit_of(one, view)
        self.broken_tick = np.full(self.value.shape, NEVER, np.int64)
        """[W, K] When it was broken first; NEVER where it was not."""
        self.broken_place = np.full((*self.value.shape, 2), np.nan)
        """[W, K, 2] Where the ego was then, map's frame."""
        self.end = np.full(worlds, End.RUNNING, np.int8)
        self.end_tick = np.full(worlds, NEVER, np.int64)
        self.impact_mps = np.full(worlds, np.nan)
        """[W] Closing speed of the ego's first collision."""
        self._partner = np.full(worlds, -1, np.int32)

    @property
    def limit_s(self) -> Number:
        """Seconds after which a variation is over."""
        return self._scenario.limit_s

    @property
    def live(self) -> Bools:
        """[W] Where it is not over yet."""
        return np.asarray(self.end == End.RUNNING)

    @property
    def passed(self) -> Bools:
        """[W] Whether no criterion is broken."""
        return np.asarray((self.broken_tick == NEVER).all(axis=1))

    def partner(self, world: int) -> str:
        """Whom the ego hit first; empty where nobody."""
        slot = int(self._partner[world])
        return next((name for name, one in self._view.slots.items() if one == slot), "") if slot >= 0 else ""

    def value_of(self, criterion: Criterion) -> Floats:
        """[W] What a criterion has measured so far."""
        return np.asarray(self.value[:, self._scenario.criteria.index(criterion)])

    def look(self, storyboard_ended: Bools) -> None:
        """Judge the state after a tick."""
        view, live = self._view, self.live
        self._note_impact(live)
        tick = view.state.world[:, col.TICK]
        for k, criterion in enumerate(self._scenario.criteria):
            measured = measure(criterion, self, view)
            self.value[live, k] = measured[live]
            if not isinstance(criterion, AT_THE_END):
                self._break(k, live & (measured > self.limit[:, k]), tick)
        tally = view.state.tally[:, EGO]
        ending = [
            one for one in range(len(self._scenario.criteria)) if isinstance(self._scenario.criteria[one], ENDING)
        ]
        over = live & np.any(self.broken_tick[:, ending] != NEVER, axis=1)
        self._finish(over, End.BROKEN, storyboard_ended)
        if any(isinstance(one, j.ImpactSpeed) for one in self._scenario.criteria):
            self._finish(self.live & ~np.isnan(self.impact_mps), End.CONTACT, storyboard_ended)
        self._finish(self.live & (tally[:, kinds.ROUTE_DONE] > 0), End.GOAL, storyboard_ended)
        self._finish(self.live & storyboard_ended, End.STORYBOARD, storyboard_ended)
        self._finish(self.live & (tally[:, kinds.ROUTE_DEVIATION] > 0), End.ROUTE_LOST, storyboard_ended)
        self._finish(self.live & (tally[:, kinds.BLOCKED] > 0), End.BLOCKED, storyboard_ended)
        self._finish(self.live & (tick >= self._limit_ticks), End.TIME, storyboard_ended)

    def _finish(self, mask: Bools, why: End, storyboard_ended: Bools) -> None:
        """Close variations, and judge what can only be said at the end."""
        if not mask.any():
            return
        tick = self._view.state.world[:, col.TICK]
        self.end[mask], self.end_tick[mask] = why, tick[mask]
        for k, criterion in enumerate(self._scenario.criteria):
            if isinstance(criterion, AT_THE_END):
                value = final(criterion, self, self._view, storyboard_ended)
                self.value[mask, k] = value[mask]
                self._break(k, mask & (value > self.limit[:, k]), tick)

    def _break(self, k: int, mask: Bools, tick: Any) -> None:
        new = mask & (self.broken_tick[:, k] == NEVER)
        if new.any():
            x, y, _ = self._view.pose(self._scenario.ego)
            self.broken_tick[new, k] = tick[new]
            self.broken_place[new, k, 0], self.broken_place[new, k, 1] = x[new], y[new]

    def _note_impact(self, live: Bools) -> None:
        state = self._view.state
        fresh = live & np.isnan(self.impact_mps) & (state.tally[:, EGO, kinds.COLLISION] > 0)
        for w in np.flatnonzero(fresh).tolist():
            rows = state.event[w, : min(int(state.world[w, col.NUM_EVENTS_NOW]), col.MAX_EVENTS)]
            for row, place in zip(rows, state.event_place[w], strict=False):
                if row[1] == kinds.COLLISION and row[2] == EGO:
                    self.impact_mps[w], self._partner[w] = place[3], row[3]
                    break


AT_THE_END: Final = (j.ReachesGoal, j.StoryboardCompletes, j.InTime, j.BackInLane)
"""Criteria that can only be judged when a variation is over."""
ENDING: Final = (j.NoCollision, j.ImpactSpeed)
"""Criteria after which nothing that follows means anything."""
_TALLIES: Final = {
    j.NoCollision: kinds.COLLISION, j.StaysOnRoad: kinds.OFF_ROAD, j.RightWay: kinds.WRONG_WAY,
    j.StopsAtRed: kinds.RED_LIGHT, j.StopsAtStopSign: kinds.STOP_SIGN,
}  # fmt: skip


def limit_of(criterion: Criterion, view: View) -> Floats:
    """[W] The greatest value that does not break it."""
    if isinstance(criterion, j.ImpactSpeed | j.StaysInLane):
        return view.number(criterion.at_most)
    if isinstance(criterion, j.BackInLane):
        return view.number(criterion.within_s)
    return np.zeros(view.num_worlds)


def _ego(view: View, column: int) -> Floats:
    return view.state.body[:, EGO, column].astype(np.float64)


@singledispatch
def measure(criterion: Any, referee: Referee, view: View) -> Floats:
    """[W] What a criterion measures, up to now."""
    return np.asarray(view.state.tally[:, EGO, _TALLIES[type(criterion)]], np.float64)


@measure.register
def _(criterion: j.ImpactSpeed, referee: Referee, view: View) -> Floats:
    return np.asarray(np.nan_to_num(referee.impact_mps))


@measure.register
def _(criterion: j.StaysInLane, referee: Referee, view: View) -> Floats:
    return np.maximum(referee.value_of(criterion), np.abs(_ego(view, col.LATERAL)))


@measure.register
def _(criterion: j.BackInLane, referee: Referee, view: View) -> Floats:
    away = np.abs(_ego(view, col.LATERAL)) > view.number(criterion.offset)
    away |= np.abs(_ego(view, col.HEADING_ERROR)) > view.number(criterion.heading)
    return np.where(away, view.time_s, referee.value_of(criterion))


@measure.register(j.ReachesGoal)
@measure.register(j.StoryboardCompletes)
@measure.register(j.InTime)
def _(criterion: Any, referee: Referee, view: View) -> Floats:
    return np.zeros(view.num_worlds)


def final(criterion: Criterion, referee: Referee, view: View, storyboard_ended: Bools) -> Floats:
    """[W] What a criterion measures at the end."""
    if isinstance(criterion, j.ReachesGoal):
        legs = (view.state.legs[:, EGO] >= 0).sum(axis=1)
        length = np.take_along_axis(view.state.leg_arc[:, EGO], legs[:, None], axis=1)[:, 0].astype(np.float64)
        left = 1.0 - _ego(view, col.ROUTE_ARC) / np.maximum(length, 1e-9)
        return np.where(referee.end == End.GOAL, 0.0, 100.0 * np.maximum(left, 1e-3))
    if isinstance(criterion, j.StoryboardCompletes):
        return np.where(storyboard_ended, 0.0, 1.0)
    if isinstance(criterion, j.InTime):
        # Who comes to the scenario's limit has not ended by himself.
        return np.where(referee.end == End.TIME, np.inf, np.minimum(view.time_s, view.number(referee.limit_s)))
    return referee.value_of(criterion)
