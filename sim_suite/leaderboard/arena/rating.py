"""Elo with its interval, from games that come in pairs: both games of an opening count as one observation.

Sources: `elo.py` for the rating; Rubin 1981 (Annals of Statistics 9, 130), the Bayesian bootstrap: each resample weighs the openings
by independent exponential numbers, and the games that are added to each pair by one too, so that a clean sheet gets
the interval that its games support and not one of no width (Lyddon, Holmes and Walker 2019, Biometrika 106, 465, take prior
observations into a bootstrap in this way). The generator is that of `leaderboard/bootstrap.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from sim_suite.compiling import kernel
from sim_suite.leaderboard.arena.elo import PRIOR_GAMES, Floats, connected, elo, with_prior
from sim_suite.leaderboard.bootstrap import GOLDEN, mix, stream
from sim_suite.leaderboard.statistics import Interval
from sim_suite.leaderboard.tables import percentiles

RESAMPLES: Final = 10_000
"""As many as the other statistics take (`leaderboard/statistics.py`)."""
LEVEL: Final = 0.95
_BLOCK: Final = 1000
"""Resamples rated at a time, so that memory stays small."""


@dataclass(frozen=True)
class OpeningInterval(Interval):
    """An interval over openings: no training run is drawn."""

    @property
    def over(self) -> str:
        """What it generalises over."""
        return f"{self.episodes} openings"

    @property
    def few(self) -> bool:
        """Single openings are never shown."""
        return False


@dataclass(frozen=True)
class Ratings:
    """What the games say of n players."""

    elo: tuple[Interval | None, ...]
    """Points above the anchor; None for who is not connected with it by games."""
    order: tuple[int, ...]
    """Players by rating, the best first; those without one are left out."""
    leads: tuple[Interval | None, ...]
    """Points above the next in `order`; None for the last and for who has no rating."""


def rate(points: Floats, anchor: int | None, seed: int = 0, resamples: int = RESAMPLES) -> Ratings:
    """Rate players. Equal arguments give equal ratings.

    points: [openings, n, n] float64, what the row's player scored against the column's in the games of an opening. anchor: who stands at
    0; None, or an anchor without games, puts the mean of the largest connected group there.
    """
    total = points.sum(axis=0)
    players = _rated(total, anchor)
    nothing = tuple[Interval | None, ...]([None] * len(total))
    if len(players) < 2:
        return Ratings(nothing, (), nothing)
    own = points[:, players][:, :, players]
    zero = players.index(anchor) if anchor in players else None
    point, draws = _above(elo(with_prior(own.sum(axis=0))), zero), _above(_resampled(own, seed, resamples), zero)
    ranked = sorted(range(len(players)), key=lambda at: (-round(float(point[at]), 6), players[at]))
    openings = int((own.sum(axis=(1, 2)) > 0.0).sum())
    found, leads = list(nothing), list(nothing)
    for at, player in enumerate(players):
        found[player] = _interval(point[at], draws[:, at], openings)
    for above, below in pairwise(ranked):
        gap = draws[:, above] - draws[:, below]
        leads[players[above]] = _interval(point[above] - point[below], gap, openings)
    return Ratings(tuple(found), tuple(players[at] for at in ranked), tuple(leads))


def _rated(total: Floats, anchor: int | None) -> list[int]:
    """Those connected with the anchor, or else the largest group."""
    met = total + total.T > 0.0
    group = connected(met)
    if anchor is not None and met[anchor].any():
        wanted = group[anchor]
    else:
        wanted = np.bincount(group).argmax()
    return [int(player) for player in np.flatnonzero((group == wanted) & met.any(axis=1))]


def _above(ratings: Floats, zero: int | None) -> Floats:
    """Ratings [..., n] with the anchor at 0, or else their mean."""
    return ratings if zero is None else ratings - ratings[..., zero : zero + 1]


def _resampled(points: Floats, seed: int, resamples: int) -> Floats:
    """Ratings [resamples, n] of weighted openings."""
    openings, players, _ = points.shape
    one, other = np.triu_indices(players, 1)
    drawn = exponentials(np.uint64(seed), resamples, openings + len(one))
    met = points.sum(axis=0) + points.sum(axis=0).T > 0.0
    parts = []
    for begin in range(0, resamples, _BLOCK):
        weights = drawn[begin : begin + _BLOCK]
        prior = np.zeros((len(weights), players, players))
        prior[:, one, other] = prior[:, other, one] = PRIOR_GAMES * weights[:, openings:]
        weighted = np.tensordot(weights[:, :openings], points, axes=1)
        parts.append(elo(weighted + prior * met))
    return np.concatenate(parts)


def _interval(point: float, draws: Floats, openings: int) -> Interval:
    low, high = percentiles(draws[:, None], LEVEL)[:, 0]
    # To a thousandth of a point: what lies beyond is noise of the solver's.
    middle, below, above = (round(float(value), 3) for value in (point, low, high))
    return OpeningInterval(middle, below, above, 1, openings, LEVEL, "percentile" if above > below else "none")


@kernel("float64[:, ::1](uint64, int64, int64)", "the statistics")
def exponentials(seed: np.uint64, resamples: int, count: int) -> Floats:
    """Standard exponential numbers [resamples, count], a stream for each resample."""
    out = np.empty((resamples, count))
    for b in range(resamples):
        state = stream(seed, b)
        for k in range(count):
            state += GOLDEN
            unit = (np.float64(mix(state) >> np.uint64(11)) + 0.5) * 2.0**-53
            out[b, k] = -np.log(unit)
    return out


def total_points(results: Sequence[tuple[int, int, int, float]], openings: int, players: int) -> Floats:
    """Points [openings, n, n] of games given as (opening, first player, second player, points of the first: 1, 0.5 or 0)."""
    points = np.zeros((openings, players, players))
    for opening, first, second, scored in results:
        points[opening, first, second] += scored
        points[opening, second, first] += 1.0 - scored
    return points
