"""What an agent of a board game holds of each move: how likely it is to play it, what it expects of it, how often its search looked.

Source: ours. An agent says so by a method `advise(position) -> list[MoveAdvice]`: trained networks, tree searches and the solver do, and
any other may.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from agents.interface import Agent
from sim_suite.boards.game import Game, Position
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class MoveAdvice:
    """One legal move."""

    move: int
    policy: float | None = None
    """Probability that the network gives it before any search, 0 to 1."""
    value: float | None = None
    """What the search expects of it, -1 lost to 1 won, as the mover sees it; None where it did not look."""
    visits: int | None = None
    """Simulations of the search that played it."""


@runtime_checkable
class Advisor(Protocol):
    """An agent that tells."""

    def advise(self, position: Position) -> list[MoveAdvice]:
        """All legal moves of an ongoing position, int64 [S], the one that the agent plays first."""


def advise(agent: Agent, game: Game, position: Position) -> list[MoveAdvice]:
    """As `Advisor.advise`. Raises `SuiteError` for an agent that does not tell, and where the game is over."""
    if not game.legal_moves(position):
        raise SuiteError("the game is over: there is no move to advise.")
    if not isinstance(agent, Advisor):
        raise SuiteError("this agent does not say what it holds of moves. mcts, solver and trained networks do.")
    return agent.advise(position)


def best_first(found: Iterable[MoveAdvice], best: int) -> list[MoveAdvice]:
    """The move that is played, then the others by visits."""
    return sorted(found, key=lambda one: (one.move != best, -(one.visits or 0)))
