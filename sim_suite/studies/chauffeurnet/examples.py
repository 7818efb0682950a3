"""Held-out examples for the open loop: experts' drives of seeds that no training uses, as they were and perturbed. Source: ours.

The paper takes 10,000 held-out examples of its recordings. Here experts drive on the maps of training with an evaluation's seed. All
models see the same moments and the same perturbations, each in its own raster.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.data.drawing import NOTHING_CHANGED, Augmentation, Drawer
from agents.imitation.chauffeurnet.data.driving_log import DrivingLog
from agents.imitation.chauffeurnet.data.experience import ExperienceOptions, generate
from agents.imitation.chauffeurnet.data.feeding import Candidates, FeedOptions, candidates, choose
from agents.imitation.chauffeurnet.spec import WAYPOINTS, ChauffeurSpec

SETS: Final = {"clean": NOTHING_CHANGED, "perturbed": Augmentation(turn_rad=0.0, past_dropout=0.0, perturbed=1.0)}
"""What is changed in each set."""
A_BATCH: Final = 64
_CHOICE, _DRAWING = range(2)
"""What a generator of random numbers is for."""


@dataclass(frozen=True)
class HeldOut:
    """Moments of drives."""

    parts: tuple[tuple[DrivingLog, NDArray[np.int64]], ...]
    seed: int

    def batches(self, spec: ChauffeurSpec, data: str) -> Iterator[Batch]:
        """All examples of a set (a name of SETS) as a model sees them; none is known whose perturbation was refused."""
        drawer = Drawer(spec, SETS[data])
        number = 0
        for log, rows in self.parts:
            for first in range(0, len(rows), A_BATCH):
                rng = np.random.default_rng([self.seed, _DRAWING, number])
                batch = drawer.draw([(log, rows[first : first + A_BATCH])], rng)
                number += 1
                yield batch if data == "clean" else batch._replace(known=batch.known & (batch.weight < 1.0)[:, None])


@lru_cache(maxsize=1)
def held_out(count: int, seed: int, options: ExperienceOptions | None = None) -> HeldOut:
    """So many examples, each moment once; moments at which one stands for long are as rare as in training."""
    options = options or ExperienceOptions()
    rng, generation = np.random.default_rng([seed, _CHOICE]), 0
    pool: Candidates = []
    while sum(len(rows) for _, rows in pool) < count:
        logs = generate(options, seed, generation)
        pool += candidates(logs, WAYPOINTS, FeedOptions(), rng)
        generation += 1
    return HeldOut(tuple(choose(pool, count, rng)), seed)
