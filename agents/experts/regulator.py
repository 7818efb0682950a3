"""The linear-quadratic regulator of a small sampled system. Source: Anderson and Moore, Optimal Control, section 2.4."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_discrete_are

Array = NDArray[np.float64]


def lqr_gain(drift: Array, steer: Array, state_cost: Array, action_cost: Array) -> Array:
    """The gain K [m, n] float64 whose action u = -K x least costs the sum of x'Qx + u'Ru for x' = A x + B u.

    drift: A [n, n]; steer: B [n, m]; state_cost: Q [n, n], action_cost: R [m, m], both symmetric and positive definite.
    """
    ahead = solve_discrete_are(drift, steer, state_cost, action_cost)
    gain: Array = np.linalg.solve(action_cost + steer.T @ ahead @ steer, steer.T @ ahead @ drift)
    return gain
