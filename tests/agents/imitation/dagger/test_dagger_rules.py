"""Who acts in a step, and on which tracks: exact."""

from __future__ import annotations

import numpy as np
import pytest

from agents.imitation.dagger.config import DaggerConfig
from agents.imitation.dagger.rules import beta_of, expert_acts, expert_seeds, round_seeds
from agents.imitation.loading import EVALUATION_SEEDS
from sim_suite.errors import SuiteError


def test_beta_is_one_in_round_0_and_then_its_powers():
    assert [beta_of(number, 0.5) for number in range(4)] == [1.0, 0.5, 0.25, 0.125]
    assert [beta_of(number, 0.0) for number in range(4)] == [1.0, 0.0, 0.0, 0.0], "the paper's I(i = 1)"
    assert [beta_of(number, 1.0) for number in range(4)] == [1.0] * 4


def test_the_expert_acts_as_often_as_beta_says_and_as_the_seed_says():
    drawn = expert_acts(3, 2, 5, 0.5, 100_000)
    assert abs(drawn.mean() - 0.25) < 0.005, "3.6 standard deviations"
    assert np.array_equal(drawn, expert_acts(3, 2, 5, 0.5, 100_000))
    assert np.array_equal(drawn[:1000], expert_acts(3, 2, 5, 0.5, 1000)), "the length of a lap changes nothing"
    others = [expert_acts(4, 2, 5, 0.5, 1000), expert_acts(3, 2, 6, 0.5, 1000)]
    assert not any(np.array_equal(drawn[:1000], other) for other in others)
    assert expert_acts(3, 0, 0, 0.0, 50).all()
    assert not expert_acts(3, 1, 0, 0.0, 50).any()


def test_no_track_is_driven_twice_or_judged_by():
    seeds = [
        seed
        for run in range(4)
        for seed in (
            *expert_seeds(run, 1000),
            *(one for number in range(1, 11) for one in round_seeds(run, number, 900)),
        )
    ]
    assert len(set(seeds)) == len(seeds) == 4 * 10_000
    assert not set(seeds) & set(EVALUATION_SEEDS)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"rounds": 100, "laps_per_round": 100}, "tracks for 1000 laps of the expert and 9000 of the rounds"),
        ({"laps": 1001}, "not for 1001"),
        ({"beta": 1.5}, "beta must lie in"),
        ({"rounds": -1}, "rounds must be at least 0"),
        ({"dropout": 2.0}, "dropout must lie in"),
    ],
)
def test_what_cannot_be_is_refused(config, message):
    with pytest.raises(SuiteError, match=message):
        DaggerConfig(**config)


def test_each_round_has_its_batches():
    config = DaggerConfig(rounds=3, first_batches=7, batches=5, last_batches=9)
    assert [config.batches_of(number) for number in range(4)] == [7, 5, 5, 9]
    assert DaggerConfig(rounds=0, first_batches=7, last_batches=9).batches_of(0) == 7, "behaviour cloning"
