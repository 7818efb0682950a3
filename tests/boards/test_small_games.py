"""Tic-tac-toe and Connect Four, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.boards.game import ONGOING
from sim_suite.boards.registry import game_named
from sim_suite.errors import SuiteError

TIC_TAC_TOE, CONNECT_FOUR = game_named("tic_tac_toe"), game_named("connect_four")


@pytest.mark.parametrize(
    "line",
    ["a1 b1 c1", "a2 b2 c2", "a3 b3 c3", "a1 a2 a3", "b1 b2 b3", "c1 c2 c3", "a1 b2 c3", "a3 b2 c1"],
)
def test_three_in_a_row_win_for_whoever_has_them(line):
    winning = line.split()
    cells = [name for name in TIC_TAC_TOE.move_names if name not in winning]
    other = next(
        [a, b, c] for a in cells for b in cells for c in cells if len({a, b, c}) == 3 and not in_a_row(a, b, c)
    )
    first = TIC_TAC_TOE.after(TIC_TAC_TOE.start(), winning[0], other[0], winning[1], other[1], winning[2])
    assert TIC_TAC_TOE.outcome(first) == 1
    second = TIC_TAC_TOE.after(TIC_TAC_TOE.start(), other[0], winning[0], other[1], winning[1], other[2], winning[2])
    assert TIC_TAC_TOE.outcome(second) == -1


def in_a_row(*names):
    columns, rows = ({name[at] for name in names} for at in (0, 1))
    diagonal = {"".join(sorted(names))} & {"a1b2c3", "a3b2c1"}
    return len(columns) == 1 or len(rows) == 1 or bool(diagonal)


def test_a_full_board_is_drawn():
    position = TIC_TAC_TOE.after(TIC_TAC_TOE.start(), "b2", "a1", "c1", "a3", "a2", "c2", "b1", "b3", "c3")
    assert TIC_TAC_TOE.outcome(position) == 0
    assert TIC_TAC_TOE.text(position) == " 3 O O X\n 2 X X O\n 1 O X X\n   a b c\n"


@pytest.mark.parametrize(
    ("moves", "outcome"),
    [
        ("dadadad", 1),  # upwards
        ("aabbccd", 1),  # along
        ("abbccdcddfd", 1),  # rising to the right
        ("gffeededdad", 1),  # falling to the right
        ("gadadada", -1),  # the second, upwards
        ("aaaaaabbb", ONGOING),
    ],
)
def test_four_in_a_row(moves, outcome):
    position = CONNECT_FOUR.start()
    for played, move in enumerate(moves):
        assert CONNECT_FOUR.outcome(position) == ONGOING, f"over after {played} moves"
        position = CONNECT_FOUR.after(position, move)
    assert CONNECT_FOUR.outcome(position) == outcome


def test_lines_do_not_run_over_the_top_of_a_column():
    """Three on top of one column and one at the foot of the next are no four."""
    position = CONNECT_FOUR.start()
    position[0] = 0b0111000 | 1 << 7
    position[2] = 7
    assert CONNECT_FOUR.outcome(position) == ONGOING


def test_a_full_column_takes_no_more():
    position = CONNECT_FOUR.after(CONNECT_FOUR.start(), *"aaaaaa")
    assert CONNECT_FOUR.legal_moves(position) == [1, 2, 3, 4, 5, 6]
    with pytest.raises(SuiteError, match=r"a is not a legal move of Connect Four here. Legal: b, c, d, e, f, g."):
        CONNECT_FOUR.after(position, "a")


def test_planes_are_the_movers():
    position = CONNECT_FOUR.after(CONNECT_FOUR.start(), "d", "d", "a")
    planes = np.zeros((2, 6, 7), np.float32)
    CONNECT_FOUR.write_planes(position, planes)
    assert np.argwhere(planes[0]).tolist() == [[4, 3]], "the second player's one stone, above the first's"
    assert np.argwhere(planes[1]).tolist() == [[5, 0], [5, 3]]
