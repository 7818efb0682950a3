"""Lessons by turns: who drives when, and that only the expert is learned from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from agents.imitation.chauffeurnet.data.experience import ExperienceOptions, generate
from agents.imitation.chauffeurnet.data.turns import EXPERT_S, NOVICE_S, draw_turns
from sim_suite.driving.world import layout as col

OPTIONS = ExperienceOptions(maps=("curves",), practice=0, worlds=12, seconds=20, handed_over=0.5, askew=0.0)


class Braking:
    """A novice that brakes, and counts how often it is asked."""

    trail = 0

    def __init__(self):
        self.asked = 0

    def seat(self, road_map):
        return self

    def act(self, state, which):
        self.asked += len(which)
        return np.tile(np.array([0.0, -1.0], np.float32), (len(which), 1))


def test_novice_and_expert_take_turns_of_the_lengths_that_are_said():
    turns = draw_turns(np.random.default_rng(0), 200, 0.25, 600)
    given = turns.any(1)
    assert 30 < given.sum() < 70
    assert turns[given, 0].all(), "the novice begins"
    for row in turns[given]:
        ends = np.flatnonzero(np.diff(row.astype(int))) + 1
        lengths_s = np.diff(np.concatenate([[0], ends])) / 5
        assert all(NOVICE_S[0] - 0.1 <= one <= NOVICE_S[1] + 0.1 for one in lengths_s[0::2])
        assert all(EXPERT_S[0] - 0.1 <= one <= EXPERT_S[1] + 0.1 for one in lengths_s[1::2])
        assert row.mean() < 0.6


def test_what_the_novice_drives_is_not_learned_from_and_is_what_it_chose():
    novice = Braking()
    (log,) = generate(OPTIONS, 5, 0, novice=novice)
    tried = np.flatnonzero(~log.learned)
    assert novice.asked >= len(tried) > 100
    ends = np.isin(tried + 1, log.end)
    speeds = log.body[:, 0, col.SPEED]
    after = speeds[tried[~ends] + 1]
    assert (after <= speeds[tried[~ends]] + 1e-3).all(), "it brakes"
    learned = np.flatnonzero(log.learned[:-1] & ~np.isin(np.arange(1, len(log.learned)), [*log.first, *log.end]))
    assert (speeds[learned + 1] > speeds[learned] + 0.1).any(), "the expert drives on"
    moments = log.moments(10)
    assert all(log.learned[row : row + 10].all() for row in moments)
    assert log.episode_of(moments).max() > 0


def test_equal_novices_make_equal_lessons_and_without_one_nobody_hands_over():
    first, again = (generate(OPTIONS, 5, 0, novice=Braking())[0] for _ in range(2))
    assert np.array_equal(first.body, again.body)
    assert np.array_equal(first.learned, again.learned)
    (plain,) = generate(replace(OPTIONS, handed_over=0.0), 5, 0)
    assert plain.learned.all()
