"""CarRacing with Gymnasium's physics and rewards, bit for bit, and a frame drawn some hundred times faster. Source: ours.

Gymnasium spends 96 % of a step on drawing a picture of 1000 x 800 and scaling it down to 96 x 96. Here the small frame is
drawn directly (`rasterise`), from the same Box2D world, track generator, contacts and random numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.envs.box2d.car_racing import FPS, PLAYFIELD, SCALE, ZOOM, CarRacing
from gymnasium.error import InvalidAction
from gymnasium.utils import EzPickle
from numpy.typing import NDArray

from sim_suite.envs.car_racing.geometry import Track, pack_track
from sim_suite.envs.car_racing.labels import label
from sim_suite.envs.car_racing.rasterise import draw
from sim_suite.envs.car_racing.scene import BACKGROUND, GRASS, SCENE_LENGTH, SIZE, WORLD_ROWS
from sim_suite.envs.car_racing.score import score_bar
from sim_suite.envs.car_racing.tyres import control, step_tyres
from sim_suite.errors import SuiteError

Frame = NDArray[np.uint8]
DT_S = 1.0 / FPS
VELOCITY_ITERATIONS, POSITION_ITERATIONS = 6 * 30, 2 * 30
"""Of Box2D's solver, as Gymnasium sets them."""


AREA = np.zeros((WORLD_ROWS + 2, 4 * SIZE), dtype=np.float32)
"""Where `draw` adds up areas: zeros between calls, so all worlds of a process share it and it stays in the processor's cache."""


