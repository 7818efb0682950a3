"""Plays what a person did once more: the recorded actions in the task's own environment, held against the recording. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.interface import Interface
from agents.naming import find
from sim_suite.envs.catalog import card
from sim_suite.envs.views import View
from sim_suite.episodes.replay.simulate import Moment
from sim_suite.episodes.replay.verify import Difference, Stored
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.reading import Episode
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.episode import Row


class Repeater:
    """An agent that answers given actions, whatever it sees; which is next goes through `state`."""

    def __init__(self, actions: NDArray[Any], env_id: str) -> None:
        """actions: [T, ...], in the order of the episode's steps; env_id: where they are played."""
        self.actions, self.interface = actions, Interface(View(card(env_id).views[0]))

    def predict(
        self,
        observation: Any,
        state: int | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], int]:
        """The next action, [1, ...]. Raises `SuiteError` where there is none left."""
        step = state or 0
        if step == len(self.actions):
            raise SuiteError(f"the recording ends after {step} steps, but the episode goes on")
        return self.actions[step : step + 1], step + 1


class Witness(gym.Wrapper[Any, Any, Any, Any]):
    """An environment that ends the episode, by an error, at the first step that does not go as recorded, bit for bit."""

    def __init__(self, env: gym.Env[Any, Any], episode: Episode) -> None:
        super().__init__(env)
        self._stored, self._step = Stored(episode), 0

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and compare. Raises `SuiteError` naming the step that went otherwise."""
        found = _, reward, terminated, truncated, info = self.env.step(action)
        terms = tuple(info.get("terms", {}).values())
        difference = self._stored.compare_step(
            self._step, Moment(self._step + 1, (), float(reward), terminated, truncated, terms)
        )
        if difference is not None:
            raise SuiteError(str(difference))
        self._step += 1
        return found


def refusal(episode: Episode, row: Row) -> str:
    """Why the row of an episode that was played again is no score, in one line; empty where all went as recorded."""
    seal = episode.seal
    pairs = {"return": (seal.episode_return, row.episode_return)}
    pairs |= {name: (value, row.metrics[name]) for name, value in seal.metrics.items() if name in row.metrics}
    wrong = (
        str(Difference(None, f"the {name}", repr(was), repr(now))) for name, (was, now) in pairs.items() if was != now
    )
    found = row.message.removeprefix("SuiteError: ") or next(wrong, "")
    return f"{episode.path} does not go as recorded when it is played again: {found}" if found else ""


class Recordings:
    """The episodes of a dataset, by what they are rather than by where they lie."""

    def __init__(self, agent: str) -> None:
        """agent: as it was named, human:FOLDER. Raises `SuiteError` where that is no dataset."""
        self.dataset: Dataset = find(agent).target
        self._by_digest = {entry.digest: entry for entry in self.dataset.entries}

    @contextmanager
    def open(self, digest: str) -> Iterator[Episode]:
        """Find an episode and check every byte of it. Raises `SuiteError` where the dataset has it no more or it was altered."""
        if digest not in self._by_digest:
            raise SuiteError(f"{self.dataset.folder} no longer has the episode {digest[:12]}. Restore it from a copy.")
        with self.dataset.open(self._by_digest[digest]) as episode:
            episode.check()
            if episode.seal.digest != digest:
                raise SuiteError(f"{episode.path} is another than the index says. Run `sim-suite episodes index`.")
            others = np.flatnonzero(episode.read("actor") != Actor.HUMAN)
            if others.size:
                raise SuiteError(f"{episode.path} counts as a person's, but step {others[0]} was an agent's.")
            yield episode
