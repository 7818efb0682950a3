"""Leaderboard statistics against hand values, scipy, and the enumeration of every resample of tiny tables."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim_suite.errors import SuiteError
from sim_suite.leaderboard import bootstrap
from sim_suite.leaderboard.profiles import probability_of_improvement, profile
from sim_suite.leaderboard.statistics import aggregate, interval, location, normalise

SCORES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40).map(np.array)


def test_generator_gives_the_published_splitmix64_sequence():
    """The five outputs for seed 1234567 that implementations of splitmix64 are commonly checked with."""
    state, seen = 1234567, []
    for _ in range(5):
        state = (state + int(bootstrap.GOLDEN)) % 2**64
        seen.append(int(bootstrap.mix(np.uint64(state))))
    assert seen == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_bounded_integers_cover_their_range_evenly():
    state, counts = 7, np.zeros(6)
    for _ in range(6000):
        state = (state + int(bootstrap.GOLDEN)) % 2**64
        counts[bootstrap.below(bootstrap.mix(np.uint64(state)), 6)] += 1
    assert stats.chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize(
    ("values", "mean", "median", "iqm"),
    [
        ([1, 2, 3, 10], 4.0, 2.5, 2.5),
        ([5, 1, 2, 3, 100], 22.2, 3.0, (0.75 * 2 + 3 + 0.75 * 5) / 2.5),
        ([7], 7.0, 7.0, 7.0),
        ([1, 2, 9], 4.0, 2.0, (0.25 * 1 + 2 + 0.25 * 9) / 1.5),
    ],
)
def test_location_by_hand(values, mean, median, iqm):
    array = np.array(values, dtype=float)
    assert [location(array, s) for s in ("mean", "median", "iqm")] == pytest.approx([mean, median, iqm])


@given(SCORES)
def test_iqm_is_scipys_trimmed_mean(values):
    """Each value four times makes the quarter a whole number, so scipy's rounding rule has nothing to round."""
    assert location(values, "iqm") == pytest.approx(stats.trim_mean(np.repeat(values, 4), 0.25), rel=1e-9, abs=1e-7)
    if len(values) % 4 == 0:
        assert location(values, "iqm") == pytest.approx(stats.trim_mean(values, 0.25), rel=1e-9, abs=1e-7)
    assert location(values, "median") == pytest.approx(np.median(values), rel=1e-12, abs=1e-9)


def test_tasks_weigh_the_same_however_many_runs_they_have():
    many, one = np.array([[1.0], [2.0], [3.0]]), np.array([[10.0]])
    assert aggregate([many, one], "mean", seed=0).point == pytest.approx((2.0 + 10.0) / 2)
    assert aggregate([many, one], "median", seed=0).point == pytest.approx((3.0 + 10.0) / 2)
    copied = np.array([[1.0], [2.0], [3.0], [10.0], [10.0], [10.0]])
    assert aggregate([many, one], "iqm", seed=0).point == pytest.approx(location(copied[:, 0], "iqm"))


@pytest.mark.parametrize("statistic", ["mean", "median", "iqm"])
def test_resamples_follow_the_exact_distribution(statistic):
    """Two runs of two episodes have (2 * 2^2)^2 = 64 equally likely resamples; their frequencies must match."""
    table = np.array([[0.0, 1.0], [3.0, 7.0]])
    exact = {}
    one_run = [(r, (table[r, i] + table[r, j]) / 2) for r, i, j in product(range(2), repeat=3)]
    for (_, a), (_, b) in product(one_run, repeat=2):
        value = location(np.array([a, b]), statistic)
        exact[value] = exact.get(value, 0) + 1 / 64
    draws = bootstrap.resample_location(
        table.ravel(),
        np.array([0, 2, 4]),
        np.array([0, 2]),
        np.array([4, 4]),
        {"mean": 0, "median": 1, "iqm": 2}[statistic],
        64_000,
        np.uint64(3),
    )
    values, counts = np.unique(draws, return_counts=True)
    assert set(values) == set(exact)
    assert stats.chisquare(counts, [exact[v] * 64_000 for v in values]).pvalue > 0.001


def test_percentile_interval_agrees_with_scipy():
    """With one episode a run the hierarchy is a plain bootstrap over runs."""
    values = np.random.default_rng(5).gamma(2.0, size=24)
    ours = interval(values[:, None], "mean", resamples=100_000, seed=1, method="percentile")
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=100_000, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01 * values.std())


def test_scaled_interval_has_students_width():
    """For the mean of many near-normal runs the default interval is Student's, also where episodes are noisy."""
    rng = np.random.default_rng(3)
    table = rng.normal(size=(40, 1)) + rng.normal(size=(40, 5)) * 3
    means = table.mean(axis=1)
    low, high = stats.t.interval(0.95, 39, means.mean(), means.std(ddof=1) / np.sqrt(40))
    ours = interval(table, "mean", resamples=50_000, seed=0)
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.03 * (high - low))


