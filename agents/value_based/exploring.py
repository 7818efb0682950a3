"""Which action to take: mostly the best, at times any. Source: Sutton and Barto 2018, section 2.2."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def epsilon_greedy(values: NDArray[Any], epsilon: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """values: [E, A] -> actions [E]: each at random with probability epsilon, else the one of highest value, the first of equals.

    The same count of numbers is drawn whatever the values are.
    """
    count, actions = values.shape
    random, anything = rng.random(count), rng.integers(actions, size=count)
    return np.where(random < epsilon, anything, values.argmax(axis=1))
