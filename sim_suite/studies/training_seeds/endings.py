"""How many episodes of a task terminate, played many at once. Source: ours.

Networks are asked for all worlds together, so that the last bits of an action may differ from those of an episode that is judged alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from agents.interface import Agent
from agents.learning.batched import batched
from agents.naming import task_of
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.suite import TaskSpec

WORLDS: Final = 250
"""Episodes that are played together; more make an action no cheaper, and late ones keep fewer waiting."""


def count_endings(agent: Agent, task: TaskSpec, episodes: int) -> int:
    """How many of the task's first episodes end before their time limit, deterministic. Raises `SuiteError` where the task wants chance."""
    if task.epsilon:
        raise SuiteError(f"{task.name} mixes random actions in, so its endings are not counted: leave endings out.")
    return sum(_ended(agent, task, range(first, min(first + WORLDS, episodes))) for first in range(0, episodes, WORLDS))


def _ended(agent: Agent, task: TaskSpec, episodes: range) -> int:
    """How many of these end early."""
    count = len(episodes)
    envs = batched(task_of(task.env, task.kwargs), agent.interface.observation, count).envs
    seeds = [task.seed(episode) for episode in episodes]
    observations, _ = envs.reset(seed=seeds, options={"reset_mask": np.ones(count, np.bool_)})
    playing, terminated, starts = np.ones(count, np.bool_), np.zeros(count, np.bool_), np.ones(count, np.bool_)
    state = None
    while playing.any():
        actions, state = agent.predict(observations, state, starts, True)
        observations, _, ended, cut, _ = envs.step(actions)
        over = ended | cut
        terminated |= playing & ended
        playing &= ~over
        if over.any():  # who is done plays on unheard, since environments must not be stepped beyond an end
            observations, _ = envs.reset(seed=seeds, options={"reset_mask": over})
        starts = over
    return int(terminated.sum())
