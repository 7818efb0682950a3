"""Counts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.episodes.actions import CAR, Actions
from sim_suite.episodes.survey.counting import BINS, Tally, edges, spread
from sim_suite.errors import SuiteError

WHEEL = Actions(("steer", "drive"), (-1.0, -1.0), (1.0, 1.0), CAR, "driving")


def test_classes_and_bins_hold_every_step():
    tally = Tally("Some-v0", WHEEL)
    actions = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, -1.0], [-1.0, 0.0]])
    tally.add(actions, np.array([True, False, True, False]))
    tally.add(actions[:1] * 3, np.array([True]))  # beyond the bounds: counts for the last bin
    found = tally.done()
    named = dict(zip(CAR, found.classes.tolist(), strict=True))
    assert {name: count for name, count in named.items() if count} == {
        "straight, accelerate": 3, "left, brake": 1, "right, roll": 1,
    }  # fmt: skip
    assert found.selected[CAR.index("straight, accelerate")] == 2
    assert found.thinned
    steer, drive = found.histograms
    assert (steer.name, drive.name) == ("steer", "drive")
    assert steer.counts[[0, BINS // 2, -1]].tolist() == [1, 3, 1]
    assert drive.counts[[0, BINS // 2, -1]].tolist() == [1, 1, 3]


def test_numbered_actions_have_no_histogram_beside_their_classes():
    tally = Tally("Some-v0", Actions(("action",), (0.0,), (1.0,), ("0", "1"), "numbered"))
    tally.add(np.array([0, 1, 1]), np.ones(3, bool))
    found = tally.done()
    assert (found.classes.tolist(), found.histograms, found.thinned) == ([1, 2], (), False)


def test_numbers_without_bounds_are_counted_between_minus_one_and_one():
    assert edges(-np.inf, np.inf)[[0, -1]].tolist() == [-1, 1]
    assert edges(0.0, 2.1)[:2].tolist() == pytest.approx([0.0, 0.1])


def test_plain_values_are_spread_from_the_least_to_the_greatest():
    found = spread([1.0, 4.0, 4.0], 3)
    assert (found.edges.tolist(), found.counts.tolist()) == ([1, 2, 3, 4], [1, 0, 2])
    assert spread([5.0]).edges[[0, -1]].tolist() == [4.5, 5.5]
    with pytest.raises(SuiteError):
        spread([])
