"""Driving by Gymnasium's interface: one car on a route through traffic. Source: ours; ends after the CARLA leaderboard."""

from __future__ import annotations

import math
from typing import Any, Final

import gymnasium as gym
import numpy as np
from gymnasium.utils import EzPickle
from numpy.typing import NDArray

from sim_suite.driving.world import layout as col
from sim_suite.driving.world.layout import State
from sim_suite.envs.driving.fleet import Fleet
from sim_suite.envs.driving.judging import EGO, TERMINATED, TRUNCATED
from sim_suite.envs.driving.options import DrivingOptions, driving_options
from sim_suite.envs.driving.showing import RENDER_MODES, Showing
from sim_suite.envs.driving.spaces import action_space, observation_space
from sim_suite.envs.driving.state import DrivingState
from sim_suite.errors import SuiteError

FIRST: Final = np.zeros(1, np.int64)
"""The one world, among those of a fleet."""
SEEDS: Final = 2**40
"""Episodes' seeds are below this."""


def route_number(seed: int | None, count: int, random: np.random.Generator) -> int:
    """Which of `count` stored routes an episode drives: by its seed, or drawn where it has none of its own."""
    return int(random.integers(count)) if seed is None else seed % count


class DrivingEnv(gym.Env[Any, Any], EzPickle):
    """
    ## Description
    Drive a car along a route through a town, with other traffic, pedestrians, traffic lights and the rules of the road. Every
    episode has a new route and new traffic, drawn from its seed. One step is 0.1 s: two ticks of the world.

    World frame: x east, y north, yaw counter-clockwise, metres, radians. Vehicle's frame: x ahead, y to the left.

    ## Action Space
    `action="continuous"`, a `Box` of two float32:

    | Index | Action | Range | Meaning |
    |---|---|---|---|
    | 0 | steer | -1 .. 1 | share of the largest wheel angle; +1 is full left |
    | 1 | drive | -1 .. 1 | from 0 on throttle, below 0 brake |

    `action="discrete"`, `Discrete(35)`: number = 7 * row + column; steer 0.6, 0.2, 0.05, 0, -0.05, -0.2, -0.6 by column, drive
    -1, -0.3, 0, 0.3, 0.8 by row. 17 rolls straight on.

    `action="waypoints"`, a `Box` of eight float32 in -1 .. 1: x and y of where the car shall be 0.5, 1, 1.5 and 2 s later,
    vehicle's frame, in units of 60 m. A pure-pursuit tracker drives through them at the speed that their spacing gives.

    ## Observation Space
    `observation="vector"`, a `Box` of 72 + 16 * others (200) float32, all in -1 .. 1. What is farther than a scale is cut.

    | Index | Number | Scale | Unit |
    |---|---|---|---|
    | 0 | speed along the velocity, negative in reverse | 30 | m/s |
    | 1 | acceleration | 10 | m/s^2 |
    | 2 | wheel angle, left positive | 1 | rad |
    | 3 | yaw rate | 1.5 | rad/s |
    | 4 | slip, from heading to velocity | 1 | rad |
    | 5 | steering command | 1 | |
    | 6 | drive command | 1 | |
    | 7 | lateral offset from the route, left positive | 5 | m |
    | 8 | heading error against the route | pi | rad |
    | 9 | speed limit | 30 | m/s |
    | 10 | speed limit minus speed | 10 | m/s |
    | 11 | route that is left | 200 | m |
    | 12 | 1 on a lane, else 13 to 18 are 0 | | |
    | 13 | centre to the lane's left border | 5 | m |
    | 14 | centre to the lane's right border | 5 | m |
    | 15 | lane to the left that runs the same way: 1 changes allowed, 0.5 not, 0 none | | |
    | 16 | lane to the right, likewise | | |
    | 17 | 1 where oncoming traffic is beside | | |
    | 18 | 1 in a junction | | |
    | 19 | front to the next junction of the path, 1 where none is near | 100 | m |
    | 20 | by how much the way through it turns, left positive | pi | rad |
    | 21 | front to the next stop line, 1 where none is near | 100 | m |
    | 22 | its light is green | | |
    | 23 | its light is yellow | | |
    | 24 | its light is red | | |
    | 25 | it is that of a stop sign | | |
    | 26 | the car has stood there | | |
    | 27 | it is that of a give-way sign | | |
    | 28 | front to the next crosswalk, 1 where none is near | 100 | m |
    | 29 | friction of the road | 1 | |
    | 30 | visibility | 300 | m |
    | 31 | darkness, 0 noon to 1 night | 1 | |

    Then the route 2, 5, 10, 15, 20, 30, 40, 50, 65 and 80 m ahead, four numbers each from index 32 on: x / 80 m, y / 80 m,
    curvature / 0.1 per m, the speed that bends allow there / 30 m/s.

    Then the nearest `others` actors within 80 m and sight, sixteen numbers each from index 72 on, zeros where there are
    fewer: 1, x / 80 m, y / 80 m, cosine and sine of the relative heading, relative velocity x and y / 30 m/s, length / 20 m,
    width / 4 m, 1 for a motor vehicle, for a bicycle, for a pedestrian, for a parked car or obstacle, then its brake lights, left
    and right indicator.

    `observation="raster"`: `Box(0, 255, (C, H, W), uint8)`, the map seen from above, heading up, as the preset `raster` says
    (`sim_suite.driving.sensors.raster.raster_spec`). `observation="both"`: `Dict` of "raster" and "vector".

    `observation="camera"`: `Box(0, 255, (H, W, 3), uint8)`, what a camera on the car sees, as the preset `camera` says
    (`sim_suite.driving.sensors.camera.camera_spec`), in the light and weather of `style` (`sim_suite.driving.sensors.camera.styles`).

    `observation="sensors"`: `Dict` of pictures by the cameras of `rig` ([M, H, W, 3] uint8 by group), "navigation" (10 float64: readings of
    receiver, compass, wheels and inertial unit, with their errors), "route" ([R, 3] float32: lane, from, to) and "map" (its name);
    `sim_suite.envs.driving.sensing` says what is what.

    `read_state()` gives the whole truth (`DrivingState`), for planners and experts.

    ## Rewards
    The sum of the terms of `sim_suite.envs.driving.rewards` times their weights: 0.1 for each metre of the route, 10 at its end;
    costs for collisions, red lights, stop signs, leaving the road, the wrong way, speeding, harshness and more. Each step has
    all terms in `info["terms"]`.

    `reward="carl"`, after Jaeger et al. 2025 (arXiv:2504.17838): per cent of the route gained, times factors of at most 1 for
    speeding, comfort, time to collision and the lane, less 1 at a collision or a red light; `sim_suite.envs.driving.carl` has
    the terms.

    ## Starting State
    The car stands in the middle of its lane at the start of the route; traffic is moving.

    ## Episode End
    Terminated at the end of the route, when the car leaves the route for good, and when it has stood for 180 s; further events
    can be named in `ends`; with `reward="carl"` also at a collision, a red light or a stop sign that was run, and off the road.
    Collisions are counted and end nothing by default, as in the CARLA leaderboard. Truncated after
    `limit_ticks`, 3,000 steps by default. The last step's `info["metrics"]` says what became of the episode: route completion and
    how often what happened; with `metrics="all"` CARLA's and nuPlan's driving scores and more.

    ## Arguments
    Those of `sim_suite.envs.driving.options.DrivingOptions` by keyword, and

    * `render_mode`: None, "rgb_array" (a picture of 640 x 480), "rgb_array_list" (those of all ticks since the last call) or
      "human" (a window, in real time).

    `reset(options=...)` takes map, vehicles_per_km, pedestrians_per_km, parked_per_km, bubble_m, weather, route_m, start, goal
    for this and no later episode.

    ## Version History
    * v0: first version.
    """

    metadata: dict[str, Any] = {"render_modes": list(RENDER_MODES), "render_fps": 10}  # noqa: RUF012  # as Gymnasium has it

    def __init__(self, render_mode: str | None = None, **options: Any) -> None:
        self._showing = Showing(render_mode)
        EzPickle.__init__(self, render_mode, **options)
        self.options = self._read(options)
        self.render_mode = render_mode
        self.metadata = self._showing.metadata(self.options.ticks_per_step)
        self.observation_space = observation_space(self.options)
        self.action_space = action_space(self.options)
        self._fleets: dict[str, Fleet] = {}
        self._fleet = self._first_fleet()
        self._is_running = False

    @property
    def speed_mps(self) -> float:
        """Of the car, negative in reverse."""
        return float(self._fleet.state.body[0, EGO, col.SPEED])

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode. `options`: see Arguments."""
        super().reset(seed=seed)
        chosen = self.options.changed(options)
        maps, stored, numbers = chosen.maps, chosen.stored_routes, []
        if stored:
            numbers = [route_number(seed, len(stored), self.np_random)]
            name = stored[numbers[0]].map
        else:
            name = maps[0] if len(maps) == 1 else maps[int(self.np_random.integers(len(maps)))]
        fleet = self._fleet = self._fleet_on(name)
        self._begin(fleet, self.np_random.integers(SEEDS, size=1), chosen, numbers)
        self._is_running = True
        self._showing.begin(fleet)
        return self._fleet.observation(0), {"route_m": fleet.route_length_m(0)}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Drive for `ticks_per_step`. Raises `SuiteError` for an action of another shape, or one that is not finite."""
        fleet = self._fleet
        if not self._is_running:
            raise SuiteError("no episode is going on. Call reset first.")
        fleet.actions[0] = checked_action(action, self.action_space, fleet)
        self._advance(fleet)
        outcome = fleet.outcome
        reward, end = float(outcome.reward[0]), int(outcome.end[0])
        self._showing.score += reward
        info: dict[str, Any] = {"terms": dict(zip(fleet.term_names, fleet.terms[0].tolist(), strict=True))}
        if end:
            info["metrics"] = fleet.metrics(0)
            self._is_running = False
        return self._fleet.observation(0), reward, end & TERMINATED != 0, end & TRUNCATED != 0, info

    def metrics(self) -> dict[str, float]:
        """What became of the episode so far; the last step has it in `info["metrics"]`."""
        return self._fleet.metrics(0)

    def read_state(self) -> DrivingState:
        """The whole truth of this moment."""
        return self._fleet.read_state(0)

    @property
    def live_state(self) -> State:
        """The world's own arrays, which the next step overwrites; for recorders, who must not write into them."""
        return self._fleet.state

    @property
    def map_name(self) -> str:
        """Of the present episode's map."""
        return self._fleet.name

    def render(self) -> Any:
        """The present picture, uint8 [H, W, 3] RGB; in mode "rgb_array_list" those since the last call."""
        return self._showing.render(self._fleet)

    def close(self) -> None:
        """Close the window, where there is one."""
        self._showing.close()

    def _first_fleet(self) -> Fleet:
        return self._fleet_on(self.options.maps[0])

    def _read(self, options: dict[str, Any]) -> DrivingOptions:
        return driving_options(options)

    def _begin(self, fleet: Fleet, seed: NDArray[np.int64], options: DrivingOptions, numbers: list[int]) -> None:
        fleet.reset(FIRST, seed, options, numbers)

    def _advance(self, fleet: Fleet) -> None:
        fleet.step(None if self.render_mode is None else lambda events: self._showing.show(fleet, events))

    def _fleet_on(self, name: str) -> Fleet:
        if name not in self._fleets:
            self._fleets[name] = Fleet(name, 1, self.options, self.options.limit_ticks)
        return self._fleets[name]


def checked_action(action: Any, space: gym.Space[Any], fleet: Fleet) -> Any:
    """An action as a fleet takes it. Raises `SuiteError` for one of another shape, or that is not finite."""
    if fleet.options.action == "discrete":
        if not space.contains(action):
            raise SuiteError(f"action {action!r} is not in {space}: give a whole number from 0 to 34.")
        return action
    values, numbers = np.asarray(action, np.float32), fleet.actions.shape[1]
    if values.shape != (numbers,) or not all(map(math.isfinite, values.tolist())):
        raise SuiteError(f"an action is {numbers} finite numbers in [-1, 1], not {action!r}.")
    return values
