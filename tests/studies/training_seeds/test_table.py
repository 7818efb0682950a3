"""The figures of the table, by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from sim_suite.envs.catalog import Reference
from sim_suite.leaderboard.statistics import interval
from sim_suite.leaderboard.suite import TaskSpec
from sim_suite.studies.training_seeds.plan import Endings, EntryPlan, TaskPlan
from sim_suite.studies.training_seeds.table import RunScores, lines_of
from sim_suite.studies.training_seeds.text import text_of

ENDS = (Reference(100.0, "chance"), Reference(300.0, "the best"))
TABLE = TaskPlan(
    "pole",
    20.0,
    (
        EntryPlan("ours", "A2C", "r", (0, 1, 5), bar=2, peer="theirs"),
        EntryPlan("theirs", "another A2C", "r", (0, 1)),
    ),
    endings=Endings(1000, "flag reached"),
)
SPEC = TaskSpec("pole", "CartPole-v1", 2)


def scored(*returns, steps=100, endings=None):
    return RunScores(np.array(returns, np.float64), steps, endings)


OURS = {0: scored(10.0, 30.0, endings=1000), 1: scored(20.0, 22.0, endings=990)}
THEIRS = {0: scored(4.0, 28.0, endings=500), 1: scored(20.0, 24.0, steps=120, endings=500)}


def test_the_figures_are_those_of_the_episodes():
    ours, theirs = lines_of(TABLE, ENDS, {"ours": OURS, "theirs": THEIRS})
    assert (ours.seeds, ours.planned, ours.steps, ours.lowest, ours.bar) == ((0, 1), 3, 100, 10.0, 2)
    assert ours.run_means == (20.0, 21.0)
    assert ours.reached == 2, "a mean of exactly the threshold reaches it"
    assert ours.mean == interval([np.array([10.0, 30.0]), np.array([20.0, 22.0])], "mean", seed=0)
    assert ours.endings == (1000, 990)
    assert (theirs.run_means, theirs.reached, theirs.steps) == ((16.0, 22.0), 1, 120)
    assert theirs.beside is None


def test_a_difference_is_paired_by_seed_and_episode():
    """Episodes differ by 6, 2, 0 and -2 of 200: 3, 1, 0, -1 %; the seeds by 2 and -0.5, their mean is 0.75."""
    ours, _ = lines_of(TABLE, ENDS, {"ours": OURS, "theirs": THEIRS})
    assert ours.beside.difference.point == pytest.approx(0.75)
    assert ours.beside.difference == interval([np.array([3.0, 1.0]), np.array([0.0, -1.0])], "mean", seed=0)
    assert ours.beside.no_worse is False, "two seeds leave a wide interval"


@pytest.mark.parametrize(("loss", "no_worse"), [(9.0, True), (10.0, False), (11.0, False), (-500.0, True)])
def test_no_worse_is_above_minus_five_percent(loss, no_worse):
    """Equal losses in all episodes leave an interval without width: 10 of 200 are exactly 5 %."""
    theirs = {seed: scored(*(run.returns + loss), endings=0) for seed, run in OURS.items()}
    ours, _ = lines_of(TABLE, ENDS, {"ours": OURS, "theirs": theirs})
    assert ours.beside.difference.low == pytest.approx(-loss / 2)
    assert ours.beside.no_worse is no_worse


def test_a_scale_that_runs_down_keeps_better_above_zero():
    """Of Pendulum both ends are below 0; where less is better, the reference lies below random."""
    ends = (Reference(-300.0, "chance"), Reference(-100.0, "the best"))
    ours, _ = lines_of(TABLE, ends, {"ours": {0: scored(-120.0)}, "theirs": {0: scored(-140.0)}})
    assert ours.beside.difference.point == pytest.approx(10.0)
    assert ours.beside.no_worse is None, "of one episode there is no interval"
    assert math.isnan(ours.beside.difference.low)


def test_only_seeds_that_both_have_are_compared():
    ours, _ = lines_of(TABLE, ENDS, {"ours": OURS, "theirs": {1: THEIRS[1]}})
    assert ours.beside.difference.point == pytest.approx(-0.5)
    (ours,) = lines_of(TABLE, ENDS, {"ours": OURS})
    assert ours.beside is None


def test_the_table_in_words():
    lines = lines_of(TABLE, ENDS, {"ours": OURS, "theirs": THEIRS})
    text = text_of(TABLE, SPEC, ENDS, lines)
    assert "CartPole-v1, 2 episodes, seeds 10000-10001. Random 100.0 (chance); reference 300.0 (the best)." in text
    assert "| reach 20 | flag reached, % of 1000 |" in text
    assert "| A2C | 100 | 0, 1 (2 of 3) | 20.5 [" in text
    assert "] | 20.0, 21.0 | 10.0 | 2 of 2 (bar: 2) | 100.0, 99.0 |" in text
    assert "| 16.0, 22.0 | 4.0 | 1 of 2 | 50.0 in all |" in text
    assert "| A2C | another A2C | 0.75 [" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} == {9, 5}, "cells under their heads"


def test_the_table_is_plain_data():
    ours, theirs = lines_of(TABLE, ENDS, {"ours": OURS, "theirs": THEIRS})
    data = json.loads(json.dumps(ours.to_dict(), allow_nan=False))
    assert (data["run_means"], data["seeds"], data["reached"]) == ([20.0, 21.0], [0, 1], 2)
    assert data["beside"]["peer"] == "theirs"
    assert data["beside"]["difference_percent"]["point"] == pytest.approx(0.75)
    assert theirs.to_dict()["beside"] is None