@pytest.mark.parametrize(
    ("runs", "skewed", "least"),
    [(3, False, 93), (10, False, 93), (10, True, 89), (100, False, 93.5), (100, True, 93.5)],
)
def test_coverage_is_near_its_nominal_level(runs, skewed, least):
    """An exponential run effect costs small samples a few per cent, as it does Student's own interval."""
    rng, covered, repeats = np.random.default_rng(runs), 0, 1000
    for seed in range(repeats):
        effect = rng.exponential(size=(runs, 1)) - 1 if skewed else rng.normal(size=(runs, 1))
        found = interval(effect + rng.normal(size=(runs, 4)), "mean", resamples=400, seed=seed)
        covered += found.low <= 0 <= found.high
    assert least <= 100 * covered / repeats <= 97


def test_one_run_is_resampled_over_its_episodes_and_says_so():
    episodes = np.random.default_rng(0).normal(size=50)
    found = interval(episodes[None], "mean", resamples=50_000, seed=0)
    low, high = stats.t.interval(0.95, 49, episodes.mean(), episodes.std(ddof=1) / np.sqrt(50))
    assert "n = 1 training seed" in found.over
    assert found.few
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.05 * (high - low))
    assert interval(np.zeros((2, 3)), "mean", seed=0).over == "training runs and episodes"


def test_with_one_run_median_and_iqm_are_over_its_episodes():
    episodes = np.array([0.0, 1.0, 2.0, 100.0])
    for statistic, value in (("mean", 25.75), ("median", 1.5), ("iqm", 1.5)):
        found = interval(episodes[None], statistic, seed=0)
        assert (found.point, found.runs, found.episodes) == (value, 1, 4)


def test_a_single_episode_has_no_interval():
    found = interval(np.array([[4.0]]), "mean", seed=0)
    assert found.point == 4.0
    assert found.method == "none"
    assert found.to_dict()["low"] is None


def test_tiny_spreads_do_not_underflow():
    tiny, plain = np.array([[0.0], [1e-90], [3e-90]]), np.array([[0.0], [1.0], [3.0]])
    small, large = (interval(t, "mean", seed=0) for t in (tiny, plain))
    assert small.high == pytest.approx(large.high * 1e-90, rel=1e-9)
    assert small.low == pytest.approx(large.low * 1e-90, rel=1e-9)


def test_several_tasks_combine_by_welch_and_satterthwaite():
    """Two tasks of 30 noisy runs and one of a single run: the mean's interval is Welch's."""
    rng = np.random.default_rng(8)
    tables = [rng.normal(size=(30, 1)), 3 * rng.normal(size=(25, 1)), rng.normal(size=(1, 40))]
    flat = [t.ravel() for t in tables]
    parts = [v.var(ddof=1) / len(v) / 9 for v in flat]
    freedom = sum(parts) ** 2 / sum(p**2 / (len(v) - 1) for p, v in zip(parts, flat, strict=True))
    half = stats.t.ppf(0.975, freedom) * np.sqrt(sum(parts))
    found = aggregate(tables, "mean", resamples=50_000, seed=0)
    assert found.point == pytest.approx(np.mean([v.mean() for v in flat]))
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.03)
    assert found.runs == 1


def test_equal_scores_give_an_interval_of_no_width():
    for score in (500.0, 0.1):
        found = interval(np.full((3, 11), score), "iqm", seed=0)
        assert found.low == found.point == found.high == pytest.approx(score)


@settings(max_examples=25)
@given(st.lists(st.lists(st.floats(-100, 100), min_size=1, max_size=5), min_size=1, max_size=5), st.integers(0, 2**64))
def test_same_seed_same_bytes_and_point_inside(rows, seed):
    table = [np.array(row) for row in rows]
    first, second = (interval(table, "mean", resamples=300, seed=seed) for _ in range(2))
    assert repr(first) == repr(second)
    percentile = interval(table, "mean", resamples=300, seed=seed, method="percentile")
    assert percentile.method == "none" or percentile.low <= percentile.high
    shifted = interval([row + 1 for row in table], "mean", resamples=300, seed=seed)
    assert shifted.point == pytest.approx(first.point + 1)
    if first.method != "none":
        assert shifted.high == pytest.approx(first.high + 1, abs=1e-5)


def test_a_longer_bootstrap_begins_with_the_shorter_one_and_seeds_differ():
    arguments = np.arange(6.0), np.array([0, 3, 6]), np.array([0, 2]), np.array([4, 4]), 0
    short = bootstrap.resample_location(*arguments, 10, np.uint64(1))
    long = bootstrap.resample_location(*arguments, 20, np.uint64(1))
    assert (long[:10] == short).all()
    assert (bootstrap.resample_location(*arguments, 10, np.uint64(2)) != short).any()


