"""How well tracks follow what is there: MOTA and MOTP, and IDF1. Source: K. Bernardin and R. Stiefelhagen, "Evaluating multiple object
tracking performance: the CLEAR MOT metrics", EURASIP J. Image and Video Processing 2008; E. Ristani et al., "Performance measures and a
data set for multi-target, multi-camera tracking", ECCV Workshops 2016 (arXiv:1609.01775), section 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from perception.fusion.tracking import assign
from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Frame(NamedTuple):
    """What is there and what is believed at one moment."""

    truth: Ints
    """[n] Identities."""
    truth_at: Floats
    """[n, 2] m"""
    tracks: Ints
    """[m] Numbers of tracks."""
    tracks_at: Floats
    """[m, 2] m"""


@dataclass(frozen=True)
class MotScore:
    """Sums over all frames, and what follows from them."""

    there: int
    """Identities that were there, summed over frames."""
    believed: int
    """Tracks, likewise."""
    missed: int
    false: int
    switches: int
    """Identities that another track follows than before."""
    matched: int
    off_m: float
    """Distance between what is matched, summed."""
    identity_matched: int
    """Frames in which an identity is near the one track that stands for it, by the best choice of such pairs (IDTP)."""

    @property
    def mota(self) -> float:
        """1 minus misses, false tracks and switches over what was there; 1 is best, below 0 is possible, NaN where nothing was."""
        return 1.0 - (self.missed + self.false + self.switches) / self.there if self.there else float("nan")

    @property
    def motp_m(self) -> float:
        """Mean distance of what is matched, m; NaN where nothing is."""
        return self.off_m / self.matched if self.matched else float("nan")

    @property
    def idf1(self) -> float:
        """Twice `identity_matched` over what was there and what was believed; 1 is best, NaN where nothing was there or believed."""
        both = self.there + self.believed
        return 2.0 * self.identity_matched / both if both else float("nan")


def judge_tracks(frames: Sequence[Frame], within_m: float = 2.0) -> MotScore:
    """Of one sequence. within_m: farther apart nothing is matched; 2 m is nuScenes' (Caesar et al. 2020, arXiv:1903.11027).

    A pair that was matched before stays matched while it is near enough. Raises SuiteError for a distance that is not above 0.
    """
    if not within_m > 0.0:
        raise SuiteError(f"within_m is {within_m}; give metres above 0.")
    there = believed = switches = matched = 0
    off = 0.0
    last: dict[int, int] = {}
    for frame in frames:
        there += len(frame.truth)
        believed += len(frame.tracks)
        far = _distances(frame)
        for row, column in _pairs(frame, far, last, within_m):
            identity, number = int(frame.truth[row]), int(frame.tracks[column])
            switches += last.get(identity, number) != number
            last[identity] = number
            matched += 1
            off += float(far[row, column])
    return MotScore(
        there,
        believed,
        there - matched,
        believed - matched,
        switches,
        matched,
        off,
        _identity_matched(frames, within_m),
    )


def add_scores(scores: Sequence[MotScore]) -> MotScore:
    """Of several sequences together."""
    return MotScore(*(sum(column) for column in zip(*(vars(score).values() for score in scores), strict=True)))


def _distances(frame: Frame) -> Floats:
    """[n, m]"""
    between = frame.truth_at[:, None] - frame.tracks_at[None]
    far: Floats = np.hypot(between[..., 0], between[..., 1])
    return far


def _pairs(frame: Frame, far: Floats, last: dict[int, int], within_m: float) -> list[tuple[int, int]]:
    """(row, column) of what is matched: what was matched before, then the cheapest of the rest."""
    column_of = {int(number): column for column, number in enumerate(frame.tracks)}
    kept: list[tuple[int, int]] = []
    for row, identity in enumerate(frame.truth):
        column = column_of.get(last.get(int(identity), -1), -1)
        if column >= 0 and far[row, column] <= within_m and column not in {taken for _, taken in kept}:
            kept.append((row, column))
    rows = np.setdiff1d(np.arange(len(frame.truth)), [row for row, _ in kept])
    columns = np.setdiff1d(np.arange(len(frame.tracks)), [column for _, column in kept])
    chosen_rows, chosen_columns = assign(far[np.ix_(rows, columns)], within_m)
    return kept + list(zip(rows[chosen_rows].tolist(), columns[chosen_columns].tolist(), strict=True))


def _identity_matched(frames: Sequence[Frame], within_m: float) -> int:
    near: Counter[tuple[int, int]] = Counter()
    for frame in frames:
        rows, columns = np.nonzero(_distances(frame) <= within_m)
        near.update(zip(frame.truth[rows].tolist(), frame.tracks[columns].tolist(), strict=True))
    identities, numbers = sorted({a for a, _ in near}), sorted({b for _, b in near})
    together = np.array([[near[a, b] for b in numbers] for a in identities]).reshape(len(identities), len(numbers))
    return int(together[linear_sum_assignment(together, maximize=True)].sum())
