"""Compiled resampling loops behind the leaderboard's statistics: draw runs, then episodes inside each, then summarise.

Sources: Davison & Hinkley 1997, *Bootstrap Methods and their Application*, section 3.8 (hierarchical data), and Agarwal
et al. 2021 (arXiv:2108.13264) (stratified over tasks, interquartile mean, score distributions, probability of
improvement). The generator is splitmix64 (Steele, Lea & Flood 2014, OOPSLA, figure 17): each resample starts a stream of
its own at a hash of (seed, resample), so results do not depend on numpy's generators, and a longer bootstrap begins
with the shorter one. The loops are serial: a forked worker may enter them.

Tables are flat, so that tasks may have different numbers of runs and runs different numbers of episodes:
`scores [N] float64` holds all episodes, `episode_at [R + 1] int64` where each run begins in it, and `run_at [T + 1] int64`
where each task begins among the runs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""Increment of splitmix64: the odd integer nearest to 2**64 divided by the golden ratio."""

MEAN, MEDIAN, IQM = 0, 1, 2
"""Codes of the statistics in the kernels."""


@kernel("uint64(uint64)", "the statistics")
def mix(state: np.uint64) -> np.uint64:
    """Output function of splitmix64, a bijection of 64 bits."""
    z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel("uint64(uint64, int64)", "the statistics")
def stream(seed: np.uint64, resample: int) -> np.uint64:
    """State at which the generator of one resample starts."""
    return mix(mix(seed + GOLDEN) + np.uint64(resample) * GOLDEN)


@kernel("int64(uint64, int64)", "the statistics")
def below(bits: np.uint64, bound: int) -> int:
    """An integer in [0, bound) from the upper 32 of 64 random bits; its bias is at most bound / 2**32 (Lemire 2019)."""
    return int(((bits >> np.uint64(32)) * np.uint64(bound)) >> np.uint64(32))


