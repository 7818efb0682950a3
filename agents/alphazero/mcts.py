"""UCT with random rollouts as a player and as an agent: it knows the rules and nothing else. Source: search/rollouts.py."""

from __future__ import annotations

import zlib
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from agents.alphazero.seen import boards_of
from agents.alphazero.tasks import BOARD, game_of
from agents.interface import Batch, Interface, Task
from sim_suite.boards.game import Game
from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.search.kinds import Keys, Positions
from sim_suite.boards.search.rollouts import Rollouts
from sim_suite.errors import SuiteError


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


class MctsAgent:
    """A thousand rollouts a move, and exact values of what the tree has seen to the end."""

    interface = Interface(BOARD, "discrete")
    simulations: ClassVar[int] = 1000
    solver: ClassVar[bool] = True

    def __init__(self, game: Game, seed: int) -> None:
        """seed: 0 to 2**64 - 1, of the rollouts."""
        self._game, self._seed = game, seed
        self._player = RolloutsPlayer(game, 1, self.simulations, self.solver)

    @classmethod
    def for_task(cls, task: Task, seed: int) -> MctsAgent:
        """For any board game."""
        return cls(game_of(task), seed)

    def seed(self, seed: int) -> None:
        """What the rollouts of the next episode are drawn by."""
        self._seed = seed

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Moves [B] int64, a function of seed and position; 0 where the game is over. Raises `SuiteError` where no positions are shown."""
        shown = boards_of(observation, self._game)
        if shown.positions is None:
            raise SuiteError("a tree search needs the position beside the planes: look through the view 'board'.")
        moves = np.zeros(len(shown.planes), np.int64)
        for row in np.flatnonzero(shown.legal.any(axis=1)).tolist():
            position = shown.positions[row]
            moves[row] = self._player.moves(position[None], keys_of(self._seed, [zlib.crc32(position.tobytes())], 0))[0]
        return moves, state


class Mcts100Agent(MctsAgent):
    """A hundred rollouts a move."""

    simulations: ClassVar[int] = 100
    solver: ClassVar[bool] = False
