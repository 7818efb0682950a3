"""Rewards by the deviation of discounted returns, so that values are of the size of 1 in any environment.

Source: Engstrom et al. 2020 (arXiv:2005.12729), section 2, as Stable-Baselines3's VecNormalize keeps it, but once a rollout, not once a
step. Chan, Golub and LeVeque 1983 (The American Statistician 37) for the variance of two sets together.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LARGEST: Final = 10.0
"""Scaled rewards are cut to this; VecNormalize's default."""
_SMALLEST: Final = 1e-8
"""Beside the variance; VecNormalize's default."""


class RewardScale:
    """Running variance of the returns of E environments, discounted and summed from the beginning of each episode."""

    def __init__(self, count: int, discount: float) -> None:
        """count: E; discount: gamma."""
        self._discount = discount
        self._returns = np.zeros(count)
        self._moments = np.array([0.0, 0.0, 1.0])
        """Count, mean, variance."""

    def __call__(self, rewards: NDArray[np.float32], ended: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Take in a rollout and scale it. rewards: [T, E] float32; ended: [T, E] bool -> [T, E] float32."""
        told = np.empty(rewards.shape)
        for t, row in enumerate(rewards):
            told[t] = self._returns = self._returns * self._discount + row
            self._returns = np.where(ended[t], 0.0, self._returns)
        self._moments = merged(self._moments, told.size, float(told.mean()), float(told.var()))
        scaled: NDArray[np.float32] = (rewards / np.sqrt(self._moments[2] + _SMALLEST)).astype(np.float32)
        return scaled.clip(-LARGEST, LARGEST)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `restore` needs, by name."""
        return {"reward_returns": self._returns, "reward_moments": self._moments}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """The inverse of `arrays`."""
        self._returns, self._moments = arrays["reward_returns"], arrays["reward_moments"]


def merged(moments: NDArray[np.float64], count: int, mean: float, variance: float) -> NDArray[np.float64]:
    """(count, mean, variance) of a set with `count` more numbers of this mean and variance. Chan et al. 1983, eq. 2.1."""
    before, old_mean, old_variance = moments
    total, apart = before + count, mean - old_mean
    squares = old_variance * before + variance * count + apart**2 * before * count / total
    return np.array([total, old_mean + apart * count / total, squares / total])
