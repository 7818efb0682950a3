"""Measures the two lowest scores that the catalogue quotes: random actions and doing nothing.

    python -m sim_suite.studies.references [ENVIRONMENT ...]

Seeds start at 20,000: neither the leaderboard's (10,000) nor any that training uses. Prints mean and standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agents.naming import build, find
from sim_suite.envs.catalog import cards
from sim_suite.envs.making import make
from sim_suite.leaderboard.episode import play

EPISODES = 200
FIRST_SEED = 20_000
_LONG = 10_000  # steps: where an idle episode may run this long and always ends alike, two of them say all there is


@dataclass(frozen=True)
class Measured:
    """One agent on one environment."""

    env_id: str
    agent: str
    mean: float
    standard_error: float
    episodes: int


def measure(env_id: str, agent_name: str, episodes: int) -> Measured:
    """Mean return over `episodes` episodes from `FIRST_SEED`."""
    agent = build(find(agent_name), env_id, {}, seed=0)
    returns = []
    for episode in range(episodes):
        with make(env_id, agent.interface.observation) as env:
            row = play(env, agent, task=env_id, entry=agent_name, run=0, episode=episode, seed=FIRST_SEED + episode)
        assert row.outcome == "ok", row.message
        returns.append(row.episode_return)
    error = float(np.std(returns, ddof=1) / np.sqrt(episodes))
    return Measured(env_id, agent_name, float(np.mean(returns)), error, episodes)


def measure_all(env_ids: list[str]) -> Iterator[Measured]:
    """Both agents on each environment."""
    for env_id in env_ids:
        for agent_name in ("random", "do-nothing"):
            idle_for_long = agent_name == "do-nothing" and cards()[env_id].max_episode_steps > _LONG
            yield measure(env_id, agent_name, 2 if idle_for_long else EPISODES)


if __name__ == "__main__":
    for one in measure_all(sys.argv[1:] or [one.id for one in cards().values() if one.ready is None]):
        print(
            f"{one.env_id:<40} {one.agent:<12} {one.mean:12.4f} +- {one.standard_error:.4f}  ({one.episodes} episodes)",
            flush=True,
        )
