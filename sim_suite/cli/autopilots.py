"""From an agent's name to an autopilot of the cockpit, which may not know agents itself. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from agents.naming import build, find, refuse_mismatch
from sim_suite.episodes.cockpit.cars import Action
from sim_suite.episodes.cockpit.plan import Autopilot
from sim_suite.episodes.store.facts import Actor, Player
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.episode import agent_seed, checked_action

if TYPE_CHECKING:
    from agents.interface import Agent
    from sim_suite.envs.views import View


@dataclass(frozen=True)
class Pilot:
    """An agent, ready to drive one environment."""

    agent: Agent
    player: Player

    @property
    def view(self) -> View:
        """What it looks at."""
        return self.agent.interface.observation

    def at(self, env: gym.Env[Any, Any], seed: int) -> Autopilot:
        """Its hand in an environment seen through its view; its own random numbers begin with the session's seed."""
        if hasattr(self.agent, "seed"):
            self.agent.seed(agent_seed(seed))
        actor = Actor.EXPERT if self.player.expert else Actor.AGENT
        return Autopilot(_Memory(self.agent, self.player.name, env.action_space).act, self.player.name, actor)


def find_pilot(name: str, env_id: str, kwargs: dict[str, Any], seed: int, *, trust: bool) -> Pilot:
    """Whatever `play --agent` takes. Raises `SuiteError` where nothing goes by that name, or it cannot drive there."""
    found = find(name, trust=trust)
    agent = build(found, env_id, kwargs, seed=seed)
    refuse_mismatch(found, agent, env_id, kwargs)
    return Pilot(agent, Player(found.name, found.fingerprint, expert=agent.interface.privileged))


class _Memory:
    """An agent with what it remembers of the episode."""

    def __init__(self, agent: Agent, name: str, space: gym.Space[Any]) -> None:
        self._agent, self._name, self._space = agent, name, space
        self._state: Any = None  # the agent's own

    def act(self, observation: Any, first: bool) -> Action:
        """Its action; `first` makes it forget. Raises `SuiteError` where it faults: that ends the session, and keeps what is recorded."""
        state = None if first else self._state
        batch = np.asarray(observation)[None] if isinstance(observation, np.ndarray | np.generic) else [observation]
        try:
            actions, self._state = self._agent.predict(batch, state, np.array([first]), True)
            action: Action = checked_action(actions, self._space)
        except Exception as error:  # a stranger's agent may raise anything
            raise SuiteError(f"the autopilot {self._name} failed: {type(error).__name__}: {error}") from error
        return action
