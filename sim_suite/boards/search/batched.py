"""The search of many games at once: for each simulation one evaluation of all leaves together. Sources: rules.py, walking.py.

    search = Search(game, 64, 32, GumbelRule())
    search.begin(positions, budget=32, keys=keys_of(seed, numbers, plies), explores=True)
    search.run(evaluate)
    moves, policies = search.moves(), search.policies()

Each game's result is a function of its position, its key and what the evaluation says; the other games of the batch change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.compiling_for import compiled_for
from sim_suite.boards.game import Game
from sim_suite.boards.search.choosing import chosen_move, draw_noise, root_value, write_policy
from sim_suite.boards.search.kinds import Counts, Flags, Keys, Positions, Reals
from sim_suite.boards.search.reusing import keep_subtree
from sim_suite.boards.search.rules import GumbelRule, Rule
from sim_suite.boards.search.tree import DONE, WAITING, Tree, fresh_tree
from sim_suite.boards.search.walking import walk_of
from sim_suite.compiling import noticed, shared
from sim_suite.compiling.sharing import share
from sim_suite.errors import SuiteError

Evaluate = Callable[[], tuple[Reals, Reals]]
"""Looks at the planes of all B games and answers with logits [B, A] and values [B] in [-1, 1] as each mover sees them, both float32."""
LEAST: Final = 64
"""Games a thread is worth while: a step of one takes about a microsecond, handing work to a thread about thirty."""


class Search:
    """B games of one kind, searched together."""

    def __init__(
        self, game: Game, games: int, simulations: int, rule: Rule, planes: Reals | None = None, reuse: bool = False
    ) -> None:
        """games: B; simulations: the most that a move is given; planes: [B, P, rows, columns] float32 to write into, in any layout.

        reuse: whether `move_on` keeps subtrees; the trees then have room for four searches' nodes. Raises `SuiteError` for a Gumbel search
        that should: its halving counts visits from none.
        """
        if games < 1 or simulations < 1:
            raise SuiteError(f"a search needs at least one game and one simulation, not {games} and {simulations}.")
        if reuse and isinstance(rule, GumbelRule):
            raise SuiteError("a Gumbel search begins each move anew: leave reuse out, or take PUCT.")
        shape = (games, game.planes, *game.shape)
        self.planes: Reals = np.zeros(shape, np.float32) if planes is None else planes
        """[B, P, rows, columns]: what waits for an evaluation, as its mover sees it; elsewhere whatever stood there."""
        if self.planes.shape != shape or self.planes.dtype != np.float32:
            raise SuiteError(f"planes must be {shape} float32, not {self.planes.shape} {self.planes.dtype}.")
        self.game, self.games, self.simulations, self.reuse = game, games, simulations, reuse
        nodes = 1 + simulations * (_ROOM if reuse else 1)
        self.tree = fresh_tree(games, nodes, game.actions, game.words, game.most_plies)
        self.constants = rule.constants()
        with noticed(f"the search of {game.title}"):
            self._walk, self._roots = walk_of(game), _roots_of(game)

    def begin(
        self, positions: Positions, budget: int | Counts, keys: Keys, explores: bool | Flags = False, rows: Any = None
    ) -> None:
        """Search these positions anew.

        positions: [n, S] int64, ongoing; budget: simulations of each; keys: [n, 4] uint32 (`keys_of`); explores: whether noise is mixed
        in at the root; rows: [n] which of the B games, all of them if None. Raises `SuiteError` where a game has ended and for a budget
        that the trees have no room for.
        """
        chosen = np.arange(self.games) if rows is None else np.asarray(rows, np.int64)
        if len(positions) != len(chosen) or len(keys) != len(chosen):
            raise SuiteError(
                f"{len(chosen)} games need as many positions and keys, not {len(positions)} and {len(keys)}."
            )
        self._give(chosen, budget, keys, explores)
        self.tree.positions[chosen, 0] = positions
        self._roots[0](self.tree, self.planes, chosen)
        self._refuse_ended(chosen)

    def move_on(
        self, moves: NDArray[Any], budget: int | Counts, keys: Keys, explores: bool | Flags = False, rows: Any = None
    ) -> None:
        """Play a legal move [n] in each of the rows and search on from there, with the subtree behind it where one is kept."""
        chosen = np.arange(self.games) if rows is None else np.asarray(rows, np.int64)
        self._give(chosen, budget, keys, explores)
        self._roots[1](self.tree, self.planes, chosen, np.asarray(moves, np.int64), self.reuse, self.constants)
        self._refuse_ended(chosen)

    @property
    def waiting(self) -> Flags:
        """[B] bool: the games whose planes wait for an evaluation."""
        found: Flags = self.tree.status == WAITING
        return found

    def step(self, logits: Reals, values: Reals) -> None:
        """Take in the evaluation of all that waits, and simulate until other leaves do. logits: [B, A], values: [B], both float32."""
        walk, tree, planes, constants = self._walk.step, self.tree, self.planes, self.constants
        share(
            lambda _, first, last: walk(tree, planes, logits, values, constants, first, last), self.games, least=LEAST
        )

    def run(self, evaluate: Evaluate) -> None:
        """Search until no game waits any more."""
        while self.waiting.any():
            self.step(*evaluate())

    def moves(self, temperature: float = 0.0) -> NDArray[np.int64]:
        """[B] int64: what each finished search plays; see `choosing.chosen_move`."""
        found = np.full(self.games, -1, np.int64)
        _choose(self.tree, self.constants, temperature, found)
        return found

    def policies(self) -> Reals:
        """[B, A] float32: what each finished search teaches; see `choosing.write_policy`. Zeros where nothing was searched."""
        found = np.zeros((self.games, self.game.actions), np.float32)
        _teach(self.tree, self.constants, found)
        return found

    def values(self) -> Reals:
        """[B] float32: the mean of each finished search's simulations, in [-1, 1] as the mover sees it."""
        found = np.zeros(self.games, np.float32)
        _value(self.tree, found)
        return found

    def _give(self, chosen: NDArray[np.int64], budget: int | Counts, keys: Keys, explores: bool | Flags) -> None:
        if np.any(np.asarray(budget) < 1) or np.any(np.asarray(budget) > self.simulations):
            raise SuiteError(f"a move is searched by 1 to {self.simulations} simulations here, not {budget}.")
        self.tree.budget[chosen] = budget
        self.tree.key[chosen] = keys
        self.tree.explores[chosen] = explores

    def _refuse_ended(self, chosen: NDArray[np.int64]) -> None:
        over = chosen[self.tree.ended[chosen, 0]]
        if len(over):
            raise SuiteError(f"the game in row {over[0]} is over: there is no move to search for.")


