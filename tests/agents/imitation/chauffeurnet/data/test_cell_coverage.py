"""Cover of cells by polygons, against clipping each cell by itself and the shoelace formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.imitation.chauffeurnet.data.coverage import cover_polygon


def covered(polygon: np.ndarray, rows: int, columns: int) -> np.ndarray:
    plane, sums = np.zeros((rows, columns), np.float32), np.zeros((rows, columns + 2))
    cover_polygon(plane, polygon, len(polygon), sums)
    assert np.abs(sums).max() == 0.0, "scratch memory is left clean"
    return plane


def area_within(polygon: np.ndarray, row: int, column: int) -> float:
    """Sutherland and Hodgman's clipping against one cell, then the shoelace formula."""
    for axis, bound, sign in ((0, row, 1.0), (0, row + 1, -1.0), (1, column, 1.0), (1, column + 1, -1.0)):
        kept: list[np.ndarray] = []
        for here, there in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            a, b = sign * (here[axis] - bound), sign * (there[axis] - bound)
            if a >= 0.0:
                kept.append(here)
            if (a >= 0.0) != (b >= 0.0):
                kept.append(here + a / (a - b) * (there - here))
        if not kept:
            return 0.0
        polygon = np.array(kept)
    y, x = polygon.T
    return abs(float(np.dot(y, np.roll(x, -1)) - np.dot(x, np.roll(y, -1)))) / 2


def box(row: float, column: float, turn: float, length: float, width: float) -> np.ndarray:
    along, across = np.array([-np.cos(turn), -np.sin(turn)]), np.array([np.sin(turn), -np.cos(turn)])
    ahead, aside = 0.5 * length * along, 0.5 * width * across
    return np.array([row, column]) + np.array([ahead + aside, aside - ahead, -ahead - aside, ahead - aside])


def test_by_hand():
    plane = covered(np.array([[0.5, 0.25], [0.5, 2.25], [2.0, 2.25], [2.0, 0.25]]), 3, 3)
    assert plane == pytest.approx(np.array([[0.375, 0.5, 0.125], [0.75, 1.0, 0.25], [0, 0, 0]]))
    triangle = covered(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]]), 2, 2)
    assert triangle == pytest.approx(np.array([[0.5, 0.0], [1.0, 0.5]]))


@settings(max_examples=150, deadline=None)
@given(
    st.floats(-4, 12), st.floats(-4, 13), st.floats(-7, 7), st.floats(0.01, 15), st.floats(0.01, 15), st.booleans()
)  # fmt: skip
def test_boxes_cover_what_clipping_says(row, column, turn, length, width, backwards):
    corners = box(row, column, turn, length, width)
    plane = covered(corners[::-1].copy() if backwards else corners, 8, 9)
    wanted = [[area_within(corners, r, c) for c in range(9)] for r in range(8)]
    assert plane == pytest.approx(np.array(wanted), abs=2e-6)


def test_a_polygon_that_is_not_convex():
    star = np.array([[1.0, 4.0], [3.1, 4.7], [3.3, 7.9], [5.2, 5.1], [7.6, 6.2], [6.1, 3.9], [7.7, 1.3], [4.4, 2.9]])
    whole = covered(star, 9, 9)
    y, x = star.T
    assert whole.sum() == pytest.approx(abs(np.dot(y, np.roll(x, -1)) - np.dot(x, np.roll(y, -1))) / 2, abs=1e-5)
    shifted = covered(star - [2.0, 3.0], 9, 9)
    assert shifted[:7, :6] == pytest.approx(whole[2:, 3:], abs=1e-6), "what is cut off changes nothing of the rest"


def test_two_polygons_add_up_to_one():
    plane, sums = np.zeros((2, 2), np.float32), np.zeros((2, 4))
    half = np.array([[0.0, 0.0], [0.0, 0.5], [1.0, 0.5], [1.0, 0.0]])
    cover_polygon(plane, half, 4, sums)
    cover_polygon(plane, half + np.array([0.0, 0.5]), 4, sums)
    assert plane.tolist() == [[1.0, 0.0], [0.0, 0.0]]
    cover_polygon(plane, half, 4, sums)
    assert plane[0, 0] == 1.0
