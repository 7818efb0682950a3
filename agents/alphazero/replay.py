"""The positions that are learned from: the newest ones, drawn alike, each turned by a random symmetry of the board.

Source: Silver et al. 2017 (Nature 550), methods, "Optimisation". Positions are kept, planes are drawn anew for each batch.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sim_suite.boards.game import Game
from sim_suite.boards.search.lessons import write_lessons
from sim_suite.boards.search.self_play import Played
from sim_suite.errors import SuiteError


class Lesson(NamedTuple):
    """A batch of n positions."""

    planes: Tensor
    """[n, P, rows, columns] float32, channels last."""
    legal: Tensor
    """[n, A] bool."""
    policies: Tensor
    """[n, A] float32."""
    values: Tensor
    """[n] float32 in [-1, 1]."""


class Replay:
    """A ring of positions."""

    def __init__(self, game: Game, capacity: int, search_value_share: float) -> None:
        """capacity: positions that are remembered; search_value_share: what the search's own value has in the target of the value."""
        self._game, self._share = game, search_value_share
        self._positions = np.zeros((capacity, game.words), np.int64)
        self._policies = np.zeros((capacity, game.actions), np.float32)
        self._values = np.zeros(capacity, np.float32)
        self._head = 0
        """Positions that were ever added."""

    def __len__(self) -> int:
        return min(self._head, len(self._values))

    def add(self, played: Played) -> None:
        """Remember what a game taught, forgetting the oldest."""
        at = np.arange(self._head, self._head + len(played.outcomes)) % len(self._values)
        self._positions[at] = played.positions
        self._policies[at] = played.policies
        self._values[at] = (1.0 - self._share) * played.outcomes + self._share * played.values
        self._head += len(played.outcomes)

    def sample(self, count: int, rng: np.random.Generator) -> Lesson:
        """So many positions, drawn with replacement. Raises `SuiteError` where there are none."""
        if not len(self):
            raise SuiteError("nothing is remembered yet: play games first.")
        game = self._game
        rows = rng.integers(len(self), size=count)
        turns = rng.integers(len(game.cells), size=count)
        shape = (count, game.planes, *game.shape)
        planes = torch.empty(shape, dtype=torch.float32, memory_format=torch.channels_last)
        legal, policies = torch.empty(count, game.actions, dtype=torch.bool), torch.empty(count, game.actions)
        write_lessons(
            game, self._positions[rows], self._policies[rows], turns, planes.numpy(), legal.numpy(), policies.numpy()
        )
        return Lesson(planes, legal, policies, torch.from_numpy(self._values[rows]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is remembered, by name."""
        used = slice(0, len(self))
        return {
            "positions": self._positions[used],
            "policies": self._policies[used],
            "values": self._values[used],
            "head": np.array([self._head]),
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Go on from what `arrays` returned. Raises `SuiteError` where it does not fit."""
        count, head = len(arrays["values"]), int(arrays["head"][0])
        fits = arrays["positions"].shape[1:] == self._positions.shape[1:] and count == min(head, len(self._values))
        if not fits or arrays["policies"].shape[1:] != self._policies.shape[1:]:
            raise SuiteError(
                "these remembered positions are of another game or window. Resume with the run's settings."
            )
        self._positions[:count], self._policies[:count] = arrays["positions"], arrays["policies"]
        self._values[:count], self._head = arrays["values"], head
