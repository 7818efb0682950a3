"""Road users as a source of labelled pictures: towns of their own to learn from and to be judged by, and other styles. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from perception.augmentation.recolouring import expose
from perception.classification.road_users.filming import CLASSES, Crops, film
from perception.classification.road_users.options import RoadUserOptions
from perception.classification.source import HeldOut, Labelled
from sim_suite.driving.sensors.camera.styles import HELD_OUT, TRAINING
from sim_suite.errors import SuiteError

_TRAINING, _HELD_OUT, _CHOICE = range(3)
"""What random numbers are for."""
HELD_OUT_SEED: Final = 0
"""Of held-out towns: the same for every run."""
MOST_TOWNS: Final = 200
"""Held-out ones that are filmed before it is said that they show too few: each shows some twenty buses, the rarest."""


class RoadUserSource:
    """See `LabelledSource`."""

    classes = CLASSES

    def __init__(self, options: RoadUserOptions, seed: int) -> None:
        """seed: of the run; held-out pictures do not depend on it. Nothing is filmed before it is asked for."""
        self._options, self._seed = options, seed

    def batch(self, number: int, count: int) -> Labelled:
        """See `LabelledSource`. Classes are drawn evenly, of those that the towns show, and one of its road users each."""
        filmed = self._training
        of_class = [
            one for one in (np.flatnonzero(filmed.labels == label) for label in range(len(CLASSES))) if len(one)
        ]
        dice = np.random.default_rng([_CHOICE, self._seed, number])
        drawn = [of_class[int(which)] for which in dice.integers(len(of_class), size=count)]
        chosen = [int(one[int(chance * len(one))]) for one, chance in zip(drawn, dice.random(count), strict=True)]
        pictures = filmed.pictures[chosen]
        expose(pictures, self._options.exposed, dice)
        return Labelled(pictures, filmed.labels[chosen])

    def held_out(self, count: int) -> Iterator[HeldOut]:
        """See `LabelledSource`. The classes take turns; no road user is shown twice, nor in two styles."""
        wanted = np.bincount(np.arange(count) % len(CLASSES), minlength=len(CLASSES))
        filmed = _held_out_towns(wanted)
        for place, name in enumerate(HELD_OUT):
            of_class = [
                np.flatnonzero((filmed.styles == place) & (filmed.labels == label)) for label in range(len(CLASSES))
            ]
            chosen = [int(of_class[index % len(CLASSES)][index // len(CLASSES)]) for index in range(count)]
            yield HeldOut(name, Labelled(filmed.pictures[chosen], filmed.labels[chosen]))

    @cached_property
    def _training(self) -> Crops:
        """All towns. Raises `SuiteError` where nobody is seen in them."""
        styles = list(TRAINING.values())
        towns = (np.random.default_rng([_TRAINING, self._seed, town]) for town in range(self._options.towns))
        filmed = _joined([film(self._options, styles, dice) for dice in towns])
        if not len(filmed.labels):
            raise SuiteError(f"no road user is seen in {self._options.towns} towns; give more of road_users.worlds.")
        return filmed


def _held_out_towns(wanted: NDArray[np.int64]) -> Crops:
    """Whole towns, as many as it takes to show so many of each class [K] in each held-out style."""
    styles, parts = list(HELD_OUT.values()), list[Crops]()
    counts = np.zeros((len(styles), len(wanted)), np.int64)
    while (counts < wanted).any():
        if len(parts) == MOST_TOWNS:
            raise SuiteError(
                f"{MOST_TOWNS} held-out towns show {counts.min(axis=0).tolist()} of {', '.join(CLASSES)} in a style, fewer than asked. "
                f"Lower judging.examples."
            )
        parts.append(film(RoadUserOptions(), styles, np.random.default_rng([_HELD_OUT, HELD_OUT_SEED, len(parts)])))
        np.add.at(counts, (parts[-1].styles, parts[-1].labels), 1)
    return _joined(parts)


def _joined(parts: list[Crops]) -> Crops:
    return Crops(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
