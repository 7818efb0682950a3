"""Means over training seeds: where they stand, what they are, and that their interval is the leaderboard's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from agents.shipped import SHIPPED
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.leaderboard.curves.groups import resolve
from sim_suite.leaderboard.curves.means import POINTS, mean_curve, smoothed, thinned
from sim_suite.leaderboard.curves.panels import make_panels
from sim_suite.leaderboard.curves.reading import IMITATION, Curve
from sim_suite.leaderboard.statistics import interval


def curve(steps, values):
    return Curve(np.array(steps, np.int64), np.array(values, np.float64))


def test_runs_of_equal_steps_keep_them_and_their_exact_mean():
    mean = mean_curve([curve([10, 20, 30], [1, 2, 3]), curve([10, 20, 30], [3, 4, 8])])
    assert mean.steps.tolist() == [10, 20, 30]
    assert [found.point for found in mean.intervals] == [2.0, 3.0, 5.5]
    assert mean.intervals[2] == interval(np.array([[3.0], [8.0]]), "mean", seed=0)


def test_runs_of_other_steps_are_linear_between_their_records_and_end_together():
    mean = mean_curve([curve([0, 10, 20], [0, 10, 20]), curve([5, 15, 30], [0, 10, 40])])
    assert mean.steps.tolist() == [5, 10, 15, 20]
    assert [found.point for found in mean.intervals] == [2.5, 7.5, 12.5, 20.0]


def test_the_interval_is_near_students():
    """The leaderboard's bootstrap is scaled to Student's spread; five runs of normal values, by hand and by SciPy."""
    values = np.array([9.0, 10.0, 10.5, 11.0, 12.5])
    found = mean_curve([curve([0], [value]) for value in values]).intervals[0]
    low, high = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    assert found.point == values.mean()
    assert found.low == pytest.approx(low, abs=0.15 * (high - low))
    assert found.high == pytest.approx(high, abs=0.15 * (high - low))


def test_there_is_no_mean_of_one_run_nor_of_runs_that_never_meet():
    assert mean_curve([curve([0, 10], [1, 2])]) is None
    assert mean_curve([curve([0, 10], [1, 2]), curve([20, 30], [1, 2])]) is None


def test_a_long_mean_is_thinned_evenly_with_both_ends():
    steps = np.arange(0, 5000, 5)
    assert len(thinned(steps, POINTS)) == POINTS
    assert thinned(steps, POINTS)[[0, -1]].tolist() == [0, 4995]
    assert set(np.diff(thinned(steps, POINTS)).tolist()) <= {25, 30}
    assert thinned(steps[:7], POINTS).tolist() == steps[:7].tolist()


def test_smoothing_is_the_mean_of_the_last_records():
    rough = curve([1, 2, 3, 4], [4, 8, 0, 4])
    assert smoothed(rough, 2).values.tolist() == [4.0, 6.0, 4.0, 2.0]
    assert smoothed(rough, 9).values.tolist() == [4.0, 6.0, 4.0, 4.0]
    assert smoothed(rough, 1) is rough
    with pytest.raises(SuiteError, match="1 or more, not 0"):
        smoothed(rough, 0)


def test_panels_hold_what_tells_most_or_what_was_named(write_run):
    rows = [(step, {"epsilon": 0.5, "loss": 10.0**-step, "episode_return": float(step)}) for step in range(4)]
    groups = resolve(
        [str(write_run("a", rows)), f"bc={write_run('b', [(0, {'loss': 1.0}), (1, {'loss': float('nan')})])}"]
    )
    panels = make_panels(groups)
    assert [panel.metric for panel in panels] == ["episode_return", "loss"]
    assert panels[0].notes == ("Without it: bc.",)
    assert panels[1].notes == ("1 values of bc are not finite and are left out.",)
    assert [panel.logarithmic for panel in panels] == [False, True]
    assert [line.place for line in panels[1].lines] == [0, 1]
    assert [panel.metric for panel in make_panels(groups, ["epsilon", "epsilon"])] == ["epsilon"]
    with pytest.raises(UnknownNameError, match="unknown metric 'epsilom'"):
        make_panels(groups, ["epsilom"])


def test_panels_say_what_is_counted(write_run):
    rows = [(step, {"loss": 1.0}) for step in range(3)]
    acting, seeing = write_run("acting", rows), write_run("seeing", rows)
    (seeing / "config.toml").write_text('task = "yolo"\nseed = 0\n')
    copying = write_run("copying", rows, agent="bc", env="CarRacing-v3")
    counted = [
        make_panels(resolve([str(one) for one in runs]))[0].steps
        for runs in ([acting], [seeing], [copying], [seeing, copying], [acting, copying])
    ]
    assert counted == ["environment steps", *3 * ["examples learned from"], "steps"]


def test_agents_that_learn_from_examples_are_those_of_imitation():
    assert set(IMITATION) == {one.name for one in SHIPPED if (one.method or "").startswith("agents.imitation.")}
