"""Who plays a match: at random, or a network with or without a search. Each answers for many positions at once. Source: ours."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agents.alphazero.evaluating import Evaluator
from sim_suite.boards.game import Game
from sim_suite.boards.random_play import nth_legal
from sim_suite.boards.search.batched import Search
from sim_suite.boards.search.draws import CHOICE, word
from sim_suite.boards.search.kinds import Flags, Keys, Positions, Reals
from sim_suite.boards.search.proving import pick
from sim_suite.boards.search.rules import Rule


class Player(Protocol):
    """Chooses moves."""

    def moves(self, positions: Positions, keys: Keys) -> NDArray[np.int64]:
        """[n] int64 for positions [n, S], none of them ended; random draws are a function of the keys [n, 4] (`batched.keys_of`)."""


class RandomPlayer:
    """Every legal move with the same probability."""

    def __init__(self, game: Game) -> None:
        self._game = game

    def moves(self, positions: Positions, keys: Keys) -> NDArray[np.int64]:
        """See `Player`."""
        found = []
        for legal, key in zip(legal_moves(self._game, positions), keys, strict=True):
            found.append(nth_legal(legal, pick(word(key, CHOICE, 0), int(legal.sum()))))
        return np.array(found, np.int64)


class NetworkPlayer:
    """The likeliest legal move of a network's policy, or what a search of so many simulations finds, without noise."""

    def __init__(self, game: Game, evaluator: Evaluator, simulations: int, rule: Rule) -> None:
        """evaluator: of B games, which are looked at together; simulations: 0 for the policy alone."""
        self._game, self._evaluator, self._games = game, evaluator, len(evaluator.planes)
        self.search = Search(game, self._games, simulations, rule, evaluator.planes) if simulations else None
        """What the last moves were found by; None for the policy alone."""

    def moves(self, positions: Positions, keys: Keys) -> NDArray[np.int64]:
        """See `Player`. Any number of positions; they are gone through B at a time."""
        parts = []
        for begin in range(0, len(positions), self._games):
            chosen = slice(begin, begin + self._games)
            find = self._likeliest if self.search is None else self._searched
            parts.append(find(positions[chosen], keys[chosen]))
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def logits(self, positions: Positions) -> Reals:
        """[n, A] float32 of at most B positions, -inf for illegal moves."""
        for row, position in enumerate(positions):
            self._game.write_planes(position, self._evaluator.planes[row])
        logits, _ = self._evaluator()
        found: Reals = np.where(legal_moves(self._game, positions), logits[: len(positions)], -np.inf)
        return found

    def _likeliest(self, positions: Positions, keys: Keys) -> NDArray[np.int64]:
        found: NDArray[np.int64] = self.logits(positions).argmax(axis=1)
        return found

    def _searched(self, positions: Positions, keys: Keys) -> NDArray[np.int64]:
        assert self.search is not None
        rows = np.arange(len(positions))
        self.search.begin(positions, self.search.simulations, keys, rows=rows)
        self.search.run(self._evaluator)
        return self.search.moves()[rows]


def legal_moves(game: Game, positions: Positions) -> Flags:
    """[n, A] bool of positions [n, S]."""
    found = np.zeros((len(positions), game.actions), np.bool_)
    for position, mask in zip(positions, found, strict=True):
        game.legal(position, mask)
    return found
