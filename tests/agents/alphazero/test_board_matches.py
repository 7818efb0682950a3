"""Matches: who plays which side, distinct openings, and Elo by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from agents.alphazero.evaluating import Evaluator
from agents.alphazero.matches import Tally, match, openings
from agents.alphazero.mcts import RolloutsPlayer
from agents.alphazero.networks import ResidualNetwork
from agents.alphazero.players import NetworkPlayer, RandomPlayer, legal_moves
from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.search.rules import GumbelRule, PuctRule
from sim_suite.errors import SuiteError
from tests.agents.alphazero.boards import FOUR, TIC_TAC_TOE, TINY


class Lowest:
    """Plays the lowest legal move, and keeps how many stones there were."""

    def __init__(self, game):
        self.game, self.plies = game, []

    def moves(self, positions, keys):
        self.plies += [int((self.game.stones(position) > 0).sum()) for position in positions]
        return legal_moves(self.game, positions).argmax(axis=1)


class Highest(Lowest):
    def moves(self, positions, keys):
        super().moves(positions, keys)
        return self.game.actions - 1 - legal_moves(self.game, positions)[:, ::-1].argmax(axis=1)


def test_both_sides_are_played_from_the_same_openings():
    """Whoever begins and fills one column wins by its fourth stone: a point each."""
    one, other = Lowest(FOUR), Highest(FOUR)
    assert match(FOUR, one, other, 2, 0, 0) == Tally(1, 0, 1)
    assert sorted(one.plies) == [0, 1, 2, 3, 4, 5, 6]
    assert sorted(other.plies) == [0, 1, 2, 3, 4, 5, 6]


def test_a_tally_by_hand():
    tally = Tally(wins=7, draws=2, losses=1)
    assert (tally.games, tally.score) == (10, 0.8)
    assert tally.elo == pytest.approx(400 * math.log10(8.5 / 2.5))
    assert Tally(1, 0, 1).elo == 0.0
    assert Tally(1, 0, 0).elo == -Tally(0, 0, 1).elo


def test_openings_are_distinct_and_go_on():
    found = openings(TIC_TAC_TOE, 60, 3, 2)
    assert len({one.tobytes() for one in found}) == 60
    assert {int((TIC_TAC_TOE.stones(one) > 0).sum()) for one in found} == {2}
    assert np.array_equal(openings(TIC_TAC_TOE, 60, 3, 2), found)
    assert len(openings(TIC_TAC_TOE, 12, 0, 1)) == 12, "nine there are; then they are repeated"
    with pytest.raises(SuiteError, match="take shorter openings"):
        openings(TIC_TAC_TOE, 10, 0, 9)
    with pytest.raises(SuiteError, match="an even number of games"):
        match(TIC_TAC_TOE, Lowest(TIC_TAC_TOE), Lowest(TIC_TAC_TOE), 3, 0, 0)


def test_rollouts_beat_random_moves_and_matches_repeat_themselves():
    strong = RolloutsPlayer(FOUR, 16, 60)
    tally = match(FOUR, strong, RandomPlayer(FOUR), 40, 1, 2)
    assert tally.score > 0.85
    assert match(FOUR, strong, RandomPlayer(FOUR), 40, 1, 2) == tally


def test_random_players_play_all_legal_moves_alike():
    positions = np.tile(FOUR.after(FOUR.start(), *"aaaaaa"), (4000, 1))
    moves = RandomPlayer(FOUR).moves(positions, keys_of(0, np.arange(4000), 0))
    counts = np.bincount(moves, minlength=7)
    assert counts[0] == 0
    assert counts[1:] == pytest.approx([4000 / 6] * 6, rel=0.2)


@pytest.mark.parametrize(("simulations", "rule"), [(0, PuctRule()), (16, PuctRule()), (16, GumbelRule())])
def test_a_networks_moves_do_not_depend_on_how_many_are_asked_for(simulations, rule):
    torch.manual_seed(0)
    network = ResidualNetwork(FOUR.planes, FOUR.shape, FOUR.actions, TINY)
    player = NetworkPlayer(FOUR, Evaluator(FOUR, network, 4, torch.device("cpu"), "float32"), simulations, rule)
    positions = np.array([FOUR.after(FOUR.start(), *"abcdefgabcd"[:count]) for count in range(11)])
    together = player.moves(positions, keys_of(0, np.arange(11), 0))
    alone = [player.moves(one[None], keys_of(0, [0], 0))[0] for one in positions]
    assert together.tolist() == alone
    assert all(legal_moves(FOUR, positions)[np.arange(11), together])
