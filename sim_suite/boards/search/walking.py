"""One search step of each game: take in the evaluation of its leaf, then simulate until another leaf needs one. Source: the simulations of
Silver et al. 2018 (select, expand and evaluate, back up), turned so that all games ask for their evaluations at once.

Simulations that end where the game has ended need no evaluation and are gone through on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.compiling_for import compiled_for
from sim_suite.boards.game import ONGOING, Game
from sim_suite.boards.search.choosing import draw_noise, next_move
from sim_suite.boards.search.kinds import Reals
from sim_suite.boards.search.tree import DONE, NO_CHILD, WAITING, Tree, back_up, clear, expand
from sim_suite.compiling import called, shared


class Walk(NamedTuple):
    """Kernels of one game; `first` and `last` say which of the arrays' games they go through."""

    set_root: Callable[..., Any]
    """(tree, game, planes [B, P, rows, columns]): make node 0 the root of `tree.positions[game, 0]`, to be evaluated; a part of kernels."""
    go_on: Callable[..., Any]
    """(tree, game, planes, constants): simulate until a leaf waits or the budget is spent; a part of kernels."""
    step: Callable[..., Any]
    """(tree, planes, logits [B, A], values [B], constants, first, last): take in what was evaluated, then `go_on`."""


@cache
def walk_of(game: Game) -> Walk:
    """The kernels around a game's rules, kept on disk."""
    legal, play, mover, outcome, write_planes = game.legal, game.play, game.mover, game.outcome, game.write_planes

    @compiled_for(game, called)
    def look_at(tree: Tree, i: int, node: int, planes: Reals) -> bool:
        """A new node: ended and valued by the rules, or waiting for its evaluation. Returns whether it ended."""
        position = tree.positions[i, node]
        clear(tree, i, node)
        mine = mover(position)
        tree.mover[i, node] = mine
        result = outcome(position)
        if result != ONGOING:
            tree.ended[i, node] = True
            tree.value[i, node] = result if mine == 0 else -result
            return True
        legal(position, tree.mask[i])
        write_planes(position, planes[i])
        tree.leaf[i] = node
        return False

    @compiled_for(game, called)
    def set_root(tree: Tree, i: int, planes: Reals) -> None:
        tree.nodes[i] = 1
        tree.depth[i] = 0
        tree.simulations[i] = 0
        tree.status[i] = DONE if look_at(tree, i, 0, planes) else WAITING

    @compiled_for(game, called)
    def descend(tree: Tree, i: int, planes: Reals, constants: NDArray[np.float64]) -> bool:
        """Walk from the root to a leaf and back up if the game has ended there; returns whether it waits instead."""
        node, depth = 0, 0
        while True:
            move = next_move(tree, i, node, constants)
            tree.path_node[i, depth], tree.path_move[i, depth] = node, move
            depth += 1
            tree.depth[i] = depth
            below = tree.child[i, node, move]
            if below == NO_CHILD:
                below = tree.nodes[i]
                tree.nodes[i] += 1
                tree.child[i, node, move] = below
                for word in range(tree.positions.shape[2]):
                    tree.positions[i, below, word] = tree.positions[i, node, word]
                play(tree.positions[i, below], move)
                if not look_at(tree, i, below, planes):
                    return True
            if tree.ended[i, below]:
                back_up(tree, i, below, tree.value[i, below])
                tree.simulations[i] += 1
                return False
            node = below

    @compiled_for(game, called)
    def go_on(tree: Tree, i: int, planes: Reals, constants: NDArray[np.float64]) -> None:
        while tree.simulations[i] < tree.budget[i]:
            if descend(tree, i, planes, constants):
                tree.status[i] = WAITING
                return
        tree.status[i] = DONE

    @compiled_for(game, shared)
    def step(
        tree: Tree, planes: Reals, logits: Reals, values: Reals, constants: NDArray[np.float64], first: int, last: int
    ) -> None:
        for i in range(first, last):
            if tree.status[i] != WAITING:
                continue
            leaf = tree.leaf[i]
            expand(tree, i, leaf, logits[i], values[i])
            if leaf == 0:
                draw_noise(tree, i, constants)
            else:
                back_up(tree, i, leaf, values[i])
                tree.simulations[i] += 1
            go_on(tree, i, planes, constants)

    return Walk(set_root, go_on, step)
