"""Whether a filter errs as much as it says: normalised errors against the chi-square distribution. Source: Y. Bar-Shalom, X. R. Li and
T. Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001, section 5.4.

Of a consistent filter the mean over N runs of the normalised estimation error squared (NEES), times N, is chi-square with N n degrees of
freedom, and likewise that of innovations (NIS).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from perception.fusion.kalman import Belief, Innovation, squared_distance
from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]


class Band(NamedTuple):
    """Between what the mean over runs lies, of a consistent filter."""

    low: float
    high: float

    def holds(self, mean: Floats) -> NDArray[np.bool_]:
        """Where a mean lies within."""
        return np.asarray((self.low <= mean) & (mean <= self.high))


def nees(belief: Belief, off: Floats) -> Floats:
    """[B] Normalised estimation error squared. off: [B, n], estimated minus true, angles within a half turn."""
    return squared_distance(off, belief.covariance)


def nis(innovation: Innovation) -> Floats:
    """[B] Normalised innovation squared."""
    return squared_distance(innovation.residual, innovation.covariance)


def band(runs: int, degrees: int, share: float = 0.95) -> Band:
    """Where the mean over so many runs lies in this share of cases; degrees: numbers in the error."""
    if runs < 1 or degrees < 1 or not 0.0 < share < 1.0:
        raise SuiteError(f"a band of {runs} runs, {degrees} numbers and share {share:g}; give 1 or more, and 0 to 1.")
    low, high = stats.chi2.ppf([(1.0 - share) / 2.0, (1.0 + share) / 2.0], runs * degrees) / runs
    return Band(float(low), float(high))
