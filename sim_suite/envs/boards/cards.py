"""The board games' entries in the catalogue, a row a game. Source of the scores: as each says."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, NamedTuple

from sim_suite.envs.catalog import EnvCard, Reference

_ALIKE: Final = "exact: random legal moves against random legal moves, seats drawn"
_MEASURED: Final = "measured: python -m sim_suite.studies.references, 200 episodes, seeds from 20000, 2026-11-29"
_MOST: Final = "the most there is: every game against random moves won"


class _Row(NamedTuple):
    id: str
    game: str
    summary: str
    most_plies: int
    do_nothing: int
    idle: float
    """Mean return of the do-nothing action, an illegal move being a lost game."""


_ROWS: Final = (
    _Row("TicTacToe", "tic_tac_toe", "three in a row on 3 x 3 cells", 9, 0, -1.0),
    _Row("ConnectFour", "connect_four", "four in a row, stones fall down seven columns", 42, 0, 0.37),
    _Row("Othello6x6", "othello_6x6", "enclose and turn the other's stones, 6 x 6 cells", 64, 36, -1.0),
    _Row("Othello8x8", "othello_8x8", "enclose and turn the other's stones, 8 x 8 cells", 120, 64, -1.0),
    _Row("Gomoku9x9", "gomoku_9x9", "five or more in a row on 9 x 9 cells", 81, 0, -1.0),
    _Row("Gomoku13x13", "gomoku_13x13", "five or more in a row on 13 x 13 cells", 169, 0, -1.0),
    _Row("Gomoku15x15", "gomoku_15x15", "five or more in a row on 15 x 15 cells", 225, 0, -1.0),
    _Row("Go5x5", "go_5x5", "Go on 5 x 5 points, area scoring, komi 0.5", 50, 25, -0.99),
    _Row("Go6x6", "go_6x6", "Go on 6 x 6 points, area scoring, komi 3.5", 72, 36, -0.99),
    _Row("Go7x7", "go_7x7", "Go on 7 x 7 points, area scoring, komi 8.5", 98, 49, -0.99),
    _Row("Go8x8", "go_8x8", "Go on 8 x 8 points, area scoring, komi 7.5", 128, 64, -0.99),
    _Row("Go9x9", "go_9x9", "Go on 9 x 9 points, area scoring, komi 7.5", 162, 81, -1.0),
)


def board_cards() -> Iterator[EnvCard]:
    """A card for each game against random moves."""
    for row in _ROWS:
        yield EnvCard(
            f"sim_suite/{row.id}-v0",
            "boards",
            f"{row.summary}, against random moves",
            row.most_plies,
            ("board",),
            row.do_nothing,
            Reference(0.0, _ALIKE),
            Reference(row.idle, _MEASURED),
            Reference(1.0, _MOST),
            entry_point="sim_suite.envs.boards.env:BoardEnv",
            kwargs=MappingProxyType({"game": row.game}),
        )
