"""An agent around another, as environments have wrappers: subclasses look at what passes, or change it. Source: ours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent, Batch


class AgentWrapper:
    """To the outside the agent that it holds."""

    def __init__(self, agent: Agent) -> None:
        self.interface = agent.interface
        self._agent = agent

    def seed(self, seed: int) -> None:
        """As the agent's own, where it has one."""
        if hasattr(self._agent, "seed"):
            self._agent.seed(seed)

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """As the agent's own."""
        return self._agent.predict(observation, state, episode_start, deterministic)
