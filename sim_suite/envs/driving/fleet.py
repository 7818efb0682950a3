"""Worlds on one map with an agent each: reset, step and judge them, without a word of Gymnasium. Source: ours.

The single environment is a fleet of one; the vector environment holds a fleet for each map.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.metrics.recorder import TripRecorder
from sim_suite.driving.metrics.report import score_trip
from sim_suite.driving.metrics.route_completion import route_completion
from sim_suite.driving.roads.routes.route import Route
from sim_suite.driving.roads.routes.stored import restore_route
from sim_suite.driving.sensors.camera.camera import Camera, Pictures
from sim_suite.driving.sensors.camera.camera_spec import camera_preset
from sim_suite.driving.sensors.camera.styles import style
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import preset, trail_length
from sim_suite.driving.sensors.vector_observation import observation_size
from sim_suite.driving.sensors.visibility import map_walls, see
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.driving.world.world import Event, World, WorldOptions
from sim_suite.envs.driving.carl import CARL_TERMS, CarlReward
from sim_suite.envs.driving.controls import WAYS, write_controls
from sim_suite.envs.driving.judging import EGO, Outcome, begin, judge, new_outcome
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.envs.driving.population import Roads, driving_map, roads_around, world_options
from sim_suite.envs.driving.rewards import TERMS, weights_of
from sim_suite.envs.driving.route_finder import RouteFinder
from sim_suite.envs.driving.sensing import Sensing
from sim_suite.envs.driving.state import DrivingState, driving_state
from sim_suite.envs.driving.tracker import NUM_WAYPOINTS
from sim_suite.envs.driving.weather import WEATHERS
from sim_suite.errors import SuiteError

ACTION_NUMBERS: Final[Mapping[str, int]] = MappingProxyType(
    {"continuous": 2, "discrete": 1, "waypoints": 2 * NUM_WAYPOINTS}
)
COUNTS: Final[Mapping[str, int]] = MappingProxyType({
    "collisions_pedestrian": col.TALLY_PEDESTRIAN,
    "collisions_vehicle": col.TALLY_VEHICLE,
    "collisions_other": col.TALLY_OTHER,
    "off_road": kinds.OFF_ROAD,
    "wrong_way": kinds.WRONG_WAY,
    "red_lights": kinds.RED_LIGHT,
    "stop_signs": kinds.STOP_SIGN,
    "speeding": kinds.SPEEDING,
    "lane_invasions": kinds.LANE_INVASION,
    "route_deviation": kinds.ROUTE_DEVIATION,
    "blocked": kinds.BLOCKED,
    "route_done": kinds.ROUTE_DONE,
})  # fmt: skip
"""Columns of `State.tally` that every episode's metrics count."""


