"""Variations of one scenario in driving worlds side by side: begin, step, judge. Source: ours.

World i of a stage goes as it goes alone, bit for bit. The single environment is a stage of one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.metrics.batch.measures import Measures, measure
from sim_suite.driving.metrics.batch.traces import Traces
from sim_suite.driving.roads.routes.route import Route
from sim_suite.driving.storyboard.elements.actions import AssignRouteAction, FollowTrajectoryAction
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.staging.perform import perform
from sim_suite.driving.storyboard.staging.placing import place
from sim_suite.driving.storyboard.staging.player import Player
from sim_suite.driving.storyboard.staging.referee import Referee
from sim_suite.driving.storyboard.staging.routing import RouteTable, on_driving_lane
from sim_suite.driving.storyboard.staging.tracks import end_of_track
from sim_suite.driving.storyboard.staging.view import Bools, Floats, Poses, View
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.world import Event
from sim_suite.envs.driving.fleet import Fleet
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.options import DrivingOptions

LONGEST_ROUTE_M: Final = 10_000.0
"""Worlds have room for the lanes of routes of this length."""


def stage_options(scenario: Scenario, **looks: Any) -> DrivingOptions:
    """The driving task that a scenario is. looks: how the agent observes and acts, as `DrivingOptions` has it."""
    return DrivingOptions(
        map=scenario.map, actors=len(scenario.entities), vehicles_per_km=0.0, pedestrians_per_km=0.0, parked_per_km=0.0,
        bubble_m=0.0, route_m=(20.0, LONGEST_ROUTE_M), model=scenario.model, limit_ticks=10**9, ends=(), **looks,
    )  # fmt: skip


class Stage:
    """W variations of a scenario."""

    def __init__(
        self, scenario: Scenario, worlds: int, options: DrivingOptions, *, driven: bool = True, fleet: Fleet | None = None
    ) -> None:  # fmt: skip
        """options: those of `stage_options`; driven: whether an agent drives the ego, rather than the storyboard itself; fleet: worlds
        to play in, None for new ones."""
        self.scenario, self.options, self.driven = scenario, options, driven
        self.fleet = fleet or Fleet(scenario.map, worlds, options, options.limit_ticks)
        self._all = np.arange(worlds)
        self._traces: Traces | None = None

    @property
    def num_worlds(self) -> int:
        """W."""
        return self.fleet.world.num_worlds

    def begin(self, values: Mapping[str, Floats], *, traced: bool = True) -> None:
        """Begin all variations. values: [W] of each numeric parameter; traced: whether `measures` will be asked for."""
        self.fleet.state.lights[:] = -1  # what storyboards told them before is forgotten
        routes = self._routes(values)
        self.view = View(self.fleet.map, self.fleet.state, self.scenario, values)
        self.player = Player(self.scenario, self.view)
        self.fleet.begin(self._all, seeds_of(values, self.num_worlds), self.options, routes, self._arrange)
        self.referee = Referee(self.scenario, self.view)
        self._traces = None
        if traced:
            ticks = int(np.rint(self.view.number(self.scenario.limit_s) / TICK_S).max())
            rest = self.options.ticks_per_step
            self._traces = Traces(self.num_worlds, len(self.scenario.entities), ticks + rest + 1)
            self._traces.observe(self.fleet.state)

    @property
    def live(self) -> Bools:
        """[W] Variations that are not over."""
        return self.referee.live

    def step(self, on_tick: Callable[[list[Event]], None] | None = None) -> None:
        """By the time that an action holds; `fleet.actions` say what the ego does. on_tick: as `Fleet.step`, of world 0."""

        def after(events: list[Event]) -> None:
            self._after_tick()
            if on_tick is not None:
                on_tick(events)

        self.fleet.step(after, self._before_tick)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of verdicts must know of how it was played."""
        left = sorted(self.player.overruled)
        driven = [f"{self.scenario.ego} is driven by the agent: left out {', '.join(left)}"] if left else []
        return (*driven, *sorted(self.view.left_out))

    def measures(self) -> Measures:
        """What was measured of every variation up to its end, or to now."""
        assert self._traces is not None, "begin with traced=True"
        return measure(self._traces, self.fleet.world.ground)

    def _before_tick(self) -> None:
        self.player.tick(self.referee.live)
        perform(self.view.cast, self.fleet.state, self.fleet.world.ground)

    def _after_tick(self) -> None:
        live = self.referee.live
        if self._traces is not None and live.any():  # what comes after all ends, as films show it, is not measured
            self._traces.observe(self.fleet.state)
        self.referee.look(self.player.ended)
        if self._traces is not None:
            self._traces.end(live & ~self.referee.live)

    def _arrange(self) -> None:
        """Put everybody where the storyboard begins."""
        everywhere = np.ones(self.num_worlds, np.bool_)
        if self.driven:
            self.view.let_drive(self.scenario.ego)
        else:
            self.view.remove(self.scenario.ego, everywhere)
            self.fleet.state.legs[:, EGO] = -1  # it has no route
        self.player.begin(everywhere)
        if self.driven and self.scenario.set_speed is not None:
            told = self.view.number(self.scenario.set_speed)
            body = self.fleet.state.body[:, EGO]
            body[:, col.TOLD_SPEED] = told
            body[:, col.SPEED_LIMIT] = np.where(
                told > 0.0, np.minimum(body[:, col.SPEED_LIMIT], told), body[:, col.SPEED_LIMIT]
            )

    def _routes(self, values: Mapping[str, Floats]) -> list[list[Route]]:
        """The ego's, from where the storyboard puts it: which can depend on where it puts others."""
        view = View(self.fleet.map, self.fleet.state, self.scenario, values)
        everywhere = np.ones(self.num_worlds, np.bool_)
        for name in view.entities:
            view.remove(name, everywhere)
        Player(self.scenario, view).begin(everywhere)
        start = on_driving_lane(view, view.on_lane(self.scenario.ego), "the ego's start")
        table = RouteTable(view)
        goals = [on_driving_lane(view, one, "a place on the ego's route") for one in self._goals(view)]
        routes = table.through(start, goals) if goals else table.routes(start, None)
        return [[route] for route in routes]

    def _goals(self, view: View) -> list[Poses]:
        """Waypoints of the route that the ego is given at the beginning, and its goal; or the end of a trajectory that it is given."""
        own = [one.action for one in self.scenario.storyboard.init if one.entity == self.scenario.ego]
        routes = [one.route for one in own if isinstance(one, AssignRouteAction)]
        waypoints = [waypoint.position for waypoint in routes[-1].waypoints] if routes else []
        goal = self.scenario.goal
        if goal is not None and goal not in waypoints[-1:]:
            waypoints.append(goal)
        tracks = [one.trajectory for one in own if isinstance(one, FollowTrajectoryAction)]
        if not waypoints and tracks:
            return [end_of_track(view, tracks[-1])]
        return [place(one, view) for one in waypoints]


def columns(values: list[Mapping[str, float]]) -> dict[str, NDArray[np.float64]]:
    """Values of variations one after the other as [W] arrays by name."""
    names = values[0] if values else {}
    return {name: np.array([one[name] for one in values], np.float64) for name in names}


def seeds_of(values: Mapping[str, Floats], worlds: int) -> NDArray[np.int64]:
    """[W] What chance begins with in each variation, such as the errors of its sensors: the same whenever its values are the same."""
    rows = np.column_stack([np.zeros(worlds), *(values[name] for name in sorted(values))])
    digests = [hashlib.sha256(row.astype("<f8").tobytes()).digest() for row in rows]
    return np.array([int.from_bytes(one[:8], "little") >> 2 for one in digests], np.int64)  # worlds take 62 bits
