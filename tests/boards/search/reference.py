"""The searches as the papers have them, one game and one simulation at a time in plain Python: what the kernels are held to.

Sources: Silver et al. 2018 (Science 362), supplementary pseudocode; Danihelka et al. 2022 (ICLR 2022), algorithm 2, eqs. 8 to 14, 33.
"""

from __future__ import annotations

import math

import numpy as np

from sim_suite.boards.game import ONGOING
from sim_suite.boards.search.tree import WAITING


def oracle(game, position):
    """What a made-up network says of a position: logits [A] and a value, the same whenever it is asked."""
    rng = np.random.default_rng([abs(int(word)) % 2**32 for word in position])
    return rng.normal(size=game.actions).astype(np.float32), np.float32(rng.uniform(-0.8, 0.8))


def evaluate(search):
    """The oracle as a search asks it: of all rows, those that do not wait with noise."""

    def answer():
        tree = search.tree
        logits = np.full((search.games, search.game.actions), np.nan, np.float32)
        values = np.full(search.games, np.nan, np.float32)
        for row in np.flatnonzero(tree.status == WAITING):
            logits[row], values[row] = oracle(search.game, tree.positions[row, tree.leaf[row]])
        return logits, values

    return answer


class Node:
    """A position, and what was found of its moves."""

    def __init__(self, game, position):
        self.game, self.position, self.mover = game, position, game.mover(position)
        self.children, self.visits, self.sums = {}, {}, {}
        outcome = game.outcome(position)
        self.ended = outcome != ONGOING
        if self.ended:
            self.value = outcome if self.mover == 0 else -outcome
            return
        logits, value = oracle(game, position)
        self.value = float(value)
        legal = game.legal_moves(position)
        weights = np.exp(logits[legal].astype(float) - logits[legal].max())
        self.prior = dict(zip(legal, weights / weights.sum(), strict=True))
        self.visits, self.sums = dict.fromkeys(legal, 0), dict.fromkeys(legal, 0.0)

    def mean(self, move):
        return self.sums[move] / self.visits[move]


def simulate(root, choose):
    """One simulation: choose moves down to a new or an ended node, then count it at each move of the way."""
    node, path = root, []
    while True:
        move = choose(node)
        path.append((node, move))
        fresh = move not in node.children
        if fresh:
            node.children[move] = Node(node.game, node.game.after(node.position, move))
        node = node.children[move]
        if fresh or node.ended:
            break
    for above, move in path:
        above.visits[move] += 1
        above.sums[move] += node.value if above.mover == node.mover else -node.value


def puct(game, position, simulations, rule, noise=None):
    """The root after a PUCT search; noise: by move, mixed in with the rule's share."""
    root = Node(game, position)

    def choose(node):
        count = 1 + sum(node.visits.values())
        c = math.log((1 + count + rule.c_base) / rule.c_base) + rule.c_init

        def score(move):
            prior = node.prior[move]
            if node is root and noise is not None:
                prior = (1 - rule.noise_share) * prior + rule.noise_share * noise[move]
            mean = node.mean(move) if node.visits[move] else 0.0
            return mean + c * prior * math.sqrt(count) / (1 + node.visits[move])

        return max(node.prior, key=score)

    for _ in range(simulations):
        simulate(root, choose)
    return root


def gumbel(game, position, simulations, rule, numbers):
    """The root and the move after a Gumbel search; numbers: the Gumbel number of each move."""
    root = Node(game, position)
    considered = min(rule.considered, len(root.prior), simulations)
    plan = iter(halving(considered, simulations))

    def choose(node):
        if node is root:
            asked = next(plan)
            scores = completed(node, rule)
            return max(
                (move for move in node.prior if node.visits[move] == asked),
                key=lambda move: numbers[move] + scores[move],
            )
        policy = improved(node, rule)
        total = 1 + sum(node.visits.values())
        return max(node.prior, key=lambda move: policy[move] - node.visits[move] / total)

    for _ in range(simulations):
        simulate(root, choose)
    most, scores = max(root.visits.values()), completed(root, rule)
    candidates = [move for move in root.prior if root.visits[move] == most]
    return root, max(candidates, key=lambda move: numbers[move] + scores[move])


def halving(considered, simulations):
    """The visits that the move of each simulation has had: rounds of equal visits, then the better half goes on."""
    if considered == 1:
        return list(range(simulations))
    rounds, visits, asked = math.ceil(math.log2(considered)), 0, []
    while len(asked) < simulations:
        for _ in range(max(1, simulations // (rounds * considered))):
            asked += [visits] * considered
            visits += 1
        considered = max(2, considered // 2)
    return asked[:simulations]


def completed(node, rule):
    """logit + sigma(completedQ) of each move, values mapped to [0, 1]."""
    tried = [move for move in node.prior if node.visits[move]]
    total = sum(node.visits.values())
    mixed = node.value
    if tried:
        weight = sum(node.prior[move] for move in tried)
        mixed = (node.value + total * sum(node.prior[move] * node.mean(move) for move in tried) / weight) / (1 + total)
    factor = (rule.visit_offset + max(node.visits.values())) * rule.scale
    return {
        move: math.log(prior) + factor * ((node.mean(move) if node.visits[move] else mixed) + 1) / 2
        for move, prior in node.prior.items()
    }


def improved(node, rule):
    """The softmax of the completed scores."""
    scores = completed(node, rule)
    highest = max(scores.values())
    weights = {move: math.exp(score - highest) for move, score in scores.items()}
    total = sum(weights.values())
    return {move: weight / total for move, weight in weights.items()}
