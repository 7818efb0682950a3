"""Kernel distance of two sets of features: KID, the unbiased squared MMD. Source: Binkowski et al. 2018 (arXiv:1801.01401), section 4;
Gretton et al. 2012 (JMLR 13), lemma 6."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]


def kernel_distance(one: Features, other: Features) -> float:
    """Unbiased: on average 0 where both [N, D] and [M, D] come from one distribution, and then as often below it. N and M are 2 or more."""
    among, others, between = (_kernel(*pair) for pair in ((one, one), (other, other), (one, other)))
    return float(_off_diagonal_mean(among) + _off_diagonal_mean(others) - 2.0 * between.mean())


def _kernel(one: Features, other: Features) -> Features:
    """[N, M] (x . y / D + 1)^3."""
    kernel: Features = (one @ other.T / one.shape[1] + 1.0) ** 3
    return kernel


def _off_diagonal_mean(kernel: Features) -> float:
    count = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (count * (count - 1)))
