"""How near our CarRacing frame is to Gymnasium's frame of the very same moment. Source: ours.

Used by the tests and by `sim-suite bench car_racing`. Both frames show one world: ours as it was drawn, Gymnasium's drawn
by Gymnasium's own code from the same bodies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from gymnasium.envs.box2d.car_racing import CarRacing
from numpy.typing import NDArray

from sim_suite.envs.car_racing import scene as r
from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.car_racing.state import CarRacingState

Frame = NDArray[np.uint8]
Mask = NDArray[np.bool_]
PALETTE = np.array(
    [
        *[(100, 202, 100), (100, 228, 100), (100, 100, 100), (105, 105, 105)],
        *[(253, 253, 253), (253, 0, 0)],
        *[(202, 0, 0), (0, 0, 0)],
    ]
)
"""Grass and light grass, visited and new road; kerb; hull and tyres: flat areas of Gymnasium's frames, default colours."""
KERB = slice(4, 6)
CAR = slice(6, 8)
LIT = 64
"""Of the brightest channel: an indicator or digit that fills a quarter of the pixel."""


@dataclass(frozen=True)
class Sample:
    """One moment, drawn twice."""

    tick: int
    ours: Frame
    theirs: Frame


class TwiceDrawn(CarRacingEnv):
    """Our environment, in which Gymnasium's own code draws each moment too, before ours does."""

    theirs: Frame

    def _draw(self) -> Frame:
        self.theirs = CarRacing._render(self, "state_pixels")
        return super()._draw()


def drive(env: TwiceDrawn, seed: int, steps: int) -> Iterator[Sample]:
    """Drive one track in all manners and yield both frames of every step.

    Two thirds of the time along the road, one third at random, with skids, spins, grass and full brakes.
    """
    rng = np.random.default_rng(seed)
    frame, _ = env.reset(seed=seed)
    for tick in range(steps):
        yield Sample(tick, frame, env.theirs)
        wild = tick // 100 % 3 == 2
        action = rng.uniform((-1, 0, -1), (1, 1, 1)) if wild else follow_road(read_state(env))
        frame, _, terminated, _, _ = env.step(np.clip(action, (-1, 0, 0), 1).astype(np.float32))
        if terminated:
            return


def follow_road(state: CarRacingState) -> NDArray[np.float64]:
    """Steer at a point of the road some 20 m ahead, at up to 60 m/s."""
    here = np.array([state.x_m, state.y_m])
    nearest = int(np.argmin(((state.centre - here) ** 2).sum(axis=1)))
    ahead = state.centre[(nearest + 6) % len(state.centre)] - here
    error = math.remainder(math.atan2(ahead[1], ahead[0]) - state.yaw_rad, 2 * math.pi)
    brake = 0.3 if state.forward_mps > 40 and abs(error) > 0.3 else 0.0
    return np.array([-1.5 * error, 0.5 if state.forward_mps < 60 else 0.0, brake])


def mean_error(ours: Frame, theirs: Frame) -> float:
    """Mean absolute difference over all pixels and channels, of 255 levels."""
    return float(np.abs(ours.astype(np.int16) - theirs).mean())


def masks(frame: Frame) -> dict[str, Mask]:
    """Where the frame shows car, kerb and indicators, by colour alone, [96, 96] each.

    A pixel of the world counts as what it is nearest to in `PALETTE` (Euclidean, red-green-blue). Kerb red and hull red
    lie close, and the black beyond the playfield is tyre black: so the car is sought only in the window of the frame in
    which it always is, and kerb only outside of that. A pixel of the bar counts when it is brighter than `LIT`.
    """
    nearest = ((frame[:, :, None].astype(np.int32) - PALETTE) ** 2).sum(axis=-1).argmin(axis=-1)
    world = np.arange(r.SIZE)[:, None] < r.WORLD_ROWS
    window = np.zeros_like(world, shape=nearest.shape)
    window[
        r.WINDOW_TOP : r.WINDOW_TOP + r.WINDOW_ROWS,
        r.WINDOW_LEFT : r.WINDOW_LEFT + r.WINDOW_COLUMNS,
    ] = True
    return {
        "car": window & (nearest >= CAR.start),
        "kerb": world & ~window & (nearest >= KERB.start) & (nearest < KERB.stop),
        "indicators": ~world & (frame.max(axis=-1) > LIT),
    }


@dataclass
class Overlap:
    """Sums of intersections and unions of masks, from which an overlap (IoU) of many frames follows."""

    both: dict[str, int]
    either: dict[str, int]

    @staticmethod
    def none() -> Overlap:
        """Nothing summed yet."""
        return Overlap(dict.fromkeys(("car", "kerb", "indicators"), 0), dict.fromkeys(("car", "kerb", "indicators"), 0))

    def add(self, ours: Frame, theirs: Frame) -> None:
        """Add one moment."""
        a, b = masks(ours), masks(theirs)
        for name in self.both:
            self.both[name] += int((a[name] & b[name]).sum())
            self.either[name] += int((a[name] | b[name]).sum())

    def ratio(self, name: str) -> float:
        """Intersection over union; 1 where neither frame ever showed it."""
        return self.both[name] / self.either[name] if self.either[name] else 1.0
