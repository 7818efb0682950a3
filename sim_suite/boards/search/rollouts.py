"""UCT with random rollouts, for many games at once: select, expand, simulate, back up. Sources: Kocsis and Szepesvari 2006 (ECML), "Bandit
based Monte-Carlo planning"; Browne et al. 2012 (IEEE TCIAIG 4), algorithm 2; the solver: Winands et al. 2008 (CG).

A search needs nothing but the rules: `Rollouts(game, 64, 1000).moves(positions, keys)`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.compiling_for import compiled_for
from sim_suite.boards.game import ONGOING, Game
from sim_suite.boards.random_play import nth_legal
from sim_suite.boards.search.draws import CHOICE, ROLLOUT, word
from sim_suite.boards.search.kinds import Keys, Marks, Positions
from sim_suite.boards.search.proving import UNPROVEN, pick, played_move, prove, uct_move
from sim_suite.boards.search.tree import ILLEGAL, NO_CHILD, Tree, back_up, clear, fresh_tree
from sim_suite.compiling import called, noticed, shared
from sim_suite.compiling.sharing import share
from sim_suite.errors import SuiteError

EXPLORATION: Final = 2.0**0.5
"""c of UCB1 for values in [-1, 1] would be 2 sqrt(2); with rewards in [0, 1] and c = 1 / sqrt(2) (Browne et al. 2012, section 3.3.1) it is
sqrt(2) here."""


class Rollouts:
    """Searches B positions of one game together."""

    def __init__(
        self, game: Game, games: int, simulations: int, exploration: float = EXPLORATION, solver: bool = False
    ) -> None:
        """games: B; simulations: of each move; solver: whether exact values of ended games are proven up the tree."""
        if games < 1 or simulations < 1 or exploration < 0.0:
            raise SuiteError(
                f"rollouts need games and simulations of at least 1 and an exploration of at least 0, not {games}, {simulations} and "
                f"{exploration}."
            )
        self.game, self.games, self.simulations = game, games, simulations
        self._exploration, self._solver = exploration, solver
        self.tree = fresh_tree(games, simulations + 1, game.actions, game.words, game.most_plies)
        self.proofs = np.zeros((games, simulations + 1), np.int8)
        """[B, N] int8: see `proving`; all unproven without the solver, but where games have ended."""
        self._scratch = np.zeros((games, game.words), np.int64)
        with noticed(f"rollouts of {game.title}"):
            self._search = _search_of(game)

    def moves(self, positions: Positions, keys: Keys) -> NDArray[np.int64]:
        """[n] int64: the best move of each position, int64 [n, S] with n up to B, none of them ended.

        keys: [n, 4] uint32 (`batched.keys_of`); each result is a function of its position and key alone.
        """
        count = len(positions)
        if count > self.games or len(keys) != count:
            raise SuiteError(f"at most {self.games} positions and as many keys fit, not {count} and {len(keys)}.")
        self.tree.positions[:count, 0] = positions
        self.tree.key[:count] = keys
        found = np.zeros(count, np.int64)
        search, settings = self._search, (self.simulations, self._exploration, self._solver)
        share(
            lambda _, first, last: search(self.tree, self.proofs, self._scratch, *settings, found, first, last), count
        )
        if (found < 0).any():
            raise SuiteError(f"the game in row {int(np.argmin(found))} is over: there is no move to search for.")
        return found


@cache
def _parts_of(game: Game) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What needs the rules besides playing a move: entering a node, and playing on from it at random."""
    legal, play, mover, outcome = game.legal, game.play, game.mover, game.outcome

    @compiled_for(game, called)
    def enter(tree: Tree, proofs: Marks, i: int, node: int) -> None:
        """A new node: its legal moves, or the proof that the rules give."""
        position = tree.positions[i, node]
        clear(tree, i, node)
        mine = mover(position)
        tree.mover[i, node] = mine
        result = outcome(position)
        proofs[node] = UNPROVEN
        if result != ONGOING:
            tree.ended[i, node] = True
            proofs[node] = result if mine == 0 else -result
            return
        legal(position, tree.mask[i])
        for action in range(tree.prior.shape[2]):
            tree.prior[i, node, action] = 0.0 if tree.mask[i, action] else ILLEGAL

    @compiled_for(game, called)
    def roll_out(tree: Tree, i: int, node: int, position: NDArray[np.int64], draw: int) -> tuple[float, int]:
        """The outcome of random play from a node, as its mover sees it; the number of the next draw."""
        for at in range(len(position)):
            position[at] = tree.positions[i, node, at]
        while True:
            result = outcome(position)
            if result != ONGOING:
                return (result if tree.mover[i, node] == 0 else -result), draw
            count = legal(position, tree.mask[i])
            play(position, nth_legal(tree.mask[i], pick(word(tree.key[i], ROLLOUT, draw), count)))
            draw += 1

    return enter, roll_out


@cache
def _search_of(game: Game) -> Callable[..., Any]:
    play, (enter, roll_out) = game.play, _parts_of(game)

    @compiled_for(game, called)
    def simulate(
        tree: Tree,
        proofs: Marks,
        scratch: NDArray[np.int64],
        i: int,
        simulation: int,
        exploration: float,
        solver: bool,
        draw: int,
    ) -> int:
        node, depth = 0, 0
        while True:
            choice = simulation * tree.path_node.shape[1] + depth
            move = uct_move(tree, proofs, i, node, exploration, tree.key[i], CHOICE, choice)
            tree.path_node[i, depth], tree.path_move[i, depth] = node, move
            depth += 1
            below = tree.child[i, node, move]
            fresh = below == NO_CHILD
            if fresh:
                below = tree.nodes[i]
                tree.nodes[i] += 1
                tree.child[i, node, move] = below
                for word_at in range(tree.positions.shape[2]):
                    tree.positions[i, below, word_at] = tree.positions[i, node, word_at]
                play(tree.positions[i, below], move)
                enter(tree, proofs, i, below)
            node = below
            if fresh or proofs[node] != UNPROVEN:
                break
        tree.depth[i] = depth
        value = proofs[node]
        if value == UNPROVEN:
            value, draw = roll_out(tree, i, node, scratch, draw)
        back_up(tree, i, node, value)
        if solver and proofs[node] != UNPROVEN:
            for step in range(depth - 1, -1, -1):
                prove(tree, proofs, i, tree.path_node[i, step])
                if proofs[tree.path_node[i, step]] == UNPROVEN:
                    break
        return draw

    @compiled_for(game, shared)
    def search(
        tree: Tree,
        proofs: Marks,
        scratch: Positions,
        simulations: int,
        exploration: float,
        solver: bool,
        found: NDArray[np.int64],
        first: int,
        last: int,
    ) -> None:
        for i in range(first, last):
            tree.nodes[i] = 1
            enter(tree, proofs[i], i, 0)
            found[i] = -1
            if tree.ended[i, 0]:
                continue
            draw = 0
            for simulation in range(simulations):
                draw = simulate(tree, proofs[i], scratch[i], i, simulation, exploration, solver, draw)
                if proofs[i, 0] != UNPROVEN:
                    break
            found[i] = played_move(tree, proofs[i], i)

    return search
