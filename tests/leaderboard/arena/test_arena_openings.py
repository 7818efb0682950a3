"""Openings: distinct, undecided, the same again; for every registered game."""

import numpy as np
import pytest

from sim_suite.boards.game import ONGOING
from sim_suite.boards.games.connect_four import CONNECT_FOUR
from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.boards.registry import GAMES
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.arena.openings import one_of_alike, openings, undecided
from sim_suite.leaderboard.arena.suite import GameSpec


@pytest.mark.parametrize("name", GAMES)
def test_openings_are_distinct_and_undecided(name):
    spec = GameSpec(name, openings=12)
    found = openings(spec)
    positions = [spec.game.after(spec.game.start(), *moves) for moves in found]
    assert len(found) == 12
    assert {len(moves) for moves in found} <= {2, 3, 4}
    assert all(spec.game.outcome(position) == ONGOING for position in positions)
    assert len({one_of_alike(spec.game, position) for position in positions}) == 12


def test_equal_seeds_give_equal_openings_and_fewer_are_the_first_of_more():
    assert openings(GameSpec("connect_four", 10)) == openings(GameSpec("connect_four", 20))[:10]
    assert openings(GameSpec("connect_four", 10)) != openings(GameSpec("connect_four", 10, seed=10_001))


def test_there_are_44_drawn_openings_of_tic_tac_toe():
    """Counted by walking through all of them, up to turns and mirrors."""
    layer, drawn = {TIC_TAC_TOE.start().tobytes()}, set()
    for ply in range(1, 5):
        before = [np.frombuffer(key, np.int64) for key in layer]
        layer = {TIC_TAC_TOE.after(p, m).tobytes() for p in before for m in TIC_TAC_TOE.legal_moves(p)}
        if ply >= 2:
            positions = (np.frombuffer(key, np.int64) for key in layer)
            drawn |= {one_of_alike(TIC_TAC_TOE, p) for p in positions if undecided(TIC_TAC_TOE, p)}
    assert len(drawn) == 44
    assert len(openings(GameSpec("tic_tac_toe", 44))) == 44
    with pytest.raises(SuiteError, match="only 44 openings"):
        openings(GameSpec("tic_tac_toe", 45))


@pytest.mark.parametrize(
    ("moves", "open_yet"),
    [
        ("", True),
        ("a b a b a", True),  # the second player must answer on a, and can
        ("a b a b a b", False),  # the first player wins on a
        ("d a d b d c", False),  # likewise on d, and the second along the bottom
        ("d a c a e", False),  # three along the bottom with both ends open: lost in one
        ("d a d a d a d", False),  # over
    ],
)
def test_what_is_decided_in_connect_four(moves, open_yet):
    position = CONNECT_FOUR.after(CONNECT_FOUR.start(), *moves.split())
    assert undecided(CONNECT_FOUR, position) is open_yet


def test_mirror_images_are_alike():
    start = CONNECT_FOUR.start()
    assert one_of_alike(CONNECT_FOUR, CONNECT_FOUR.after(start, "a", "c")) == one_of_alike(
        CONNECT_FOUR, CONNECT_FOUR.after(start, "g", "e")
    )
    assert one_of_alike(CONNECT_FOUR, CONNECT_FOUR.after(start, "a", "c")) != one_of_alike(
        CONNECT_FOUR, CONNECT_FOUR.after(start, "a", "d")
    )
