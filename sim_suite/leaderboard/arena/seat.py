"""An agent's seat at a board: shows it positions and checks what it answers. Source: ours."""

from __future__ import annotations

from typing import Any, Final

import gymnasium as gym
import numpy as np

from agents.interface import Agent
from sim_suite.boards.game import Game, Position
from sim_suite.envs.boards.seen import seen_by
from sim_suite.leaderboard.episode import checked_action

_STREAM: Final = 0xB0A2D
"""Keeps the random numbers of agents and openings apart, though both start from the suite's seed."""


class AgentFault(Exception):
    """An agent raised, or answered with what is no legal move; `str` is one line."""


class Seat:
    """One agent in one game after another."""

    def __init__(self, game: Game, agent: Agent) -> None:
        self.game, self.agent = game, agent
        self._space = gym.spaces.Discrete(game.actions)
        self._state: Any = None
        self._fresh = True

    def begin(self, seed: int) -> None:
        """A new game. seed: what the agent draws by, where it draws. Raises `AgentFault`."""
        self._state, self._fresh = None, True
        if hasattr(self.agent, "seed"):
            try:
                self.agent.seed(seed)
            except Exception as error:
                raise AgentFault(_line(error)) from error

    def move(self, position: Position) -> int:
        """The agent's move in an ongoing game that it is its turn in. Raises `AgentFault`."""
        starts, self._fresh = np.array([self._fresh]), False
        try:
            answered, self._state = self.agent.predict([shown(self.game, position)], self._state, starts, True)
            move = int(checked_action(answered, self._space))
        except Exception as error:
            raise AgentFault(_line(error)) from error
        if move not in self.game.legal_moves(position):
            raise AgentFault(f"{self.game.move_names[move]} is not a legal move here")
        return move


def shown(game: Game, position: Position) -> dict[str, Any]:
    """What the view `board` shows of a position to whose turn it is."""
    return {**seen_by(game, position, game.mover(position)), "position": position.copy()}


def seat_seed(seed: int, opening: int, side: int) -> int:
    """What the agent on a side (0 moves first) draws by in the games of an opening, whoever it meets. seed: the suite's."""
    return int(np.random.SeedSequence([seed, opening, side, _STREAM]).generate_state(1)[0])


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:500]
