"""Perfect play of board games that can be solved, as far as they can: what learned players are measured against. Source: ours.

Tic-tac-toe is solved from its beginning. Connect Four is searched out from a ply on where that is quick
(`sim_suite/boards/solvers/connect_four.py`); before it, UCT with rollouts plays.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.alphazero.mcts import MctsAgent
from agents.alphazero.seen import boards_of
from agents.alphazero.tasks import BOARD, game_of
from agents.interface import Batch, Interface, Task
from sim_suite.boards.game import Game, Position
from sim_suite.boards.games.connect_four import CONNECT_FOUR, PLIES
from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.search.draws import CHOICE, word
from sim_suite.boards.search.proving import pick
from sim_suite.boards.solvers.connect_four import values
from sim_suite.boards.solvers.labels import ILLEGAL
from sim_suite.boards.solvers.tic_tac_toe import solved
from sim_suite.errors import SuiteError

SOLVED_FROM: Final = 12
"""Plies of Connect Four after which every move is searched out: 20 ms there on average (`sim_suite/boards/README.md`), seconds at eight."""


class Solver:
    """Any of the moves that keep what the position is worth, each alike, drawn by seed and position."""

    interface = Interface(BOARD, "discrete")

    def __init__(self, game: Game, seed: int) -> None:
        """seed: 0 to 2**64 - 1. Raises `SuiteError` for a game that it cannot solve."""
        if game not in (TIC_TAC_TOE, CONNECT_FOUR):
            raise SuiteError(f"solver plays {TIC_TAC_TOE.title} and {CONNECT_FOUR.title}, not {game.title}: try mcts.")
        self._game, self._seed = game, seed
        self._early = MctsAgent(game, seed)

    @classmethod
    def for_task(cls, task: Task, seed: int) -> Solver:
        """For a game that can be solved."""
        return cls(game_of(task), seed)

    def seed(self, seed: int) -> None:
        """What is drawn by in the next episode."""
        self._seed = seed
        self._early.seed(seed)

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
            raise SuiteError("a solver needs the position beside the planes: look through the view 'board'.")
        moves = np.zeros(len(shown.planes), np.int64)
        for row in np.flatnonzero(shown.legal.any(axis=1)).tolist():
            position = shown.positions[row]
            worth = self.worth(position)
            if worth is None:
                one = {
                    "observation": shown.planes[[row]],
                    "action_mask": shown.legal[[row]],
                    "position": position[None],
                }
                moves[row] = self._early.predict(one)[0][0]
            else:
                moves[row] = self._any_best(worth, position)
        return moves, state

    def worth(self, position: Position) -> NDArray[np.int8] | None:
        """The value of each move [A], or None where to find it out would take too long."""
        if self._game is TIC_TAC_TOE:
            return _tic_tac_toe()[tuple(position.tolist())]
        return values(position) if position[PLIES] >= SOLVED_FROM else None

    def _any_best(self, worth: NDArray[np.int8], position: Position) -> int:
        best = np.flatnonzero((worth != ILLEGAL) & (worth == worth.max()))
        key = keys_of(self._seed, [zlib.crc32(position.tobytes())], 0)[0]
        return int(best[pick(word(key, CHOICE, 0), len(best))])


@cache
def _tic_tac_toe() -> dict[tuple[int, ...], NDArray[np.int8]]:
    """The values of moves [A] by position."""
    ongoing = solved().ongoing
    return {tuple(row): worth for row, worth in zip(ongoing.positions.tolist(), ongoing.values, strict=True)}
