"""Board agents by their names, in the environments: trained by a recipe, found, seated, and refused where they do not fit."""

from __future__ import annotations

import json

import pytest

from agents import recipe as recipes
from agents.naming import build, find, refuse_mismatch
from agents.recipe import Recipe
from agents.training import begin, go, resume
from sim_suite.cli.train import Arguments, _recipe_of, _spelled_out
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.episode import play
from tests.agents.stopping import files_of

ENV = "sim_suite/TicTacToe-v0"
QUICK = {
    "steps": 120, "round_steps": 40, "precision": "float32", "batch_size": 16, "agent_simulations": 24,
    "network": {"channels": 4, "blocks": 1, "head_planes": 2, "value_hidden": 4}, "play": {"games": 4, "simulations": 4},
}  # fmt: skip


def episode_of(agent, env_id=ENV, seed=5):
    with make(env_id, agent.interface.observation) as env:
        return play(env, agent, task="t", entry="e", run=0, episode=0, seed=seed)


def test_a_run_is_taken_up_and_its_checkpoint_plays(tmp_path):
    whole = go(begin(Recipe("alphazero", ENV, config=QUICK), tmp_path / "whole", "cpu"))
    broken = begin(Recipe("alphazero", ENV, config=QUICK), tmp_path / "broken", "cpu")
    go(broken, enough=lambda metrics: broken.learner.done_steps == 40)
    go(resume(tmp_path / "broken", "cpu"))
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")
    lines = [json.loads(line) for line in (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [40, 80, 120]
    found = find(str(whole))
    agent = build(found, ENV, {}, 0)
    refuse_mismatch(found, agent, ENV, {})
    row = episode_of(agent)
    assert row.outcome == "ok", row.message
    with pytest.raises(SuiteError, match=r"was trained on sim_suite/TicTacToe-v0"):
        refuse_mismatch(found, agent, "sim_suite/ConnectFour-v0", {})


def test_rollouts_win_against_random_moves():
    found = find("mcts-100")
    agent = build(found, ENV, {}, 0)
    refuse_mismatch(found, agent, ENV, {})
    rows = []
    for seed in range(20):
        agent.seed(seed)
        rows.append(episode_of(agent, seed=seed))
    assert all(row.outcome == "ok" for row in rows), rows[0].message
    assert sum(row.episode_return for row in rows) >= 10, "of 20"


def test_boards_are_played_by_nobody_else_and_nothing_else_by_board_agents(tmp_path):
    found = find("mcts")
    with pytest.raises(SuiteError, match="CartPole-v1 offers the views vector, but the agent looks at 'board'"):
        refuse_mismatch(found, build(found, ENV, {}, 0), "CartPole-v1", {})
    with pytest.raises(SuiteError, match="no board game for two"):
        build(found, "CartPole-v1", {}, 0)
    with pytest.raises(SuiteError, match="no board game for two"):
        begin(Recipe("alphazero", "CartPole-v1"), tmp_path / "run")


def test_a_game_is_trained_by_its_own_name():
    asked = _recipe_of(_spelled_out(Arguments("alphazero", "connect_four")))
    assert asked == recipes.load("alphazero-connect-four")
    assert _recipe_of(_spelled_out(Arguments("alphazero", env="go_5x5"))).env == "sim_suite/Go5x5-v0"
