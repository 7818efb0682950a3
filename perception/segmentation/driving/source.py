"""The driving world as a source of labelled pictures: random towns by seed, in the camera's styles. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from perception.augmentation.recolouring import expose
from perception.segmentation.driving.classes import CLASSES, COLOURS
from perception.segmentation.driving.streets import VIEW, StreetOptions, film
from perception.segmentation.source import Labelled, Styled
from sim_suite.driving.sensors.camera.styles import HELD_OUT, Style, training_styles
from sim_suite.errors import SuiteError

FIRST_TRAINING_SEED: Final = 1_000_000
"""Of towns; smaller ones are judged by."""
HELD_OUT_SEED: Final = 500_000
"""Of the first held-out town."""
HELD_OUT_TOWNS: Final = 3
_TOWNS, _CHOICE, _SET = range(3)
"""What random numbers are for."""


class StreetSource:
    """See `LabelledSource`."""

    classes = CLASSES
    colours = COLOURS
    size = VIEW.size

    def __init__(self, options: StreetOptions, seed: int) -> None:
        """seed: of the run; held-out pictures do not depend on it, nor does a fixed set for training."""
        self._options, self._seed = options, seed
        self._looks = training_styles(options.looks)
        self._generation: tuple[int, Labelled] | None = None

    def batch(self, number: int, count: int) -> Labelled:
        """See `LabelledSource`. A generation of towns serves `options.batches` batches in turn."""
        filmed = self.filmed(0 if self._options.frames else number // self._options.batches)
        dice = np.random.default_rng([self._seed, _CHOICE, number])
        chosen = dice.integers(len(filmed.labels), size=count)
        drawn = Labelled(filmed.pictures[chosen], filmed.labels[chosen])
        expose(drawn.pictures, self._options.exposed, dice)
        return drawn

    def in_training_styles(self, count: int) -> Iterator[Styled]:
        """See `LabelledSource`; of the first town of generation 0."""
        yield from _in(self._looks, self._seeds(0)[:1], self._options, count)

    def held_out(self, count: int) -> Iterator[Styled]:
        """See `LabelledSource`."""
        seeds = list(range(HELD_OUT_SEED, HELD_OUT_SEED + min(count, HELD_OUT_TOWNS)))
        yield from _in(HELD_OUT, seeds, StreetOptions(), count)

    def filmed(self, generation: int) -> Labelled:
        """All pictures of a generation's towns, or the fixed set."""
        if self._generation is None or self._generation[0] != generation:
            looks = list(self._looks.values())
            towns = [film(seed, self._options, looks, each=False)[0] for seed in self._seeds(generation)]
            self._generation = generation, self._kept(_joined(towns))
        return self._generation[1]

    def _kept(self, filmed: Labelled) -> Labelled:
        """The fixed set, where there is one. Raises `SuiteError` where there are not as many pictures."""
        count, there = self._options.frames, len(filmed.labels)
        if not count:
            return filmed
        if count > there:
            raise SuiteError(
                f"streets.frames is {count}, and {self._options.towns} towns give {there} pictures. Give more streets.towns, worlds, "
                f"moments or cars."
            )
        chosen = np.random.default_rng([self._options.set_seed, _SET]).permutation(there)[:count]
        return Labelled(filmed.pictures[chosen], filmed.labels[chosen])

    def _seeds(self, generation: int) -> list[int]:
        dice = np.random.default_rng(
            [self._options.set_seed if self._options.frames else self._seed, _TOWNS, generation]
        )
        seeds: list[int] = dice.integers(FIRST_TRAINING_SEED, 2**31, size=self._options.towns).tolist()
        return seeds


def _in(looks: Mapping[str, Style], seeds: list[int], options: StreetOptions, count: int) -> Iterator[Styled]:
    """The same pictures in each look, evenly from the towns."""
    shots = -(-count // (len(seeds) * options.worlds * options.moments))
    few = replace(options, cars=shots)
    towns = [film(seed, few, list(looks.values()), each=True) for seed in seeds]
    for number, name in enumerate(looks):
        shown = _joined([town[number] for town in towns])
        spread = np.linspace(0, len(shown.labels) - 1, count).round().astype(int)
        yield Styled(name, Labelled(shown.pictures[spread], shown.labels[spread]))


def _joined(parts: list[Labelled]) -> Labelled:
    return Labelled(np.concatenate([one.pictures for one in parts]), np.concatenate([one.labels for one in parts]))
