"""CarRacing frames of 64 x 64 with the car's exact state, from drives that weave about the road. Source: Ha and Schmidhuber 2018
(arXiv:1803.10122), appendix A.2, for size and cut; drives are ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.generative.data.road_state import NAMES, road_state
from perception.generative.data.source import Shown, joined, spread
from perception.segmentation.car_racing.drives import Manner
from perception.segmentation.car_racing.source import FIRST_TRAINING_SEED, HELD_OUT_DRIVES, HELD_OUT_SEED
from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.refusals import refuse_outside

SIDE: Final = 64
"""Rows and columns."""
BAR_TOP: Final = 84
"""First row of the bar of indicators in a frame of 96."""
HELD_OUT_EVERY: Final = 20
"""Of a held-out drive one frame is kept of so many: more tracks make the same number of pictures."""
_TRACKS, _CHOICE = 10, 11
"""What random numbers are for."""


@dataclass(frozen=True)
class RaceOptions:
    """How frames are come by."""

    worlds: int = 8
    """Drives of a generation, each on a track of its own, 1 to 256."""
    steps: int = 320
    """Of a drive, 0.02 s each, 1 to 1000."""
    every: int = 4
    """One frame is kept of so many, 1 to 100."""
    batches: int = 40
    """That are drawn from a generation, 1 to 100,000."""
    bar: bool = False
    """Keep the bar of indicators, which shows speed and steering in figures; the paper cuts it off."""

    def __post_init__(self) -> None:
        for name, low, high in (("worlds", 1, 256), ("steps", 1, 1000), ("every", 1, 100), ("batches", 1, 100_000)):
            refuse_outside(self, name, low, high)


class RacePictures:
    """See `PictureSource`."""

    size = (SIDE, SIDE)
    conditions = ("car_racing",)
    state = NAMES

    def __init__(self, options: RaceOptions, seed: int) -> None:
        """seed: of the run; held-out pictures do not depend on it."""
        self._options, self._seed = options, seed
        self._generation: tuple[int, Shown] | None = None

    def batch(self, number: int, count: int) -> Shown:
        """See `PictureSource`. A generation of drives serves `options.batches` batches in turn."""
        shown = self._drawn(number // self._options.batches)
        dice = np.random.default_rng([self._seed, _CHOICE, number])
        return shown.chosen(dice.integers(len(shown.pictures), size=count))

    def training(self, count: int) -> Shown:
        """See `PictureSource`; of as many generations as it takes."""
        parts: list[Shown] = []
        while sum(len(part.pictures) for part in parts) < count:
            parts.append(drive(self._seeds(len(parts)), self._options))
        shown = joined(parts)
        return shown.chosen(spread(len(shown.pictures), count))

    def held_out(self, count: int) -> Shown:
        """See `PictureSource`."""
        options = replace(RaceOptions(), every=HELD_OUT_EVERY, bar=self._options.bar)
        parts: list[Shown] = []
        while sum(len(part.pictures) for part in parts) < count or len(parts) < min(count, HELD_OUT_DRIVES):
            parts.append(drive([HELD_OUT_SEED + len(parts)], options))
        shown = joined(parts)
        return shown.chosen(spread(len(shown.pictures), count))

    def _drawn(self, generation: int) -> Shown:
        if self._generation is None or self._generation[0] != generation:
            self._generation = generation, drive(self._seeds(generation), self._options)
        return self._generation[1]

    def _seeds(self, generation: int) -> list[int]:
        dice = np.random.default_rng([self._seed, _TRACKS, generation])
        seeds: list[int] = dice.integers(FIRST_TRAINING_SEED, 2**31, size=self._options.worlds).tolist()
        return seeds


def drive(seeds: Sequence[int], options: RaceOptions) -> Shown:
    """Frames of a drive for each seed, one after the other; fewer where a drive ends."""
    env = CarRacingEnv()
    pictures: list[NDArray[np.uint8]] = []
    states: list[NDArray[np.float32]] = []
    try:
        for seed in seeds:
            frame, _ = env.reset(seed=seed)
            manner = Manner.drawn(np.random.default_rng(seed))
            for step in range(options.steps):
                state = read_state(env)
                if step % options.every == 0:
                    pictures.append(seen(frame, options.bar))
                    states.append(road_state(state))
                frame, _, over, _, _ = env.step(manner.act(state, step))
                if over:
                    break
    finally:
        env.close()  # type: ignore[no-untyped-call]  # Gymnasium's
    return Shown(np.stack(pictures), np.zeros(len(pictures), np.uint8), np.stack(states))


def seen(frame: NDArray[np.uint8], bar: bool = False) -> NDArray[np.uint8]:
    """[64, 64, 3] of a frame [96, 96, 3] of CarRacing, as these models are shown it: without its bar, or whole; means over pixels."""
    shown = cv2.resize(frame if bar else frame[:BAR_TOP], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return shown.astype(np.uint8, copy=False)
