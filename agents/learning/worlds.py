"""The environments of a run: stepped together, each episode with a seed of its own, so that a run can take them up in their midst.

An environment's state cannot be saved without pickle, but it follows from the seed of its reset and the actions since: a resumed
run repeats the open episodes' actions. What `step` gives for learning is the true last observation of an episode, not the first of
the next, and an end by time limit is told from a true one. Source: ours.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from numpy.typing import NDArray

from agents.interface import Task
from agents.learner import Metrics
from agents.learning.episode_seeds import episode_seed
from sim_suite.envs.catalog import card
from sim_suite.envs.classic_vector import CLASSIC
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

LATEST: Final = 100
"""Episodes that means are told of."""
_PLAYED: Final = 1000
"""Steps that belong to no open episode are forgotten when they are more than these, so that forgetting them costs nothing a step."""
_BREAKOUT: Final = "sim_suite/BreakoutDeterministic-v0"
_CAR_RACING: Final = ("sim_suite/CarRacing-v0", "sim_suite/CarRacingDiscrete-v0")
Array = NDArray[Any]


class Outcome(NamedTuple):
    """One step of E environments."""

    rewards: Array
    """[E] float64, as the environments gave them."""
    terminated: Array
    """[E] bool: nothing of value follows; where lives count, a lost life too."""
    truncated: Array
    """[E] bool: cut by a time limit."""
    next_observations: Array
    """[E, ...] what the actions led to, before any reset."""
    observations: Array
    """[E, ...] to act on next: where an episode ended, the first of the next one."""


class Vectors(Protocol):
    """E environments that are stepped together and begun anew by their masks."""

    @property
    def single_action_space(self) -> gym.Space[Any]:
        """Of one environment."""

    def reset(self, *, seed: Any, options: dict[str, Any]) -> tuple[Array, dict[str, Any]]:
        """Begin those of `options["reset_mask"]` [E] bool; observations [E, ...] of all."""

    def step(self, actions: Array) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Observations [E, ...], rewards, terminated, truncated [E]; `final_obs` where the next episode has begun."""


