"""UCT with rollouts: it counts what it should, finds what is won, proves what is small, and each game is as if alone."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.boards.game import ONGOING
from sim_suite.boards.registry import game_named
from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.search.proving import UNPROVEN, prove, uct_move
from sim_suite.boards.search.rollouts import Rollouts
from sim_suite.boards.search.tree import fresh_tree
from sim_suite.compiling import sharing
from sim_suite.errors import SuiteError

TIC_TAC_TOE = game_named("tic_tac_toe")
FOUR = game_named("connect_four")


def exact(game, position, known):
    """The value of a position under perfect play, as its mover sees it."""
    key = position.tobytes()
    if key not in known:
        outcome = game.outcome(position)
        if outcome != ONGOING:
            known[key] = outcome if game.mover(position) == 0 else -outcome
        else:
            known[key] = max(-exact(game, game.after(position, move), known) for move in game.legal_moves(position))
    return known[key]


def test_ucb_by_hand():
    """Visits 2, 1, 1 with means 0.5, 0, 1: bonuses of sqrt(ln 4 / n) times c. Move 1 is illegal."""
    tree = fresh_tree(1, 4, 4, 1, 4)
    tree.prior[0, 0, 1] = -1.0
    tree.visits[0, 0] = [2, 0, 1, 1]
    tree.value_sum[0, 0] = [1.0, 0.0, 0.0, 1.0]
    tree.child[0, 0] = [1, 0, 2, 3]
    proofs, key = np.full(4, UNPROVEN, np.int8), keys_of(0, [0], 0)[0]
    assert uct_move(tree, proofs, 0, 0, 0.1, key, 0, 0) == 3
    bonus = np.sqrt(np.log(4.0))
    assert 0.5 + 10 * bonus / np.sqrt(2) < 0.0 + 10 * bonus < 1.0 + 10 * bonus
    proofs[3] = 1  # the node behind move 3 is won for the one who then moves
    tree.mover[0] = [0, 1, 1, 1]
    assert uct_move(tree, proofs, 0, 0, 10.0, key, 0, 0) == 2
    assert uct_move(tree, proofs, 0, 0, 0.1, key, 0, 0) == 0
    prove(tree, proofs, 0, 0)
    assert proofs[0] == UNPROVEN
    proofs[1], proofs[2] = 0, 1
    prove(tree, proofs, 0, 0)
    assert proofs[0] == 0, "the best of -1, 0 and -1"
    proofs[:] = [UNPROVEN, UNPROVEN, -1, UNPROVEN]
    prove(tree, proofs, 0, 0)
    assert proofs[0] == 1, "one move that wins is enough"


def test_untried_moves_come_first_and_in_any_order():
    rollouts = Rollouts(TIC_TAC_TOE, 64, 9)
    rollouts.moves(np.tile(TIC_TAC_TOE.start(), (64, 1)), keys_of(0, np.arange(64), 0))
    assert (rollouts.tree.visits[:, 0] == 1).all()
    firsts = rollouts.tree.positions[:, 1, :].tolist()
    assert len({tuple(one) for one in firsts}) == 9


def test_visits_are_simulations_and_sums_lie_between():
    rollouts = Rollouts(FOUR, 3, 200)
    rollouts.moves(np.tile(FOUR.start(), (3, 1)), keys_of(0, np.arange(3), 0))
    assert (rollouts.tree.visits[:, 0].sum(axis=1) == 200).all()
    assert (np.abs(rollouts.tree.value_sum) <= rollouts.tree.visits).all()
    assert (rollouts.tree.nodes == 201).all()
    assert rollouts.tree.visits[0, 0].argmax() in (2, 3, 4), "the middle is best"


@pytest.mark.parametrize("solver", [False, True])
def test_won_games_are_won_and_threats_are_stopped(solver):
    wins = FOUR.after(FOUR.start(), "a", "g", "a", "g", "a", "g")
    threatened = FOUR.after(FOUR.start(), "b", "a", "g", "a", "g", "a")
    rollouts = Rollouts(FOUR, 2, 300, solver=solver)
    assert rollouts.moves(np.array([wins, threatened]), keys_of(3, [0, 1], 0)).tolist() == [0, 0]
    if solver:
        assert rollouts.proofs[0, 0] == 1
        assert rollouts.tree.visits[0, 0].sum() < 300, "a proven root is searched no further"


def test_proofs_are_the_values_of_perfect_play():
    """All positions of tic-tac-toe with four to seven stones that random play meets."""
    known, positions, rng = {}, [], np.random.default_rng(0)
    while len(positions) < 60:
        position = TIC_TAC_TOE.start()
        for _ in range(rng.integers(4, 8)):
            moves = TIC_TAC_TOE.legal_moves(position)
            if moves:
                position = TIC_TAC_TOE.after(position, rng.choice(moves))
        if TIC_TAC_TOE.legal_moves(position):
            positions.append(position)
    rollouts = Rollouts(TIC_TAC_TOE, 60, 2000, solver=True)
    moves = rollouts.moves(np.array(positions), keys_of(0, np.arange(60), 0))
    for row, position in enumerate(positions):
        value = exact(TIC_TAC_TOE, position, known)
        assert rollouts.proofs[row, 0] == value
        assert -exact(TIC_TAC_TOE, TIC_TAC_TOE.after(position, moves[row]), known) == value


def test_a_game_of_a_batch_is_the_same_game_alone_on_any_number_of_threads(monkeypatch):
    positions = np.array([FOUR.after(FOUR.start(), *"abcd"[:count]) for count in range(5)])
    keys = keys_of(1, np.arange(5), 0)
    together = Rollouts(FOUR, 5, 150)
    moves = together.moves(positions, keys)
    for row in range(5):
        alone = Rollouts(FOUR, 1, 150)
        assert alone.moves(positions[row : row + 1], keys[row : row + 1])[0] == moves[row]
        assert np.array_equal(alone.tree.visits[0], together.tree.visits[row])
    monkeypatch.setattr(sharing, "most_threads", lambda: 3)
    threaded = Rollouts(FOUR, 5, 150)
    threaded.moves(positions, keys)
    assert np.array_equal(threaded.tree.visits, together.tree.visits)


def test_what_cannot_be_searched_is_refused():
    rollouts = Rollouts(TIC_TAC_TOE, 1, 10)
    over = TIC_TAC_TOE.after(TIC_TAC_TOE.start(), 0, 3, 1, 4, 2)
    with pytest.raises(SuiteError, match="the game in row 0 is over"):
        rollouts.moves(over[None], keys_of(0, [0], 0))
    with pytest.raises(SuiteError, match="at most 1 positions"):
        rollouts.moves(np.array([over, over]), keys_of(0, [0, 1], 0))
    with pytest.raises(SuiteError, match="simulations of at least 1"):
        Rollouts(TIC_TAC_TOE, 1, 0)
