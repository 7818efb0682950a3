"""Games that a network plays against itself, many at once: each call takes the evaluation of one leaf of every game. Source: Silver et al.
2018 (Science 362); playout caps: Wu 2019 (arXiv:1902.10565), section 3.1.

A game whose search is done plays its move and searches the next at once, and a game that has ended makes room for a new one, so that
every row of every evaluation is of use. Game number k is a function of the seed, k, and what the evaluations say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.compiling_for import compiled_for
from sim_suite.boards.game import ONGOING, Game
from sim_suite.boards.search.batched import Search, keys_of
from sim_suite.boards.search.choosing import chosen_move, draw_noise, root_value, write_policy
from sim_suite.boards.search.draws import BUDGET, uniform
from sim_suite.boards.search.kinds import Counts, Flags, Positions, Reals
from sim_suite.boards.search.openings import random_opening
from sim_suite.boards.search.reusing import keep_subtree
from sim_suite.boards.search.rules import Rule
from sim_suite.boards.search.tree import DONE, IDLE, Tree
from sim_suite.boards.search.walking import walk_of
from sim_suite.compiling import shared
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Plan:
    """How many simulations a move is given, and how it is chosen."""

    full: int = 32
    """Simulations of a move that is learned from."""
    fast: int = 8
    """Of the others, which neither explore nor teach."""
    full_share: float = 1.0
    """Probability of a full search, above 0 to 1; Wu 2019 (section 3.1): 0.25."""
    warm_plies: int = 0
    """PUCT: plies at the beginning whose moves are drawn in proportion to visits; AlphaZero on Go: 30. Gumbel numbers do it otherwise."""
    random_plies: int = 0
    """Games begin with 0 to so many random moves, each number alike, that nothing is learned from: so that also positions are learned that
    good players avoid."""

    def __post_init__(self) -> None:
        if (
            min(self.full, self.fast) < 1
            or not 0.0 < self.full_share <= 1.0
            or min(self.warm_plies, self.random_plies) < 0
        ):
            raise SuiteError(
                f"self-play needs full and fast of at least 1, full_share above 0 to 1, warm_plies and random_plies of at least 0, not "
                f"{self}."
            )


class Records(NamedTuple):
    """What the open games have been through, [B, L, ...] for L plies."""

    positions: Positions
    """[B, L, S] int64: before each move."""
    policies: Reals
    """[B, L, A] float32: what the search taught there; zeros where it was fast."""
    values: Reals
    """[B, L] float32: the mean of the search's simulations, as the mover sees it."""
    taught: Flags
    """[B, L] bool: whether the search was a full one."""
    plies: Counts
    """[B] int32: moves played."""
    result: Counts
    """[B] int32: ONGOING, or the outcome as the first player sees it."""


class Played(NamedTuple):
    """The positions of finished games that are learned from, n of them."""

    positions: Positions
    """[n, S] int64."""
    policies: Reals
    """[n, A] float32."""
    outcomes: Reals
    """[n] float32: -1, 0 or 1 as the mover of the position sees the game's end."""
    values: Reals
    """[n] float32: what the search thought of the position, as its mover sees it."""


