"""Board agents against perfect play: exhaustive games, intervals by hand, and a report of a network that knows nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agents.alphazero.agent import BoardAgent
from agents.alphazero.matches import Tally
from agents.alphazero.spec import BoardSpec
from sim_suite.boards.registry import game_named
from sim_suite.boards.search.rules import PuctRule
from sim_suite.boards.solvers.tic_tac_toe import solved
from sim_suite.errors import SuiteError
from sim_suite.studies.board_strength import losses, report, wilson
from tests.agents.alphazero.boards import TIC_TAC_TOE, TINY


class Table:
    """Plays the best or the worst move of each position."""

    def __init__(self, best):
        labelled = solved().ongoing
        legal = labelled.values.astype(int) + np.where(labelled.values == -2, -9 if best else 9, 0)
        moves = legal.argmax(axis=1) if best else legal.argmin(axis=1)
        self.chosen = {one.tobytes(): move for one, move in zip(labelled.positions, moves, strict=True)}

    def moves(self, positions, keys):
        return np.array([self.chosen[one.tobytes()] for one in positions])


def test_perfect_play_loses_no_game_and_the_worst_loses_many():
    lost, played = losses(TIC_TAC_TOE, Table(best=True))
    assert lost == 0
    assert played > 100
    lost, played = losses(TIC_TAC_TOE, Table(best=False))
    assert lost > played / 3


def test_wilsons_interval_by_hand():
    """Half of a hundred: 0.5 +- 1.96 sqrt(0.0025 + 0.000096) / (1 + 0.0384)."""
    assert wilson(Tally(40, 20, 40)) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert wilson(Tally(100, 0, 0)) == pytest.approx((0.9630, 1.0), abs=1e-4)


def agent_of(game):
    torch.manual_seed(0)
    spec = BoardSpec(game.name, game.version, TINY, 0, PuctRule())
    return BoardAgent(spec, spec.network())


def test_a_report_tells_of_the_policy_and_of_searches():
    lines = list(report(agent_of(TIC_TAC_TOE), 2))
    assert lines[0] == "random legal moves keep the value in 0.5797 of 4520 positions"
    assert [line.split(":")[0] for line in lines[1::2]] == ["the policy alone", "50 simulations"]
    assert all("games against every reply" in line for line in lines[2::2])
    with pytest.raises(SuiteError, match="perfect play is known of tic_tac_toe, connect_four"):
        list(report(agent_of(game_named("go_5x5")), 2))
