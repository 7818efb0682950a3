"""PUCT and Gumbel search in the batch: equal to plain Python node for node, each game as if it were alone, and right about won games."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.boards.random_play import random_games
from sim_suite.boards.registry import game_named
from sim_suite.boards.search.batched import Search, keys_of
from sim_suite.boards.search.rules import GumbelRule, PuctRule
from sim_suite.compiling import sharing
from sim_suite.errors import SuiteError
from tests.boards.search import reference

GAMES = ["tic_tac_toe", "connect_four"]
PUCT, GUMBEL = PuctRule(), GumbelRule(considered=4)
RULES = [PUCT, GUMBEL]
SIMULATIONS = 40


def positions_of(game, count, seed=0):
    """Ongoing positions after 0, 1, 2, ... random moves, so that each has another mask."""
    found = [game.start()]
    while len(found) < count:
        plies = len(found) % (game.most_plies - 2)
        seed += 1
        position = random_games(game, np.array([seed], np.uint64), plies)[0][0]
        if game.legal_moves(position):
            found.append(position)
    return np.array(found)


def searched(game, positions, rule, explores=True, rows=None, simulations=SIMULATIONS, seed=3):
    search = Search(game, len(positions), simulations, rule)
    numbers = np.arange(len(positions)) if rows is None else rows
    search.begin(positions, simulations, keys_of(seed, numbers, 5), explores)
    search.run(reference.evaluate(search))
    return search


def root_of(search, row):
    tree = search.tree
    return tree.visits[row, 0].copy(), tree.value_sum[row, 0].copy(), tree.noise[row].copy()


def same_tree(tree, row, node, expected):
    """Whether the subtree at a node has the visits and sums of a reference node, all the way down."""
    assert tree.ended[row, node] == expected.ended
    if expected.ended:
        return
    for move, visits in expected.visits.items():
        assert tree.visits[row, node, move] == visits
        assert tree.value_sum[row, node, move] == pytest.approx(expected.sums[move], abs=1e-4)
        assert tree.prior[row, node, move] == pytest.approx(expected.prior[move], abs=1e-5)
        below = tree.child[row, node, move]
        assert (below > 0) == (move in expected.children)
        if below > 0:
            same_tree(tree, row, below, expected.children[move])
    illegal = sorted(set(range(tree.prior.shape[2])) - set(expected.prior))
    assert (tree.prior[row, node, illegal] < 0).all()
    assert (tree.visits[row, node, illegal] == 0).all()


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("explores", [False, True])
def test_puct_builds_the_tree_of_the_paper(name, explores):
    game = game_named(name)
    positions = positions_of(game, 12)
    search = searched(game, positions, PUCT, explores)
    for row, position in enumerate(positions):
        expected = reference.puct(game, position, SIMULATIONS, PUCT, search.tree.noise[row] if explores else None)
        same_tree(search.tree, row, 0, expected)
        shares = np.zeros(game.actions)
        shares[list(expected.visits)] = np.array(list(expected.visits.values())) / SIMULATIONS
        assert search.policies()[row] == pytest.approx(shares)
        assert search.values()[row] == pytest.approx(sum(expected.sums.values()) / SIMULATIONS, abs=1e-5)
        assert search.moves()[row] == max(expected.visits, key=expected.visits.get)


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("explores", [False, True])
def test_gumbel_builds_the_tree_of_the_paper(name, explores):
    game = game_named(name)
    positions = positions_of(game, 12)
    search = searched(game, positions, GUMBEL, explores)
    assert (search.tree.noise != 0).any() == explores
    for row, position in enumerate(positions):
        expected, move = reference.gumbel(game, position, SIMULATIONS, GUMBEL, search.tree.noise[row])
        same_tree(search.tree, row, 0, expected)
        policy = np.zeros(game.actions)
        for action, share in reference.improved(expected, GUMBEL).items():
            policy[action] = share
        assert search.policies()[row] == pytest.approx(policy, abs=1e-4)
        assert search.moves()[row] == move


@pytest.mark.parametrize("rule", RULES, ids=["puct", "gumbel"])
def test_a_game_of_a_batch_is_the_same_game_alone(rule):
    game = game_named("connect_four")
    positions = positions_of(game, 9)
    together = searched(game, positions, rule)
    for row in (0, 4, 8):
        alone = searched(game, positions[row : row + 1], rule, rows=np.array([row]))
        for mine, theirs in zip(root_of(together, row), root_of(alone, 0), strict=True):
            assert np.array_equal(mine, theirs)
    turned = searched(game, positions[::-1], rule, rows=np.arange(9)[::-1])
    assert np.array_equal(turned.tree.visits[::-1], together.tree.visits)


@pytest.mark.parametrize("rule", RULES, ids=["puct", "gumbel"])
def test_threads_change_nothing(rule, monkeypatch):
    game = game_named("connect_four")
    positions = positions_of(game, 9)
    alone = searched(game, positions, rule)
    monkeypatch.setattr("sim_suite.boards.search.batched.LEAST", 1)
    monkeypatch.setattr(sharing, "most_threads", lambda: 3)
    shared = searched(game, positions, rule)
    assert np.array_equal(shared.tree.visits, alone.tree.visits)
    assert np.array_equal(shared.tree.value_sum, alone.tree.value_sum)


@pytest.mark.parametrize("rule", RULES, ids=["puct", "gumbel"])
@pytest.mark.parametrize("first", [True, False])
def test_a_mate_in_one_is_played_and_one_that_threatens_is_stopped(rule, first):
    """Three in a column for the mover; then the same three for the other. An indifferent network knows nothing of it."""
    game = game_named("connect_four")
    moves = ["a", "g", "a", "g", "a", "g"] if first else ["b", "a", "g", "a", "g", "a", "f"]
    wins = game.after(game.start(), *moves)
    threatened = game.after(game.start(), *(["b"] if first else []), "a", "g", "a", "g", "a")
    positions = np.array([wins, threatened])
    search = Search(game, 2, 64, rule)
    search.begin(positions, 64, keys_of(0, [0, 1], 0))
    search.run(lambda: (np.zeros((2, 7), np.float32), np.zeros(2, np.float32)))
    assert game.move_names[search.moves()[0]] == "a"
    assert game.move_names[search.moves()[1]] == "a"
    assert search.policies()[0, 0] > 0.85


def test_noise_is_drawn_once_a_move_and_by_key():
    game = game_named("tic_tac_toe")
    positions = positions_of(game, 6)
    search = Search(game, 6, 20, PUCT)
    search.begin(positions, 20, keys_of(1, np.arange(6), 0), np.array([True, False] * 3))
    answer = reference.evaluate(search)
    search.step(*answer())
    drawn = search.tree.noise.copy()
    search.run(answer)
    assert np.array_equal(search.tree.noise, drawn)
    assert (drawn[1::2] == 0).all()
    assert drawn[::2].sum(axis=1) == pytest.approx(1.0)
    for row in (0, 2, 4):
        assert (drawn[row] > 0).nonzero()[0].tolist() == game.legal_moves(positions[row])
    search.begin(positions, 20, keys_of(1, np.arange(6), 1), True)
    search.step(*answer())
    assert not np.array_equal(search.tree.noise[0], drawn[0])


def test_budgets_may_differ_and_rows_may_rest():
    game = game_named("connect_four")
    positions = positions_of(game, 4)
    search = Search(game, 4, 30, PUCT)
    budgets = np.array([1, 30, 7], np.int32)
    search.begin(positions[:3], budgets, keys_of(0, np.arange(3), 0), rows=[0, 2, 3])
    search.run(reference.evaluate(search))
    assert search.tree.simulations[[0, 2, 3]].tolist() == budgets.tolist()
    assert search.tree.visits[[0, 2, 3], 0].sum(axis=1).tolist() == budgets.tolist()
    assert search.moves()[1] == -1
    assert not search.policies()[1].any()


def test_what_cannot_be_searched_is_refused():
    game = game_named("tic_tac_toe")
    search = Search(game, 1, 10, PUCT)
    over = game.after(game.start(), 0, 3, 1, 4, 2)
    with pytest.raises(SuiteError, match="the game in row 0 is over"):
        search.begin(over[None], 10, keys_of(0, [0], 0))
    with pytest.raises(SuiteError, match="by 1 to 10 simulations here, not 11"):
        search.begin(game.start()[None], 11, keys_of(0, [0], 0))
    with pytest.raises(SuiteError, match="leave reuse out"):
        Search(game, 1, 10, GUMBEL, reuse=True)
    with pytest.raises(SuiteError, match=r"planes must be \(1, .* float32"):
        Search(game, 1, 10, PUCT, planes=np.zeros((1, 3, 3), np.float32))


@pytest.mark.parametrize("name", GAMES)
def test_a_subtree_that_is_kept_knows_what_it_knew(name):
    game = game_named(name)
    positions = positions_of(game, 8)
    search = Search(game, 8, SIMULATIONS, PUCT, reuse=True)
    search.begin(positions, SIMULATIONS, keys_of(0, np.arange(8), 0))
    search.run(reference.evaluate(search))
    roots = [reference.puct(game, position, SIMULATIONS, PUCT) for position in positions]
    moves = search.moves()
    going_on = [row for row in range(8) if game.legal_moves(game.after(positions[row], moves[row]))]
    answer = reference.evaluate(search)
    search.move_on(moves[going_on], 1, keys_of(0, going_on, 1), rows=going_on)
    search.run(answer)
    for row in going_on:
        kept = roots[row].children[moves[row]]
        after = reference.puct(game, game.after(positions[row], moves[row]), sum(kept.visits.values()) + 1, PUCT)
        same_tree(search.tree, row, 0, after)
    assert (search.tree.simulations[going_on] == 1).all()
