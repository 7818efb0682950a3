"""MOTA, MOTP and IDF1 of small cases that are counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from perception.fusion.mot_metrics import Frame, add_scores, judge_tracks
from sim_suite.errors import SuiteError


def frame(truth, tracks):
    """Of {identity: x} and {number: x}."""

    def both(named):
        return np.array(list(named), np.int64), np.array([[x, 0.0] for x in named.values()]).reshape(-1, 2)

    return Frame(*both(truth), *both(tracks))


def test_perfect_tracks():
    score = judge_tracks([frame({1: 0.0, 2: 9.0}, {7: 0.0, 8: 9.0})] * 4)
    assert (score.mota, score.motp_m, score.idf1) == (1.0, 0.0, 1.0)


def test_misses_false_tracks_and_distances():
    # Of four frames one has nothing, one a track too many; the rest are half a metre off.
    frames = [
        frame({1: 0.0}, {7: 0.5}),
        frame({1: 0.0}, {}),
        frame({1: 0.0}, {7: 0.5, 9: 50.0}),
        frame({1: 0.0}, {7: 0.5}),
    ]
    score = judge_tracks(frames)
    assert (score.there, score.missed, score.false, score.switches, score.matched) == (4, 1, 1, 0, 3)
    assert score.mota == pytest.approx(1 - 2 / 4)
    assert score.motp_m == pytest.approx(0.5)
    # Three of four frames identified, four frames of tracks: 2 * 3 / (4 + 4).
    assert score.idf1 == pytest.approx(6 / 8)


def test_a_change_of_tracks_is_one_switch_but_costs_half_of_the_identity():
    frames = [frame({1: 0.0}, {7: 0.0})] * 5 + [frame({1: 0.0}, {8: 0.0})] * 5
    score = judge_tracks(frames)
    assert score.switches == 1
    assert score.mota == pytest.approx(0.9)
    assert score.idf1 == pytest.approx(0.5)


def test_two_that_swap_are_two_switches():
    frames = [frame({1: 0.0, 2: 9.0}, {7: 0.0, 8: 9.0})] * 3 + [frame({1: 0.0, 2: 9.0}, {7: 9.0, 8: 0.0})]
    score = judge_tracks(frames)
    assert score.switches == 2
    assert score.mota == pytest.approx(1 - 2 / 8)
    assert score.idf1 == pytest.approx(6 / 8)


def test_a_pair_stays_while_it_is_near_enough():
    # Track 8 comes nearer than 7, which is still within two metres: no switch, one false track.
    score = judge_tracks(
        [frame({1: 0.0}, {7: 0.1}), frame({1: 0.0}, {7: 1.5, 8: 0.0}), frame({1: 0.0}, {7: 2.5, 8: 0.0})]
    )
    assert (score.switches, score.false, score.missed) == (1, 2, 0)
    assert score.off_m == pytest.approx(0.1 + 1.5 + 0.0)


def test_a_switch_counts_after_a_gap_too():
    score = judge_tracks([frame({1: 0.0}, {7: 0.0}), frame({1: 0.0}, {}), frame({1: 0.0}, {8: 0.0})])
    assert (score.switches, score.missed) == (1, 1)


def test_nothing_there_has_no_score_and_sums_add_up():
    empty = judge_tracks([frame({}, {})])
    assert np.isnan([empty.mota, empty.motp_m, empty.idf1]).all()
    one = judge_tracks([frame({1: 0.0}, {7: 0.5}), frame({1: 0.0}, {})])
    both = add_scores([one, judge_tracks([frame({1: 0.0}, {7: 0.0})] * 2)])
    assert both.mota == pytest.approx(1 - 1 / 4)
    assert both.idf1 == pytest.approx(2 * 3 / (4 + 3))
    with pytest.raises(SuiteError, match="above 0"):
        judge_tracks([], within_m=0.0)
