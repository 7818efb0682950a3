"""Board agents: legal moves from planes or positions, the search that finds mates, saving, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agents.alphazero.agent import BoardAgent
from agents.alphazero.mcts import Mcts100Agent, MctsAgent
from agents.alphazero.spec import BoardSpec
from sim_suite.boards.search.rules import GumbelRule, PuctRule
from sim_suite.errors import DamagedFileError, SuiteError
from tests.agents.alphazero.boards import FOUR, TIC_TAC_TOE, TINY

MATE = FOUR.after(FOUR.start(), "a", "g", "a", "g", "a", "g")


def shown(game, *positions):
    """As the view `board` shows them, a dictionary each."""
    found = []
    for position in positions:
        planes, mask = np.zeros((game.planes, *game.shape), np.float32), np.zeros(game.actions, np.bool_)
        game.write_planes(position, planes)
        game.legal(position, mask)
        found.append({"observation": planes, "action_mask": mask.astype(np.int8), "position": position})
    return found


def agent_of(game, simulations=32, rule=None):
    spec = BoardSpec(game.name, game.version, TINY, simulations, GumbelRule() if rule is None else rule)
    torch.manual_seed(1)
    return BoardAgent(spec, spec.network())


def without_positions(observation):
    return [{key: value for key, value in one.items() if key != "position"} for one in observation]


def test_moves_are_legal_and_do_not_depend_on_the_batch():
    positions = [FOUR.after(FOUR.start(), *"aaaaaabbbbb"[:count]) for count in range(12)]
    positions = [one for one in positions if FOUR.legal_moves(one)]
    agent, observation = agent_of(FOUR), shown(FOUR, *positions)
    for batch in (observation, without_positions(observation)):
        moves, state = agent.predict(batch, "kept")
        assert state == "kept"
        assert moves.dtype == np.int64
        assert all(move in FOUR.legal_moves(one) for move, one in zip(moves, positions, strict=True))
        assert moves.tolist() == [int(agent.predict([one])[0][0]) for one in batch]
        stacked = {key: np.stack([one[key] for one in batch]) for key in batch[0]}
        assert np.array_equal(agent.predict(stacked)[0], moves)


def test_a_search_finds_what_the_policy_does_not_know():
    agent, observation = agent_of(FOUR), shown(FOUR, MATE)
    assert agent.predict(observation)[0] == [0]
    policy = agent.policies(observation)[0]
    assert policy.sum() == pytest.approx(1.0)
    assert agent.predict(without_positions(observation))[0][0] == policy.argmax()
    assert agent_of(FOUR, simulations=0).predict(observation)[0][0] == policy.argmax()


def test_a_game_that_is_over_is_answered_by_0():
    over = FOUR.after(MATE, "a")
    moves, _ = agent_of(FOUR).predict(shown(FOUR, over, MATE))
    assert moves.tolist() == [0, 0]
    assert np.array_equal(agent_of(FOUR).policies(shown(FOUR, over)), np.zeros((1, 7)))


@pytest.mark.parametrize("rule", [GumbelRule(scale=0.3), PuctRule(c_init=2.0)])
def test_agents_are_saved_and_loaded(tmp_path, rule):
    agent, observation = agent_of(FOUR, 5, rule), shown(FOUR, FOUR.start(), MATE)
    agent.save(tmp_path)
    again = BoardAgent.load(tmp_path)
    assert again.spec == agent.spec
    assert np.array_equal(again.policies(observation), agent.policies(observation))
    (tmp_path / "policy.json").write_text("{}")
    with pytest.raises(DamagedFileError, match="describes no board network"):
        BoardAgent.load(tmp_path)


def test_other_rules_and_other_boards_are_refused():
    spec = BoardSpec(FOUR.name, FOUR.version + 1, TINY, 0, PuctRule())
    with pytest.raises(SuiteError, match="Train it anew"):
        spec.network()
    with pytest.raises(SuiteError, match="plays Connect Four"):
        agent_of(FOUR).predict(shown(TIC_TAC_TOE, TIC_TAC_TOE.start()))
    with pytest.raises(SuiteError, match="a dictionary of 'observation' and 'action_mask'"):
        agent_of(FOUR).predict(np.zeros((1, 2, 6, 7)))


@pytest.mark.parametrize("kind", [MctsAgent, Mcts100Agent])
def test_rollouts_find_mates_and_depend_on_seed_and_position_alone(kind):
    agent = kind(FOUR, seed=3)
    observation = shown(FOUR, FOUR.start(), MATE, FOUR.after(MATE, "a"))
    moves, _ = agent.predict(observation)
    assert moves[1:].tolist() == [0, 0]
    assert agent.predict(observation[1:])[0].tolist() == moves[1:].tolist()
    agent.seed(3)
    assert agent.predict(observation[:1])[0][0] == moves[0]
    with pytest.raises(SuiteError, match="look through the view 'board'"):
        agent.predict(without_positions(observation))
