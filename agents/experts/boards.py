"""Perfect play of board games that can be solved, as far as they can: what learned players are measured against. Source: ours.

Tic-tac-toe is solved from its beginning. Connect Four is searched out from a ply on where that is quick
(`sim_suite/boards/solvers/connect_four.py`); before it, UCT with rollouts plays.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.advice import MoveAdvice
from agents.alphazero.mcts import MctsAgent
from agents.alphazero.position_agent import PositionAgent
from sim_suite.boards.game import Game, Position
from sim_suite.boards.games.connect_four import CONNECT_FOUR, PLIES
from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.boards.search.draws import CHOICE, word
from sim_suite.boards.search.proving import pick
from sim_suite.boards.solvers.connect_four import values
from sim_suite.boards.solvers.labels import ILLEGAL
from sim_suite.boards.solvers.tic_tac_toe import solved
from sim_suite.errors import SuiteError

SOLVED_FROM: Final = 12
"""Plies of Connect Four after which every move is searched out: 0.12 s there on average, 0.26 s at ten (`sim_suite/boards/README.md`)."""


class Solver(PositionAgent):
    """Any of the moves that keep what the position is worth, each alike, drawn by seed and position."""

    def __init__(self, game: Game, seed: int) -> None:
        """See `PositionAgent`. Raises `SuiteError` for a game that it cannot solve."""
        if game not in (TIC_TAC_TOE, CONNECT_FOUR):
            raise SuiteError(f"solver plays {TIC_TAC_TOE.title} and {CONNECT_FOUR.title}, not {game.title}: try mcts.")
        super().__init__(game, seed)
        self._early = MctsAgent(game, seed)

    def seed(self, seed: int) -> None:
        """See `PositionAgent`."""
        super().seed(seed)
        self._early.seed(seed)

    def choose(self, position: Position) -> int:
        """See `PositionAgent`."""
        worth = self.worth(position)
        if worth is None:
            return self._early.choose(position)
        best = np.flatnonzero((worth != ILLEGAL) & (worth == worth.max()))
        return int(best[pick(word(self._keys(position)[0], CHOICE, 0), len(best))])

    def advise(self, position: Position) -> list[MoveAdvice]:
        """See `advice.Advisor`. Raises `SuiteError` where it does not know."""
        worth = self.worth(position)
        if worth is None:
            raise SuiteError(
                "this early the solver does not know either: it plays by rollouts until the board is fuller."
            )
        found = [MoveAdvice(move, None, float(worth[move])) for move in self._game.legal_moves(position)]
        best = self.choose(position)
        return sorted(found, key=lambda one: (one.move != best, -float(worth[one.move])))

    def worth(self, position: Position) -> NDArray[np.int8] | None:
        """The value of each move [A], or None where to find it out would take too long."""
        if self._game is TIC_TAC_TOE:
            return _tic_tac_toe()[tuple(position.tolist())]
        return values(position) if position[PLIES] >= SOLVED_FROM else None


@cache
def _tic_tac_toe() -> dict[tuple[int, ...], NDArray[np.int8]]:
    """The values of moves [A] by position."""
    ongoing = solved().ongoing
    return {tuple(row): worth for row, worth in zip(ongoing.positions.tolist(), ongoing.values, strict=True)}