class CarRacingEnv(CarRacing, EzPickle):
    """
    ## Description
    Drive a racing car, seen from above, around a track that is new in every episode. The world is that of Gymnasium's
    `CarRacing-v3`: for the same seed and actions, rewards, ends and the car's pose are equal to the last bit. The frame
    is drawn by other means: it differs from Gymnasium's by about 0.05 of 255 levels a pixel on average.

    ## Action Space
    With `continuous=True`, a `Box` of three float32:

    | Index | Action | Range | Meaning |
    |---|---|---|---|
    | 0 | steering | -1 .. 1 | -1 is full left, +1 full right |
    | 1 | gas | 0 .. 1 | raised by at most 0.1 a step |
    | 2 | brake | 0 .. 1 | from 0.9 on the wheels lock |

    With `continuous=False`, `Discrete(5)`: 0 nothing, 1 right, 2 left, 3 gas, 4 brake.

    ## Observation Space
    `Box(0, 255, (96, 96, 3), uint8)`: the world from above, heading up, and in the lowest 12 rows the indicators: score,
    speed, the four wheels' angular speeds, steering, yaw rate. During the first 50 steps the view zooms in.

    ## Rewards
    -0.1 a step and +1000/N for each of the track's N tiles when it is first touched; -100 instead in the step that
    leaves the playfield.

    ## Starting State
    The car rests on the middle of the road at the track's first tile.

    ## Episode End
    Terminated when all tiles were visited, or on a new lap with more than `lap_complete_percent` of them
    (`info["lap_finished"]` is True), or when the car leaves the playfield (False). Truncated after 1000 steps by the
    registration's time limit.

    ## Arguments
    * `render_mode`: None, or what `render` shall give, drawn by Gymnasium's own code at its own pace: "rgb_array" (a
      picture of 600 x 400), "human" (a window) or "state_pixels" (its 96 x 96).
    * `lap_complete_percent=0.95`: the share of tiles after which a new lap ends the episode.
    * `domain_randomize=False`: new colours of road and grass in each episode; `reset(options={"randomize": False})`
      keeps the last ones.
    * `continuous=True`: see Action Space.
    * `labels=False`: adds `info["labels"]`, uint8 [96, 96]: the `PixelClass` at each pixel's middle.

    The privileged state of the world is `sim_suite.envs.car_racing.read_state.read_state(env)`; `map_view.MapView` draws it as a raster.

    ## Version History
    * v0: first version; the world of Gymnasium's `CarRacing-v3`.
    """

    car: Any  # Gymnasium's, untyped

    def __init__(
        self,
        render_mode: str | None = None,
        lap_complete_percent: float = 0.95,
        domain_randomize: bool = False,
        continuous: bool = True,
        labels: bool = False,
    ) -> None:
        modes = self.metadata["render_modes"]
        if render_mode is not None and render_mode not in modes:
            raise SuiteError(f"render_mode must be None or one of {', '.join(modes)}, not {render_mode!r}.")
        if not 0.0 < lap_complete_percent <= 1.0:
            raise SuiteError(f"lap_complete_percent must lie in (0, 1], not be {lap_complete_percent}.")
        super().__init__(render_mode, False, lap_complete_percent, domain_randomize, continuous)
        EzPickle.__init__(self, render_mode, lap_complete_percent, domain_randomize, continuous, labels)
        self.labels = labels
        self._packed: Track
        self._scene = np.zeros(SCENE_LENGTH)
        self._canvas: Frame | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Frame, dict[str, Any]]:
        """Make a new track and put the car on it. `options`: {"randomize": bool}, see Arguments."""
        frame, _ = super().reset(seed=seed, options=options)
        return frame, self._info()

    def draw_into(self, canvas: Frame) -> None:
        """From now on draw every frame into `canvas`, uint8 [96, 96, 3] and contiguous, rather than into a new array."""
        self._canvas = canvas

    def step(self, action: Any) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        """Drive for 0.02 s. An action of None, as `reset` passes, leaves the pedals as they are and costs nothing."""
        if action is not None:
            control(self.car, *self._pedals(action))
        step_tyres(self.car, DT_S)
        self.world.Step(DT_S, VELOCITY_ITERATIONS, POSITION_ITERATIONS)
        self.t += DT_S
        self.state = self._draw()
        if self.render_mode == "human":
            self.render()  # type: ignore[no-untyped-call]
        if action is None:
            return self.state, 0.0, False, False, {}
        self.reward -= 0.1
        self.car.fuel_spent = 0.0
        reward = self.reward - self.prev_reward
        self.prev_reward = self.reward
        info = self._info()
        if self.tile_visited_count == len(self.track) or self.new_lap:
            info["lap_finished"] = True
        x, y = self.car.hull.position
        if abs(x) > PLAYFIELD or abs(y) > PLAYFIELD:
            info["lap_finished"] = False
            reward = -100.0
        return self.state, reward, "lap_finished" in info, False, info

    def _pedals(self, action: Any) -> tuple[float, float, float]:
        """Steering to the left, gas and brake of an action."""
        if self.continuous:
            steer, gas, brake = action.astype(np.float64).tolist()
            return -steer, gas, brake
        if not self.action_space.contains(action):
            raise InvalidAction(f"action {action!r} is not in {self.action_space}: give a whole number from 0 to 4.")
        # Plain numbers: numpy's scalars would make the tyre model several times slower.
        key = int(action)
        return -0.6 * (key == 1) + 0.6 * (key == 2), 0.2 * (key == 3), 0.8 * (key == 4)

    def _info(self) -> dict[str, Any]:
        return {"labels": label(self._scene, self._packed)} if self.labels else {}

    def _create_track(self) -> bool:
        made: bool = super()._create_track()  # type: ignore[no-untyped-call]
        if made:
            self._packed = pack_track(self)
            self._scene[BACKGROUND:GRASS] = self.bg_color
            self._scene[GRASS:] = self.grass_color
        return made

    def _draw(self) -> Frame:
        """The frame of this moment."""
        self._read_scene()
        frame = np.empty((SIZE, SIZE, 3), dtype=np.uint8) if self._canvas is None else self._canvas
        track = self._packed
        draw(frame, self._scene, track.geometry, track.colours, score_bar(f"{self.reward:04.0f}"), AREA)
        return frame

    def _read_scene(self) -> None:
        """Copy from Box2D what the frame shows."""
        hull, wheels = self.car.hull, self.car.wheels
        position, velocity = hull.position, hull.linearVelocity
        velocity_x, velocity_y = velocity.x, velocity.y
        zoom = 0.1 * SCALE * max(1 - self.t, 0) + ZOOM * SCALE * min(self.t, 1)
        values = [position.x, position.y, hull.angle, zoom]
        for wheel in wheels:
            position = wheel.position
            values += (position.x, position.y, wheel.angle, wheel.phase)
        values.append((velocity_x * velocity_x + velocity_y * velocity_y) ** 0.5)
        values += [wheel.omega for wheel in wheels]
        values += (wheels[0].joint.angle, hull.angularVelocity)
        self._scene[:BACKGROUND] = values
