"""The Kalman filter as pure functions over batches. Source: R. E. Kalman, "A new approach to linear filtering and prediction problems",
J. Basic Engineering 82, 1960; Joseph's form of the update: Y. Bar-Shalom, X. R. Li and T. Kirubarajan, "Estimation with Applications to
Tracking and Navigation", 2001 (below: [BS]), equation 5.2.3-18.

All arrays are float64; B stands for any axes in front, or none: a mean is [B, n], a covariance [B, n, n]. The extended filter takes
what motion and measurement models say at the mean: matrices are then their Jacobians ([BS] section 10.3).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]


class Belief(NamedTuple):
    """A normal distribution over states."""

    mean: Floats
    """[B, n]"""
    covariance: Floats
    """[B, n, n] Symmetric."""


class Innovation(NamedTuple):
    """What a measurement said that was not expected."""

    residual: Floats
    """[B, m] Measured minus expected."""
    covariance: Floats
    """[B, m, m] S: what was to be expected of the residual."""


def predict(belief: Belief, transition: Floats, process_noise: Floats) -> Belief:
    """One step of x' = F x + w. transition: F [B, n, n]; process_noise: Q [B, n, n], the covariance of w."""
    mean = np.einsum("...ij,...j->...i", transition, belief.mean)
    return predict_to(belief, mean, transition, process_noise)


def predict_to(belief: Belief, mean: Floats, jacobian: Floats, process_noise: Floats) -> Belief:
    """One step of the extended filter. mean: f(x) [B, n]; jacobian: of f at x [B, n, n]; process_noise: [B, n, n]."""
    covariance = jacobian @ belief.covariance @ np.swapaxes(jacobian, -1, -2) + process_noise
    return Belief(np.asarray(mean, np.float64), _symmetric(covariance))


def update(
    belief: Belief, measured: Floats, measurement: Floats, noise: Floats, used: NDArray[np.bool_] | None = None
) -> tuple[Belief, Innovation]:
    """The belief after z = H x + v. measured: z [B, m]; measurement: H [B, m, n]; noise: R [B, m, m], the covariance of v.

    used: [B] False where there is no measurement: the belief stays as it is there. Raises SuiteError where S is singular.
    """
    residual = measured - np.einsum("...ij,...j->...i", measurement, belief.mean)
    return update_by(belief, residual, measurement, noise, used)


def update_by(
    belief: Belief, residual: Floats, jacobian: Floats, noise: Floats, used: NDArray[np.bool_] | None = None
) -> tuple[Belief, Innovation]:
    """The same of the extended filter. residual: z - h(x) [B, m], angles within a half turn; jacobian: of h at x [B, m, n]."""
    mean, prior = belief
    across = np.swapaxes(jacobian, -1, -2)
    expected = _symmetric(jacobian @ prior @ across + noise)
    try:
        gain = np.swapaxes(np.linalg.solve(expected, jacobian @ prior), -1, -2)
    except np.linalg.LinAlgError:
        raise SuiteError("a measurement without noise repeats what is known for certain: give it some noise.") from None
    if used is not None:
        gain = np.where(used[..., None, None], gain, 0.0)
        residual = np.where(used[..., None], residual, 0.0)
    after = mean + np.einsum("...ij,...j->...i", gain, residual)
    # Joseph's form stays positive whatever the gain's rounding.
    kept = np.eye(mean.shape[-1]) - gain @ jacobian
    covariance = kept @ prior @ np.swapaxes(kept, -1, -2) + gain @ noise @ np.swapaxes(gain, -1, -2)
    return Belief(after, _symmetric(covariance)), Innovation(residual, expected)


def replaced(belief: Belief, off: Floats, part: Floats, covariance: Floats) -> Belief:
    """The belief after something else, which knew of it, has said how a linear part of the state is distributed.

    off: [B, m] by how much the part's mean is larger than believed; part: H [B, m, n]; covariance: [B, m, m] of the part, taken as no
    larger than it was in any direction. What is not in the part follows by what is believed to belong together: Jeffrey's rule
    (R. C. Jeffrey, "The Logic of Decision", 2nd ed. 1983, chapter 11) for normal distributions.
    """
    across = np.swapaxes(part, -1, -2)
    before = _symmetric(part @ belief.covariance @ across)
    gain = np.swapaxes(np.linalg.solve(before, part @ belief.covariance), -1, -2)
    change = gain @ (_at_most(covariance, before) - before) @ np.swapaxes(gain, -1, -2)
    return Belief(belief.mean + np.einsum("...ij,...j->...i", gain, off), _symmetric(belief.covariance + change))


def _at_most(covariance: Floats, most: Floats) -> Floats:
    """A covariance cut back where it is larger than another."""
    root = np.linalg.cholesky(most)
    inverse = np.linalg.inv(root)
    values, axes = np.linalg.eigh(_symmetric(inverse @ covariance @ np.swapaxes(inverse, -1, -2)))
    cut = axes * np.minimum(values, 1.0)[..., None, :] @ np.swapaxes(axes, -1, -2)
    found: Floats = root @ cut @ np.swapaxes(root, -1, -2)
    return found


def squared_distance(off: Floats, covariance: Floats) -> Floats:
    """[B] Squared Mahalanobis distances of [B, m] under covariances [B, m, m]."""
    solved = np.linalg.solve(covariance, off[..., None])[..., 0]
    found: Floats = np.einsum("...i,...i->...", off, solved)
    return found


def wrapped(angle: Floats) -> Floats:
    """Angles within [-pi, pi), rad."""
    found: Floats = angle - 2.0 * np.pi * np.floor(angle / (2.0 * np.pi) + 0.5)
    return found


def _symmetric(matrix: Floats) -> Floats:
    half: Floats = 0.5 * (matrix + np.swapaxes(matrix, -1, -2))
    return half
