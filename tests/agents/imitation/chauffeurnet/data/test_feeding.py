"""Batches by number: chosen without repetition, equal after a resume, from the generations that are their turn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.data import feeding
from agents.imitation.chauffeurnet.data.drawing import NOTHING_CHANGED
from agents.imitation.chauffeurnet.data.experience import ExperienceOptions
from agents.imitation.chauffeurnet.data.feeding import Feed, FeedOptions, candidates, choose
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.layout import WAIT
from sim_suite.errors import SuiteError
from tests.agents.imitation.chauffeurnet.data.drives_by_hand import straight_log

SPEC = ChauffeurSpec(RasterSpec(("road", "ego", "actors_0", "past_poses"), (32, 32), 1.0, (24, 16)), waypoints=5)
SMALL = FeedOptions(
    batch_size=6, batches_per_generation=2, pool=2,
    experience=ExperienceOptions(maps=("curves", "crossroads"), practice=1, worlds=2, seconds=5),
)  # fmt: skip
SPEEDS = Batch._fields.index("speeds")


def taken(feed: Feed, number: int) -> list[torch.Tensor]:
    return [part.clone() for part in feed.batch(number)]


def equal(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_resumed_run_sees_the_same_batches():
    with Feed(SPEC, SMALL, seed=4) as feed:
        first = [taken(feed, number) for number in range(7)]
    assert not any(equal(first[k], first[k + 1]) for k in range(6))
    with Feed(SPEC, SMALL, seed=4) as feed:
        assert equal(taken(feed, 5), first[5])
        assert equal(taken(feed, 6), first[6])
        assert equal(taken(feed, 1), first[1]), "back, too"
    with Feed(SPEC, SMALL, seed=5) as feed:
        assert not equal(taken(feed, 1), first[1])


def test_generations_take_turns(monkeypatch):
    asked, drawn = [], []

    def generate(options, seed, generation, maps, novice):
        asked.append(generation)
        log = straight_log(speed=1.0 + generation)
        return [log]

    monkeypatch.setattr(feeding, "generate", generate)
    with Feed(SPEC, FeedOptions(batch_size=40, batches_per_generation=2, pool=2), seed=0) as feed:
        for number in range(6):
            batch: Batch = feed.batch(number)
            plain = batch.weight == 1.0
            drawn.append(sorted(set(batch.speeds[plain].flatten().tolist())))
        assert len(feed._generations) <= 3, "memory is bounded"
        assert len(feed._drawer._brushes) == 1
    assert drawn == [[1.0], [1.0], [1.0, 2.0], [1.0, 2.0], [2.0, 3.0], [2.0, 3.0]]
    assert asked[:4] == [0, 1, 2, 3]
    assert len(asked) == len(set(asked))


def test_what_generating_raises_reaches_the_caller(monkeypatch):
    def generate(options, seed, generation, maps, novice):
        raise SuiteError("no road")

    monkeypatch.setattr(feeding, "generate", generate)
    with Feed(SPEC, SMALL, seed=0) as feed, pytest.raises(SuiteError, match="no road"):
        feed.batch(0)
    with Feed(SPEC, SMALL, seed=0, logs=[straight_log(rows=4)]) as feed, pytest.raises(SuiteError, match="no moment"):
        feed.batch(0)
    with Feed(SPEC, SMALL, seed=0, logs=[straight_log()]) as feed, pytest.raises(SuiteError, match="no batch -1"):
        feed.batch(-1)


def test_logs_feed_without_experts(monkeypatch):
    monkeypatch.setattr(feeding, "generate", None)
    logs = [straight_log(3.0), straight_log(4.0, episodes=2)]
    with Feed(SPEC, SMALL, seed=0, logs=logs) as feed:
        first = taken(feed, 0)
        taken(feed, 1)
        assert equal(taken(feed, 0), first)


def test_recorded_logs_make_up_their_share_of_each_batch(monkeypatch):
    """Six examples, share 0.4: 2 or 3 of them, 12 of 30 in five batches. Recorded cars do 3 m/s, those of experience 10 and more."""
    monkeypatch.setattr(
        feeding, "generate", lambda options, seed, generation, maps, novice: [straight_log(10.0 + generation)]
    )
    options = replace(SMALL, recorded=0.4, augmentation=NOTHING_CHANGED)
    drawn = []
    with Feed(SPEC, options, seed=2, logs=[straight_log(3.0)]) as feed:
        for number in range(10):
            drawn.append(taken(feed, number))
    speeds = [batch[SPEEDS][:, 0].tolist() for batch in drawn]
    counts = [sum(speed == 3.0 for speed in batch) for batch in speeds]
    assert counts == [2, 2, 3, 2, 3, 2, 2, 3, 2, 3]
    assert {speed for batch in speeds[8:] for speed in batch} == {3.0, 13.0, 14.0}, "experience goes on beside them"
    with Feed(SPEC, options, seed=2, logs=[straight_log(3.0)]) as feed:
        assert equal(taken(feed, 7), drawn[7]), "a resumed run sees the same batches"


@pytest.mark.parametrize(("share", "wanted"), [(1.0, {3.0}), (0.0, {10.0})])
def test_a_share_of_all_or_nothing_takes_one_source(monkeypatch, share, wanted):
    monkeypatch.setattr(
        feeding, "generate", lambda options, seed, generation, maps, novice: [straight_log()] if share < 1.0 else 1 / 0
    )
    options = replace(SMALL, recorded=share, augmentation=NOTHING_CHANGED)
    with Feed(SPEC, options, seed=0, logs=[straight_log(3.0)]) as feed:
        assert {speed for number in range(3) for speed in taken(feed, number)[SPEEDS][:, 0].tolist()} == wanted


def test_choice_is_without_repetition_where_there_is_enough():
    one, other = straight_log(), straight_log()
    pool = [(one, np.arange(5)), (other, np.array([7, 9]))]
    rng = np.random.default_rng(0)
    parts = choose(pool, 7, rng)
    assert [(log is one, rows.tolist()) for log, rows in parts] == [(True, [0, 1, 2, 3, 4]), (False, [7, 9])]
    counts = np.zeros(5)
    for _ in range(700):
        for log, rows in choose(pool, 2, rng):
            if log is one:
                counts[rows] += 1
    assert counts == pytest.approx(np.full(5, 200), abs=50)
    assert sum(len(rows) for _, rows in choose(pool, 20, rng)) == 20


def test_a_share_of_long_standing_moments_is_kept():
    log = straight_log(speed=0.0, rows=1005)
    log.mind[500:, 0, WAIT] = 100
    rng = np.random.default_rng(0)
    kept = candidates([log], 5, FeedOptions(standing_share=0.1), rng)[0][1]
    assert (kept < 500).sum() == 500
    assert 25 < (kept >= 500).sum() < 80
    assert len(candidates([log], 5, FeedOptions(standing_share=1.0), rng)[0][1]) == 1000


def test_moments_before_a_light_or_sign_are_drawn_more_often(monkeypatch):
    log = straight_log(rows=15)
    ahead = [90.0, 50.0, 49.0, 20.0, 5.0, 4.9, 4.9, 2.7, np.inf, np.inf]
    log.body[:, 0, col.SPEED] = [0.0, 0.0, 0.0, 9.0, 0.0, 0.5, 0.4, 0.0, 0.0, 9.0, *[9.0] * 5]
    monkeypatch.setattr(type(log), "line_ahead_m", lambda self, rows: np.array(ahead)[rows])
    options = FeedOptions(standing_share=1.0, approaching=3, held=2)
    often = candidates([log], 5, options, np.random.default_rng(0))[0][1]
    assert np.bincount(often).tolist() == [1, 1, 3, 3, 3, 3, 6, 6, 1, 1]


def test_moments_at_which_one_would_have_to_brake_are_drawn_more_often(monkeypatch):
    log = straight_log(rows=12)
    half = 0.5 * log.body[0, 0, col.LENGTH]
    # From 6 m/s one stops within 18 m at 1 m/s^2.
    ahead = np.array([18.1, 17.9, 17.9, 49.0, 51.0, np.inf, 0.5]) + half
    log.body[:, 0, col.SPEED] = [6.0, 6.0, 5.9, 12.0, 12.0, 12.0, 1.5, *[9.0] * 5]
    monkeypatch.setattr(type(log), "line_ahead_m", lambda self, rows: ahead[rows])
    options = FeedOptions(standing_share=1.0, approaching=2, pressing=4)
    often = candidates([log], 5, options, np.random.default_rng(0))[0][1]
    assert np.bincount(often).tolist() == [2, 8, 2, 1, 1, 1, 8]


def test_moments_before_a_braking_are_drawn_often(monkeypatch):
    """1 m/s^2 over the five waypoints' second; before a line, where they count more already, no more often than the larger number."""
    log = straight_log(rows=12)
    log.body[:, 0, col.SPEED] = [9.0, 9.0, 9.0, 9.0, 9.0, 7.9, 8.1, 9.5, 0.0, 0.0, 8.0, 8.0]
    ahead = np.array([np.inf, np.inf, np.inf, 49.0, 20.0, np.inf, np.inf])
    monkeypatch.setattr(type(log), "line_ahead_m", lambda self, rows: ahead[rows])
    options = FeedOptions(standing_share=1.0, approaching=2, pressing=4, slowing=3)
    often = candidates([log], 5, options, np.random.default_rng(0))[0][1]
    assert np.bincount(often).tolist() == [3, 1, 1, 3, 8, 1, 1]


def test_options_are_checked():
    with pytest.raises(SuiteError, match="pool must lie in 1 to 64"):
        FeedOptions(pool=0)
    with pytest.raises(SuiteError, match="standing_share"):
        FeedOptions(standing_share=1.5)
    with pytest.raises(SuiteError, match="held must lie in 1 to 20, not be 0"):
        FeedOptions(held=0)
    with pytest.raises(SuiteError, match=r"recorded must lie in 0.0 to 1.0, not be -0\.1"):
        FeedOptions(recorded=-0.1)
