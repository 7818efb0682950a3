"""The bounded course of a metric: whole while short, means of equally many records when long."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.cli.history import CAPACITY, History


def filled(values):
    history = History()
    for step, value in enumerate(values):
        history.add(step, value)
    return history


def test_a_short_course_is_kept_as_it_came():
    history = filled([3.0, 1.0, 2.0])
    assert (history.steps, history.values) == ([0.0, 1.0, 2.0], [3.0, 1.0, 2.0])
    assert (history.newest, history.low, history.high) == (2.0, 1.0, 3.0)


def test_what_is_not_finite_is_the_newest_and_nothing_else():
    history = filled([1.0, float("inf"), 5.0, float("nan")])
    assert np.isnan(history.newest)
    assert (history.values, history.low, history.high) == ([1.0, 5.0], 1.0, 5.0)


@settings(max_examples=30)
@given(st.integers(0, 6 * CAPACITY))
def test_a_long_course_is_means_of_equally_many(count):
    history = filled([float(i) for i in range(count)])
    assert history.points < CAPACITY
    stride = 1
    while count // stride >= CAPACITY:
        stride *= 2
    whole = np.arange(count - count % stride, dtype=float).reshape(-1, stride)
    assert history.values == whole.mean(axis=1).tolist()
    assert history.steps == history.values
