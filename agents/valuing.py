"""What an agent answers that says what its actions are worth: a number for each, of which it takes the largest. Source: ours.

Any agent of numbered actions with `q_values(observations)` can be filmed with them (`sim-suite play ENV --agent NAME --values`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent, Batch, Interface
from sim_suite.errors import SuiteError

Valuer = Callable[[Batch], NDArray[np.floating[Any]]]
"""Observations [B, ...] in the agent's view -> [B, A]."""


@runtime_checkable
class ValuingAgent(Protocol):
    """An agent that knows what its actions are worth."""

    interface: Interface

    def q_values(self, observations: Batch) -> NDArray[np.floating[Any]]:
        """What each action is worth, [B, A] float, for observations [B, ...] in the declared view."""


def valuer_of(agent: Agent, name: str, actions: Sequence[str]) -> Valuer:
    """How to ask an agent: by `q_values`, else by a network whose outputs are action values (`agents.explaining`).

    name: of the agent, for the error; actions: names of the choices, in order. Raises `SuiteError` for agents that have neither.
    """
    if isinstance(agent, ValuingAgent):
        return agent.q_values
    if hasattr(agent, "explainable"):
        opened = agent.explainable(actions)
        if opened.meaning == "action value":
            forward, prepare = opened.forward, opened.prepare
            return lambda observations: np.asarray(forward(prepare(observations)).detach().cpu())
    raise SuiteError(
        f"{name} does not say what its actions are worth: {type(agent).__name__} has no q_values(observations). Leave --values out, "
        "or name an agent that learned action values (dqn, ddqn, pqn, q-learning, sarsa, sb3-dqn)."
    )
