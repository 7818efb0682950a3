"""Self-play: what games teach, that a game is a function of seed and number, and that open games are taken up where they were."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.boards.game import ONGOING
from sim_suite.boards.registry import game_named
from sim_suite.boards.search.lessons import write_lessons
from sim_suite.boards.search.rules import GumbelRule, PuctRule
from sim_suite.boards.search.self_play import Plan, SelfPlay
from sim_suite.errors import SuiteError
from tests.boards.search import reference

GAME = game_named("tic_tac_toe")
PLAN = Plan(full=8, fast=3)


def played(rule, plan=PLAN, games=4, seed=1, count=12, reuse=False):
    """Self-play, and what its first games taught, in the order in which they ended."""
    play = SelfPlay(GAME, games, rule, plan, seed, reuse=reuse)
    answer, taught = reference.evaluate(play.search), []
    while len(taught) < count:
        taught += play.step(*answer())
    return play, taught


@pytest.mark.parametrize(
    ("rule", "reuse"), [(GumbelRule(), False), (PuctRule(), False), (PuctRule(), True)], ids=["gumbel", "puct", "reuse"]
)
def test_games_teach_policies_over_legal_moves_and_how_they_ended(rule, reuse):
    play, taught = played(rule, reuse=reuse)
    assert play.ended == len(taught)
    assert play.moves >= sum(len(one.outcomes) for one in taught)
    for one in taught:
        assert one.policies.sum(axis=1) == pytest.approx(1.0)
        assert (np.abs(one.values) <= 1).all()
        for ply, position in enumerate(one.positions):
            assert GAME.outcome(position) == ONGOING
            illegal = sorted(set(range(9)) - set(GAME.legal_moves(position)))
            assert (one.policies[ply, illegal] == 0).all()
        assert np.array_equal(one.positions[0], GAME.start())
        last = one.positions[-1]
        ends = {GAME.outcome(GAME.after(last, move)) for move in GAME.legal_moves(last)}
        sign = 1 if GAME.mover(last) == 0 else -1
        assert one.outcomes[-1] * sign in ends
        turns = (-1.0) ** np.arange(len(one.outcomes))[::-1]
        assert np.array_equal(one.outcomes, one.outcomes[-1] * turns), "the movers take turns"


def test_a_move_that_wins_is_found_and_told_to_the_side_that_plays_it():
    """With enough simulations every game ends as the last mover's best move has it: never lost by that move."""
    _, taught = played(PuctRule(), Plan(full=60))
    assert all(one.outcomes[-1] >= 0 for one in taught)


def test_fast_searches_teach_nothing():
    play, taught = played(GumbelRule(), Plan(full=8, fast=3, full_share=0.5), count=30)
    lengths = np.array([len(one.outcomes) for one in taught])
    full = (play.simulations - 3 * play.moves) / 5
    assert lengths.sum() <= full == int(full) < play.moves
    assert 0.35 < full / play.moves < 0.65
    assert np.array_equal(play.search.tree.explores, play.search.tree.budget == 8)


def test_a_game_is_a_function_of_seed_and_number():
    """However many are played at once: the games of two at once are among those of four at once."""

    def games(count, at_once):
        _, taught = played(GumbelRule(scale=0.02), games=at_once, count=count)
        return {one.positions.tobytes() + one.policies.tobytes() for one in taught}

    alone, together = games(4, 1), games(20, 4)
    assert len(alone) == 4
    assert alone < together
    assert not alone & {one.positions.tobytes() + one.policies.tobytes() for one in played(GumbelRule(), seed=2)[1]}


def test_games_may_begin_with_random_moves():
    _, taught = played(GumbelRule(), Plan(full=4, random_plies=3), count=40)
    stones = [int(GAME.stones(one.positions[0]).astype(bool).sum()) for one in taught]
    assert set(stones) == {0, 1, 2, 3}


def test_open_games_go_on_as_if_never_stopped():
    straight, _ = played(PuctRule(), reuse=True)
    kept = {name: array.copy() for name, array in straight.arrays().items()}
    resumed = SelfPlay(GAME, 4, PuctRule(), PLAN, 1, reuse=True)
    resumed.restore(kept)
    answers = reference.evaluate(straight.search), reference.evaluate(resumed.search)
    for _ in range(100):
        mine, theirs = straight.step(*answers[0]()), resumed.step(*answers[1]())
        assert [one.policies.tobytes() for one in mine] == [one.policies.tobytes() for one in theirs]
    after = resumed.arrays()
    assert all(np.array_equal(array, after[name]) for name, array in straight.arrays().items() if "scratch" not in name)
    with pytest.raises(SuiteError, match="Resume with the settings"):
        SelfPlay(GAME, 3, PuctRule(), PLAN, 1, reuse=True).restore(kept)


def test_impossible_plans_are_refused():
    with pytest.raises(SuiteError, match="full_share above 0 to 1"):
        Plan(full_share=0.0)


@pytest.mark.parametrize("name", ["tic_tac_toe", "connect_four"])
@pytest.mark.parametrize("channels_last", [False, True])
def test_lessons_are_turned_as_the_games_tables_say(name, channels_last):
    game = game_named(name)
    position = game.after(game.start(), *game.legal_moves(game.start())[:3])
    count = len(game.cells)
    policy = np.random.default_rng(0).dirichlet(np.ones(game.actions)).astype(np.float32)
    shape = (count, game.planes, *game.shape)
    planes = np.zeros(shape, np.float32)
    if channels_last:
        planes = np.zeros((count, *game.shape, game.planes), np.float32).transpose(0, 3, 1, 2)
    legal, targets = np.zeros((count, game.actions), np.bool_), np.zeros((count, game.actions), np.float32)
    write_lessons(game, np.tile(position, (count, 1)), np.tile(policy, (count, 1)), np.arange(count), planes, legal, targets)  # fmt: skip
    shown, mask = np.zeros(shape[1:], np.float32), np.zeros(game.actions, np.bool_)
    game.write_planes(position, shown)
    game.legal(position, mask)
    for turn in range(count):
        flat = shown.reshape(game.planes, -1)[:, game.cells[turn]].reshape(shown.shape)
        assert np.array_equal(planes[turn], flat)
        assert np.array_equal(legal[turn], mask[game.moves[turn]])
        assert np.array_equal(targets[turn], policy[game.moves[turn]])
    assert np.array_equal(planes[0], shown)
