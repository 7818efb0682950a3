"""Both seats, as PettingZoo wants them."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.boards.registry import GAMES
from sim_suite.errors import SuiteError

pytest.importorskip("pettingzoo")

from pettingzoo.test import api_test

from sim_suite.envs.boards.pettingzoo_face import BoardAEC, env


@pytest.mark.filterwarnings("ignore::UserWarning")  # it also warns of every classic game: an empty board, a dictionary
@pytest.mark.parametrize("name", GAMES)
def test_passes_pettingzoos_own_test(name, capsys):
    api_test(env(name), num_cycles=60)


@pytest.mark.parametrize("name", GAMES)
def test_rewards_and_views_are_each_players_own(name):
    game, random = env(name), np.random.default_rng(0)
    for seed in range(3):
        game.reset(seed=seed)
        rewards = {}
        for agent in game.agent_iter():
            seen, reward, terminated, truncated, _ = game.last()
            if terminated or truncated:
                rewards[agent] = reward
                game.step(None)
                continue
            own = 1 + game.possible_agents.index(agent)
            stones = game.unwrapped.game.stones(game.unwrapped.position)
            assert np.array_equal(seen["observation"][0] > 0, stones == own)
            other = game.observe(game.possible_agents[2 - own])
            assert np.array_equal(other["observation"][0] > 0, stones == 3 - own)
            assert not other["action_mask"].any()
            game.step(int(random.choice(np.flatnonzero(seen["action_mask"]))))
        result = game.unwrapped.game.outcome(game.unwrapped.position)
        assert rewards == {"player_0": result, "player_1": -result}


def test_an_illegal_move_loses_by_the_wrapper_and_is_an_error_without_it():
    game = env("connect_four")
    game.reset()
    for _ in range(6):
        game.step(3)
    game.step(3)
    assert game.terminations == {"player_0": True, "player_1": True}
    assert game.rewards["player_0"] == -1
    bare = BoardAEC("connect_four")
    bare.reset()
    for _ in range(6):
        bare.step(3)
    with pytest.raises(SuiteError, match="d is not a legal move of Connect Four here"):
        bare.step(3)


def test_text_and_picture():
    game = BoardAEC("tic_tac_toe", render_mode="ansi")
    game.reset()
    game.step(4)
    assert game.render() == " 3 . . .\n 2 . X .\n 1 . . .\n   a b c\n"
    picture = BoardAEC("tic_tac_toe", render_mode="rgb_array")
    picture.reset()
    assert picture.render().dtype == np.uint8
    with pytest.raises(SuiteError, match="render_mode must be"):
        BoardAEC(render_mode="human")
    silent = BoardAEC()
    silent.reset()
    with pytest.raises(SuiteError, match="made without a render_mode"):
        silent.render()
