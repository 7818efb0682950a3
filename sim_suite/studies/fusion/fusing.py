"""The ego's filter over recorded drives: what it believed at each tick, and whether it erred as much as it said. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.fusion.consistency import Band, band, nees, nis
from perception.fusion.ego import POSE, EgoFilter
from perception.fusion.kalman import Belief, wrapped
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.studies.fusion.drives import Drives

Floats = NDArray[np.float64]
RATIO_BAR: Final = 0.5
"""Of the fused error to that of raw fixes, at most."""
_YAW: Final = 2


class Fused(NamedTuple):
    """What B filters believed over T ticks; index 0 is after the first readings."""

    mean: Floats
    """[T + 1, B, 4] Of the rear axle: x, y, yaw, speed."""
    covariance: Floats
    """[T + 1, B, 4, 4]"""
    fixed: NDArray[np.int64]
    """[K] Ticks at which a fix was used."""
    nis: Floats
    """[K, B] Normalised innovations of these fixes, after the first."""


@dataclass(frozen=True)
class Judged:
    """Errors of position over all runs and ticks, and consistency."""

    raw_m: float
    """Root mean square of raw fixes, of those that were used."""
    fused_m: float
    """... of the filter's rear axle, at every tick."""
    late_m: float
    """... over the second half."""
    nees: float
    """Normalised error of place, heading and speed, mean over runs and ticks."""
    nees_band: Band
    """95 %, of a mean over the runs at one tick."""
    nees_inside: float
    """Share of ticks at which the mean over runs lies in the band."""
    nis: float
    """Of fixes, likewise."""
    nis_band: Band
    nis_inside: float

    @property
    def ratio(self) -> float:
        """Fused over raw."""
        return self.fused_m / self.raw_m

    @property
    def holds(self) -> bool:
        """Whether the error is small enough and is what the filter says."""
        return self.ratio <= RATIO_BAR and self.nees_band.low <= self.nees <= self.nees_band.high


def fuse(drives: Drives, fix_ticks: int, filter_: EgoFilter | None = None) -> Fused:
    """Filter all runs side by side; of the fixes every `fix_ticks`-th is used, of the other readings all."""
    ego = EgoFilter() if filter_ is None else filter_
    ticks, runs = drives.accel.shape
    size = len(POSE)
    mean, covariance = np.empty((ticks + 1, runs, size)), np.empty((ticks + 1, runs, size, size))
    belief = ego.begin(drives.fix[0], wrapped(drives.heading[0]), drives.wheels[0], drives.rear_m)
    mean[0], covariance[0] = belief.mean[:, :size], belief.covariance[:, :size, :size]
    surprise = []
    for tick in range(1, ticks + 1):
        belief = ego.predict(belief, drives.accel[tick - 1], drives.turn[tick - 1], drives.rear_m, TICK_S)
        belief, _ = ego.update_wheels(belief, drives.wheels[tick])
        belief, _ = ego.update_compass(belief, drives.heading[tick])
        if tick % fix_ticks == 0:
            belief, innovation = ego.update_gnss(belief, drives.fix[tick], drives.rear_m)
            surprise.append(nis(innovation))
        mean[tick], covariance[tick] = belief.mean[:, :size], belief.covariance[:, :size, :size]
    fixed = np.arange(0, ticks + 1, fix_ticks)
    return Fused(mean, covariance, fixed, np.reshape(surprise, (len(fixed) - 1, runs)))


def errors(drives: Drives, fused: Fused) -> Floats:
    """[T + 1, B, 4] Believed minus true: x, y, yaw, speed."""
    off: Floats = fused.mean - drives.truth
    off[..., _YAW] = wrapped(off[..., _YAW])
    return off


def judge(drives: Drives, fused: Fused) -> Judged:
    """Over all runs and ticks."""
    off, runs = errors(drives, fused), drives.truth.shape[1]
    square, raw = (off[..., :2] ** 2).sum(-1), ((drives.fix - drives.centre)[fused.fixed] ** 2).sum(-1)
    errs, surprise = nees(Belief(fused.mean, fused.covariance), off).mean(axis=1), fused.nis.mean(axis=1)
    wide, narrow = band(runs, len(POSE)), band(runs, 2)
    return Judged(
        float(np.sqrt(raw.mean())), float(np.sqrt(square.mean())), float(np.sqrt(square[len(square) // 2 :].mean())),
        float(errs.mean()), wide, float(wide.holds(errs).mean()),
        float(surprise.mean()), narrow, float(narrow.holds(surprise).mean()),
    )  # fmt: skip
