"""Frechet distance of two sets of features, each taken as a normal distribution: FID. Sources: Heusel et al. 2017 (arXiv:1706.08500);
Dowson and Landau 1982 (J. Multivariate Analysis 12)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]


def frechet_distance(one: Features, other: Features) -> float:
    """|m - m'|^2 + tr(C + C' - 2 (C C')^(1/2)) of features [N, D] and [M, D], with unbiased covariances; N and M are 2 or more.

    It falls with N and M, so compare at the same numbers only.
    """
    means, covariances = zip(
        *((set_.mean(axis=0), np.atleast_2d(np.cov(set_, rowvar=False))) for set_ in (one, other)), strict=True
    )
    root = _root(covariances[0])
    # (C C')^(1/2) has the trace of the root of C^(1/2) C' C^(1/2), which is symmetric.
    shared = np.sqrt(np.clip(np.linalg.eigvalsh(root @ covariances[1] @ root), 0.0, None)).sum()
    apart = np.square(means[0] - means[1]).sum()
    return float(apart + np.trace(covariances[0]) + np.trace(covariances[1]) - 2.0 * shared)


def _root(covariance: Features) -> Features:
    """The symmetric square root; eigenvalues that rounding made negative are 0."""
    values, vectors = np.linalg.eigh(covariance)
    root: Features = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return root
