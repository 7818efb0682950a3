"""All that was gathered so far, in memory, and minibatches of it. Source: Ross et al. 2011, algorithm 3.1: D <- D u D_i.

Single pictures are kept, not stacks of them: a stack is cut out of its episode when it is drawn, which takes a quarter of the memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.imitation.loading import StepData
from sim_suite.envs.views import View
from sim_suite.episodes.labels import lessons
from sim_suite.episodes.recording.capture import OBSERVATION
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.viewing.views import observations
from sim_suite.errors import SuiteError

Array = NDArray[Any]
_DRAWING: Final = 0xDA66
"""Keeps the random numbers of minibatches apart from others drawn from the same seed."""


class Aggregate:
    """Steps of episodes, added folder by folder."""

    def __init__(self, view: View) -> None:
        """view: of pixels, as the policy looks."""
        self.view = view
        self._pictures: list[Array] = []
        """Of each episode: its pictures behind `view.stack` - 1 black ones."""
        self._episodes: list[NDArray[np.int32]] = []
        self._rows: list[NDArray[np.int32]] = []
        self._lessons: list[Array] = []
        self._digest = hashlib.sha256()

    def add(self, folders: Sequence[Path]) -> StepData:
        """Read folders of episodes; returns what they are. Raises `SuiteError` for other pictures or actions than before."""
        data = StepData(folders, self.view)
        single = replace(self.view, stack=1)
        for source in data.sources:
            with Episode(source.path) as episode:
                seen = observations(episode, single, np.arange(episode.rows_of(OBSERVATION)))
                learned = lessons(episode)[source.rows]
            if self._lessons and (seen.shape[1:], learned.shape[1:]) != (
                self._pictures[0].shape[1:], self._lessons[0].shape[1:],
            ):  # fmt: skip
                raise SuiteError(f"{source.path} has pictures or actions of another shape than those before it.")
            black = np.zeros((self.view.stack - 1, *seen.shape[1:]), seen.dtype)
            self._episodes.append(np.full(len(source.rows), len(self._pictures), np.int32))
            self._pictures.append(np.concatenate([black, seen]))
            self._rows.append(source.rows)
            self._lessons.append(learned)
        data.close()
        self._digest.update(data.identity.encode())
        self._flat = tuple(np.concatenate(parts) for parts in (self._episodes, self._rows, self._lessons))
        return data

    def __len__(self) -> int:
        """Steps."""
        return sum(map(len, self._rows))

    @property
    def episodes(self) -> int:
        """How many episodes they are from."""
        return len(self._pictures)

    @property
    def identity(self) -> str:
        """SHA-256 of which steps they are and how they are looked at."""
        return self._digest.hexdigest()

    @property
    def lessons(self) -> Array:
        """[len(self), ...] what is to be done in each."""
        return self._flat[2]

    def __getitems__(self, indices: Sequence[int] | NDArray[np.int64]) -> tuple[Array, Array]:
        """(observations [n, *shape] as the view shows them, actions [n, ...]) of steps, in the order of adding."""
        episodes, rows, learned = self._flat
        stack = self.view.stack
        found = [self._pictures[episodes[i]][rows[i] : rows[i] + stack] for i in indices]
        seen = np.stack(found)
        return (seen[:, 0] if stack == 1 else seen), learned[indices]

    def drawn(self, count: int, seed: int, number: int) -> tuple[Array, Array]:
        """`count` steps at random, each as likely as any, by (seed, number of the batch)."""
        dice = np.random.default_rng([seed, _DRAWING, number])
        return self.__getitems__(dice.integers(0, len(self), count))
