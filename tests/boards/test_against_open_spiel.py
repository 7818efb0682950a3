"""Move for move against OpenSpiel on random games: legal moves, whose turn it is, ends and outcomes.

In Go, OpenSpiel lets a move repeat an earlier board unless the last move took the one stone there, and then calls the game
drawn; ours refuses such moves. So a move that OpenSpiel allows and we do not must end its game so, and nothing else may
differ. The slow test plays 10,000 games of each, the fast one a few hundred.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.boards.game import ONGOING
from sim_suite.boards.random_play import random_games
from sim_suite.boards.registry import game_named

pyspiel = pytest.importorskip("pyspiel")

PEERS = {
    "tic_tac_toe": ("tic_tac_toe", 300),
    "connect_four": ("connect_four", 300),
    "othello_8x8": ("othello", 100),
    "gomoku_9x9": ("gomoku(size=9)", 40),
    "gomoku_13x13": ("gomoku(size=13)", 20),
    "gomoku_15x15": ("gomoku(size=15)", 20),
    "go_5x5": ("go(board_size=5,komi=0.5)", 100),
    "go_6x6": ("go(board_size=6,komi=3.5)", 40),
    "go_7x7": ("go(board_size=7,komi=8.5)", 40),
    "go_8x8": ("go(board_size=8,komi=7.5)", 30),
    "go_9x9": ("go(board_size=9,komi=7.5)", 30),
}
"""Our game, OpenSpiel's, and how many games the fast test plays."""


@pytest.mark.parametrize("name", PEERS)
def test_some_random_games_are_theirs(name):
    compare(name, PEERS[name][1])


@pytest.mark.slow
@pytest.mark.parametrize("name", PEERS)
def test_ten_thousand_random_games_are_theirs(name):
    compare(name, 10_000)


def test_go_refuses_what_repeats_a_board_and_they_do_not():
    """Both kinds of ko occur in random games on 5 x 5, so that the comparison above has met them."""
    assert compare("go_5x5", 300) > 0


def compare(name, games):
    """Play the same random games; returns how many moves theirs allowed that ours refused as repetitions."""
    ours, theirs = game_named(name), pyspiel.load_game(PEERS[name][0])
    assert theirs.num_distinct_actions() == ours.actions
    number = their_numbers(name, ours)
    mask = np.zeros(ours.actions, np.bool_)
    _, moves = random_games(ours, np.arange(games, dtype=np.uint64))
    refused = 0
    for played in moves.tolist():
        position, state = ours.start(), theirs.new_initial_state()
        for move in played:
            if move < 0:
                break
            ours.legal(position, mask)
            assert not state.is_terminal()
            assert ours.mover(position) == state.current_player()
            refused += compare_masks(name, ours, mask, state, number)
            ours.play(position, move)
            state.apply_action(int(number[move]))
        assert state.is_terminal()
        assert ours.outcome(position) != ONGOING
        assert state.returns() == [ours.outcome(position), -ours.outcome(position)]
    return refused


def compare_masks(name, ours, mask, state, number):
    """Hold the legal moves against theirs; returns how many are refused as repetitions."""
    allowed, legal = set(state.legal_actions()), set(number[mask].tolist())
    assert legal <= allowed
    if legal != allowed:
        assert name.startswith("go_"), (ours.text, sorted(allowed - legal))
        for move in allowed - legal:
            child = state.child(move)
            assert child.is_terminal(), "refused, though it repeats nothing"
            assert child.returns() == [0.0, 0.0]
    return len(allowed - legal)


def their_numbers(name, ours):
    """Their number of each of our moves: int64 [A]. Their Go counts rows from the bottom."""
    if not name.startswith("go_"):
        return np.arange(ours.actions)
    rows, columns = ours.shape
    cells = np.arange(rows * columns).reshape(rows, columns)[::-1].reshape(-1)
    return np.append(cells, rows * columns)
