"""How good what was done turned out to be: pure functions of rewards and of the values of states, over T steps of E environments.

An episode that was truncated is worth what its true last observation is worth; one that terminated is worth nothing more. Neither is
summed on into the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


def returns_to_go(rewards: Floats, ended: Flags, discount: float) -> Floats:
    """Discounted rewards from each step to the end of its episode, or of the T steps. Sutton and Barto 2018, eq. 3.8; Williams 1992.

    G_t = r_t + discount * G_t+1 while the episode goes on. rewards: [T, E] float32; ended: [T, E] bool, terminated or truncated;
    discount: gamma, 0 to 1 -> [T, E] float32.
    """
    return _summed(rewards, np.where(ended, np.float32(0), np.float32(discount)))


def next_values_of(values: Floats, after: Floats, cut: Flags, cut_values: Floats) -> Floats:
    """What the state after each step is worth, [T, E] float32: that of the next row, and where an episode was cut of its last state.

    values: [T, E] float32; after: [E] float32, of the states that the last step led to; cut: [T, E] bool, truncated and not terminated;
    cut_values: [K] float32, of the true last observations of the K cuts, in the order of `numpy.flatnonzero(cut)`.
    """
    following = np.concatenate([values[1:], after[None]])
    following[cut] = cut_values
    return following


def generalised_advantages(
    rewards: Floats, values: Floats, next_values: Floats, terminated: Flags, ended: Flags, discount: float, decay: float
) -> Floats:
    """How much better each step was than the state was worth. Schulman et al. 2016 (arXiv:1506.02438), eq. 16.

    A_t = d_t + discount * decay * A_t+1 while the episode goes on, with the TD error d_t = r_t + discount * V(s_t+1) - V(s_t), V(s_t+1) = 0
    after a termination. decay 0 looks one step ahead (Sutton and Barto 2018, section 13.5); decay 1 to the end of the T steps, the
    n-step advantages of Mnih et al. 2016 (arXiv:1602.01783), algorithm S3.

    rewards, values, next_values: [T, E] float32 (`next_values_of`); terminated: [T, E] bool; ended: [T, E] bool, terminated or truncated;
    discount, decay: gamma and lambda, 0 to 1 -> [T, E] float32.
    """
    errors = rewards + np.where(terminated, np.float32(0), np.float32(discount)) * next_values - values
    return _summed(errors.astype(np.float32, copy=False), np.where(ended, np.float32(0), np.float32(discount * decay)))


def standardised(advantages: Floats) -> Floats:
    """Less their mean, by their deviation: [B] float32 -> [B] float32. Where all are alike, zeros."""
    found: Floats = (advantages - advantages.mean()) / (advantages.std() + np.float32(_SMALLEST))
    return found


_SMALLEST = 1e-8
"""Added to a deviation before dividing by it, as Stable-Baselines3 does."""


def _summed(steps: Floats, fades: Floats) -> Floats:
    """S_t = steps_t + fades_t * S_t+1, from the last of T back."""
    found = np.empty_like(steps)
    found[-1] = steps[-1]
    for t in range(len(steps) - 2, -1, -1):
        found[t] = steps[t] + fades[t] * found[t + 1]
    return found
