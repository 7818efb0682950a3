"""Experts that are made to drive too fast: when, how much, and that only their own driving is learned from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.imitation.chauffeurnet.data.experience import ExperienceOptions, generate
from agents.imitation.chauffeurnet.data.pushes import (
    DRIVING_MPS,
    PAUSE_S,
    PUSH_MPS2,
    PUSH_S,
    draw_pushes,
)
from sim_suite.driving.world import layout as col

OPTIONS = ExperienceOptions(maps=("curves",), practice=0, worlds=12, seconds=20, askew=0.0)


def test_pushes_and_pauses_are_of_the_lengths_that_are_said():
    pushes = draw_pushes(np.random.default_rng(0), 200, 0.25, 600)
    given = pushes.any(1)
    assert 30 < given.sum() < 70
    assert pushes[given].max() <= PUSH_MPS2[1]
    assert pushes[pushes > 0].min() >= PUSH_MPS2[0]
    for row in pushes[given]:
        edges = np.flatnonzero(np.diff(row > 0)) + 1
        lengths_s = np.diff(edges) / 5
        pushed = row[edges[:-1]] > 0
        assert lengths_s[pushed] == pytest.approx(np.full(pushed.sum(), np.mean(PUSH_S)), abs=np.ptp(PUSH_S) / 2 + 0.11)
        assert lengths_s[~pushed] == pytest.approx(
            np.full((~pushed).sum(), np.mean(PAUSE_S)), abs=np.ptp(PAUSE_S) / 2 + 0.11
        )


def test_who_is_pushed_gains_what_the_push_says_and_that_is_not_learned_from():
    (log,) = generate(replace(OPTIONS, pushed=1.0), 5, 0)
    pushed = np.flatnonzero(~log.learned)
    pushed = pushed[~np.isin(pushed + 1, log.end) & ~np.isin(pushed, log.end)]
    speeds = log.body[:, 0, col.SPEED]
    assert len(pushed) > 30
    assert (speeds[pushed] > DRIVING_MPS).all()
    gained = (speeds[pushed + 1] - speeds[pushed]) / 0.2
    assert gained.min() > PUSH_MPS2[0] - 0.2
    assert gained.max() < PUSH_MPS2[1] + 0.2
    moments = log.moments(10)
    assert all(log.learned[row : row + 10].all() for row in moments)
    after = pushed[log.learned[pushed + 1]] + 1
    after = after[np.isin(after, moments)]
    assert (speeds[after + 5] < speeds[after] - 0.5).any(), "the expert slows down again"


def test_equal_seeds_push_equally_and_without_a_share_nobody_is_pushed():
    first, again = (generate(replace(OPTIONS, pushed=0.5), 5, 0)[0] for _ in range(2))
    assert np.array_equal(first.body, again.body)
    assert np.array_equal(first.learned, again.learned)
    (plain,) = generate(OPTIONS, 5, 0)
    assert plain.learned.all()
    assert not np.array_equal(plain.body, first.body)
