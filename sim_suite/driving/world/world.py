"""Driving worlds as an object: reset by seed, step, read events, snapshot and restore. Source: ours.

All worlds of one object lie on one map. World i of a batch goes as the same seed alone goes, bit for bit.

    world = World(prepare(load_map("crossroads")), num_worlds=64, options=WorldOptions(vehicles=16))
    world.reset(range(64))
    world.state.controls[:, 0] = 0.0, 0.3, 0.0  # steer, throttle, brake of each first agent
    world.step(2)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim_suite.compiling import borrowing, noticed
from sim_suite.compiling.sharing import most_threads, share
from sim_suite.driving.roads.routes.network import build_network
from sim_suite.driving.roads.routes.route import Route
from sim_suite.driving.roads.routes.sampling import RouteSampler
from sim_suite.driving.traffic.presence import Presence, new_presence
from sim_suite.driving.world.kinds import NO_CONTROL, EventKind, Model
from sim_suite.driving.world.layout import (
    BUBBLE_M,
    CONTROL,
    JUDGED,
    MAX_EVENTS,
    NEXT_ID,
    NUM_ACTORS,
    NUM_EVENTS_NOW,
    SEED_HIGH,
    SEED_LOW,
    TICK,
    State,
    new_state,
)
from sim_suite.driving.world.spawn import (
    TRIES,
    begin_agent,
    begin_parked,
    begin_pedestrian,
    begin_vehicle,
    clear_actor,
)
from sim_suite.driving.world.step import step_worlds
from sim_suite.driving.world.terrain import DrivingMap, Ground
from sim_suite.errors import SuiteError

_LEAST_TICKS: Final = 8  # a tick of a world takes 4 us, and to wake a thread takes ten times that


@dataclass(frozen=True)
class WorldOptions:
    """Who is in a world and how long routes are. Checked when built."""

    agents: int = 1
    """Actors with routes, moved by `State.controls`; they have the first slots."""
    vehicles: int = 15
    """Of the traffic model."""
    pedestrians: int = 0
    parked: int = 0
    """Parked cars, in bays where the map has them near, else at the kerb."""
    spare: int = 0
    """Empty slots, for actors that a scenario adds."""
    model: Model = Model.KINEMATIC
    """Of the agents."""
    bubble_m: int = 0
    """Traffic lives within this of the first agent and begins anew around it; 0: on all of the map."""
    route_m: tuple[float, float] = (200.0, 400.0)
    """Least and greatest length of routes that are drawn, metres."""
    start_speed_mps: float = 0.0
    """Of the agents."""
    judge_all: bool = False
    """Whether rules are watched for traffic too."""
    trail: int = 0
    """How many past poses are kept, every 0.2 s (rasters need them)."""
    max_legs: int = 64
    """Lanes that a route may have."""

    def __post_init__(self) -> None:
        counts = (self.agents, self.vehicles, self.pedestrians, self.parked, self.spare, self.bubble_m, self.trail)
        if min(counts) < 0 or self.max_legs < 1:
            raise SuiteError(f"a world cannot have a negative number of anything: {self}. Give 0 or more.")
        if self.agents + self.vehicles + self.pedestrians + self.parked + self.spare < 1:
            raise SuiteError("a world needs at least one actor; give agents, vehicles, pedestrians, parked or spare.")
        low, high = self.route_m
        if not 0.0 < low <= high < math.inf:
            raise SuiteError(f"route_m is {self.route_m}; give 0 < least <= greatest, metres.")
        if not 0.0 <= self.start_speed_mps < 100.0:
            raise SuiteError(f"start_speed_mps is {self.start_speed_mps:g}; give 0 to 100 m/s.")

    @property
    def actors(self) -> int:
        """Slots in all."""
        return self.agents + self.vehicles + self.pedestrians + self.parked + self.spare


class Event(NamedTuple):
    """What happened to an actor."""

    tick: int
    kind: EventKind
    actor: int
    """Slot."""
    partner: int
    """Slot of the other in a collision, else -1."""
    x: float
    y: float
    value: float
    value_2: float
    """As in `State.event_place`."""


class World:
    """W worlds on one map."""

    def __init__(self, driving_map: DrivingMap, num_worlds: int, options: WorldOptions | None = None) -> None:
        """Allocate; nothing is in the worlds before `reset`."""
        if num_worlds < 1:
            raise SuiteError(f"num_worlds is {num_worlds}; give 1 or more.")
        self.map = driving_map
        self.options = options = options or WorldOptions()
        graph = driving_map.graph
        self.state: State = new_state(
            num_worlds, options.actors, max(options.agents, 1), len(graph.group_ids),
            max_legs=options.max_legs, trail=options.trail,
        )  # fmt: skip
        self.sampler: RouteSampler | None = None
        self._is_new = True  # a first step may have to compile
        threads = min(most_threads(), num_worlds)
        self.presence: Presence = new_presence(
            threads, options.actors, graph.num_lanes, len(driving_map.ground.terrain.crosswalk_f)
        )
        self.push: NDArray[np.float32] = np.zeros((threads, options.actors, 5), np.float32)

    @property
    def num_worlds(self) -> int:
        """W."""
        return self.state.num_worlds

    @property
    def ground(self) -> Ground:
        """The map as kernels know it."""
        return self.map.ground

    def reset(
        self, seeds: ArrayLike, which: Sequence[int] | NDArray[np.int64] | None = None, routes: Sequence[Sequence[Route]] | None = None
    ) -> None:  # fmt: skip
        """Begin worlds anew. seeds: [n] integers of 0 or more; which: [n] worlds, None for all.

        routes: for each world a route an agent; None draws them by the seeds. Weather and told lights stay as they are. Raises
        SuiteError where numbers do not match or a route has more lanes than `max_legs`.
        """
        keys = np.atleast_1d(np.asarray(seeds, dtype=np.int64))
        chosen = np.arange(self.num_worlds) if which is None else np.asarray(which, dtype=np.int64)
        if len(keys) != len(chosen) or (routes is not None and len(routes) != len(chosen)):
            raise SuiteError(f"{len(chosen)} worlds are to begin, with {len(keys)} seeds. Give one each.")
        if keys.min(initial=0) < 0:
            raise SuiteError(f"the seed {keys.min()} is negative; give 0 or more.")
        self._set_routes(keys, chosen, routes)
        options = self.options
        counts = np.array(
            [
                options.agents,
                options.vehicles,
                options.pedestrians,
                options.parked,
                options.bubble_m,
                options.judge_all,
            ],
            np.int64,
        )
        with noticed("the driving world's beginnings (about ten seconds)") if self._is_new else nullcontext():
            _begin(
                self.state, self.ground, keys, chosen, counts, int(options.model), np.float32(options.start_speed_mps)
            )

    def step(self, ticks: int = 1) -> None:
        """All worlds by so many ticks of 0.05 s. Events since the last call are kept in `State.event`."""
        self.state.world[:, NUM_EVENTS_NOW] = 0
        with noticed("the driving world (about half a minute)") if self._is_new else nullcontext():
            if self.num_worlds == 1:  # nothing to share, and asking takes a fifth of the step
                self._step(ticks, 0, 0, 1)
            else:
                share(
                    lambda part, begin, end: self._step(ticks, part, begin, end),
                    self.num_worlds,
                    max(_LEAST_TICKS // max(ticks, 1), 1),
                )
        self._is_new = False

    def _step(self, ticks: int, part: int, begin: int, end: int) -> None:
        step_worlds(self.state, self.ground, self.presence, self.push, ticks, part, begin, end)

    def events(self, world: int) -> list[Event]:
        """What happened in a world during the last step; at most MAX_EVENTS."""
        count = min(int(self.state.world[world, NUM_EVENTS_NOW]), MAX_EVENTS)
        return [
            Event(int(row[0]), EventKind(int(row[1])), int(row[2]), int(row[3]), *(float(value) for value in place))
            for row, place in zip(self.state.event[world, :count], self.state.event_place[world, :count], strict=True)
        ]

    def snapshot(self, which: Sequence[int] | None = None) -> State:
        """Copies of the rows of some worlds, None for all."""
        chosen = slice(None) if which is None else np.asarray(which)
        copies: list[Any] = [array[chosen].copy() for array in self.state]
        return State(*copies)

    def restore(self, snapshot: State, which: Sequence[int] | None = None) -> None:
        """Write rows back; what follows is what followed then, bit for bit."""
        chosen = slice(None) if which is None else np.asarray(which)
        arrays: list[Any] = list(self.state)
        for array, kept in zip(arrays, snapshot, strict=True):
            array[chosen] = kept

    def _set_routes(
        self, keys: NDArray[np.int64], chosen: NDArray[np.int64], routes: Sequence[Sequence[Route]] | None
    ) -> None:
        state, options = self.state, self.options
        state.legs[chosen] = -1
        if options.agents == 0:
            return
        if routes is None:
            if self.sampler is None:
                self.sampler = RouteSampler(self.map.graph, build_network(self.map.graph))
            # Each agent's route depends on the world's seed and on its own number.
            seeds = (keys[:, None] * 1_000_003 + np.arange(options.agents)).ravel()
            drawn = self.sampler.sample_routes(seeds, *options.route_m)
            lane, first = drawn.lane, drawn.first
            spans = np.stack([drawn.from_arc_m, drawn.to_arc_m], axis=1)
        else:
            flat = [route for own in routes for route in own]
            if any(len(own) != options.agents for own in routes):
                raise SuiteError(f"each world needs {options.agents} routes, one an agent.")
            first = np.cumsum([0, *(len(route.lane) for route in flat)])
            lane = np.concatenate([route.lane for route in flat])
            spans = np.concatenate([np.stack([route.from_arc_m, route.to_arc_m], axis=1) for route in flat])
        longest = int(np.diff(first).max())
        if longest > options.max_legs:
            raise SuiteError(
                f"a route follows {longest} lanes, the worlds have room for {options.max_legs}. Give WorldOptions(max_legs={longest})."
            )
        for n in range(len(first) - 1):
            w, agent = chosen[n // options.agents], n % options.agents
            legs = slice(int(first[n]), int(first[n + 1]))
            count = int(first[n + 1] - first[n])
            state.legs[w, agent, :count] = lane[legs]
            state.leg_span[w, agent, :count], state.leg_span[w, agent, count:] = spans[legs], 0.0
            state.leg_arc[w, agent, 0], state.leg_arc[w, agent, count + 1 :] = 0.0, 0.0
            state.leg_arc[w, agent, 1 : count + 1] = np.cumsum(spans[legs, 1] - spans[legs, 0])


@borrowing
def _begin(
    state: State,
    ground: Ground,
    seeds: np.ndarray,
    which: np.ndarray,
    counts: np.ndarray,
    model: int,
    speed: np.float32,
) -> None:
    """People worlds. counts: agents, vehicles, pedestrians, parked, bubble, judged."""
    for n in range(len(which)):
        w, seed = which[n], seeds[n]
        world = state.world[w]
        world[TICK], world[NEXT_ID], world[NUM_EVENTS_NOW] = 0, 0, 0
        world[SEED_LOW], world[SEED_HIGH] = seed & 0x7FFFFFFF, (seed >> 31) & 0x7FFFFFFF
        world[BUBBLE_M], world[JUDGED] = counts[4], counts[5]
        actors = state.body.shape[1]
        world[NUM_ACTORS] = actors
        for i in range(actors):
            clear_actor(state.body[w, i], state.mind[w, i], state.path[w, i], state.span[w, i])
            for k in range(state.controls.shape[2]):
                state.controls[w, i, k] = np.float32(0.0)
        for i in range(state.tally.shape[1]):
            for k in range(state.tally.shape[2]):
                state.tally[w, i, k] = 0
        slot = counts[0]
        for i in range(slot):
            begin_agent(state, ground, w, i, model, speed)
        for i in range(slot, slot + counts[3]):
            begin_parked(state, ground, w, i, actors)
        slot += counts[3]
        for i in range(slot, slot + counts[1]):
            begin_vehicle(state, ground, w, i, actors, np.float32(15.0), np.float32(0.95), TRIES)
        slot += counts[1]
        for i in range(slot, slot + counts[2]):
            begin_pedestrian(state, ground, w, i, actors, np.float32(5.0), np.float32(0.95), TRIES)
        for i in range(actors):
            for h in range(state.trail.shape[2]):
                there = state.mind[w, i, CONTROL] != NO_CONTROL
                state.trail[w, i, h, 0] = state.body[w, i, 0]
                state.trail[w, i, h, 1] = state.body[w, i, 1]
                state.trail[w, i, h, 2] = state.body[w, i, 2]
                state.trail[w, i, h, 3] = np.float32(state.mind[w, i, 0] + 1) if there else np.float32(0.0)
