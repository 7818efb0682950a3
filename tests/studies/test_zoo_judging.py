"""Judges of the zoo: what is as recorded passes, and whatever was altered is told."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch

from agents import checkpoint
from agents.alphazero.agent import BoardAgent
from agents.alphazero.spec import BoardSpec
from agents.naming import ZOO
from sim_suite.boards.search.rules import GumbelRule
from sim_suite.boards.solvers.tic_tac_toe import solved
from sim_suite.errors import SuiteError
from sim_suite.files import read_json
from sim_suite.studies.board_strength import moves_in, player_of
from sim_suite.studies.zoo_judging import POLICY, PerfectPlay, SuiteTask
from tests.agents.alphazero.boards import TIC_TAC_TOE, TINY

LAKE, BOARD = ZOO / "frozen-lake-4x4-q-learning", ZOO / "tic-tac-toe-alphazero"
TASK, PLAY = SuiteTask("classic", "frozen-lake-4x4"), PerfectPlay("tic_tac_toe")
SEARCH = "50 simulations"


def said_of(folder):
    return read_json(folder / "score.json")


@pytest.fixture
def tiny(tmp_path):
    """A checkpoint of a network that knows nothing, with two simulations."""
    torch.manual_seed(0)
    spec = BoardSpec("tic_tac_toe", TIC_TAC_TOE.version, TINY, 2, GumbelRule())
    agent = BoardAgent(spec, spec.network())
    description = checkpoint.Description("alphazero", "sim_suite/TicTacToe-v0", {}, agent.interface, {})
    checkpoint.save(tmp_path / "tiny", agent, description)
    return tmp_path / "tiny", agent


def test_episodes_outside_what_was_recorded_are_told():
    said = said_of(LAKE)
    assert list(TASK.differences(LAKE, said)) == []
    said["score"]["lowest"] = said["score"]["highest"] = 0.5
    told = list(TASK.differences(LAKE, said))
    assert len(told) == len(TASK.again)
    assert told[0] == "episode 0 of frozen-lake-4x4 scored 1.0, not 0.5 to 0.5 as recorded"
    said["score"]["episodes"]["ok"] = 0
    assert list(TASK.differences(LAKE, said)) == ["no recorded episode ended well"]


def test_a_share_that_the_recorded_moves_do_not_bear_out_is_told():
    said = said_of(BOARD)
    said["score"][POLICY]["kept"]["all"][0] += 1
    (told,) = PLAY.differences(BOARD, said)
    assert told.startswith("the policy alone: the recorded moves keep {'all': [4486, 4520]}, not {'all': [4487, 4520]}")


def test_moves_of_another_player_are_told():
    """Of one that plays in the first cell that is free: its own moves and shares agree."""
    first = (solved().ongoing.values != -2).argmax(axis=1)
    said, kept = said_of(BOARD), int(solved().ongoing.keeps(first).sum())
    for who in (POLICY, SEARCH):
        said["score"][who] = {"kept": {"all": [kept, 4520]}, "moves": " ".join(map(str, first))}
    told = list(PLAY.differences(BOARD, said))
    assert [line.split(":")[0] for line in told] == [POLICY, SEARCH]
    assert all("moves are the recorded ones, fewer than 90%" in line for line in told)


def test_a_search_of_another_size_is_told():
    said = deepcopy(said_of(BOARD))
    said["score"]["64 simulations"] = said["score"].pop(SEARCH)
    assert list(PLAY.differences(BOARD, said)) == [
        "recorded are the policy alone, 64 simulations, not the policy alone, 50 simulations"
    ]


def test_a_score_counts_moves_as_the_study_of_strength_does(tiny):
    folder, agent = tiny
    said = PLAY.score("tiny", folder, 0)
    assert list(said["score"]) == [POLICY, "2 simulations"]
    for who, simulations in ((POLICY, 0), ("2 simulations", 2)):
        kept, count = said["score"][who]["kept"]["all"]
        moves = moves_in(player_of(agent, simulations), solved().ongoing)
        # Batches are of other sizes there, so that a move between equals may tip.
        assert kept / count == pytest.approx(solved().ongoing.value_keeping(moves), abs=0.002)
        assert np.mean(np.array(said["score"][who]["moves"].split(), int) == moves) > 0.99
    assert list(PLAY.differences(folder, said)) == []
    assert len(list(PLAY.differences(BOARD, said))) == 1


def test_who_cannot_be_judged_is_refused():
    with pytest.raises(SuiteError, match="'go_5x5' is solved by nobody here"):
        PerfectPlay("go_5x5").score("x", BOARD, 0)
    with pytest.raises(SuiteError, match="holds TabularAgent, not an agent that alphazero trained"):
        PLAY.score("x", LAKE, 0)