class Worlds:
    """E environments of a run."""

    def __init__(self, task: Task, view: View, count: int, run_seed: int, life_loss: bool = False) -> None:
        """count: E; life_loss: whether a lost life is told as a termination."""
        self._envs, self._seeds_of_all = _vector(task, view, count)
        self._count, self._run_seed, self._life_loss, self._env_id = count, run_seed, life_loss, task.env_id
        self._episode = np.zeros(count, np.int64)
        self._action = np.zeros(
            (count, *(self._envs.single_action_space.shape or ())), self._envs.single_action_space.dtype
        )
        self._played: list[Array] = []
        """The actions [E, ...] of the latest steps."""
        self._since = np.zeros(count, np.int64)
        """[E] where in `_played` the open episode of each began."""
        self._lives = np.zeros(count, np.int64)
        self._returns = np.zeros(count)
        self.latest: deque[tuple[float, int]] = deque(maxlen=LATEST)
        """(return, length) of the last episodes that ended."""
        self.observations: Array = np.zeros(0)
        """[E, ...] what the environments show now."""

    def begin(self) -> None:
        """Begin the first episode of each. Raises `SuiteError` where lives should count and the environment tells of none."""
        self._reset(np.ones(self._count, np.bool_))

    def begin_anew(self) -> None:
        """Leave the open episodes as they are and begin the next of each."""
        self._episode += 1
        self.begin()

    def step(self, actions: Array) -> Outcome:
        """Take actions [E, ...], which lie in the action space."""
        outcome, ended = self._take(actions)
        for index in np.flatnonzero(ended).tolist():
            self.latest.append((float(self._returns[index]), len(self._played) - int(self._since[index])))
        self._episode[ended] += 1
        if ended.any():
            self._reset(ended)
        return outcome._replace(observations=self.observations)

    def metrics(self) -> Metrics:
        """Mean true return and mean length of the latest episodes; empty before one has ended."""
        if not self.latest:
            return {}
        earned, lengths = zip(*self.latest, strict=True)
        return {"episode_return": float(np.mean(earned)), "episode_length": float(np.mean(lengths))}

    def arrays(self) -> dict[str, Array]:
        """What `take_up` needs, by name."""
        opened = [row[index] for index, since in enumerate(self._since.tolist()) for row in self._played[since:]]
        return {
            "episode": self._episode.copy(),
            "lengths": len(self._played) - self._since,
            "actions": np.array(opened, self._action.dtype).reshape(-1, *self._action.shape[1:]),
            "returns": self._returns.copy(),
            "latest": np.array(self.latest, np.float64).reshape(-1, 2),
            "shown": self.observations,
        }

    def take_up(self, arrays: dict[str, Array]) -> bool:
        """Repeat the open episodes. False, and all begun anew, where the environments do not repeat themselves.

        The shorter an episode, the later it is begun among the others, so that all arrive together.
        """
        self._episode = arrays["episode"].copy()
        lengths = arrays["lengths"]
        open_actions = np.split(arrays["actions"], np.cumsum(lengths)[:-1])
        self.latest.extend((float(earned), int(length)) for earned, length in arrays["latest"])
        longest = int(lengths.max())
        self.begin()
        for time in range(longest + 1):
            due = lengths == longest - time
            if time > 0 and due.any():
                self._reset(due)
            if time < longest:
                before = time - (longest - lengths)
                actions = self._action.copy()  # what those do that are not begun yet does not count
                for index, at in enumerate(before.tolist()):
                    if at >= 0:
                        actions[index] = open_actions[index][at]
                _, ended = self._take(actions)
                if ended.any():
                    self._reset(ended)
        if np.array_equal(self.observations, arrays["shown"]) and np.array_equal(self._returns, arrays["returns"]):
            return True
        self.begin_anew()
        return False

    def _take(self, actions: Array) -> tuple[Outcome, Array]:
        """One step, and which episodes it ended, [E] bool; those are not begun anew yet."""
        observations, rewards, terminated, truncated, info = self._envs.step(actions)
        ended = terminated | truncated
        final = observations
        if "final_obs" in info:  # the next episode has begun, with a seed that is not ours
            final = observations.copy()
            for index in np.flatnonzero(ended).tolist():
                final[index] = info["final_obs"][index]
        self._played.append(actions)
        self._returns += rewards
        if self._life_loss:
            lives = np.asarray(info["lives"])
            terminated = terminated | ((lives < self._lives) & ~ended)
            self._lives = lives.astype(np.int64)
        self.observations = final
        return Outcome(rewards, terminated, truncated, final, final), ended

    def _reset(self, mask: Array) -> None:
        """Begin the episodes whose numbers stand in `_episode`."""
        chosen = np.flatnonzero(mask).tolist()
        seeds = {index: episode_seed(self._run_seed, index, int(self._episode[index])) for index in chosen}
        named: Any = [seeds.get(index) for index in range(self._count)] if self._seeds_of_all else list(seeds.values())
        shown, info = self._envs.reset(seed=named, options={"reset_mask": mask})
        observations = shown.copy()
        if not mask.all():
            observations[~mask] = self.observations[~mask]
        self.observations = observations
        if self._life_loss:
            if "lives" not in info:
                raise SuiteError(f"{self._env_id} tells of no lives: leave life_loss out.")
            self._lives[mask] = np.asarray(info["lives"])[mask]
        self._returns[mask] = 0.0
        self._since[mask] = len(self._played)
        oldest = int(self._since.min())
        if oldest > _PLAYED:
            del self._played[:oldest]
            self._since -= oldest


def _vector(task: Task, view: View, count: int) -> tuple[Vectors, bool]:
    """The vector environment, and whether a reset of some takes seeds for all: ale-py's takes those of the chosen alone."""
    if task.env_id == _BREAKOUT and view.kind == "pixels" and view.size is not None and view.stack > 1:
        from sim_suite.envs.breakout.vector import BreakoutVectorEnv

        return BreakoutVectorEnv(count, size=view.size, grey=view.grey, stack=view.stack, **task.kwargs), False
    if task.env_id in _CAR_RACING and view.kind == "pixels":
        from sim_suite.envs.car_racing.pixel_vector import CarRacingPixelVector

        return CarRacingPixelVector(count, view, **{**card(task.env_id).kwargs, **task.kwargs}), True
    if task.env_id in CLASSIC and view.kind == "vector" and not task.kwargs:
        return CLASSIC[task.env_id](count), True
    makers = [partial(make, task.env_id, view, kwargs=task.kwargs) for _ in range(count)]
    return SyncVectorEnv(makers, autoreset_mode=AutoresetMode.DISABLED), True