class SelfPlay:
    """B games that go on and on."""

    def __init__(
        self,
        game: Game,
        games: int,
        rule: Rule,
        plan: Plan,
        seed: int,
        planes: Reals | None = None,
        reuse: bool = False,
    ) -> None:
        """games: B; seed: 0 to 2**64 - 1; planes, reuse: as of `Search`. The first B games have begun, and wait for an evaluation."""
        self.search = Search(game, games, max(plan.full, plan.fast), rule, planes, reuse)
        self._plan, self._seed = plan, seed
        length = game.most_plies
        self.records = Records(
            positions=np.zeros((games, length, game.words), np.int64),
            policies=np.zeros((games, length, game.actions), np.float32),
            values=np.zeros((games, length), np.float32),
            taught=np.zeros((games, length), np.bool_),
            plies=np.zeros(games, np.int32),
            result=np.full(games, ONGOING, np.int32),
        )
        self.moves = 0
        """Played so far, in all games."""
        self.simulations = 0
        """Of the searches that have ended."""
        self.ended = 0
        """Games that have ended."""
        self._begun = 0
        self._play = _play_of(game)
        self._begin(np.arange(games))

    def step(self, logits: Reals, values: Reals) -> list[Played]:
        """Take in an evaluation, [B, A] and [B] float32, of the planes; returns what the games taught that ended by it."""
        search, plan = self.search, self._plan
        search.step(logits, values)
        taught = []
        while len(rows := np.flatnonzero(search.tree.status == DONE)):
            self.simulations += int(search.tree.simulations[rows].sum())
            self._play(
                search.tree, self.records, search.planes, search.constants, rows,
                plan.full, plan.fast, plan.full_share, plan.warm_plies, search.reuse,
            )  # fmt: skip
            self.moves += len(rows)
            over = rows[self.records.result[rows] != ONGOING]
            taught += [self._taught_by(row) for row in over.tolist()]
            self._begin(over)
        return taught

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that the open games know, by name; with it `restore` goes on as if never stopped."""
        found: dict[str, NDArray[Any]] = {f"tree.{name}": array for name, array in self.search.tree._asdict().items()}
        found |= {f"records.{name}": array for name, array in self.records._asdict().items()}
        return found | {
            "planes": np.ascontiguousarray(self.search.planes),
            "counts": np.array([self.moves, self.simulations, self.ended, self._begun], np.int64),
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Go on from what `arrays` returned. Raises `SuiteError` where it is of other games or sizes."""
        own = self.arrays()
        for name, array in own.items():
            if name not in arrays or arrays[name].shape != array.shape or arrays[name].dtype != array.dtype:
                seen = "nothing" if name not in arrays else f"{arrays[name].dtype} {arrays[name].shape}"
                raise SuiteError(
                    f"these open games do not fit: {name} must be {array.dtype} {array.shape}, not {seen}. "
                    f"Resume with the settings that the run began with."
                )
        for part, kept in (("tree", self.search.tree), ("records", self.records)):
            for name, array in kept._asdict().items():
                array[...] = arrays[f"{part}.{name}"]
        self.search.planes[...] = arrays["planes"]
        self.moves, self.simulations, self.ended, self._begun = (int(count) for count in arrays["counts"])

    def _begin(self, rows: NDArray[np.int64]) -> None:
        """Begin the next games in these rows."""
        if not len(rows):
            return
        search, plan = self.search, self._plan
        keys = keys_of(self._seed, np.arange(self._begun, self._begun + len(rows)), 0)
        self._begun += len(rows)
        self.records.plies[rows] = 0
        self.records.result[rows] = ONGOING
        full = np.array([uniform(key, BUDGET, 0) < plan.full_share for key in keys])
        starts = np.array([random_opening(search.game, key, plan.random_plies) for key in keys])
        search.begin(starts, np.where(full, plan.full, plan.fast), keys, full, rows)

    def _taught_by(self, row: int) -> Played:
        records, game = self.records, self.search.game
        self.ended += 1
        at = np.flatnonzero(records.taught[row, : records.plies[row]])
        positions = records.positions[row, at]
        first = np.array([game.mover(position) == 0 for position in positions], np.bool_)
        result = np.float32(records.result[row])
        outcomes = np.where(first, result, -result).astype(np.float32)
        return Played(positions, records.policies[row, at], outcomes, records.values[row, at])


@cache
def _play_of(game: Game) -> Callable[..., Any]:
    """The kernel that lets rows play the move they have found, and search on."""
    walk = walk_of(game)
    set_root, go_on, play, outcome = walk.set_root, walk.go_on, game.play, game.outcome

    @compiled_for(game, shared)
    def play_rows(
        tree: Tree,
        records: Records,
        planes: Reals,
        constants: NDArray[np.float64],
        rows: NDArray[np.int64],
        full: int,
        fast: int,
        full_share: float,
        warm_plies: int,
        reuse: bool,
    ) -> None:
        for row in rows:
            ply = records.plies[row]
            root = tree.positions[row, 0]
            for at in range(len(root)):
                records.positions[row, ply, at] = root[at]
            records.values[row, ply] = root_value(tree, row)
            records.taught[row, ply] = tree.explores[row]
            if tree.explores[row]:
                write_policy(tree, row, constants, records.policies[row, ply])
            else:
                records.policies[row, ply, :] = 0.0
            move = chosen_move(tree, row, constants, 1.0 if ply < warm_plies else 0.0)
            records.plies[row] = ply + 1
            tree.key[row, 3] = ply + 1
            explores = uniform(tree.key[row], BUDGET, 0) < full_share
            tree.explores[row] = explores
            tree.budget[row] = full if explores else fast
            kept = reuse and keep_subtree(tree, row, move)
            if not kept:
                play(root, move)
            result = outcome(tree.positions[row, 0])
            records.result[row] = result
            if result != ONGOING:
                tree.status[row] = IDLE
            elif kept:
                draw_noise(tree, row, constants)
                go_on(tree, row, planes, constants)
            else:
                set_root(tree, row, planes)

    return play_rows
