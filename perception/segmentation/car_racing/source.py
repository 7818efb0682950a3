"""CarRacing as a source of labelled pictures: drives on tracks by seed, painted in styles. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from perception.augmentation.recolouring import swap_channels
from perception.segmentation.car_racing.drives import DriveOptions, Frames, drive
from perception.segmentation.source import Labelled, Styled
from perception.segmentation.styles.painting import CLASSES, paint
from perception.segmentation.styles.registry import styles
from perception.segmentation.styles.style import Style
from sim_suite.envs.car_racing.scene import SIZE

FIRST_TRAINING_SEED: Final = 1_000_000
"""Of tracks: smaller ones belong to judging and to tuning, as agents.learning.episode_seeds has it."""
HELD_OUT_SEED: Final = 500_000
"""Of the first held-out track."""
HELD_OUT_DRIVES: Final = 8
"""At most: no more than pictures are wanted in each style."""
_TRACKS, _CHOICE, _PAINT, _HELD_OUT, _BASELINE = range(5)
"""What random numbers are for."""
_COLOURS: Final = ((96, 168, 88), (112, 112, 118), (214, 62, 58), (44, 92, 196), (24, 24, 28))


class CarRacingSource:
    """See `LabelledSource`."""

    classes = CLASSES
    colours = _COLOURS
    size = (SIZE, SIZE)

    def __init__(self, options: DriveOptions, seed: int) -> None:
        """seed: of the run; held-out pictures do not depend on it."""
        self._options, self._seed = options, seed
        self._generation: tuple[int, Frames] | None = None

    def batch(self, number: int, count: int) -> Labelled:
        """See `LabelledSource`. A generation of drives serves `options.batches` batches in turn."""
        frames = self._frames(number // self._options.batches)
        dice = np.random.default_rng([self._seed, _CHOICE, number])
        known = styles().training
        chosen = dice.integers(len(frames.labels), size=count)
        looks = [known[one] for one in dice.integers(len(known), size=count)]
        painted = _painted(frames, chosen.tolist(), looks, np.random.default_rng([self._seed, _PAINT, number]))
        swap_channels(painted.pictures, self._options.recoloured, dice)
        return painted

    def in_training_styles(self, count: int) -> Iterator[Styled]:
        """See `LabelledSource`; of the tracks of batch 0."""
        yield from _in(styles().training, self._frames(0), count, _BASELINE)

    def held_out(self, count: int) -> Iterator[Styled]:
        """See `LabelledSource`."""
        seeds = range(HELD_OUT_SEED, HELD_OUT_SEED + min(count, HELD_OUT_DRIVES))
        options = DriveOptions()
        yield from _in(styles().held_out, drive(seeds, options.steps, options.every), count, _HELD_OUT)

    def _frames(self, generation: int) -> Frames:
        if self._generation is None or self._generation[0] != generation:
            dice = np.random.default_rng([self._seed, _TRACKS, generation])
            seeds = dice.integers(FIRST_TRAINING_SEED, 2**31, size=self._options.worlds).tolist()
            self._generation = generation, drive(seeds, self._options.steps, self._options.every)
        return self._generation[1]


def _in(looks: tuple[Style, ...], frames: Frames, count: int, purpose: int) -> Iterator[Styled]:
    """The same frames, spread over the drives, for each look."""
    spread = np.linspace(0, len(frames.labels) - 1, count).round().astype(int).tolist()
    for number, look in enumerate(looks):
        yield Styled(
            look.name, _painted(frames, spread, [look] * count, np.random.default_rng([purpose, number]))
        )  # fmt: skip


def _painted(frames: Frames, chosen: list[int], looks: list[Style], dice: np.random.Generator) -> Labelled:
    pictures = [
        paint(frames.pictures[one], frames.labels[one], look, dice) for one, look in zip(chosen, looks, strict=True)
    ]
    return Labelled(np.stack(pictures), frames.labels[chosen])
