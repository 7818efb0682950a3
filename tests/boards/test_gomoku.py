"""Gomoku by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.boards.game import ONGOING
from sim_suite.boards.random_play import random_games
from sim_suite.boards.registry import game_named

NINE = game_named("gomoku_9x9")
GAMES = [game_named(f"gomoku_{side}x{side}") for side in (9, 13, 15)]


def test_five_in_a_row_win_and_four_do_not():
    four = NINE.after(NINE.start(), "a1", "a9", "b1", "b9", "c1", "c9", "d1", "d9")
    assert NINE.outcome(four) == ONGOING
    assert NINE.outcome(NINE.after(four, "e1")) == 1
    assert NINE.outcome(NINE.after(four, "h5", "e9")) == -1
    assert NINE.legal_moves(NINE.after(four, "e1")) == []


def test_more_than_five_win_too():
    six = NINE.after(NINE.start(), "a1", "a9", "b1", "b9", "c1", "c9", "e1", "e9", "f1", "f9", "d1")
    assert NINE.outcome(six) == 1


def test_a_row_does_not_go_on_in_the_next():
    """g1 h1 i1 on the right edge, a2 b2 on the left one of the row that follows in numbers."""
    position = NINE.start()
    for cell, other in (("g2", "a9"), ("h2", "c9"), ("i2", "e9"), ("a1", "g9")):
        position = NINE.after(position, cell, other)
    assert NINE.outcome(NINE.after(position, "b1")) == ONGOING


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**63))
def test_a_game_ends_with_its_first_five(game, seed):
    positions, moves = random_games(game, np.array([seed], np.uint64))
    played = [move for move in moves[0].tolist() if move >= 0]
    before = game.after(game.start(), *played[:-1])
    assert not has_five(game.stones(before))
    winner = has_five(game.stones(positions[0]))
    assert game.outcome(positions[0]) == {0: 0, 1: 1, 2: -1}[winner]


def has_five(stones):
    """The player who has five in a row, 0 for none: every line of five cells of the board is looked at."""
    side = len(stones)
    for row in range(side):
        for column in range(side):
            for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
                last_row, last_column = row + 4 * down, column + 4 * right
                if last_row < side and 0 <= last_column < side:
                    line = {stones[row + k * down, column + k * right] for k in range(5)}
                    if len(line) == 1 and line != {0}:
                        return int(line.pop())
    return 0
