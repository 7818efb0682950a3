"""Frames of CarRacing with their exact labels, from drives that weave about the road. Source: ours.

A drive is a function of its seed: pure pursuit (Coulter 1992, CMU-RI-TR-92-01) of a point ahead that swings from side to side, so that
road, kerbs and grass are seen from all over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.car_racing.state import CarRacingState
from sim_suite.refusals import refuse_outside

AHEAD_M: Final = 14.0
"""To the point that is pursued: four tiles of the road."""
FASTEST_MPS: Final = 35.0
"""At which the tyres still hold in the tightest bends of Gymnasium's tracks."""
SLOWEST_MPS: Final = 12.0
SWING: Final = 1.6
"""Greatest swing to a side, in halves of the road's width: beyond its edge."""
PERIOD_S: Final = (2.0, 6.0)
"""Least and longest time of a swing to and fro."""
STEER_GAIN: Final = 2.0
"""Share of full lock per rad that the point lies off the nose."""
GAS_GAIN: Final = 0.05
"""Share of full gas per m/s below the wanted speed."""
STEP_S: Final = 0.02
"""Of the environment."""


@dataclass(frozen=True)
class DriveOptions:
    """How frames are come by."""

    worlds: int = 8
    """Drives of a generation, each on a track of its own, 1 to 256."""
    steps: int = 320
    """Of a drive, 0.02 s each, 1 to 1000."""
    every: int = 8
    """One frame is kept of so many, 1 to 100."""
    batches: int = 40
    """That are drawn from a generation, 1 to 100,000."""
    recoloured: float = 0.5
    """Share of pictures for training whose red, green and blue change places, every second of them turned into its negative, 0 to 1."""

    def __post_init__(self) -> None:
        refuse_outside(self, "worlds", 1, 256)
        refuse_outside(self, "steps", 1, 1000)
        refuse_outside(self, "every", 1, 100)
        refuse_outside(self, "batches", 1, 100_000)
        refuse_outside(self, "recoloured", 0.0, 1.0)


class Frames(NamedTuple):
    """Unpainted."""

    pictures: NDArray[np.uint8]
    """[N, 96, 96, 3] as the environment draws them."""
    labels: NDArray[np.uint8]
    """[N, 96, 96] `PixelClass`."""


class Manner(NamedTuple):
    """How one drive weaves."""

    speed_mps: float
    """That is held."""
    period_s: float
    phase_rad: float
    swing: float
    """Greatest, in halves of the road's width."""

    @classmethod
    def drawn(cls, dice: np.random.Generator) -> Manner:
        """By chance."""
        speed = dice.uniform(SLOWEST_MPS, FASTEST_MPS)
        period, phase = dice.uniform(*PERIOD_S), dice.uniform(0.0, 2 * math.pi)
        return cls(speed, period, phase, dice.uniform(0.0, SWING))

    def act(self, state: CarRacingState, step: int) -> NDArray[np.float32]:
        """[3] float32: steering (right positive), gas, brake, so many steps after the reset."""
        side = self.swing * math.sin(2 * math.pi * step * STEP_S / self.period_s + self.phase_rad)
        return pursue(state, side, self.speed_mps)


def drive(seeds: Sequence[int], steps: int, every: int) -> Frames:
    """Frames of a drive for each seed, one after the other; fewer where a drive ends."""
    env = CarRacingEnv(labels=True)
    pictures: list[NDArray[np.uint8]] = []
    labels: list[NDArray[np.uint8]] = []
    try:
        for seed in seeds:
            dice = np.random.default_rng(seed)
            env.labels = True
            frame, info = env.reset(seed=seed)
            manner = Manner.drawn(dice)
            for step in range(steps):
                if step % every == 0:
                    pictures.append(frame)
                    labels.append(info["labels"])
                env.labels = (step + 1) % every == 0  # half of a drive's time goes into labels
                frame, _, over, _, info = env.step(manner.act(read_state(env), step))
                if over:
                    break
    finally:
        env.close()  # type: ignore[no-untyped-call]  # Gymnasium's
    return Frames(np.stack(pictures), np.stack(labels))


def pursue(state: CarRacingState, side: float, speed_mps: float) -> NDArray[np.float32]:
    """[3] float32: steering (right positive), gas, brake. side: of the point to pursue, in halves of the road's width, left positive."""
    here = np.array([state.x_m, state.y_m])
    nearest = int(((state.centre - here) ** 2).sum(1).argmin())
    tile_m = float(np.hypot(*(state.centre[nearest] - state.centre[nearest - 1])))
    ahead = (nearest + max(1, round(AHEAD_M / max(tile_m, 1.0)))) % len(state.centre)
    along = state.centre[ahead] - state.centre[ahead - 1]
    left = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6)
    x, y = state.centre[ahead] + side * state.half_width_m * left - here
    off = math.remainder(math.atan2(y, x) - state.yaw_rad, 2 * math.pi)
    lacking = speed_mps - state.forward_mps
    return np.array(
        [
            np.clip(-STEER_GAIN * off, -1.0, 1.0),
            np.clip(GAS_GAIN * lacking, 0.0, 1.0),
            np.clip(-GAS_GAIN * lacking, 0.0, 0.5),
        ],
        np.float32,
    )
