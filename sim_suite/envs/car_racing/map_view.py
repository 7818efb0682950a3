"""CarRacing as a driver with a map sees it: a top-down raster about the car (map_raster.py), and the car's instruments. Source: ours.

Both are the simulator's truth, and more than its frame shows: whoever looks at them is marked as privileged.
"""

from __future__ import annotations

from typing import Any, Final

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.raster.raster_spec import preset, trail_length
from sim_suite.driving.world.layout import YAW, X, Y
from sim_suite.envs.car_racing.map_raster import PRESET, ROW_STEPS, TrackRasteriser, car_bodies, read_track, tile_at
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.car_racing.state import CarRacingState
from sim_suite.envs.views import View

INSTRUMENTS: Final = (
    "forward_mps",
    "left_mps",
    "yaw_rate_rps",
    "steer_rad",
    "front left",
    "front right",
    "rear left",
    "rear right",
)
"""Numbers of the vector; the last four are angular speeds of the wheels."""
SCALES: Final = np.array([100.0, 100.0, 10.0, 0.5, 200.0, 200.0, 200.0, 200.0], np.float32)
"""By which they are divided before they are cut to [-1, 1]. Box2D moves no body faster than 100 m/s: wheels of 0.54 m turn at 185 rad/s."""


def instruments(state: CarRacingState) -> NDArray[np.float32]:
    """[8] float32 in [-1, 1]: `INSTRUMENTS` over `SCALES`."""
    values = (state.forward_mps, state.left_mps, state.yaw_rate_rps, state.steer_rad, *state.wheel_omega_rps)
    found: NDArray[np.float32] = np.clip(np.array(values, np.float32) / SCALES, -1.0, 1.0)
    return found


class MapView(gym.Wrapper[Any, Any, Any, Any]):
    """Hands out "raster" uint8 [C, H, W], or with "vector" float32 [8] the two as a dictionary, in place of the frame."""

    def __init__(self, env: gym.Env[Any, Any], view: View) -> None:
        """view: of kind raster or both. Raises `UnknownNameError` for a preset with channels that this world has not."""
        super().__init__(env)
        spec = preset(view.raster or PRESET)
        self._rasteriser, self._is_both = TrackRasteriser(spec), view.kind == "both"
        raster = gym.spaces.Box(0, 255, spec.shape, np.uint8)
        vector = gym.spaces.Box(-1.0, 1.0, (len(INSTRUMENTS),), np.float32)
        self.observation_space = gym.spaces.Dict({"raster": raster, "vector": vector}) if self._is_both else raster
        self._shape = spec.shape
        self._body, _ = car_bodies(1)
        self._trail = np.ones((1, 1, max(trail_length(spec), 1), 4), np.float32)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Reset, then look."""
        _, info = self.env.reset(seed=seed, options=options)
        self._tracks = read_track(self.env.unwrapped)
        self._poses: list[tuple[float, float, float]] = []
        self._tile = 0
        return self._look(), info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, then look."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return self._look(), reward, terminated, truncated, info

    def _look(self) -> Any:
        state = read_state(self.env)
        self._tile = tile_at(state.centre, state.x_m, state.y_m, self._tile)
        self._poses.append((state.x_m, state.y_m, state.yaw_rad))
        self._body[0, 0, [X, Y, YAW]] = self._poses[-1]
        for age in range(self._trail.shape[2]):
            self._trail[0, 0, age, :3] = self._poses[max(len(self._poses) - 1 - age * ROW_STEPS, 0)]
        raster = np.empty((1, *self._shape), np.uint8)
        self._rasteriser.draw(
            self._tracks, np.zeros(1, np.int64), np.array([self._tile]), self._body, self._trail, raster
        )
        return {"raster": raster[0], "vector": instruments(state)} if self._is_both else raster[0]
