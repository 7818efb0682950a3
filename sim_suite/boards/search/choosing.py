"""Which move a simulation plays in a node, and which the search plays in the end, by either rule. Sources: puct.py, gumbel.py.

constants: [8] float64, a rule's row (rules.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.search.draws import CHOICE, GUMBEL, NOISE, dirichlet, gumbel, uniform
from sim_suite.boards.search.gumbel import completed_scores, inner_move, normalise, root_move, visits_asked
from sim_suite.boards.search.kinds import Reals
from sim_suite.boards.search.puct import puct_move
from sim_suite.boards.search.rules import (
    C_BASE,
    C_INIT,
    CONCENTRATION,
    CONSIDERED,
    KIND,
    NOISE_SHARE,
    PUCT,
    SCALE,
    VISIT_OFFSET,
)
from sim_suite.boards.search.tree import Tree
from sim_suite.compiling import borrowing

Constants = NDArray[np.float64]


@borrowing
def draw_noise(tree: Tree, game: int, constants: Constants) -> None:
    """Draw the root's noise, once for each move that is searched; zeros where the search does not explore."""
    noise, key = tree.noise[game], tree.key[game]
    if not tree.explores[game]:
        noise[:] = 0.0
    elif constants[KIND] == PUCT:
        dirichlet(key, NOISE, constants[CONCENTRATION], tree.prior[game, 0], noise)
    else:
        for action in range(len(noise)):
            noise[action] = gumbel(key, GUMBEL, action)


@borrowing
def next_move(tree: Tree, game: int, node: int, constants: Constants) -> int:
    """The move that the open simulation plays in `node`."""
    prior, visits, value_sum = tree.prior[game, node], tree.visits[game, node], tree.value_sum[game, node]
    if constants[KIND] == PUCT:
        share = constants[NOISE_SHARE] if node == 0 and tree.explores[game] else 0.0
        return puct_move(prior, visits, value_sum, tree.noise[game], share, constants[C_INIT], constants[C_BASE])
    scores = tree.scratch[game]
    completed_scores(
        prior, visits, value_sum, tree.value[game, node], constants[VISIT_OFFSET], constants[SCALE], scores
    )
    if node > 0:
        normalise(scores)
        return inner_move(visits, scores)
    legal = 0
    for action in range(len(prior)):
        legal += prior[action] >= 0.0
    budget = tree.budget[game]
    considered = min(min(int(constants[CONSIDERED]), legal), budget)
    return root_move(visits, tree.noise[game], scores, visits_asked(considered, budget, tree.simulations[game]))


@borrowing
def chosen_move(tree: Tree, game: int, constants: Constants, temperature: float) -> int:
    """The move that the finished search plays at the root.

    PUCT: with probability in proportion to N ** (1 / temperature), the most visited one at temperature 0. Gumbel: of the most visited
    the one with the highest gumbel + logit + sigma(Q), which is a draw already; the temperature says nothing.
    """
    visits = tree.visits[game, 0]
    most = 0
    for action in range(len(visits)):
        most = max(most, visits[action])
    if constants[KIND] != PUCT:
        scores = tree.scratch[game]
        completed_scores(
            tree.prior[game, 0], visits, tree.value_sum[game, 0], tree.value[game, 0],
            constants[VISIT_OFFSET], constants[SCALE], scores,
        )  # fmt: skip
        return root_move(visits, tree.noise[game], scores, most)
    total = 0.0
    for action in range(len(visits)):
        total += _weight(visits[action], most, temperature)
    mark = total * uniform(tree.key[game], CHOICE, 0)
    last = -1
    for action in range(len(visits)):
        weight = _weight(visits[action], most, temperature)
        if weight > 0.0:
            last = action
            mark -= weight
            if mark <= 0.0 or temperature == 0.0:
                break
    return last


@borrowing
def _weight(visits: int, most: int, temperature: float) -> float:
    if visits == 0:
        return 0.0
    if temperature == 0.0:
        return 1.0 if visits == most else 0.0
    return float((visits / most) ** (1.0 / temperature))


@borrowing
def write_policy(tree: Tree, game: int, constants: Constants, policy: Reals) -> None:
    """Fill `policy` [A] with what the finished search teaches: shares of visits (PUCT), or the improved policy pi' (Gumbel)."""
    visits = tree.visits[game, 0]
    if constants[KIND] != PUCT:
        completed_scores(
            tree.prior[game, 0], visits, tree.value_sum[game, 0], tree.value[game, 0],
            constants[VISIT_OFFSET], constants[SCALE], policy,
        )  # fmt: skip
        normalise(policy)
        return
    total = 0
    for action in range(len(visits)):
        total += visits[action]
    for action in range(len(visits)):
        policy[action] = visits[action] / total


@borrowing
def root_value(tree: Tree, game: int) -> float:
    """The mean of the finished search's simulations, in [-1, 1], as the root's mover sees it."""
    total, found = 0, 0.0
    for action in range(tree.visits.shape[2]):
        total += tree.visits[game, 0, action]
        found += tree.value_sum[game, 0, action]
    return float(found / total)
