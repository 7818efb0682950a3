"""Judges generated pictures beside noise and beside real ones that nothing was learned from: the sanity ladder. Source: ours.

A figure that does not rise from noise over what was made to real pictures says nothing, so all are told together.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from perception.classification.opening import open_classifier
from perception.generative.data.options import DataOptions
from perception.generative.data.source import PictureSource, Shown
from perception.generative.metrics.domain_network import DomainNetwork, domain_network
from perception.generative.metrics.frechet import frechet_distance
from perception.generative.metrics.kernel_distance import kernel_distance
from perception.generative.metrics.neighbours import nearest_ratio, neighbourhood
from sim_suite.learning.run_folder import Metrics

LESS_IS_BETTER: Final = ("fid", "kid")
NAMED: Final = "named_as_asked"
MORE_IS_BETTER: Final = ("precision", "recall", "density", "coverage", NAMED)
NOISE, REAL = "_noise", "_real"
"""Behind a figure's name: of noise, and of real pictures."""
NEAREST: Final = "nearest_training_ratio"
_NOISE_SEED: Final = 0


class Judged:
    """What generated pictures are held against: n real held-out ones, n more of other scenes, n of noise, n that were learned from.

    Features are taken once, when they are first needed.
    """

    def __init__(
        self, data: DataOptions, source: PictureSource, count: int, device: torch.device | None = None
    ) -> None:
        """source: what `data` opened; count: n."""
        self._data, self._source, self._count, self._device = data, source, count, device

    def figures(self, generated: NDArray[np.uint8], asked: NDArray[np.uint8] | None = None) -> Metrics:
        """FID, KID, precision, recall, density and coverage of n pictures [n, H, W, 3], each between those of noise and of real ones; and
        how near they lie to what was learned from. Of signs that were asked for by class [n], also the share that is named so."""
        found = self.network.extract(generated)
        own = figures(self._reference, found)
        told: Metrics = {}
        for name, value in own.items():
            told |= {name + NOISE: self._of_noise[name], name: value, name + REAL: self._of_real[name]}
        if asked is not None and self._data.source == "signs":
            told |= self._named(generated, asked)
        return told | {NEAREST: nearest_ratio(found, self._reference, self._training)}

    def _named(self, generated: NDArray[np.uint8], asked: NDArray[np.uint8]) -> Metrics:
        """Shares that the classifier of signs names as they were asked for, or as they are."""
        classifier = open_classifier(self.network.name, self.network.device)
        rungs = (
            (NOISE, noise(len(asked), self._source.size), asked),
            ("", generated, asked),
            (REAL, *self.reference[:2]),
        )
        return {NAMED + rung: float((classifier.classify(seen).classes == true).mean()) for rung, seen, true in rungs}

    @cached_property
    def network(self) -> DomainNetwork:
        """That the features come from."""
        return domain_network(self._data.source, self._device)

    @cached_property
    def reference(self) -> Shown:
        """The n real held-out pictures."""
        return self._held_out.chosen(np.arange(self._count))

    @cached_property
    def _held_out(self) -> Shown:
        return self._source.held_out(2 * self._count)

    @cached_property
    def _reference(self) -> NDArray[np.float64]:
        return self.network.extract(self.reference.pictures)

    @cached_property
    def _training(self) -> NDArray[np.float64]:
        return self.network.extract(self._source.training(self._count).pictures)

    @cached_property
    def _of_real(self) -> Metrics:
        return figures(self._reference, self.network.extract(self._held_out.pictures[self._count :]))

    @cached_property
    def _of_noise(self) -> Metrics:
        return figures(self._reference, self.network.extract(noise(self._count, self._source.size)))


def figures(real: NDArray[np.float64], generated: NDArray[np.float64]) -> Metrics:
    """Of features [N, D] and [M, D]."""
    distances = {"fid": frechet_distance(real, generated), "kid": kernel_distance(real, generated)}
    return distances | neighbourhood(real, generated)._asdict()


def noise(count: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """[count, H, W, 3]: every number by itself, evenly from 0 to 255; the same each time."""
    return np.random.default_rng(_NOISE_SEED).integers(0, 256, (count, *size, 3), np.uint8)
