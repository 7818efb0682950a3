"""Positions with the value of every move, and how many of a player's moves keep what the positions are worth. Source: ours;
an error is a move of less value than the best, as AlphaZero.jl counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

WON, DRAWN, LOST = 1, 0, -1
ILLEGAL: Final = -2
"""The value of a move that there is not."""


@dataclass(frozen=True)
class LabelledPositions:
    """Ongoing positions and what their moves are worth."""

    positions: NDArray[np.int64]
    """[N, S]"""
    values: NDArray[np.int8]
    """[N, A], of each move to who makes it: 1 won, 0 drawn, -1 lost, -2 illegal."""

    def keeps(self, moves: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Whether each move keeps its position's value. moves: [N] whole numbers; returns bool [N].

        Raises `SuiteError` when the number of moves is another, or one is illegal.
        """
        if np.shape(moves) != (len(self.positions),):
            raise SuiteError(f"one move a position is needed, {len(self.positions)} in all, not {np.shape(moves)}.")
        outside = (np.asarray(moves) < 0) | (np.asarray(moves) >= self.values.shape[1])
        worth = self.values[np.arange(len(moves)), np.where(outside, 0, moves)]
        wrong = np.flatnonzero(outside | (worth == ILLEGAL))
        if len(wrong):
            raise SuiteError(f"move {moves[wrong[0]]} is illegal in position {wrong[0]}; mask the illegal moves.")
        return np.asarray(worth == self.values.max(axis=1))

    def value_keeping(self, moves: NDArray[np.integer[Any]]) -> float:
        """Share of the moves that keep the value, 0 to 1."""
        return float(self.keeps(moves).mean())

    def random_share(self) -> float:
        """The share that uniformly random legal moves keep on average."""
        kept = self.values == self.values.max(axis=1, keepdims=True)
        return float((kept.sum(axis=1) / (self.values != ILLEGAL).sum(axis=1)).mean())

    def where(self, chosen: NDArray[np.bool_]) -> LabelledPositions:
        """Some of the positions. chosen: bool [N]."""
        return LabelledPositions(self.positions[chosen], self.values[chosen])
