"""Streets through a car's camera in looks of its list, and the same moment in two of them: clear and rain, day and night. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.generative.data.source import Pairs, Shown, spread
from perception.segmentation.driving.classes import CLASSES
from perception.segmentation.driving.source import FIRST_TRAINING_SEED, HELD_OUT_SEED
from perception.segmentation.driving.streets import StreetOptions, film
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.camera.styles import HELD_OUT, TRAINING, style
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

VIEW: Final = CameraSpec(size=(64, 64), fov_deg=90.0, outputs=("rgb", "semantic"))
"""Of all pictures."""
RAIN: Final = ("noon", "drizzle")
NIGHT: Final = ("noon", "night")
"""Pairs of looks that differ in weather, and in the time of day."""
_TOWNS, _CHOICE = 12, 13
"""What random numbers are for."""


@dataclass(frozen=True)
class StreetViews:
    """How pictures of streets are come by."""

    looks: tuple[str, ...] = RAIN
    """Names of the camera's training styles, one or more: the conditions. The first two make the pairs."""
    towns: int = 2
    """Of a generation, 1 to 64."""
    worlds: int = 6
    """In each town, 1 to 256."""
    moments: int = 8
    """Of each world, 3 s from each other, 1 to 1000."""
    cars: int = 4
    """That carry a camera at each moment, 1 to 64."""
    batches: int = 80
    """That are drawn from a generation, 1 to 100,000."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "looks", tuple(self.looks))
        if not self.looks:
            raise SuiteError(f"looks must name one style or more of {', '.join(TRAINING)}, not none.")
        for look in self.looks:
            style(look)
            if look in HELD_OUT:
                raise SuiteError(
                    f"{look!r} is held out, never to be trained on; choose looks of {', '.join(TRAINING)}."
                )
        for name, low, high in (
            ("towns", 1, 64), ("worlds", 1, 256), ("moments", 1, 1000), ("cars", 1, 64), ("batches", 1, 100_000),
        ):  # fmt: skip
            refuse_outside(self, name, low, high)


class _Filmed(NamedTuple):
    """Scenes in every look."""

    pictures: NDArray[np.uint8]
    """[N, L, H, W, 3]."""
    labels: NDArray[np.uint8]
    """[N, H, W]."""


class StreetPictures:
    """See `PictureSource` and `PairSource`."""

    size = VIEW.size
    classes = CLASSES
    state: tuple[str, ...] = ()

    def __init__(self, options: StreetViews, seed: int) -> None:
        """seed: of the run; held-out pictures do not depend on it."""
        self._options, self._seed = options, seed
        self.conditions = options.looks
        self._generation: tuple[int, _Filmed] | None = None

    def batch(self, number: int, count: int) -> Shown:
        """See `PictureSource`. A generation of towns serves `options.batches` batches in turn; looks are drawn evenly."""
        filmed = self._filmed(number // self._options.batches)
        dice = np.random.default_rng([self._seed, _CHOICE, number])
        return _shown(
            filmed, dice.integers(len(filmed.labels), size=count), dice.integers(len(self.conditions), size=count)
        )

    def training(self, count: int) -> Shown:
        """See `PictureSource`; of generation 0 alone, again and again where it has fewer."""
        filmed = self._filmed(0)
        return _shown(filmed, spread(len(filmed.labels), count), np.arange(count) % len(self.conditions))

    def held_out(self, count: int) -> Shown:
        """See `PictureSource`. The looks take turns."""
        filmed = self._held_out(count)
        return _shown(filmed, spread(len(filmed.labels), count), np.arange(count) % len(self.conditions))

    def pairs(self, number: int, count: int) -> Pairs:
        """See `PairSource`. Raises `SuiteError` where there are no two looks."""
        filmed = self._filmed(number // self._options.batches)
        dice = np.random.default_rng([self._seed, _CHOICE, number])
        return self._paired(filmed, dice.integers(len(filmed.labels), size=count))

    def held_out_pairs(self, count: int) -> Pairs:
        """See `PairSource`. Raises `SuiteError` where there are no two looks."""
        filmed = self._held_out(count)
        return self._paired(filmed, spread(len(filmed.labels), count))

    def _paired(self, filmed: _Filmed, which: NDArray[np.int64]) -> Pairs:
        if len(self.conditions) < 2:
            raise SuiteError(f"pairs need two looks, and there is {self.conditions[0]!r} alone; name another in looks.")
        return Pairs(filmed.pictures[which, 0], filmed.pictures[which, 1], filmed.labels[which])

    def _held_out(self, count: int) -> _Filmed:
        """Whole towns, as many as it takes, of the defaults' traffic."""
        parts: list[_Filmed] = []
        while sum(len(part.labels) for part in parts) < count:
            parts.append(_held_out_town(len(parts), self._options.looks))
        return _joined(parts)

    def _filmed(self, generation: int) -> _Filmed:
        if self._generation is None or self._generation[0] != generation:
            dice = np.random.default_rng([self._seed, _TOWNS, generation])
            seeds: list[int] = dice.integers(FIRST_TRAINING_SEED, 2**31, size=self._options.towns).tolist()
            self._generation = generation, _joined([_film(seed, self._options) for seed in seeds])
        return self._generation[1]


@lru_cache(maxsize=4)
def _held_out_town(number: int, looks: tuple[str, ...]) -> _Filmed:
    """The same for every run, so that it is filmed once a process."""
    return _film(HELD_OUT_SEED + number, StreetViews(looks))


def _film(seed: int, options: StreetViews) -> _Filmed:
    """One town."""
    kept = StreetOptions(worlds=options.worlds, moments=options.moments, cars=options.cars)
    looks = film(seed, kept, [style(name) for name in options.looks], each=True, view=VIEW)
    return _Filmed(np.stack([look.pictures for look in looks], axis=1), looks[0].labels)


def _joined(parts: list[_Filmed]) -> _Filmed:
    return _Filmed(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _shown(filmed: _Filmed, which: NDArray[np.int64], looks: NDArray[np.int64]) -> Shown:
    return Shown(filmed.pictures[which, looks], looks.astype(np.uint8), np.zeros((len(which), 0), np.float32))
