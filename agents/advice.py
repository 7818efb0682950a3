"""What an agent of a board game holds of each move: how likely it is to play it, what it expects of it, how often its search looked.

Source: ours. Trained networks, tree searches and the solver say so themselves; any other agent may with a method
`advise(position) -> list[MoveAdvice]`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from agents.interface import Agent
from sim_suite.boards.game import Game, Position
from sim_suite.boards.search.batched import Search, keys_of
from sim_suite.boards.search.proving import UNPROVEN
from sim_suite.boards.search.rollouts import Rollouts
from sim_suite.boards.search.tree import NO_CHILD
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    from agents.alphazero.agent import BoardAgent
    from agents.alphazero.mcts import MctsAgent
    from agents.experts.boards import Solver

_TOGETHER: Final = 8
"""Boards that the network looks at together, as in `alphazero/agent.py`: in another number the last bits would differ."""


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


def advise(agent: Agent, game: Game, position: Position) -> list[MoveAdvice]:
    """All legal moves of an ongoing position, the one that the agent plays first. Raises `SuiteError` for an agent that does not tell."""
    from agents.alphazero.agent import BoardAgent
    from agents.alphazero.mcts import MctsAgent
    from agents.experts.boards import Solver

    legal = game.legal_moves(position)
    if not legal:
        raise SuiteError("the game is over: there is no move to advise.")
    if isinstance(agent, MctsAgent):
        return _of_rollouts(agent, game, position, legal)
    if isinstance(agent, BoardAgent):
        return _of_network(agent, game, position, legal)
    if isinstance(agent, Solver):
        return _of_solver(agent, position, legal)
    own = getattr(agent, "advise", None)
    if own is None:
        raise SuiteError("this agent does not say what it holds of moves. mcts, solver and trained networks do.")
    found: list[MoveAdvice] = own(position)
    return found


def _of_rollouts(agent: MctsAgent, game: Game, position: Position, legal: list[int]) -> list[MoveAdvice]:
    search = Rollouts(game, 1, agent.simulations, solver=agent.solver)
    best = int(search.moves(position[None], keys_of(0, [zlib.crc32(position.tobytes())], 0))[0])
    tree, found = search.tree, []
    for move in legal:
        visits = int(tree.visits[0, 0, move])
        value = float(tree.value_sum[0, 0, move]) / visits if visits else None
        child = int(tree.child[0, 0, move])
        if child != NO_CHILD and search.proofs[0, child] != UNPROVEN:
            same = tree.mover[0, child] == tree.mover[0, 0]
            value = float(search.proofs[0, child] if same else -search.proofs[0, child])
        found.append(MoveAdvice(move, None, value, visits))
    return _best_first(found, best)


def _of_network(agent: BoardAgent, game: Game, position: Position, legal: list[int]) -> list[MoveAdvice]:
    from agents.alphazero.evaluating import Evaluator

    device = next(agent.network.parameters()).device
    evaluator = Evaluator(game, agent.network, _TOGETHER, device, "float32")
    search = Search(game, _TOGETHER, max(agent.spec.simulations, 1), agent.spec.rule, evaluator.planes)
    search.begin(position[None], search.simulations, keys_of(0, [0], 0), rows=np.array([0]))
    search.run(evaluator)
    tree = search.tree
    found = []
    for move in legal:
        visits = int(tree.visits[0, 0, move]) if agent.spec.simulations else 0
        value = float(tree.value_sum[0, 0, move]) / visits if visits else None
        found.append(MoveAdvice(move, float(tree.prior[0, 0, move]), value, visits))
    if agent.spec.simulations:
        return _best_first(found, int(search.moves()[0]))
    return sorted(found, key=lambda one: -(one.policy or 0.0))


def _of_solver(agent: Solver, position: Position, legal: list[int]) -> list[MoveAdvice]:
    worth = agent.worth(position)
    if worth is None:
        raise SuiteError("this early the solver does not know either: it plays by rollouts until the board is fuller.")
    found = [MoveAdvice(move, None, float(worth[move])) for move in legal]
    return sorted(found, key=lambda one: -(one.value or 0.0))


def _best_first(found: list[MoveAdvice], best: int) -> list[MoveAdvice]:
    return sorted(found, key=lambda one: (one.move != best, -(one.visits or 0)))
