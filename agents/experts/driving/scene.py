"""What a driver works on: a writable copy of one world, the lists of who is where, and the way to an action. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, called
from sim_suite.driving.dynamics.inverse import pedals_for
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS
from sim_suite.driving.traffic.presence import Presence, new_presence
from sim_suite.driving.world.lanes import length_of
from sim_suite.driving.world.layout import PATH
from sim_suite.driving.world.terrain import DRIVEN, FIRST_SUCCESSOR, DrivingMap, Terrain
from sim_suite.envs.driving.state import DrivingState

RUN_OUT_M: Final = np.float32(60.0)
"""Where no lane follows the goal the path goes on straight for so long, so that nobody brakes for a wall that is not there."""
_ZERO: Final = np.float32(0.0)
_ONE: Final = np.float32(1.0)


class Scene(NamedTuple):
    """Rows of one world, as in `State`, that may be written. A actors."""

    bodies: NDArray[np.float32]
    """[A, BODY]"""
    minds: NDArray[np.int32]
    paths: NDArray[np.int32]
    spans: NDArray[np.float32]
    lights: NDArray[np.int8]
    world: NDArray[np.int32]
    weather: NDArray[np.float32]
    control: NDArray[np.float32]
    """[3] Room for what the traffic model decides: wheel angle rad, acceleration m/s^2, gap m."""
    presence: Presence


class Scenes:
    """One scene for each map and number of actors; each is written anew for every decision."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], tuple[DrivingMap, Scene]] = {}

    def of(self, moment: DrivingState) -> Scene:
        """The scene that holds a copy of this moment, until the next call with the same map."""
        state, terrain = moment.world, moment.driving_map.ground.terrain
        key = id(terrain), state.body.shape[1]
        if key not in self._kept:
            presence = new_presence(1, state.body.shape[1], len(terrain.lane_f), len(terrain.crosswalk_f))
            self._kept[key] = (
                moment.driving_map,
                Scene(
                    state.body[0].copy(),
                    state.mind[0].copy(),
                    state.path[0].copy(),
                    state.span[0].copy(),
                    state.lights[0].copy(),
                    state.world[0].copy(),
                    state.weather[0].copy(),
                    np.zeros(3, np.float32),
                    presence,
                ),
            )
        scene = self._kept[key][1]
        np.copyto(scene.bodies, state.body[0])
        np.copyto(scene.minds, state.mind[0])
        np.copyto(scene.paths, state.path[0])
        np.copyto(scene.spans, state.span[0])
        np.copyto(scene.lights, state.lights[0])
        np.copyto(scene.world, state.world[0])
        np.copyto(scene.weather, state.weather[0])
        return scene


@called
def extend_path(terrain: Terrain, path: NDArray[np.int32], span: NDArray[np.float32]) -> None:
    """Let an agent's path go on behind the goal, along the first ways on; a driver then arrives at speed. path: [PATH]; span: [PATH, 2]."""
    if path[0] < 0:
        return
    for k in range(PATH):
        last = k == PATH - 1 or path[k + 1] < 0
        if not last:
            continue
        if k == PATH - 1:
            return
        lane, after = path[k], -1
        span[k, 1] = length_of(terrain, lane)
        for n in range(terrain.lane[lane, FIRST_SUCCESSOR], terrain.lane[lane + 1, FIRST_SUCCESSOR]):
            if after < 0 and terrain.lane[terrain.successor[n], DRIVEN] == 1:
                after = terrain.successor[n]
        if after < 0:
            span[k, 1] += RUN_OUT_M
            return
        path[k + 1] = after
        span[k + 1, 0], span[k + 1, 1] = _ZERO, length_of(terrain, after)


@borrowing
def write_action(
    kind: int,
    speed: np.float32,
    friction: np.float32,
    wheel: np.float32,
    accel: np.float32,
    action: NDArray[np.float32],
) -> None:
    """action: [2], steer and drive in [-1, 1]: what turns the wheels to `wheel` rad and gives `accel` m/s^2."""
    throttle, brake = pedals_for(kind, speed, accel, friction)
    action[0] = min(max(wheel / PARAMETERS[kind, MAX_WHEEL_RAD], -_ONE), _ONE)
    action[1] = throttle - brake