@kernel("float64(float64[::1], int64[::1], int64)", "the statistics")
def location(values: Floats, weights: Ints, statistic: int) -> float:
    """Weighted mean, median or interquartile mean; values: [R], weights: [R], each weight a multiple of 4.

    All three are means of the quantile function between two positions on the axis of cumulative weight, which run from
    0 to W: the mean takes all of it, the interquartile mean [W/4, 3W/4] (a value on the border counts by the fraction
    that lies inside), the median one unit to each side of W/2. Integer weights keep the borders exact.
    """
    total = weights.sum()
    first, last = np.int64(0), total
    order = np.arange(len(values))
    if statistic != MEAN:
        order = np.argsort(values)
        first, last = (total // 2 - 1, total // 2 + 1) if statistic == MEDIAN else (total // 4, 3 * total // 4)
    position, sum_inside = np.int64(0), 0.0
    for i in order:
        inside = min(position + weights[i], last) - max(position, first)
        if inside > 0:
            sum_inside += inside * values[i]
        position += weights[i]
    return float(sum_inside / (last - first))


@kernel("float64[::1](float64[::1], int64[::1])", "the statistics")
def run_scores(scores: Floats, episode_at: Ints) -> Floats:
    """Mean of each run's episodes: [R] float64, summed in the order of the resampling loops, so that equal episodes
    give the same bits here and there."""
    out = np.empty(len(episode_at) - 1)
    for run in range(len(out)):
        total = 0.0
        for episode in range(episode_at[run], episode_at[run + 1]):
            total += scores[episode]
        out[run] = total / (episode_at[run + 1] - episode_at[run])
    return out


@kernel("uint64(float64[::1], int64[::1], int64[::1], uint64, float64[::1])", "the statistics")
def draw_run_scores(scores: Floats, episode_at: Ints, run_at: Ints, state: np.uint64, out: Floats) -> np.uint64:
    """Fill out [R] with resampled run scores: in each task runs with replacement, in each run its episodes likewise.

    A run's score is the mean of its episodes. A task's only run is kept. Returns the generator's new state.
    """
    for task in range(len(run_at) - 1):
        runs = run_at[task + 1] - run_at[task]
        for slot in range(runs):
            state += GOLDEN
            run = run_at[task] + below(mix(state), runs)
            start, episodes = episode_at[run], episode_at[run + 1] - episode_at[run]
            total = 0.0
            for _ in range(episodes):
                state += GOLDEN
                total += scores[start + below(mix(state), episodes)]
            out[run_at[task] + slot] = total / episodes
    return state


@kernel("float64[::1](float64[::1], int64[::1], int64[::1], int64[::1], int64, int64, uint64)", "the statistics")
def resample_location(
    scores: Floats, episode_at: Ints, run_at: Ints, weights: Ints, statistic: int, resamples: int, seed: np.uint64
) -> Floats:
    """The statistic of each of `resamples` hierarchical resamples: [resamples] float64."""
    drawn, out = np.empty(len(weights)), np.empty(resamples)
    for b in range(resamples):
        draw_run_scores(scores, episode_at, run_at, stream(seed, b), drawn)
        out[b] = location(drawn, weights, statistic)
    return out


@kernel("float64[:, ::1](int64[::1], int64[::1], int64[::1], int64, int64, uint64)", "the statistics")
def resample_histogram(
    bins: Ints, episode_at: Ints, run_at: Ints, num_bins: int, resamples: int, seed: np.uint64
) -> Floats:
    """Share of the episodes that falls in each bin, for each resample: [resamples, num_bins] float64, rows sum to 1.

    bins: [N], the bin of each episode. Tasks weigh equally, runs equally inside a task, episodes equally inside a run.
    """
    out = np.zeros((resamples, num_bins))
    tasks = len(run_at) - 1
    for b in range(resamples):
        state = stream(seed, b)
        for task in range(tasks):
            runs = run_at[task + 1] - run_at[task]
            for _ in range(runs):
                state += GOLDEN
                run = run_at[task] + below(mix(state), runs)
                start, episodes = episode_at[run], episode_at[run + 1] - episode_at[run]
                weight = 1.0 / (tasks * runs * episodes)
                for _ in range(episodes):
                    state += GOLDEN
                    out[b, bins[start + below(mix(state), episodes)]] += weight
    return out


@kernel("float64[:, ::1](float64[::1], int64[::1], int64[::1], int64, uint64)", "the statistics")
def resample_runs(scores: Floats, episode_at: Ints, run_at: Ints, resamples: int, seed: np.uint64) -> Floats:
    """Run scores of resamples in which runs are drawn whole, and only a task's single run has its episodes drawn.

    Returns [resamples, R] float64. For statistics that are not linear in run scores: drawing episodes too would blur
    each of them a second time, which pulls a probability of improvement toward one half.
    """
    out = np.empty((resamples, run_at[-1]))
    for b in range(resamples):
        state = stream(seed, b)
        for task in range(len(run_at) - 1):
            runs = run_at[task + 1] - run_at[task]
            for slot in range(runs):
                state += GOLDEN
                run = run_at[task] + below(mix(state), runs)
                start, episodes = episode_at[run], episode_at[run + 1] - episode_at[run]
                total = 0.0
                for episode in range(episodes):
                    state += GOLDEN
                    total += scores[start + (below(mix(state), episodes) if runs == 1 else episode)]
                out[b, run_at[task] + slot] = total / episodes
    return out


@kernel("float64[::1](float64[:, ::1], float64[:, ::1])", "the statistics")
def pairwise_wins(first: Floats, second: Floats) -> Floats:
    """Share of pairs that the first wins, ties half, row by row; first: [B, m], second: [B, n] -> [B] float64."""
    out = np.empty(len(first))
    for b in range(len(first)):
        wins = 0.0
        for x in first[b]:
            for y in second[b]:
                wins += 1.0 if x > y else (0.5 if x == y else 0.0)
        out[b] = wins / (first.shape[1] * second.shape[1])
    return out
