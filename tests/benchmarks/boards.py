"""Board games: random games per second on one core, and Connect Four positions solved per second. Source: ours.

The peer is OpenSpiel, whose rules are C++, stepped by a Python loop, as its own examples play random games. Both draw each
move uniformly from the legal ones, and count whole games. Asked for is twice the peer's rate for every game.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from sim_suite.benchmarking import SECONDS, Measurement, Row, compared, median_rate
from sim_suite.boards.game import ONGOING, Game
from sim_suite.boards.games.connect_four import CONNECT_FOUR
from sim_suite.boards.random_play import random_games
from sim_suite.boards.registry import game_named
from sim_suite.boards.solvers.connect_four import new_table, values
from sim_suite.compiling import sharing

SUMMARY = (
    "board games: random games per second on one core beside OpenSpiel's, Connect Four positions solved per second"
)

PEERS = {
    "tic_tac_toe": "tic_tac_toe",
    "connect_four": "connect_four",
    "othello_8x8": "othello",
    "gomoku_15x15": "gomoku",
    "go_9x9": "go(board_size=9,komi=7.5)",
}
BAR = 2.0
_AT_ONCE = 512
_SOLVED_PLIES = (20, 16, 12)


def rows() -> Iterator[Row]:
    """Games, then the solver."""
    with sharing.at_most(1):
        for name, peer in PEERS.items():
            game = game_named(name)
            yield compared(f"random games, {game.title}", "games/s", _ours(game), "OpenSpiel", _theirs(peer), BAR)
    for plies in _SOLVED_PLIES:
        yield Row(f"Connect Four solved after {plies} plies, all moves", _solved(plies), "positions/s")


def _rate(play_some: Callable[[], int]) -> float:
    """Games per second over `SECONDS`."""
    games, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < SECONDS:
        games += play_some()
    return games / elapsed


def _ours(game: Game) -> Measurement:
    seeds = np.arange(_AT_ONCE, dtype=np.uint64)

    def play_some() -> int:
        random_games(game, seeds)
        return _AT_ONCE

    return lambda: _rate(play_some)


def _theirs(name: str) -> Measurement | None:
    try:
        import pyspiel
    except ImportError:
        return None
    game: Any = pyspiel.load_game(name)

    def play_one() -> int:
        state = game.new_initial_state()
        while not state.is_terminal():
            state.apply_action(random.choice(state.legal_actions()))
        return 1

    return lambda: _rate(play_one)


def _solved(plies: int) -> float:
    """Ongoing positions of random games, one after the other, the table kept."""
    positions, _ = random_games(CONNECT_FOUR, np.arange(64, dtype=np.uint64), plies)
    ongoing = [position for position in positions if CONNECT_FOUR.outcome(position) == ONGOING][:16]
    table = new_table()

    def solve() -> int:
        table[:] = 0
        for position in ongoing:
            values(position, table)
        return len(ongoing)

    return median_rate(solve, repeats=3)
