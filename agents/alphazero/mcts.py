"""UCT with random rollouts as a player and as an agent: knows the rules and nothing else. Source: search/rollouts.py."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.game import Game
from sim_suite.boards.search.kinds import Keys, Positions
from sim_suite.boards.search.rollouts import Rollouts


class RolloutsPlayer:
    """UCT; see `players.Player`."""

    def __init__(self, game: Game, games: int, simulations: int, solver: bool = False) -> None:
        """games: the most positions that are searched together."""
        self._rollouts = Rollouts(game, games, simulations, solver=solver)

    def moves(self, positions: Positions, keys: Keys) -> NDArray[np.int64]:
        """The best move of each position."""
        size = self._rollouts.games
        parts = [
            self._rollouts.moves(positions[begin : begin + size], keys[begin : begin + size])
            for begin in range(0, len(positions), size)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)
