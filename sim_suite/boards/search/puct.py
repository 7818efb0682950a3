"""The move that PUCT looks into next. Source: Silver et al. 2018 (Science 362, AlphaZero), supplementary materials, "Search".

A move that has not been tried counts as a draw, as in the pseudocode there; noise is mixed into the root's priors.
"""

from __future__ import annotations

import numpy as np

from sim_suite.boards.search.kinds import Counts, Reals
from sim_suite.compiling import borrowing


@borrowing
def puct_move(
    prior: Reals,
    visits: Counts,
    value_sum: Reals,
    noise: Reals,
    noise_share: float,
    c_init: float,
    c_base: float,
) -> int:
    """argmax of Q(s, a) + C(s) P(s, a) sqrt(N(s)) / (1 + N(s, a)) with C(s) = log((1 + N(s) + c_base) / c_base) + c_init.

    prior, visits, value_sum: [A] rows of the node, see `Tree`. noise [A]: a distribution over the legal moves, of which P has the share
    `noise_share`, 0 to 1. N(s) counts the visits of the node, its own evaluation included. The first of equals is taken.
    """
    total = 1.0
    for action in range(len(prior)):
        total += visits[action]
    exploring = (np.log((1.0 + total + c_base) / c_base) + c_init) * total**0.5
    best, best_score = -1, 0.0
    for action in range(len(prior)):
        if prior[action] < 0.0:
            continue
        probability = (1.0 - noise_share) * prior[action] + noise_share * noise[action]
        tried = visits[action]
        mean = value_sum[action] / tried if tried > 0 else 0.0
        score = mean + exploring * probability / (1.0 + tried)
        if best < 0 or score > best_score:
            best, best_score = action, score
    return best
