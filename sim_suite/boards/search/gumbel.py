"""What a search with few simulations does at its root and below, and what it teaches. Source: Danihelka et al. 2022,
"Policy improvement by planning with Gumbel" (ICLR 2022); equations are those of the paper. Values there lie in [0, 1], here in [-1, 1].

Prior rows hold `ILLEGAL` where a move may not be played; such moves are never chosen and have no share in the policy.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.boards.search.kinds import Counts, Reals
from sim_suite.compiling import borrowing

_SMALLEST: Final = np.finfo(np.float32).tiny
"""A prior that has sunk below what float32 holds still has a logarithm."""


@borrowing
def visits_asked(considered: int, budget: int, simulation: int) -> int:
    """Sequential halving: how often the move to be simulated has been visited so far. Algorithm 2 and appendix B.

    considered: moves that are in the running at first, m; budget: simulations in all, n; simulation: which one, from 0. Each of
    ceil(log2 m) rounds gives the moves in the running equally many visits, at least one, then the better half stays, and two at the end.
    """
    if considered <= 1:
        return simulation
    rounds = 0
    while (1 << rounds) < considered:
        rounds += 1
    done = 0
    while True:
        each = max(1, budget // (rounds * considered))
        if simulation < each * considered:
            return done + simulation // considered
        simulation -= each * considered
        done += each
        considered = max(2, considered // 2)


@borrowing
def mixed_value(prior: Reals, visits: Counts, value_sum: Reals, value: float) -> float:
    """v_mix, eq. 33: the network's `value` of the node and the means of the moves that were tried, weighed by their priors."""
    tried, weight, weighted = 0, 0.0, 0.0
    for action in range(len(prior)):
        if visits[action] > 0:
            share = max(prior[action], _SMALLEST)
            tried += visits[action]
            weight += share
            weighted += share * (value_sum[action] / visits[action])
    if tried == 0:
        return value
    return (value + tried * weighted / weight) / (1.0 + tried)


@borrowing
def completed_scores(
    prior: Reals, visits: Counts, value_sum: Reals, value: float, visit_offset: float, scale: float, scores: Reals
) -> None:
    """Fill `scores` [A] with logit(a) + sigma(completedQ(a)), -inf for illegal moves. Eqs. 8 and 10.

    sigma(q) = (visit_offset + max N) * scale * q over q in [0, 1]; a move that was not tried is completed with v_mix.
    """
    most = 0
    for action in range(len(prior)):
        most = max(most, visits[action])
    factor = (visit_offset + most) * scale * 0.5
    mixed = mixed_value(prior, visits, value_sum, value)
    for action in range(len(prior)):
        if prior[action] < 0.0:
            scores[action] = -np.inf
            continue
        mean = value_sum[action] / visits[action] if visits[action] > 0 else mixed
        scores[action] = np.log(max(prior[action], _SMALLEST)) + factor * (mean + 1.0)


@borrowing
def normalise(scores: Reals) -> None:
    """Turn scores [A] into their softmax, in place: the improved policy pi', eq. 11, if they are completed ones."""
    highest = np.float32(-np.inf)
    for action in range(len(scores)):
        highest = max(highest, scores[action])
    total = np.float32(0.0)
    for action in range(len(scores)):
        scores[action] = np.exp(scores[action] - highest)
        total += scores[action]
    for action in range(len(scores)):
        scores[action] /= total


@borrowing
def root_move(visits: Counts, noise: Reals, scores: Reals, asked: int) -> int:
    """The move with the highest gumbel + logit + sigma(Q) among those with `asked` visits. Algorithm 2.

    noise [A]: the Gumbel numbers; scores [A]: completed ones. The first of equals is taken; -1 where no legal move has so many visits.
    """
    best, best_score = -1, 0.0
    for action in range(len(visits)):
        if visits[action] != asked or scores[action] == -np.inf:
            continue
        score = noise[action] + scores[action]
        if best < 0 or score > best_score:
            best, best_score = action, score
    return best


@borrowing
def inner_move(visits: Counts, policy: Reals) -> int:
    """Below the root: the legal move whose visits lag most behind the improved policy [A]: argmax of pi'(a) - N(a) / (1 + N). Eq. 14."""
    total = 1
    for action in range(len(visits)):
        total += visits[action]
    best, best_score = -1, 0.0
    for action in range(len(visits)):
        if policy[action] <= 0.0 and visits[action] == 0:
            continue
        score = policy[action] - visits[action] / total
        if best < 0 or score > best_score:
            best, best_score = action, score
    return best
