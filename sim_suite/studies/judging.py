"""Judges an agent on the seeds of a suite's task; each episode is kept when it is played, and never played again. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym

from agents.interface import Agent
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.leaderboard.episode import play
from sim_suite.leaderboard.suite import TaskSpec


@dataclass(frozen=True)
class Judged:
    """One episode."""

    seed: int
    episode_return: float
    length: int
    terminated: bool


def judged(path: Path) -> list[Judged]:
    """The episodes that `path` keeps; none where it does not exist."""
    return [Judged(**episode) for episode in read_json(path)] if path.is_file() else []


def judge(
    env: gym.Env[Any, Any], agent: Agent, task: TaskSpec, path: Path, episodes: int, enough: Callable[[], bool]
) -> bool:
    """Play what `path` does not keep yet of the task's first episodes; False where `enough` says to stop before the last.

    Raises `SuiteError` for an episode that ends in a fault: it is no score.
    """
    kept = judged(path)
    for number in range(len(kept), episodes):
        if enough():
            return False
        row = play(
            env,
            agent,
            task=task.name,
            entry=path.stem,
            run=0,
            episode=number,
            seed=task.seed(number),
            deterministic=task.deterministic,
            epsilon=task.epsilon,
        )
        if row.outcome != "ok":
            raise SuiteError(f"{path.stem} could not be judged on seed {row.seed} of {task.name}: {row.message}")
        kept.append(Judged(row.seed, row.episode_return, row.length, row.terminated))
        write_json(path, [asdict(episode) for episode in kept])
    return True
