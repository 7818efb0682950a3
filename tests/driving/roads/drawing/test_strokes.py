"""Lines from samples, by hand and by property."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.drawing import strokes

LINE = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)])


@pytest.mark.parametrize(
    ("lane_id", "direction", "side"), [(1, 1, "left"), (1, -1, "right"), (-1, 1, "right"), (-2, -1, "left")]
)
def test_the_outer_border_is_the_one_away_from_lane_0(lane_id, direction, side):
    assert strokes.outer_side(lane_id, direction) == side
    assert strokes.inner_side(lane_id, direction) != side


def test_a_line_is_cut_where_the_measure_says():
    cut = strokes.cut(LINE, np.array([0.0, 10.0, 20.0]), 5.0, 12.0)
    np.testing.assert_allclose(cut, [(5, 0), (10, 0), (10, 2)])
    back = strokes.cut(LINE[::-1], np.array([20.0, 10.0, 0.0]), 5.0, 12.0)
    np.testing.assert_allclose(back, cut[::-1])
    assert len(strokes.cut(LINE, np.array([0.0, 10.0, 20.0]), 20.0, np.inf)) == 0


def test_a_shifted_line_lies_to_the_left():
    np.testing.assert_allclose(strokes.shifted(LINE[:2], 1.5), [(0, 1.5), (10, 1.5)])


def test_places_along_a_line():
    assert strokes.at_fraction(LINE, 0.25) == pytest.approx((5.0, 0.0, 0.0))
    assert strokes.at_fraction(LINE, 0.75) == pytest.approx((10.0, 5.0, np.pi / 2))
    assert strokes.at_fraction(LINE, 1.0) == pytest.approx((10.0, 10.0, np.pi / 2))


@given(st.floats(5, 500), st.floats(0.1, 3), st.floats(-1e5, 1e5))
def test_a_thinned_arc_keeps_its_ends_and_stays_within_the_tolerance(radius, angle, offset):
    turn = np.linspace(0, angle, 2000)
    line = np.column_stack((offset + radius * np.cos(turn), radius * np.sin(turn)))
    thin = strokes.thin(line)
    assert len(thin) < len(line)
    np.testing.assert_allclose(thin[[0, -1]], line[[0, -1]], atol=1e-3)
    gaps = np.hypot(*np.diff(thin, axis=0).T)
    sagitta = radius - np.sqrt(np.maximum(radius**2 - gaps**2 / 4, 0))
    assert sagitta.max() < 1.1 * strokes.TOLERANCE_M + 1e-3