_ROOM: Final = 4
"""Searches whose nodes a tree has room for where subtrees are kept."""
_LOW: Final = np.uint64(0xFFFFFFFF)


def keys_of(seed: int, numbers: Any, plies: Any) -> Keys:
    """Keys [n, 4] uint32 of the games with these numbers [n] at these plies [n]; seed: 0 to 2**64 - 1."""
    numbers, plies = np.broadcast_arrays(np.asarray(numbers), np.asarray(plies))
    keys = np.empty((numbers.size, 4), np.uint32)
    keys[:, 0], keys[:, 1] = int(seed) & int(_LOW), int(seed) >> 32
    keys[:, 2], keys[:, 3] = numbers.reshape(-1), plies.reshape(-1)
    return keys


@cache
def _roots_of(game: Game) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Kernels that set new roots, and that play a move and go on."""
    walk = walk_of(game)
    set_root, go_on, play = walk.set_root, walk.go_on, game.play

    @compiled_for(game, shared)
    def set_roots(tree: Tree, planes: Reals, rows: NDArray[np.int64]) -> None:
        for row in rows:
            set_root(tree, row, planes)

    @compiled_for(game, shared)
    def move_roots(
        tree: Tree,
        planes: Reals,
        rows: NDArray[np.int64],
        moves: NDArray[np.int64],
        reuse: bool,
        constants: NDArray[np.float64],
    ) -> None:
        for at in range(len(rows)):
            row = rows[at]
            if reuse and keep_subtree(tree, row, moves[at]):
                if tree.ended[row, 0]:
                    tree.status[row] = DONE
                    continue
                draw_noise(tree, row, constants)
                go_on(tree, row, planes, constants)
            else:
                play(tree.positions[row, 0], moves[at])
                set_root(tree, row, planes)

    return set_roots, move_roots


@shared
def _choose(tree: Any, constants: Any, temperature: float, found: Any) -> None:
    for row in range(len(found)):
        if tree.status[row] == DONE and tree.simulations[row] > 0:
            found[row] = chosen_move(tree, row, constants, temperature)


@shared
def _teach(tree: Any, constants: Any, found: Any) -> None:
    for row in range(len(found)):
        if tree.status[row] == DONE and tree.simulations[row] > 0:
            write_policy(tree, row, constants, found[row])


@shared
def _value(tree: Any, found: Any) -> None:
    for row in range(len(found)):
        if tree.status[row] == DONE and tree.simulations[row] > 0:
            found[row] = root_value(tree, row)
