"""Everything that can be chosen about a driving task, checked once. Source: ours.

The same names serve as keyword arguments of the environment, where they shape spaces and load maps, and in
`reset(options=...)`, where those of RESET_NAMES change what the next episodes are like.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar

from sim_suite.driving.roads.maps import find_map
from sim_suite.driving.roads.routes.stored import StoredRoute, read_routes
from sim_suite.driving.sensors.camera.camera_spec import camera_preset
from sim_suite.driving.sensors.camera.rig import rig
from sim_suite.driving.sensors.camera.styles import style
from sim_suite.driving.sensors.navigation.positioning import positioning
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.world.kinds import EventKind
from sim_suite.envs.driving.rewards import weights_of
from sim_suite.envs.driving.weather import WEATHERS
from sim_suite.errors import SuiteError, UnknownNameError

ObservationName = Literal["vector", "raster", "both", "camera", "sensors"]
ActionName = Literal["continuous", "discrete", "waypoints"]
MetricsName = Literal["all", "counts"]
ModelName = Literal["kinematic", "single_track"]
RewardName = Literal["terms", "carl"]
OBSERVATIONS: Final = ("vector", "raster", "both", "camera", "sensors")
ACTIONS: Final = ("continuous", "discrete", "waypoints")
MODELS: Final = ("kinematic", "single_track")
METRICS: Final = ("all", "counts")
REWARDS: Final = ("terms", "carl")
ENDS: Final = tuple(kind.name.lower() for kind in EventKind)
"""Names of the events that can end an episode."""
RESET_NAMES: Final = frozenset({
    "map", "vehicles_per_km", "pedestrians_per_km", "parked_per_km", "bubble_m", "weather", "route_m", "start", "goal",
    "limit_ticks",
})  # fmt: skip
"""What `reset(options=...)` may change."""


@dataclass(frozen=True)
class DrivingOptions:
    """A driving task. Lists are taken for tuples, so that options travel as JSON and TOML."""

    map: str | tuple[str, ...] = "town_1km"
    """Map by name or path, or several. One environment draws the map of each episode from them,
    world i of a vector environment keeps map i modulo their number. On `reset`: one of them."""
    actors: int = 16
    """Slots for actors in a world, the agent's own among them, 1 to 1024: no more are ever there at a time."""
    vehicles_per_km: float = 15.0
    """Moving vehicles a kilometre of driving lanes, 0 to 100, as far as there are slots."""
    pedestrians_per_km: float = 5.0
    """Pedestrians a kilometre of sidewalk, 0 to 100, likewise."""
    parked_per_km: float = 0.0
    """Parked vehicles a kilometre of driving lanes, 0 to 100, likewise."""
    bubble_m: float = 120.0
    """Traffic lives within this of the agent, metres, 20 to 1000; 0: on all of the map."""
    weather: str = "clear"
    """A name of `weather.WEATHERS`."""
    route_m: tuple[float, float] = (200.0, 400.0)
    """Least and greatest length of the routes that are drawn, metres, 20 to 100,000."""
    start: tuple[float, float] | None = None
    """x, y of where the route begins, metres in the map's frame, on the nearest driving lane; None: drawn."""
    goal: tuple[float, float] | None = None
    """x, y of where it ends; needs `start`, and `start` needs it."""
    routes: str | None = None
    """A file of stored routes (`sim_suite.driving.roads.routes.stored`), by name or path: the episode of seed s drives number
    s modulo their number, on its map. `map`, `route_m`, `start` and `goal` do not count then."""
    model: ModelName = "kinematic"
    """How the vehicle moves: kinematic bicycle, or single-track model with tyre limits."""
    observation: ObservationName = "vector"
    """vector: numbers; raster: the drawn map; both: a dictionary of the two; camera: the picture of a camera on the car;
    sensors: what a car really has (`sensing.py`)."""
    others: int = 8
    """How many of the nearest actors the vector tells of, 0 to 64."""
    raster: str = "small"
    """Preset of the raster (`sim_suite.driving.sensors.raster.raster_spec`)."""
    camera: str = "front"
    """Preset of the camera (`sim_suite.driving.sensors.camera.camera_spec`)."""
    style: str = "noon"
    """Light and weather that cameras see (`sim_suite.driving.sensors.camera.styles`); the road is what `weather` makes of it."""
    rig: str = "car"
    """Of the sensors: which cameras (`sim_suite.driving.sensors.camera.rig`)."""
    positioning: str = "rtk"
    """Of the sensors: which satellite receiver, rtk or gnss (`sim_suite.driving.sensors.navigation.positioning`)."""
    occlusion: bool = True
    """Whether actors that are hidden behind others or buildings are left out of what the agent observes."""
    action: ActionName = "continuous"
    """continuous: [steer, drive]; discrete: a grid of both; waypoints: points that a built-in tracker drives through."""
    ticks_per_step: int = 2
    """Ticks of 0.05 s for which an action holds, 1 to 20."""
    limit_ticks: int = 6000
    """Ticks after which an episode is truncated, 1 to 10^9: 300 s, the registration's 3,000 steps. For longer episodes give
    `gymnasium.make` a larger `max_episode_steps` too."""
    metrics: MetricsName = "counts"
    """What the last step's `info["metrics"]` holds. counts: how far it came and how often what happened; all: the driving scores
    of CARLA and nuPlan and every other metric of `sim_suite.driving.metrics` too, for which trips are recorded (10 us a step, 10
    to 40 ms at the end of an episode)."""
    ends: tuple[str, ...] = ("route_done", "route_deviation", "blocked")
    """Events that terminate an episode, by the lower-case names of `EventKind`; collisions do not by default, as in the CARLA
    leaderboard. Leaving the map is a route deviation."""
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Weights of reward terms other than those of `rewards.WEIGHTS`; the reward "carl" has none."""
    reward: RewardName = "terms"
    """terms: the sum of `rewards.TERMS` times their weights; carl: route completion times factors (`carl.py`), and an episode ends with
    a collision, a red light or a stop sign that was run, and off the road, whatever `ends` says."""

    def __post_init__(self) -> None:
        if not isinstance(self.map, str):
            object.__setattr__(self, "map", tuple(self.map))
        if not self.map:
            raise SuiteError("map names no map. Give one name of `sim-suite maps list`, or several.")
        if self.routes is not None:
            read_routes(self.routes)
        self._check_maps()
        preset(self.raster)
        camera_preset(self.camera)
        style(self.style)
        rig(self.rig)
        positioning(self.positioning)
        for name in ("vehicles_per_km", "pedestrians_per_km", "parked_per_km"):
            _in_range(name, getattr(self, name), 0.0, 100.0)
        if self.bubble_m != 0.0:
            _in_range("bubble_m", self.bubble_m, 20.0, 1000.0)
        _whole("actors", self.actors, 1, 1024)
        _whole("others", self.others, 0, 64)
        _whole("ticks_per_step", self.ticks_per_step, 1, 20)
        _whole("limit_ticks", self.limit_ticks, 1, 10**9)
        if self.weather not in WEATHERS:
            raise UnknownNameError("weather", str(self.weather), WEATHERS)
        for name, known in (
            ("observation", OBSERVATIONS), ("action", ACTIONS), ("model", MODELS), ("metrics", METRICS), ("reward", REWARDS)
        ):  # fmt: skip
            if getattr(self, name) not in known:
                raise UnknownNameError(name, str(getattr(self, name)), known)
        object.__setattr__(self, "route_m", _pair("route_m", self.route_m))
        _in_range("route_m", self.route_m[0], 20.0, 1e5)
        _in_range("route_m", self.route_m[1], self.route_m[0], 1e5)
        if (self.start is None) != (self.goal is None):
            raise SuiteError("start and goal belong together: give both as (x, y), or none.")
        for name in ("start", "goal"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _pair(name, getattr(self, name)))
        if not isinstance(self.occlusion, bool):
            raise SuiteError(f"occlusion must be True or False, not {self.occlusion!r}.")
        for end in self.ends:
            if end not in ENDS:
                raise UnknownNameError("event", str(end), ENDS)
        object.__setattr__(self, "ends", tuple(self.ends))
        weights_of(self.weights)
        if self.weights and self.reward != "terms":
            raise SuiteError(
                f"weights belong to the reward 'terms', not to {self.reward!r}: leave out {', '.join(self.weights)}."
            )
        object.__setattr__(self, "weights", MappingProxyType(dict(self.weights)))

    def _check_maps(self) -> None:
        for name in self.maps:
            find_map(name)

    @property
    def maps(self) -> tuple[str, ...]:
        """All of `map`, or of the stored routes, in the order in which they are first met."""
        if self.routes is not None:
            return tuple(dict.fromkeys(route.map for route in self.stored_routes))
        return (self.map,) if isinstance(self.map, str) else self.map

    @property
    def stored_routes(self) -> tuple[StoredRoute, ...]:
        """Those of `routes`; none without a file."""
        return () if self.routes is None else read_routes(self.routes)

    @property
    def end_bits(self) -> int:
        """The events of `ends` as bits: bit k for EventKind k."""
        return sum(1 << ENDS.index(end) for end in set(self.ends))

    def changed(self, changes: Mapping[str, Any] | None) -> DrivingOptions:
        """These options with the changes of a `reset`. Raises `UnknownNameError` for what a reset cannot change."""
        if not changes:
            return self
        for name in changes:
            if name not in RESET_NAMES:
                raise UnknownNameError(
                    "option of reset", str(name), RESET_NAMES, "The others are arguments of the environment."
                )
        new = replace(self, **changes)
        for name in new.maps:
            if name not in self.maps:
                raise UnknownNameError("map", name, self.maps, "A reset chooses among the maps of the environment.")
        return new


Options = TypeVar("Options", bound=DrivingOptions)


def driving_options(arguments: Mapping[str, Any]) -> DrivingOptions:
    """Options by name. Raises `UnknownNameError` with the nearest name for one that does not exist."""
    return options_of(DrivingOptions, arguments)


def options_of(kind: type[Options], arguments: Mapping[str, Any]) -> Options:
    """As `driving_options`, of a task that has more."""
    known = {one.name for one in fields(kind)}
    for name in arguments:
        if name not in known:
            raise UnknownNameError("driving option", str(name), known)
    return kind(**arguments)


def _in_range(name: str, value: Any, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SuiteError(f"{name} must be a number from {low:g} to {high:g}, not {value!r}.")


def _whole(name: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SuiteError(f"{name} must be a whole number from {low} to {high}, not {value!r}.")


def _pair(name: str, value: Any) -> tuple[float, float]:
    try:
        first, second = (float(one) for one in value)
    except (TypeError, ValueError):
        raise SuiteError(f"{name} must be two numbers, not {value!r}.") from None
    if not (math.isfinite(first) and math.isfinite(second)):
        raise SuiteError(f"{name} must be two finite numbers, not {value!r}.")
    return first, second
