"""The search trees of many games as arrays, and what a simulation leaves in them. The layout [B, N, A] is mctx's (DeepMind 2021).

B games, N nodes a game, A moves, S words a position. Node 0 is the root. Nodes are numbered in the order of their making, so that
a child has a greater number than its parent. What is known of a move stands in the row of the node where it is played, as that
node's mover sees it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim_suite.boards.search.kinds import Counts, Flags, Keys, Marks, Positions, Reals
from sim_suite.compiling import borrowing

ILLEGAL: Final = np.float32(-1.0)
"""The prior of a move that may not be played."""
NO_CHILD: Final = 0
"""Where a move has not been tried: the root is nobody's child."""
IDLE, WAITING, DONE = range(3)
"""Status of a game: nothing is searched; a leaf waits for its evaluation; all simulations are done."""


class Tree(NamedTuple):
    """Arrays of B games."""

    positions: Positions
    """[B, N, S] int64."""
    child: Counts
    """[B, N, A] int32: the node that a move leads to, or `NO_CHILD`."""
    prior: Reals
    """[B, N, A] float32: the network's probability of each move, or `ILLEGAL`."""
    visits: Counts
    """[B, N, A] int32: simulations that played the move."""
    value_sum: Reals
    """[B, N, A] float32: sum of what they found, each in [-1, 1]."""
    value: Reals
    """[B, N] float32: what the network says of the node, or the rules where the game has ended; as its mover sees it."""
    mover: Marks
    """[B, N] int8: 0 or 1."""
    ended: Flags
    """[B, N] bool: the game is over."""
    nodes: Counts
    """[B] int32: nodes in use."""
    path_node: Counts
    """[B, D] int32: the nodes where the open simulation played a move."""
    path_move: Counts
    """[B, D] int32: the moves."""
    depth: Counts
    """[B] int32: how many there are; the leaf lies behind the last."""
    leaf: Counts
    """[B] int32: the node that waits for its evaluation."""
    mask: Flags
    """[B, A] bool: the legal moves at the leaf."""
    status: Marks
    """[B] int8: IDLE, WAITING or DONE."""
    simulations: Counts
    """[B] int32: done since the root was set."""
    budget: Counts
    """[B] int32: to be done."""
    key: Keys
    """[B, 4] uint32: what the game's random draws are a function of (draws.py)."""
    explores: Flags
    """[B] bool: whether noise is mixed in at the root."""
    noise: Reals
    """[B, A] float32: at the root; Dirichlet or Gumbel numbers, by the rule."""
    scratch: Reals
    """[B, A] float32: overwritten by each simulation."""
    number: Counts
    """[B, N] int32: overwritten where a subtree is kept."""


def fresh_tree(games: int, nodes: int, actions: int, words: int, most_plies: int) -> Tree:
    """Trees of B = `games` games with room for N = `nodes` nodes each; nothing is searched yet."""
    table = (games, nodes, actions)
    return Tree(
        positions=np.zeros((games, nodes, words), np.int64),
        child=np.zeros(table, np.int32),
        prior=np.zeros(table, np.float32),
        visits=np.zeros(table, np.int32),
        value_sum=np.zeros(table, np.float32),
        value=np.zeros((games, nodes), np.float32),
        mover=np.zeros((games, nodes), np.int8),
        ended=np.zeros((games, nodes), np.bool_),
        nodes=np.zeros(games, np.int32),
        path_node=np.zeros((games, most_plies + 1), np.int32),
        path_move=np.zeros((games, most_plies + 1), np.int32),
        depth=np.zeros(games, np.int32),
        leaf=np.zeros(games, np.int32),
        mask=np.zeros((games, actions), np.bool_),
        status=np.zeros(games, np.int8),
        simulations=np.zeros(games, np.int32),
        budget=np.zeros(games, np.int32),
        key=np.zeros((games, 4), np.uint32),
        explores=np.zeros(games, np.bool_),
        noise=np.zeros((games, actions), np.float32),
        scratch=np.zeros((games, actions), np.float32),
        number=np.zeros((games, nodes), np.int32),
    )


@borrowing
def expand(tree: Tree, game: int, node: int, logits: Reals, value: float) -> None:
    """Give a node its priors, the softmax of `logits` [A] over the legal moves in `tree.mask`, and its value."""
    prior, mask = tree.prior[game, node], tree.mask[game]
    highest = np.float32(-np.inf)
    for action in range(len(mask)):
        if mask[action] and logits[action] > highest:
            highest = logits[action]
    total = np.float32(0.0)
    for action in range(len(mask)):
        if mask[action]:
            prior[action] = np.exp(logits[action] - highest)
            total += prior[action]
        else:
            prior[action] = ILLEGAL
    for action in range(len(mask)):
        if mask[action]:
            prior[action] /= total
    tree.value[game, node] = value


@borrowing
def back_up(tree: Tree, game: int, leaf: int, value: float) -> None:
    """Count the open simulation at each move of its path. value: of the leaf, as the leaf's mover sees it."""
    mine = tree.mover[game, leaf]
    for step in range(tree.depth[game]):
        node, move = tree.path_node[game, step], tree.path_move[game, step]
        tree.visits[game, node, move] += 1
        tree.value_sum[game, node, move] += value if tree.mover[game, node] == mine else -value


@borrowing
def clear(tree: Tree, game: int, node: int) -> None:
    """Make a node's rows those of a node that nothing is known of."""
    for action in range(tree.child.shape[2]):
        tree.child[game, node, action] = NO_CHILD
        tree.visits[game, node, action] = 0
        tree.value_sum[game, node, action] = 0.0
    tree.ended[game, node] = False