class Fleet:
    """W worlds on one map."""

    def __init__(
        self,
        map_name: str,
        worlds: int,
        options: DrivingOptions,
        limit_ticks: int,
        make_world: Callable[[DrivingMap, int, WorldOptions], World] = World,
    ) -> None:
        """limit_ticks: after which an episode is truncated; make_world: what steps them, for worlds that are stepped elsewhere."""
        self.name, self.map = map_name, driving_map(map_name)
        self.options = options
        self._limit_ticks = limit_ticks
        spec = preset(options.raster) if options.observation in ("raster", "both") else None
        self._trail = 0 if spec is None else trail_length(spec)
        self._roads: dict[float, Roads] = {}
        self._finder = RouteFinder(self.map)
        self.world = make_world(self.map, worlds, self._world_options(options))
        self.state = self.world.state
        self._terrain = self.map.ground.terrain
        numbers = 0 if options.observation in ("raster", "camera", "sensors") else observation_size(options.others)
        self.outcome: Outcome = new_outcome(worlds, options.actors, numbers)
        """Of the last step or reset; overwritten by the next."""
        self._walls = map_walls(self.map) if options.occlusion else None
        self.raster: NDArray[np.uint8] | None = None
        """[W, C, H, W'] likewise."""
        self._rasteriser: Rasteriser | None = None
        if spec is not None:
            self._rasteriser = Rasteriser(self.map, spec)
            self.raster = np.zeros((worlds, *spec.shape), np.uint8)
        self._camera: Camera | None = None
        self.pictures: Pictures | None = None
        """Of the camera, likewise."""
        if options.observation == "camera":
            self._camera = Camera(self.map, camera_preset(options.camera), styles=[style(options.style)])
            self.pictures = self._camera.new_pictures(worlds)
        self._sensing = Sensing(map_name, self.map, worlds, options) if options.observation == "sensors" else None
        self.actions = np.zeros((worlds, ACTION_NUMBERS[options.action]), np.float32)
        """[W, n] To be written before a step, in the action space."""
        self._way = WAYS[options.action]
        self._weights = weights_of(options.weights)
        self._end_bits = options.end_bits
        self._carl = CarlReward(worlds, options.ticks_per_step) if options.reward == "carl" else None
        self.terms: NDArray[np.float32] = self.outcome.terms if self._carl is None else self._carl.terms
        """[W, n] What the reward of the last step is made of, by `term_names`; overwritten by the next."""
        self.term_names = tuple(TERMS if self._carl is None else CARL_TERMS)
        self._recorders: list[TripRecorder] | None = None
        if options.metrics == "all":
            self._recorders = [TripRecorder(self.map.ground, world=w, agent=EGO) for w in range(worlds)]

    def reset(
        self,
        which: NDArray[np.int64],
        seeds: NDArray[np.int64],
        options: DrivingOptions,
        numbers: Sequence[int] = (),
        arrange: Callable[[], None] | None = None,
    ) -> None:
        """Begin episodes in some worlds. which: [n] indices; seeds: [n] of 0 or more; numbers: [n] of stored routes, if there are any;
        arrange: as `begin`."""
        routes: list[list[Route]] | None = None
        if numbers:
            routes = [[restore_route(self.map.graph, options.stored_routes[number])] for number in numbers]
        elif options.start is not None and options.goal is not None:
            routes = [[self._finder.find(options.start, options.goal)]] * len(which)
        self.begin(which, seeds, options, routes, arrange)

    def begin(
        self,
        which: NDArray[np.int64],
        seeds: NDArray[np.int64],
        options: DrivingOptions,
        routes: list[list[Route]] | None,
        arrange: Callable[[], None] | None = None,
    ) -> None:
        """Begin episodes on given routes, None for drawn ones. arrange: called before anybody looks, to put others into the worlds."""
        self.world.options = self._world_options(options)
        self.state.weather[which] = WEATHERS[options.weather]
        self.world.reset(seeds, which, routes)
        if arrange is not None:
            arrange()
        if self._sensing is not None:
            self._sensing.begin(self.state)
        self._look(which)
        begin(self.state, self._terrain, which, self.outcome)
        if self._carl is not None:
            self._carl.begin(self.state, which)
        self._draw(which)
        if self._recorders is not None:
            for w in which.tolist():
                self._recorders[w] = TripRecorder(self.map.ground, world=w, agent=EGO)
                self._recorders[w].observe(self.state)

    def step(
        self,
        on_tick: Callable[[list[Event]], None] | None = None,
        before_tick: Callable[[], None] | None = None,
    ) -> None:
        """Step all worlds by `ticks_per_step`. on_tick: called after each tick with the events of world 0, to draw or judge between;
        before_tick: called before each, to move whom the world does not."""
        state, ticks = self.state, self.options.ticks_per_step
        write_controls(state, EGO, self._way, self.actions)
        if self._sensing is not None:
            self._sensing.before_step(state)
        happened: list[Event] | None = None
        if on_tick is None and before_tick is None:
            self.world.step(ticks)
        else:
            happened = []
            for _ in range(ticks):
                if before_tick is not None:
                    before_tick()
                self.world.step(1)
                events = self.world.events(0)
                happened += events
                if on_tick is not None:
                    on_tick(events)
        if self._sensing is not None:
            self._sensing.after_step(state)
        self._look()
        judge(state, self._terrain, ticks, self._weights, self._end_bits, self._limit_ticks, self.outcome)
        if self._carl is not None:
            self._carl.judge(state, self.map.ground, self.outcome)
        self._draw(None)
        if self._recorders is not None:
            for w, recorder in enumerate(self._recorders):
                recorder.observe(state, self.world.events(w) if happened is None else happened)

    def observation(self, w: int) -> Any:
        """A copy of what the agent of world w observes, as the observation space has it."""
        if self._sensing is not None:
            return self._sensing.observation(self.state, w)
        if self.pictures is not None:
            return self.pictures.rgb[w, 0].copy()
        if self.raster is None:
            return self.outcome.observation[w].copy()
        if self.options.observation == "raster":
            return self.raster[w].copy()
        return {"raster": self.raster[w].copy(), "vector": self.outcome.observation[w].copy()}

    def metrics(self, w: int) -> dict[str, float]:
        """What became of the episode of world w so far: `COUNTS`, and all metrics where the trip is recorded."""
        tally = self.state.tally[w, EGO]
        found = {name: float(tally[column]) for name, column in COUNTS.items()}
        length = self.route_length_m(w)
        found["route_completion"] = route_completion(float(self.state.body[w, EGO, col.ROUTE_ARC]), length)
        return found if self._recorders is None else found | score_trip(self._recorders[w].finish())

    def metrics_of(self, which: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
        """`metrics` of some worlds, [M] each. which: [M] their indices."""
        rows = [self.metrics(w) for w in which.tolist()]
        return {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """All that steps to come depend on, by name: the arrays themselves. Raises `SuiteError` where trips are recorded."""
        if self._recorders is not None:
            raise SuiteError(
                'trips that are recorded (metrics="all") cannot be taken up in their midst. Take "counts".'
            )
        kept = {name: array for name, array in self.state._asdict().items() if array.size}
        kept |= {name: getattr(self.outcome, name) for name in ("observation", "memory", "visible")}
        return kept if self._carl is None else kept | {"carl": self._carl.memory}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write rows back. Raises `SuiteError` where they are of other worlds."""
        own = self.snapshot()
        fits = own.keys() == arrays.keys() and all(
            (array.shape, array.dtype) == (arrays[name].shape, arrays[name].dtype) for name, array in own.items()
        )
        if not fits:
            raise SuiteError(
                f"that snapshot is of other worlds than these {self.world.num_worlds} on {self.name!r}: "
                f"restore it into an environment with the same options."
            )
        for name, array in own.items():
            array[...] = arrays[name]
        self._draw(None)

    def read_state(self, w: int) -> DrivingState:
        """The whole truth of world w."""
        return driving_state(self.state, w, self.map, EGO, self.options.ticks_per_step)

    def route_length_m(self, w: int) -> float:
        """Of the agent of world w."""
        legs = int((self.state.legs[w, EGO] >= 0).sum())
        return float(self.state.leg_arc[w, EGO, legs])

    def route_lengths_m(self) -> NDArray[np.float64]:
        """[W] Of the agents of all worlds."""
        legs = (self.state.legs[:, EGO] >= 0).sum(axis=1)
        lengths: NDArray[np.float64] = self.state.leg_arc[np.arange(len(legs)), EGO, legs].astype(np.float64)
        return lengths

    def _world_options(self, options: DrivingOptions) -> WorldOptions:
        if options.bubble_m not in self._roads:
            self._roads[options.bubble_m] = roads_around(self.name, options.bubble_m)
        return world_options(options, self._roads[options.bubble_m], trail=self._trail, slots=self.options.actors)

    def _look(self, which: NDArray[np.int64] | None = None) -> None:
        if self._walls is not None:
            see(self.state, self._walls, self.outcome.visible, which)

    def _draw(self, which: NDArray[np.int64] | None) -> None:
        if self._camera is not None and self.pictures is not None:
            self._photograph(self._camera, self.pictures, which)
        if self._rasteriser is None or self.raster is None:
            return
        if which is None or len(which) == len(self.raster):
            self._rasteriser.draw(self.state, self.raster[:, None], visible=self.outcome.visible)
            return
        rows = np.empty((len(which), 1, *self.raster.shape[1:]), np.uint8)
        self._rasteriser.draw(self.state, rows, which=which.astype(np.int32), visible=self.outcome.visible[which])
        self.raster[which] = rows[:, 0]

    def _photograph(self, camera: Camera, pictures: Pictures, which: NDArray[np.int64] | None) -> None:
        if which is None or len(which) == len(pictures.rgb):
            camera.draw(self.state, pictures)
            return
        some = camera.new_pictures(len(which))
        camera.draw(self.state, some, which=which.astype(np.int32))
        pictures.rgb[which] = some.rgb
