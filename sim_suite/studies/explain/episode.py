"""The episode that is looked into: what the agent saw and did, and pictures of some of its steps. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent, Batch
from agents.wrapper import AgentWrapper
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.episode import Row, play

Array = NDArray[Any]


@dataclass(frozen=True)
class Place:
    """Where an agent is explained."""

    env_id: str
    kwargs: Mapping[str, Any]


@dataclass(frozen=True)
class Episode:
    """One episode, step by step."""

    observations: tuple[Array, ...]
    """In the agent's view, as each action was chosen."""
    actions: tuple[Array, ...]
    episode_return: float


def episode_return(place: Place, agent: Agent, seed: int) -> float:
    """The return of one deterministic episode in an environment of its own. Raises `SuiteError` where it fails."""
    return _played(place, agent, seed).episode_return


def watched(place: Place, agent: Agent, seed: int) -> Episode:
    """One deterministic episode with what was seen and done. Raises `SuiteError` where it fails."""
    noting = _Noting(agent)
    row = _played(place, noting, seed)
    return Episode(tuple(noting.observations), tuple(noting.actions), row.episode_return)


def spread(length: int, count: int) -> tuple[int, ...]:
    """The middles of `count` equal parts of so many steps; of fewer steps, each once."""
    return tuple(sorted({(2 * k + 1) * length // (2 * count) for k in range(count)}))


def photographs(place: Place, agent: Agent, seed: int, actions: Sequence[Array], steps: Sequence[int]) -> list[Array]:
    """The environment's own picture before each of the steps, uint8 [H, W, 3]; none where it draws no pictures."""
    with make(place.env_id, kwargs=place.kwargs) as env:
        if "rgb_array" not in (env.metadata.get("render_modes") or ()):
            return []
    found = []
    with make(place.env_id, agent.interface.observation, kwargs=place.kwargs, render_mode="rgb_array") as env:
        env.reset(seed=seed)
        for step in range(max(steps) + 1):
            if step in steps:
                drawn: Any = env.render()
                found.append(np.asarray(drawn, np.uint8))
            env.step(actions[step])
    return found


def _played(place: Place, agent: Agent, seed: int) -> Row:
    with make(place.env_id, agent.interface.observation, kwargs=place.kwargs) as env:
        row = play(env, agent, task=place.env_id, entry="", run=0, episode=0, seed=seed)
    if row.outcome != "ok":
        raise SuiteError(
            f"the episode with seed {seed} failed after {row.length} steps ({row.outcome}): {row.message}. Choose another --seed, "
            f"or see what `sim-suite play {place.env_id} --agent ...` says."
        )
    return row


class _Noting(AgentWrapper):
    """The agent, with what it sees and does written down."""

    def __init__(self, agent: Agent) -> None:
        super().__init__(agent)
        self.observations: list[Array] = []
        self.actions: list[Array] = []

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[Array, Any | None]:
        self.observations.append(np.array(observation)[0])
        actions, state = super().predict(observation, state, episode_start, deterministic)
        self.actions.append(np.array(actions)[0])
        return actions, state
