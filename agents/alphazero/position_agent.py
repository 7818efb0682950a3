"""Agents that must be shown positions, and choose a move for one after another: tree searches and solvers. Source: ours."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from agents.alphazero.seen import boards_of
from agents.alphazero.tasks import BOARD, game_of
from agents.interface import Batch, Interface, Task
from sim_suite.boards.game import Game, Position
from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.search.kinds import Keys
from sim_suite.errors import SuiteError


class PositionAgent(ABC):
    """A move is a function of seed and position."""

    interface = Interface(BOARD, "discrete")

    def __init__(self, game: Game, seed: int) -> None:
        """seed: 0 to 2**64 - 1, of what is drawn."""
        self._game, self._seed = game, seed

    @classmethod
    def for_task(cls, task: Task, seed: int) -> Self:
        """For the game of an environment."""
        return cls(game_of(task), seed)

    def seed(self, seed: int) -> None:
        """What is drawn by in the next episode."""
        self._seed = seed

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Moves [B] int64; 0 where the game is over. Raises `SuiteError` where no positions are shown."""
        shown = boards_of(observation, self._game)
        if shown.positions is None:
            raise SuiteError("this agent needs the position beside the planes: look through the view 'board'.")
        moves = np.zeros(len(shown.planes), np.int64)
        for row in np.flatnonzero(shown.legal.any(axis=1)).tolist():
            moves[row] = self.choose(shown.positions[row])
        return moves, state

    @abstractmethod
    def choose(self, position: Position) -> int:
        """The move in an ongoing position, int64 [S]."""

    def _keys(self, position: Position) -> Keys:
        """[1, 4] uint32 Of what is drawn in a position."""
        return keys_of(self._seed, [zlib.crc32(position.tobytes())], 0)
