"""UCT with random rollouts as a player and as an agent: it knows the rules and nothing else. Source: search/rollouts.py."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from agents.advice import MoveAdvice, best_first
from agents.alphazero.position_agent import PositionAgent
from sim_suite.boards.game import Game, Position
from sim_suite.boards.search.kinds import Keys, Positions
from sim_suite.boards.search.proving import UNPROVEN, proof_of_move
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


class MctsAgent(PositionAgent):
    """A thousand rollouts a move, and exact values of what the tree has seen to the end."""

    simulations: ClassVar[int] = 1000
    solver: ClassVar[bool] = True

    def __init__(self, game: Game, seed: int) -> None:
        """See `PositionAgent`."""
        super().__init__(game, seed)
        self._search = Rollouts(game, 1, self.simulations, solver=self.solver)

    def choose(self, position: Position) -> int:
        """See `PositionAgent`."""
        return int(self._search.moves(position[None], self._keys(position))[0])

    def advise(self, position: Position) -> list[MoveAdvice]:
        """See `advice.Advisor`; proven values are exact."""
        best = self.choose(position)
        return best_first((self._looked(move) for move in self._game.legal_moves(position)), best)

    def _looked(self, move: int) -> MoveAdvice:
        tree = self._search.tree
        visits, proof = int(tree.visits[0, 0, move]), proof_of_move(tree, self._search.proofs[0], 0, 0, move)
        mean = float(tree.value_sum[0, 0, move]) / visits if visits else None
        return MoveAdvice(move, None, mean if proof == UNPROVEN else float(proof), visits)


class Mcts100Agent(MctsAgent):
    """A hundred rollouts a move."""

    simulations: ClassVar[int] = 100
    solver: ClassVar[bool] = False
