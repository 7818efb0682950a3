"""What a search keeps when a move is played: the subtree behind it. Source: Silver et al. 2017 (Nature 550), methods, "Search algorithm".

Nodes are renumbered in their old order, so that each moves to a place at or before its own and the arrays need no second copy.
"""

from __future__ import annotations

from typing import Final

from sim_suite.boards.search.tree import NO_CHILD, Tree
from sim_suite.compiling import called

_KEPT: Final = -1
_LEFT: Final = -2
"""Instead of a number: below the new root, but not numbered yet; elsewhere."""


@called
def keep_subtree(tree: Tree, game: int, move: int) -> bool:
    """Make the node behind `move` the root, with all that is known below it. False, and nothing done, where it was not tried, and where
    what would be kept leaves no room for `tree.budget[game]` more nodes.

    `tree.leaf` and the path mean nothing afterwards, until the next simulation.
    """
    start = tree.child[game, 0, move]
    if start == NO_CHILD:
        return False
    count = tree.nodes[game]
    number = tree.number[game]
    for node in range(count):
        number[node] = _LEFT
    number[start] = _KEPT
    kept = 0
    for node in range(start, count):
        if number[node] == _KEPT:
            number[node] = kept
            kept += 1
            for action in range(tree.child.shape[2]):
                below = tree.child[game, node, action]
                if below != NO_CHILD:
                    number[below] = _KEPT
    if kept + tree.budget[game] > tree.positions.shape[1]:
        return False
    for node in range(start, count):
        if number[node] >= 0:
            _move_node(tree, game, node, number[node])
    tree.nodes[game] = kept
    tree.simulations[game] = 0
    return True


@called
def _move_node(tree: Tree, game: int, old: int, new: int) -> None:
    for word in range(tree.positions.shape[2]):
        tree.positions[game, new, word] = tree.positions[game, old, word]
    for action in range(tree.child.shape[2]):
        tree.prior[game, new, action] = tree.prior[game, old, action]
        tree.visits[game, new, action] = tree.visits[game, old, action]
        tree.value_sum[game, new, action] = tree.value_sum[game, old, action]
        below = tree.child[game, old, action]
        tree.child[game, new, action] = NO_CHILD if below == NO_CHILD else tree.number[game, below]
    tree.value[game, new] = tree.value[game, old]
    tree.mover[game, new] = tree.mover[game, old]
    tree.ended[game, new] = tree.ended[game, old]
