"""Normalised errors: bands from the chi-square table, a filter that fits its world, and one that is too sure of itself."""

from __future__ import annotations

import numpy as np
import pytest

from perception.fusion.consistency import band, nees, nis
from perception.fusion.kalman import Belief, predict, update
from perception.fusion.motion_models import constant_velocity
from sim_suite.errors import SuiteError

RUNS, STEPS, DT = 100, 60, 0.5
SEEN = np.eye(2, 4)


def test_bands_are_those_of_the_table():
    # Chi-square with 10 degrees of freedom: 3.247 and 20.483; with 200: 162.728 and 241.058.
    assert band(1, 10) == pytest.approx((3.247, 20.483), abs=1e-3)
    assert band(100, 2) == pytest.approx((1.62728, 2.41058), abs=1e-5)
    assert band(5, 2, 0.5).low > band(5, 2).low
    assert band(100, 2).holds(np.array([1.6, 2.0, 2.5])).tolist() == [False, True, False]


def runs(believed):
    """(NEES, NIS) [STEPS] means over runs; the filter believes in noise that is so many times as large."""
    dice = np.random.default_rng(3)
    transition, noise = constant_velocity(DT, 1.0)
    seen_noise, root = 0.7**2 * np.eye(2), np.linalg.cholesky(noise + 1e-12 * np.eye(4))
    true = dice.normal(size=(RUNS, 4)) * 2.0
    belief = Belief(np.zeros((RUNS, 4)), np.broadcast_to(4.0 * np.eye(4), (RUNS, 4, 4)))
    errs, surprises = [], []
    for _ in range(STEPS):
        true = true @ transition.T + dice.normal(size=(RUNS, 4)) @ root.T
        measured = true[:, :2] + dice.normal(0.0, 0.7, (RUNS, 2))
        belief, innovation = update(
            predict(belief, transition, believed * noise), measured, SEEN, believed * seen_noise
        )
        errs.append(nees(belief, belief.mean - true).mean())
        surprises.append(nis(innovation).mean())
    return np.array(errs), np.array(surprises)


def test_a_filter_that_knows_its_world_errs_as_much_as_it_says():
    errs, surprises = runs(believed=1.0)
    assert band(RUNS, 4).holds(errs).mean() > 0.85
    assert band(RUNS, 2).holds(surprises).mean() > 0.85
    assert errs.mean() == pytest.approx(4.0, abs=0.15)
    assert surprises.mean() == pytest.approx(2.0, abs=0.1)


def test_one_that_believes_in_half_the_noise_is_found_out():
    errs, surprises = runs(believed=0.5)
    assert not band(RUNS, 4).holds(errs[5:]).any()
    assert band(RUNS, 2).holds(surprises[5:]).mean() < 0.05


def test_what_makes_no_band_is_refused():
    with pytest.raises(SuiteError, match="a band of 0 runs"):
        band(0, 2)
