"""What agents are judged by beside their games: in solved positions, the share of their moves that keep what the position is worth.

Sources: the positions and values of `sim_suite.boards.solvers`; an error is a move of less value than the best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent
from sim_suite.boards.game import Game
from sim_suite.boards.games.connect_four import CONNECT_FOUR, PLIES
from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.boards.solvers.connect_four_set import BANDS, labelled_positions
from sim_suite.boards.solvers.labels import LabelledPositions
from sim_suite.boards.solvers.tic_tac_toe import solved
from sim_suite.leaderboard.arena.seat import shown

ALL = "all"
"""Name of the column over all positions."""


@dataclass(frozen=True)
class Judge:
    """The judged positions of a game."""

    what: str
    """The positions, in words."""
    labelled: LabelledPositions
    columns: dict[str, NDArray[np.bool_]]
    """Which positions [N] belong to which column."""

    def shares(self, moves: tuple[int, ...]) -> dict[str, tuple[int, int]]:
        """(value-keeping moves, positions) by column. moves: [N], one a position. Raises `SuiteError` at an illegal one."""
        kept = self.labelled.keeps(np.array(moves, np.int64))
        return {name: (int(kept[rows].sum()), int(rows.sum())) for name, rows in self.columns.items()}


@cache
def judge_of(game: str) -> Judge | None:
    """The judge of a game by name; None of games that nobody has solved."""
    return _JUDGES[game]() if game in _JUDGES else None


def ask(game: Game, judge: Judge, agent: Agent, seed: int) -> tuple[int, ...]:
    """An agent's move in each of the positions, all shown at once; the moves [N]."""
    if hasattr(agent, "seed"):
        agent.seed(seed)
    positions = judge.labelled.positions
    batch = [shown(game, position) for position in positions]
    answered, _ = agent.predict(batch, None, np.ones(len(batch), np.bool_), True)
    moves = tuple(int(move) for move in np.asarray(answered))
    judge.labelled.keeps(np.array(moves, np.int64))  # raises at an illegal one
    return moves


def _tic_tac_toe() -> Judge:
    labelled = solved().ongoing
    everywhere = np.ones(len(labelled.positions), np.bool_)
    return Judge(f"all {len(labelled.positions):,} positions that can be reached", labelled, {ALL: everywhere})


def _connect_four() -> Judge:
    labelled = labelled_positions()
    plies = labelled.positions[:, PLIES]
    bands = {f"plies {first}–{last}": (first <= plies) & (plies <= last) for first, last in BANDS}
    everywhere = np.ones(len(plies), np.bool_)
    return Judge(
        f"{len(plies)} positions from random play in which the choice matters", labelled, {ALL: everywhere, **bands}
    )


_JUDGES: dict[str, Callable[[], Judge]] = {TIC_TAC_TOE.name: _tic_tac_toe, CONNECT_FOUR.name: _connect_four}
