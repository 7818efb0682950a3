"""Agents of board games that are not trained: the solver, tree search by number of rollouts, random legal moves."""

from collections import Counter

import numpy as np
import pytest

from agents.alphazero.mcts import Mcts100Agent, MctsAgent
from agents.counted import counted_agent
from agents.experts.boards import SOLVED_FROM, Solver
from agents.naming import build, find
from sim_suite.boards.games.connect_four import PLIES
from sim_suite.boards.registry import game_named
from sim_suite.boards.solvers.connect_four_set import labelled_positions
from sim_suite.boards.solvers.tic_tac_toe import solved
from sim_suite.envs.boards.seen import seen_by
from sim_suite.errors import SuiteError

FOUR, TIC = game_named("connect_four"), game_named("tic_tac_toe")


def shown(game, positions):
    return [{**seen_by(game, one, game.mover(one)), "position": one} for one in positions]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_solver_keeps_the_value_of_every_position_of_tic_tac_toe(seed):
    ongoing = solved().ongoing
    moves, _ = Solver(TIC, seed).predict(shown(TIC, ongoing.positions))
    assert ongoing.value_keeping(moves) == 1.0


def test_the_solver_keeps_the_value_of_connect_four_from_its_ply_on():
    labelled = labelled_positions()
    late = labelled.where(labelled.positions[:, PLIES] >= 16)
    assert SOLVED_FROM <= 16
    moves, _ = Solver(FOUR, 3).predict(shown(FOUR, late.positions))
    assert late.value_keeping(moves) == 1.0
    assert late.random_share() < 0.5


def test_the_solvers_choice_among_equals_is_drawn_by_the_seed():
    start = shown(TIC, [TIC.start()])
    drawn = [int(Solver(TIC, seed).predict(start)[0][0]) for seed in range(40)]
    assert len(set(drawn)) > 4, "all nine first moves are draws"
    assert drawn == [int(Solver(TIC, seed).predict(start)[0][0]) for seed in range(40)]


def test_before_its_ply_the_solver_plays_as_mcts():
    start = shown(FOUR, [FOUR.after(FOUR.start(), "d", "c")])
    one, other = Solver(FOUR, 5), MctsAgent(FOUR, 5)
    assert one.predict(start)[0].tolist() == other.predict(start)[0].tolist()
    assert one.worth(start[0]["position"]) is None


def test_the_solver_refuses_what_it_cannot_solve():
    with pytest.raises(SuiteError, match="solver plays Tic-tac-toe and Connect Four"):
        Solver(game_named("go_5x5"), 0)
    with pytest.raises(SuiteError, match="needs the position"):
        Solver(TIC, 0).predict([seen_by(TIC, TIC.start(), 0)])


@pytest.mark.parametrize(("name", "rollouts"), [("mcts-7", 7), ("mcts-1000", 1000)])
def test_a_number_in_the_name_is_that_of_rollouts(name, rollouts):
    agent = build(find(name), "sim_suite/TicTacToe-v0", {}, seed=2)
    assert isinstance(agent, MctsAgent)
    assert (agent.simulations, agent.solver) == (rollouts, False)
    assert find(name).fingerprint == name


def test_registered_names_are_not_counted():
    assert counted_agent("mcts-100") is None
    assert find("mcts-100").entry is not None
    assert Mcts100Agent.simulations == 100


@pytest.mark.parametrize("name", ["mcts-0", "mcts-", "mcts-1e3", "mcts-12345678"])
def test_what_is_no_number_is_no_agent(name):
    with pytest.raises(SuiteError, match="unknown agent"):
        find(name)


def test_random_moves_are_legal_and_each_alike():
    agent = build(find("random"), "sim_suite/TicTacToe-v0", {}, seed=0)
    agent.seed(11)
    position = TIC.after(TIC.start(), "b2", "a3", "c3")
    counts = Counter(int(agent.predict(shown(TIC, [position]))[0][0]) for _ in range(1200))
    assert set(counts) == set(TIC.legal_moves(position))
    assert all(140 < count < 260 for count in counts.values()), "200 each; 4.7 standard deviations"


def test_random_moves_are_a_function_of_the_seed():
    agent = build(find("random"), "sim_suite/TicTacToe-v0", {}, seed=0)
    batch = shown(TIC, [TIC.start()] * 20)
    drawn = []
    for seed in (4, 4, 5):
        agent.seed(seed)
        drawn.append(agent.predict(batch)[0].tolist())
    assert drawn[0] == drawn[1] != drawn[2]


def test_random_answers_where_the_game_is_over():
    agent = build(find("random"), "sim_suite/TicTacToe-v0", {}, seed=0)
    over = TIC.after(TIC.start(), "a1", "a2", "b1", "b2", "c1")
    assert np.shape(agent.predict(shown(TIC, [over]))[0]) == (1,)
