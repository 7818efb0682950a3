"""What UCT does with exact values: which move to look into, which to play, when a node is proven. Sources: UCB1 of Auer
et al. 2002, as Kocsis and Szepesvari 2006 (ECML) use it; Winands et al. 2008 (CG), "Monte-Carlo tree search solver".

A proof is int8: -1, 0 or 1, the value of a node under perfect play as its mover sees it, or `UNPROVEN`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.boards.search.draws import word
from sim_suite.boards.search.kinds import Keys, Marks
from sim_suite.boards.search.tree import NO_CHILD, Tree
from sim_suite.compiling import borrowing

UNPROVEN: Final = 2


@borrowing
def proof_of_move(tree: Tree, proofs: Marks, game: int, node: int, move: int) -> int:
    """The value of a move as the node's mover sees it, or `UNPROVEN`. proofs: [N] of the game's nodes."""
    below = tree.child[game, node, move]
    if below == NO_CHILD or proofs[below] == UNPROVEN:
        return UNPROVEN
    proof = int(proofs[below])
    return proof if tree.mover[game, below] == tree.mover[game, node] else -proof


@borrowing
def uct_move(tree: Tree, proofs: Marks, game: int, node: int, c: float, key: Keys, stream: int, draw: int) -> int:
    """A random legal move among those that were not tried; else argmax of Q + c sqrt(ln N / n), a proven move counting as its value."""
    prior, visits, value_sum = tree.prior[game, node], tree.visits[game, node], tree.value_sum[game, node]
    untried, total = 0, 0
    for action in range(len(prior)):
        if prior[action] >= 0.0:
            untried += visits[action] == 0
            total += visits[action]
    if untried > 0:
        rank = pick(word(key, stream, draw), untried)
        for action in range(len(prior)):
            if prior[action] >= 0.0 and visits[action] == 0:
                if rank == 0:
                    return action
                rank -= 1
    log_total = np.log(float(total))
    best, best_score = -1, 0.0
    for action in range(len(prior)):
        if prior[action] < 0.0:
            continue
        proof = proof_of_move(tree, proofs, game, node, action)
        score = float(proof)
        if proof == UNPROVEN:
            score = value_sum[action] / visits[action] + c * np.sqrt(log_total / visits[action])
        if best < 0 or score > best_score:
            best, best_score = action, score
    return best


@borrowing
def prove(tree: Tree, proofs: Marks, game: int, node: int) -> None:
    """Prove a node where a move wins, or where all its moves are proven."""
    best, whole = -1, True
    for action in range(tree.child.shape[2]):
        if tree.prior[game, node, action] >= 0.0:
            proof = proof_of_move(tree, proofs, game, node, action)
            if proof == UNPROVEN:
                whole = False
            elif proof > best:
                best = proof
    if best == 1 or whole:
        proofs[node] = best


@borrowing
def played_move(tree: Tree, proofs: Marks, game: int) -> int:
    """The root's best move: by proof (one without counts as a draw), then by visits, then by mean; the first of equals."""
    best, best_proof, best_visits, best_mean = -1, 0, 0, 0.0
    for action in range(tree.child.shape[2]):
        visits = tree.visits[game, 0, action]
        if visits == 0:
            continue
        proof = proof_of_move(tree, proofs, game, 0, action)
        proof = 0 if proof == UNPROVEN else proof
        mean = tree.value_sum[game, 0, action] / visits
        better = proof > best_proof or (
            proof == best_proof and (visits > best_visits or (visits == best_visits and mean > best_mean))
        )
        if best < 0 or better:
            best, best_proof, best_visits, best_mean = action, proof, visits, mean
    return best


@borrowing
def pick(bits: np.uint32, bound: int) -> int:
    """A number in 0..bound-1 from 32 random bits; its bias is below bound / 2**32."""
    return int((np.uint64(bits) * np.uint64(bound)) >> np.uint64(32))
