"""What a line through latents tells of the state: ridge regression in closed form, and its R^2 on held-out data. Sources: Hoerl and
Kennard 1970 (Technometrics 12); Alain and Bengio 2017 (arXiv:1610.01644) for the use."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RIDGE: Final = 1e-3
"""Weight of the coefficients' squares beside the mean squared error, inputs and targets at a standard deviation of 1."""


class Probe(NamedTuple):
    """Latents [N, Z] to targets [N, S]: latents @ weights + offset."""

    weights: Floats
    """[Z, S]."""
    offset: Floats
    """[S]."""

    def tell(self, latents: Floats) -> Floats:
        """[N, S]."""
        told: Floats = latents @ self.weights + self.offset
        return told


def fit(latents: Floats, targets: Floats, ridge: float = RIDGE) -> Probe:
    """The probe with the least mean squared error plus ridge, in closed form. latents: [N, Z]; targets: [N, S]."""
    middle, scale = latents.mean(axis=0), latents.std(axis=0)
    scale = np.where(scale > 0.0, scale, 1.0)  # a latent that never changes tells nothing, whatever its weight
    x = (latents - middle) / scale
    y = targets - targets.mean(axis=0)
    solved = np.linalg.solve(x.T @ x / len(x) + ridge * np.eye(x.shape[1]), x.T @ y / len(x))
    weights: Floats = solved / scale[:, None]
    return Probe(weights, targets.mean(axis=0) - middle @ weights)


def r_squared(told: Floats, true: Floats) -> Floats:
    """[S] 1 - squared error over squared deviation from the mean; below 0 where the mean would have been better. Both [N, S]."""
    error = np.square(true - told).sum(axis=0)
    score: Floats = 1.0 - error / np.square(true - true.mean(axis=0)).sum(axis=0)
    return score
