"""Othello by hand, and on both boards against rules written a second time, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.boards.game import ONGOING
from sim_suite.boards.random_play import random_games
from sim_suite.boards.registry import game_named

SIX, EIGHT = game_named("othello_6x6"), game_named("othello_8x8")
WAYS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0)]


def taken(stones, row, column, player):
    """The cells that a stone of the player takes: stones int8 [rows, columns]."""
    side, cells = len(stones), []
    for down, right in WAYS:
        line, r, c = [], row + down, column + right
        while 0 <= r < side and 0 <= c < side and stones[r, c] == 3 - player:
            line.append((r, c))
            r, c = r + down, c + right
        if 0 <= r < side and 0 <= c < side and stones[r, c] == player:
            cells += line
    return cells


def moves_of(stones, player):
    return [len(stones) * r + c for r, c in np.argwhere(stones == 0).tolist() if taken(stones, r, c, player)]


@pytest.mark.parametrize("game", [SIX, EIGHT], ids=lambda game: game.name)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**63))
def test_random_games_follow_the_rules_cell_by_cell(game, seed):
    _, moves = random_games(game, np.array([seed], np.uint64))
    position, stones = game.start(), game.stones(game.start())
    for move in moves[0].tolist():
        player = game.mover(position) + 1
        mine, others = moves_of(stones, player), moves_of(stones, 3 - player)
        expected = mine or ([game.actions - 1] if others else [])
        assert game.legal_moves(position) == expected
        if not expected:
            lead = int((stones == 1).sum() - (stones == 2).sum())
            assert game.outcome(position) == np.sign(lead)
            return
        assert game.outcome(position) == ONGOING
        if move < game.actions - 1:
            row, column = divmod(move, len(stones))
            for cell in [(row, column), *taken(stones, row, column, player)]:
                stones[cell] = player
        game.play(position, move)
        assert np.array_equal(game.stones(position), stones)
    raise AssertionError("the game did not end")


def test_the_beginning():
    assert EIGHT.text(EIGHT.start()).splitlines()[3:5] == [" 4 . . . O X . . .", " 5 . . . X O . . ."]
    assert [EIGHT.move_names[move] for move in EIGHT.legal_moves(EIGHT.start())] == ["d3", "c4", "f5", "e6"]
    assert [SIX.move_names[move] for move in SIX.legal_moves(SIX.start())] == ["c2", "b3", "e4", "d5"]


def test_a_move_takes_in_all_directions():
    position = EIGHT.after(EIGHT.start(), "f5", "d6", "c3", "d3", "c4")
    assert EIGHT.text(position) == (
        " 1 . . . . . . . .\n 2 . . . . . . . .\n 3 . . X O . . . .\n 4 . . X X X . . .\n"
        " 5 . . . O X X . .\n 6 . . . O . . . .\n 7 . . . . . . . .\n 8 . . . . . . . .\n   a b c d e f g h\n"
    )


def test_the_shortest_game_ends_before_the_board_is_full():
    """Nine moves after which the second player has no stone left: the shortest win there is."""
    position = EIGHT.after(EIGHT.start(), "e6", "f4", "e3", "f6", "g5", "d6", "e7", "f5", "c5")
    assert (EIGHT.stones(position) == 2).sum() == 0
    assert EIGHT.outcome(position) == 1
    assert EIGHT.legal_moves(position) == []


def test_who_has_no_move_passes_and_may_not_otherwise():
    position = EIGHT.start()
    position[:3] = 1 << 0, 1 << 1, 1  # a1 first's, b1 second's, the second to move
    assert [EIGHT.move_names[move] for move in EIGHT.legal_moves(position)] == ["pass"]
    passed = EIGHT.after(position, "pass")
    assert [EIGHT.move_names[move] for move in EIGHT.legal_moves(passed)] == ["c1"]
    ended = EIGHT.after(passed, "c1")
    assert EIGHT.outcome(ended) == 1


def test_equal_counts_are_drawn():
    position = SIX.start()
    position[:3] = 1 << 0, 1 << 5, 0
    assert SIX.outcome(position) == 0


def test_lines_do_not_run_round_the_edge():
    """h1 and a2 follow each other as bits, and are no neighbours: nothing is taken, and the other has a move."""
    position = EIGHT.start()
    for own, other in ((1 << 6, 1 << 7 | 1 << 8), (1 << 10, 1 << 8 | 1 << 9)):
        position[:3] = own, other, 0
        assert [EIGHT.move_names[move] for move in EIGHT.legal_moves(position)] == ["pass"]
