"""Curves in characters: exact for known numbers; every drawing has its size, its ends, and no gap."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.cli.braille import braille_curve

FINITE = st.floats(-1e6, 1e6)


def dots(lines):
    """[rows * 4, columns * 2] bool, from the standard's numbering: dots 1 2 3 7 down the left, 4 5 6 8 down the right."""
    out = np.zeros((4 * len(lines), 2 * len(lines[0])), bool)
    for row, line in enumerate(lines):
        for column, sign in enumerate(line):
            for dot in range(8):
                down, across = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1)][dot]
                out[4 * row + down, 2 * column + across] = (ord(sign) - 0x2800) >> dot & 1
    return out


@pytest.mark.parametrize(
    ("steps", "values", "lines"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3], ["⡠⠊"]),  # dots 7 6 | 2 4: one up for each one across
        ([0, 1, 2, 3], [3, 2, 1, 0], ["⠑⢄"]),
        (range(8), range(8), ["⠀⠀⡠⠊", "⡠⠊⠀⠀"]),
        ([0, 1], [0, 3], ["⡸"]),  # the second column reaches down to touch the first: dots 7 and 4 5 6
        ([0, 3], [0, 3], ["⡠⠊"]),  # linear between records
        ([0, 0, 3], [0, 6, 3], ["⣀⣀"]),  # records of one column count by their mean: 3 and 3, level
        ([5], [2.5], ["⣀⣀"]),
        ([], [], ["⠀⠀"]),
    ],
)
def test_known_numbers_give_known_characters(steps, values, lines):
    assert braille_curve(list(steps), list(values), len(lines[0]), len(lines)) == lines


@given(st.lists(FINITE, min_size=2, max_size=300), st.integers(1, 40), st.integers(1, 5))
def test_a_drawing_has_its_size_and_joins_neighbours(values, columns, rows):
    lines = braille_curve(range(len(values)), values, columns, rows)
    assert [len(line) for line in lines] == [columns] * rows
    drawn = dots(lines)
    ends = [(np.flatnonzero(column).min(), np.flatnonzero(column).max()) for column in drawn.T]
    for (top, bottom), column in zip(ends, drawn.T, strict=True):
        assert column[top : bottom + 1].all()
    for (top, bottom), (next_top, next_bottom) in pairwise(ends):
        assert next_top <= bottom + 1
        assert next_bottom >= top - 1


@given(st.lists(FINITE, min_size=2, max_size=100), st.integers(2, 40), st.integers(1, 5))
def test_the_shift_and_the_scale_of_values_change_nothing(values, columns, rows):
    """By powers of two, which floating point does exactly; whole numbers shift exactly."""
    whole = [float(round(value)) for value in values]
    drawn = braille_curve(range(len(whole)), whole, columns, rows)
    assert braille_curve(range(len(whole)), [8 * value for value in whole], columns, rows) == drawn
    assert braille_curve([4 * i + 7 for i in range(len(whole))], whole, columns, rows) == drawn


def test_the_lowest_and_the_highest_dots_are_reached():
    drawn = dots(braille_curve(range(50), np.sin(np.arange(50) / 5.0), 25, 3))
    assert drawn[0].any()
    assert drawn[-1].any()
