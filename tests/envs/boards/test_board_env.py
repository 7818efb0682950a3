"""A seat at a board game, against an opponent."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from sim_suite.boards.registry import GAMES, game_named
from sim_suite.envs.boards.env import BoardEnv
from sim_suite.envs.boards.opponents import one_ply, opponent_of, random_move
from sim_suite.envs.catalog import cards
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError, UnknownNameError


def lowest(game, position, random):
    """Always the legal move of the lowest number."""
    return game.legal_moves(position)[0]


def played(env, seed):
    """A game of random legal moves: what was seen, and the last step."""
    random = np.random.default_rng(seed)
    seen, info = env.reset(seed=seed)
    trace = [(seen["observation"], seen["action_mask"], info["moves"])]
    while True:
        action = random.choice(np.flatnonzero(seen["action_mask"]))
        seen, reward, terminated, truncated, info = env.step(action)
        trace.append((seen["observation"], seen["action_mask"], info["moves"]))
        assert not truncated
        if terminated:
            return trace, reward, info
        assert reward == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", GAMES)
def test_obeys_gymnasium(name):
    gym.register("TestOnlyBoard-v0", BoardEnv, kwargs={"game": name})
    try:
        check_env(gym.make("TestOnlyBoard-v0", render_mode="rgb_array").unwrapped)
    finally:
        gym.registry.pop("TestOnlyBoard-v0")


@pytest.mark.parametrize("name", GAMES)
def test_a_game_is_played_to_its_end_and_rewarded_from_the_seat(name):
    env = BoardEnv(name)
    for seed in range(6):
        trace, reward, info = played(env, seed)
        result = env.game.outcome(env.position)
        assert reward == (result if info["first"] else -result)
        assert not trace[-1][1].any(), "nothing is legal after the end"
        assert np.array_equal(env.game.after(env.game.start(), *info["moves"]), env.position)
        stones = env.game.stones(env.position)
        assert np.array_equal(trace[-1][0][0] > 0, stones == (1 if info["first"] else 2)), "own stones"


def test_equal_seeds_give_equal_games_and_both_seats_are_drawn():
    env, other = BoardEnv("connect_four"), BoardEnv("connect_four")
    for seed in range(5):
        first, second = played(env, seed), played(other, seed)
        assert first[1:] == second[1:]
        assert all(np.array_equal(a[0], b[0]) for a, b in zip(first[0], second[0], strict=True))
    seats = [env.reset(seed=seed)[1]["first"] for seed in range(40)]
    assert 10 < sum(seats) < 30


@pytest.mark.parametrize("first", [True, False])
def test_who_begins_can_be_said(first):
    env = BoardEnv("tic_tac_toe", first=first)
    assert [env.reset(seed=seed)[1]["first"] for seed in range(5)] == [first] * 5
    _, info = env.reset(options={"first": not first})
    assert info["first"] is not first
    assert len(info["moves"]) == (1 if first else 0), "the opponent's first move is played"
    with pytest.raises(SuiteError, match=r"options\['first'\] says whether the agent begins: .* not 1"):
        env.reset(options={"first": 1})
    with pytest.raises(SuiteError, match="first says whether the agent begins"):
        BoardEnv(first="yes")


def test_a_win_and_a_loss_by_hand():
    env = BoardEnv("tic_tac_toe", opponent=lowest, first=True)
    env.reset(seed=0)
    for action, end in ((4, False), (2, False), (6, True)):  # b2, c3, a1; the opponent takes a3 and b3
        seen, reward, terminated, _, info = env.step(np.int64(action))
        assert (reward, terminated) == (float(end), end)
    assert info["moves"] == ["b2", "a3", "c3", "b3", "a1"]
    env.reset(seed=0)
    for action in (8, 7, 3):
        seen, reward, terminated, _, info = env.step(np.int64(action))
    assert (reward, terminated) == (-1.0, True)
    assert env.game.outcome(env.position) == -1
    assert not seen["action_mask"].any()


def test_an_illegal_move_loses_or_is_an_error_as_asked():
    env = BoardEnv("tic_tac_toe", opponent=lowest, first=True)
    env.reset(seed=0)
    env.step(np.int64(4))
    seen, reward, terminated, _, info = env.step(np.int64(4))
    assert (reward, terminated, info["illegal"]) == (-1.0, True, True)
    assert not seen["action_mask"].any()
    with pytest.raises(SuiteError, match="the game is over: call reset"):
        env.step(np.int64(0))
    strict = BoardEnv("tic_tac_toe", opponent=lowest, first=True, illegal="error")
    strict.reset(seed=0)
    strict.step(np.int64(4))
    with pytest.raises(SuiteError, match=r"b2 is not a legal move of Tic-tac-toe here\. Legal: b3, c3"):
        strict.step(np.int64(4))
    assert strict.position[2] == 2, "nothing was played"
    strict.step(np.int64(8))


def test_wrong_calls_are_explained():
    with pytest.raises(UnknownNameError, match="Did you mean 'connect_four'"):
        BoardEnv("connect_for")
    with pytest.raises(UnknownNameError, match=r"unknown opponent 'randon'\. Did you mean 'random'"):
        BoardEnv(opponent="randon")
    with pytest.raises(SuiteError, match=r"is called with \(game, position, random\); 3 cannot be"):
        BoardEnv(opponent=3)
    with pytest.raises(SuiteError, match="illegal must be 'lose' or 'error', not 'win'"):
        BoardEnv(illegal="win")
    with pytest.raises(SuiteError, match="render_mode must be"):
        BoardEnv(render_mode="human")
    with pytest.raises(gym.error.ResetNeeded):
        BoardEnv().step(np.int64(0))
    env = BoardEnv(opponent=lambda game, position, random: 9)
    with pytest.raises(SuiteError, match="answered 9, which is not a legal move of Connect Four here"):
        env.reset(options={"first": False})
    env.reset(options={"first": True})
    with pytest.raises(SuiteError, match=r"whole number below 7, not np\.int64\(7\)"):
        env.step(np.int64(7))
    with pytest.raises(SuiteError, match="made without a render_mode"):
        env.render()


def test_the_opponent_is_handed_a_copy():
    def spoils(game, position, random):
        move = game.legal_moves(position)[0]
        position[:] = 0
        return move

    env = BoardEnv("connect_four", opponent=spoils, first=False)
    env.reset(seed=0)
    assert env.position[2] == 1
    env.position[:] = 0
    assert env.position[2] == 1, "so is whoever reads the position"


def test_an_agent_passes_itself():
    """In Othello who has no move is asked for the pass, and nothing else is legal then."""
    env, passes = BoardEnv("othello_6x6"), 0
    for seed in range(40):
        trace, _, info = played(env, seed)
        for _, mask, _ in trace:
            if mask[-1]:
                assert mask.sum() == 1
                passes += 1
        assert info["moves"]
    assert passes > 0


def test_one_ply_wins_blocks_and_else_plays_anything():
    game, random = game_named("connect_four"), np.random.default_rng(0)
    assert {one_ply(game, game.after(game.start(), *"abacad"[:5], "g"), random) for _ in range(20)} == {0}
    threatened = game.after(game.start(), *"abaga")
    assert {one_ply(game, threatened, random) for _ in range(20)} == {0}
    assert len({one_ply(game, game.start(), random) for _ in range(100)}) == 7
    assert {random_move(game, threatened, random) for _ in range(200)} == set(range(7))
    assert opponent_of("one_ply") is one_ply


@pytest.mark.parametrize("name", GAMES)
def test_text_and_picture(name):
    env = BoardEnv(name, first=True, render_mode="ansi")
    env.reset(seed=0)
    assert env.render() == env.game.text(env.position)
    env = BoardEnv(name, opponent=lowest, first=True, render_mode="rgb_array")
    env.reset(seed=0)
    before = env.render()
    assert before.dtype == np.uint8
    env.step(np.int64(env.game.legal_moves(env.position)[-1] if name.startswith("othello") else 4))
    after = env.render()
    assert before.shape == after.shape
    assert before.shape[0] / env.game.shape[0] > 40
    assert (before != after).any()


@pytest.mark.parametrize("name", GAMES)
def test_every_game_is_in_the_catalogue(name):
    one = next(one for one in cards().values() if one.family == "boards" and one.kwargs["game"] == name)
    game = game_named(name)
    assert one.max_episode_steps == game.most_plies
    with make(one.id, View("board")) as env:
        seen, _ = env.reset(seed=3)
        assert set(seen) == {"observation", "action_mask", "position"}
        assert np.array_equal(seen["position"], env.unwrapped.position)
        assert game.legal_moves(seen["position"]) == np.flatnonzero(seen["action_mask"]).tolist()
        assert seen in env.observation_space
        move = game.legal_moves(seen["position"])[0]
        seen, *_ = env.step(np.int64(move))
        assert np.array_equal(seen["position"], env.unwrapped.position)
