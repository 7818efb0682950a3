"""Plays what a person did once more: the recorded actions in the task's own environment, held against the recording. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.interface import Interface
from agents.naming import find
from sim_suite.envs.catalog import card
from sim_suite.envs.views import View
from sim_suite.episodes.store.facts import Actor, Seal, StepFlag
from sim_suite.episodes.store.folder import Dataset
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


@dataclass(frozen=True)
class Recording:
    """What one recorded episode claims, every byte of it checked."""

    file: str
    actions: NDArray[Any]
    """[T, ...]"""
    rewards: NDArray[np.float64]
    """[T]"""
    flags: NDArray[np.uint8]
    """[T] `StepFlag`"""
    names: tuple[str, ...]
    terms: NDArray[np.float32] | None
    """[T, len(names)] what each step's reward is made of; None where the environment does not tell."""
    seal: Seal

    def refused(self, row: Row) -> str:
        """Why the row of the episode that was played again is no score, in one line; empty where all went as recorded."""
        seal = self.seal
        pairs = {"return": (seal.episode_return, row.episode_return)}
        pairs |= {name: (value, row.metrics[name]) for name, value in seal.metrics.items() if name in row.metrics}
        wrong = (f"{name} {was} is recorded, {now} simulated" for name, (was, now) in pairs.items() if was != now)
        found = row.message.removeprefix("SuiteError: ") or next(wrong, "")
        return f"{self.file} does not go as recorded when it is played again: {found}" if found else ""


class Witness(gym.Wrapper[Any, Any, Any, Any]):
    """An environment that ends the episode, by an error, at the first step that does not go as recorded, bit for bit."""

    def __init__(self, env: gym.Env[Any, Any], recording: Recording) -> None:
        super().__init__(env)
        self._recording, self._step = recording, 0

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and compare. Raises `SuiteError` naming the step, counted from 0, that went otherwise."""
        found = self.env.step(action)
        for name, recorded, simulated in self._pairs(*found[1:]):
            if recorded != simulated:
                raise SuiteError(f"at step {self._step}, {name} {recorded} is recorded, {simulated} simulated")
        self._step += 1
        return found

    def _pairs(
        self, reward: Any, terminated: bool, truncated: bool, info: dict[str, Any]
    ) -> Iterator[tuple[str, object, object]]:
        """Name, recorded and simulated value of all that the recording says of this step."""
        claimed, at = self._recording, self._step
        flags = StepFlag(int(claimed.flags[at]))
        yield "reward", float(claimed.rewards[at]), float(reward)
        yield "terminated", StepFlag.TERMINATED in flags, bool(terminated)
        yield "truncated", StepFlag.TRUNCATED in flags, bool(truncated)
        if claimed.terms is not None:
            given = info.get("terms", {})
            for name, value in zip(claimed.names, claimed.terms[at].tolist(), strict=True):
                yield name, value, float(np.float32(given[name])) if name in given else None


class Recordings:
    """The episodes of a dataset, by what they are rather than by where they lie."""

    def __init__(self, agent: str) -> None:
        """agent: as it was named, human:FOLDER. Raises `SuiteError` where that is no dataset."""
        self.dataset: Dataset = find(agent).target
        self._by_digest = {entry.digest: entry for entry in self.dataset.entries}

    def open(self, digest: str) -> Recording:
        """Find and check an episode. Raises `SuiteError` where the dataset has it no more or it was altered."""
        if digest not in self._by_digest:
            raise SuiteError(f"{self.dataset.folder} no longer has the episode {digest[:12]}. Restore it from a copy.")
        with self.dataset.open(self._by_digest[digest]) as episode:
            episode.check()
            if episode.seal.digest != digest:
                raise SuiteError(
                    f"{episode.path} is another episode than the index says. Run `sim-suite episodes index`."
                )
            actors = episode.read("actor")
            if (actors != Actor.HUMAN).any():
                step = int(np.argmax(actors != Actor.HUMAN))
                raise SuiteError(f"{episode.path} says that a person drove, but step {step} was an agent's.")
            return _read(episode)


def _read(episode: Episode) -> Recording:
    names = episode.head.terms
    return Recording(
        str(episode.path), episode.read("action"), episode.read("reward"), episode.read("flags"), names,
        episode.read("terms") if names else None, episode.seal,
    )  # fmt: skip