def test_results_are_pinned():
    """The exact figures of one seed: a change here changes published leaderboards."""
    found = interval(np.arange(20.0).reshape(4, 5) ** 2, "iqm", resamples=1000, seed=42)
    assert (found.point, found.low, found.high) == PINNED


PINNED = (98.5, -69.06846958242286, 449.6215233446513)


def test_probability_of_improvement_is_mann_whitneys_u():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 6, (7, 1)).astype(float), rng.integers(0, 6, (9, 1)).astype(float)
    expected = stats.mannwhitneyu(a[:, 0], b[:, 0]).statistic / 63
    for unit in ("runs", "episodes"):
        found = probability_of_improvement([a], [b], unit=unit, seed=0)
        assert found.point == pytest.approx(expected)
        assert found.low <= found.point <= found.high
    assert probability_of_improvement([b], [a], seed=0).point == pytest.approx(1 - expected)


def test_probability_of_improvement_averages_tasks_and_counts_ties_half():
    a, b = np.array([[1.0, 3.0]]), np.array([[2.0, 2.0]])
    assert probability_of_improvement([a, a], [b, a], seed=0).point == 0.5
    assert probability_of_improvement([a + 9, a], [b, b + 9], seed=0, unit="episodes").point == 0.5
    sure = probability_of_improvement([a + 9], [b], seed=0)
    assert (sure.low, sure.point, sure.high) == (1.0, 1.0, 1.0)


def test_probability_of_improvement_resamples_follow_enumeration():
    """Two runs against one value: P is 0, 1/2 or 1 with probability 1/4, 1/2, 1/4, so the 60 % interval is exact."""
    found = probability_of_improvement([np.array([[0.0], [2.0]])], [np.array([[1.0]])], level=0.6, seed=0)
    assert (found.low, found.point, found.high) == (0.0, 0.5, 1.0)
    narrow = probability_of_improvement([np.array([[0.0], [2.0]])], [np.array([[1.0]])], level=0.4, seed=0)
    assert (narrow.low, narrow.high) == (0.5, 0.5)


@pytest.mark.parametrize("unit", ["runs", "episodes"])
def test_profile_by_hand(unit):
    table = np.array([[0.0, 2.0], [2.0, 4.0], [4.0, 6.0]])
    found = profile([table], np.array([0.0, 1.0, 4.0, 9.0]), unit=unit, seed=0)
    by_hand = {"runs": [1.0, 2 / 3, 1 / 3, 0.0], "episodes": [5 / 6, 5 / 6, 1 / 6, 0.0]}[unit]
    assert found.share == pytest.approx(by_hand)
    assert (found.low <= found.share + 1e-12).all()
    assert (found.high >= found.share - 1e-12).all()
    assert (np.diff(found.low) <= 0).all()


def test_profile_weighs_tasks_equally_with_ragged_runs():
    tasks = [[np.array([0.0, 0.0, 0.0]), np.array([1.0])], [np.array([1.0])]]
    found = profile(tasks, np.array([0.5]), unit="episodes", seed=0)
    assert found.share == pytest.approx([(0.5 + 1.0) / 2])


def test_normalise():
    table = np.array([[10.0, 20.0], [30.0, 0.0]])
    assert np.array(normalise(table, random=10, reference=30)).tolist() == [[0.0, 0.5], [1.0, -0.5]]
    assert np.array(normalise(table, random=30, reference=10)).tolist() == [[1.0, 0.5], [0.0, 1.5]]
    with pytest.raises(SuiteError, match="random = 3"):
        normalise(table, random=3, reference=3)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([], "at least one of each"),
        ([np.array([])], "without a scored episode"),
        (np.zeros(3), "one array per run"),
        (np.array([[1.0, np.nan]]), "run 0, episode 1: the score is nan"),
        (np.array([[1.0], [np.inf]]), "run 1, episode 0"),
    ],
)
def test_bad_tables_are_refused_by_place(table, message):
    with pytest.raises(SuiteError, match=message):
        interval(table, "mean", seed=0)


def test_bad_arguments_are_refused():
    table = np.ones((2, 2))
    with pytest.raises(SuiteError, match="at least one task"):
        aggregate([], "mean", seed=0)
    with pytest.raises(SuiteError, match=r"not at 95"):
        interval(table, "mean", level=95, seed=0)
    with pytest.raises(SuiteError, match="not 0"):
        interval(table, "mean", resamples=0, seed=0)
    with pytest.raises(SuiteError, match="same tasks"):
        probability_of_improvement([table], [table, table], seed=0)
    with pytest.raises(SuiteError, match="rise strictly"):
        profile([table], np.array([1.0, 1.0]), seed=0)
