"""What a replay memory hands out: a batch of n-step transitions. Source: Sutton and Barto 2018, eq. 7.1 and section 7.1."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Transitions(NamedTuple):
    """B transitions on the memory's device. The target of a value is `returns + discounts * value(next_observations)`."""

    observations: Tensor
    """[B, ...] as they were added, in the memory's dtype."""
    actions: Tensor
    """[B] int64."""
    returns: Tensor
    """[B] float32: discounted sum of the rewards of the m <= n steps that were taken before the episode ended."""
    discounts: Tensor
    """[B] float32: gamma^m, and 0 where the m-th step terminated. A truncated episode is still worth what comes after."""
    next_observations: Tensor
    """[B, ...] after the m-th step; at an episode's end its true last observation."""
    rows: Tensor
    """[B] int64: where they lie, for `update`."""
    weights: Tensor
    """[B] float32: importance weights, the largest 1; all 1 where rows are drawn alike."""
