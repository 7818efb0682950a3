"""Tracks by hand: birth, confirmation, misses, crossings, headings that are turned round; properties of the assignment."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.fusion.tracking import TrackerOptions, assign, no_tracks, track
from sim_suite.errors import SuiteError

PLAIN = TrackerOptions(model="constant-velocity")
CTRV = TrackerOptions()
DT = 0.1


def run(frames, options=PLAIN):
    """(tracks, numbers that detections were given, frame by frame)"""
    tracks, given_ = no_tracks(options), []
    for found in frames:
        tracks, numbers = track(tracks, np.reshape(found, (-1, options.measured)).astype(float), DT, options)
        given_.append(numbers.tolist())
    return tracks, given_


def test_a_car_is_followed_from_its_first_frame():
    tracks, numbers = run([[[0.8 * t, 2.0]] for t in range(10)])
    assert numbers == [[0]] * 10
    assert tracks.belief.mean[0] == pytest.approx([7.2, 2.0, 8.0, 0.0], abs=0.05)
    assert (tracks.hits[0], tracks.misses[0], tracks.next_number) == (10, 0, 1)


def test_three_detections_make_it_certain_and_a_flicker_is_forgotten():
    tracks, _ = run([[[0, 0]], [[0, 0]]])
    assert not tracks.told(PLAIN)[0]
    assert run([[[0, 0]]] * 3)[0].told(PLAIN)[0]
    assert len(run([[[0, 0]], []])[0].number) == 0


def test_a_certain_track_lives_through_misses_and_then_ends():
    frames, missed = [[[1.0 * t, 0]] for t in range(6)], [[]]
    _, numbers = run([*frames, *missed * 2, [[8.0, 0]]])
    assert numbers[-1] == [0]
    # It is told of for two misses, kept for twenty, and known again when it shows where it was expected.
    assert [run(frames + missed * n)[0].told(PLAIN).tolist() for n in (2, 3)] == [[True], [False]]
    assert [len(run(frames + missed * n)[0].number) for n in (20, 21)] == [1, 0]
    tracks, numbers = run([*frames, *missed * 12, [[18.2, 0.3]]])
    assert numbers[-1] == [0]
    assert tracks.told(PLAIN)[0]
    # After its end the next one is not called by its number.
    assert run([*frames, *missed * 21, [[27.0, 0]]])[1][-1] == [1]


def test_who_cross_keep_their_numbers():
    # Two at 10 m/s towards each other, 1 m apart when they meet: nearest detections alone would swap them.
    frames = [[[t, 0.0], [20.0 - t, 0.5]] for t in range(21)]
    assert run(frames)[1] == [[0, 1]] * 21
    swapped = [frame[::-1] for frame in frames]
    assert run(swapped)[1] == [[0, 1]] * 21


def test_what_is_far_away_is_another():
    _, numbers = run([[[0, 0]], [[0, 0]], [[30.0, 0]]])
    assert numbers[-1] == [1]


def test_a_turning_car_by_its_boxes_whichever_end_they_show():
    # Round a circle of 15 m at 7.5 m/s; every other box says that it heads the other way.
    angles = 0.05 * np.arange(60)
    frames = [[[15 * math.sin(a), 15 - 15 * math.cos(a), a + math.pi * (n % 2)]] for n, a in enumerate(angles)]
    tracks, numbers = run(frames, CTRV)
    assert numbers == [[0]] * 60
    mean = tracks.belief.mean[0]
    assert mean[:2] == pytest.approx(frames[-1][0][:2], abs=0.1)
    assert mean[3] == pytest.approx(7.5, abs=0.2)
    assert mean[4] == pytest.approx(0.5, abs=0.05)


def test_a_car_that_shows_its_rear_first_drives_backwards_for_the_filter():
    tracks, _ = run([[[-0.8 * t, 0.0, 0.0]] for t in range(12)], CTRV)
    assert tracks.belief.mean[0, 3] == pytest.approx(-8.0, abs=0.2)


costs = st.integers(1, 4).flatmap(
    lambda n: st.integers(1, 4).flatmap(
        lambda m: st.lists(st.lists(st.floats(0, 20), min_size=m, max_size=m), min_size=n, max_size=n)
    )
)


@settings(max_examples=120, deadline=None)
@given(costs)
def test_the_assignment_is_the_best_of_all(rows):
    cost, most = np.array(rows), 9.0
    found = assign(cost, most)
    best = (0, 0.0)
    n, m = cost.shape
    wide = cost if n <= m else cost.T
    for chosen in permutations(range(wide.shape[1]), wide.shape[0]):
        taken = [wide[i, j] for i, j in enumerate(chosen) if wide[i, j] <= most]
        best = max(best, (len(taken), -sum(taken)))
    assert len(found[0]) == best[0]
    assert cost[found].sum() == pytest.approx(-best[1])
    assert (cost[found] <= most).all()
    assert len(set(found[0].tolist())) == len(set(found[1].tolist())) == len(found[0])


def test_the_order_of_detections_does_not_matter():
    dice = np.random.default_rng(0)
    frames = [dice.normal(0, 0.2, (6, 3)) + np.arange(6)[:, None] * [9.0, 4.0, 0.0] for _ in range(8)]
    plain, _ = run(frames, CTRV)
    mixed, _ = run([frames[0], *(frame[dice.permutation(6)] for frame in frames[1:])], CTRV)
    assert np.array_equal(plain.number, mixed.number)
    assert plain.belief.mean == pytest.approx(mixed.belief.mean)


@pytest.mark.parametrize(("fields", "what"), [
    ({"model": "imm"}, "give 'constant-velocity' or 'ctrv'"), ({"noise_m": 0.0}, "noise_m must lie in"),
    ({"gate": 1.0}, "gate must lie in"), ({"forget": 0}, "forget must lie in 1 to 1000, not be 0"),
])  # fmt: skip
def test_options_that_make_no_sense_are_refused(fields, what):
    with pytest.raises(SuiteError, match=what):
        TrackerOptions(**fields)


def test_detections_of_another_shape_are_refused():
    with pytest.raises(SuiteError, match=r"ctrv takes \[d, 3\]"):
        track(no_tracks(CTRV), np.zeros((2, 2)), DT, CTRV)
