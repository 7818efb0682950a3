"""The environments of a run: stepped together, each episode with a seed of its own, so that a run can take them up in their midst.

An environment's state cannot be saved without pickle, but it follows from the seed of its reset and the actions since: a resumed
run repeats the open episodes' actions. Where seeds are dear, one serves several episodes in a row (`batched.py`). Driving worlds are
arrays, which are kept as they are. What `step` gives for learning is the true last observation of an episode, not the first of the next,
and an end by time limit is told from a true one. Source: ours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.interface import Task
from agents.learner import Metrics
from agents.learning.batched import Keeper, batched
from agents.learning.episode_seeds import episode_seed
from agents.learning.figures import Figures
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

LATEST: Final = 100
"""Episodes that means are told of."""
_PLAYED: Final = 1000
"""Steps that belong to no open episode are forgotten when they are more than these, so that forgetting them costs nothing a step."""
_KEPT: Final = "world."
"""Before the names of a snapshot's arrays."""
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


class Worlds:
    """E environments of a run."""

    def __init__(self, task: Task, view: View, count: int, run_seed: int, life_loss: bool = False) -> None:
        """count: E; life_loss: whether a lost life is told as a termination."""
        self._envs, self._seeds_of_all, self._keeper, self._follow = batched(task, view, count)
        self._count, self._run_seed, self._life_loss, self._env_id = count, run_seed, life_loss, task.env_id
        self._episode = np.zeros(count, np.int64)
        self._action = np.zeros(
            (count, *(self._envs.single_action_space.shape or ())), self._envs.single_action_space.dtype
        )
        self._played: list[Array] = []
        """The actions [E, ...] of the latest steps, where episodes are taken up by repeating them."""
        self._time = 0
        """Steps that `_played` has, or would have."""
        self._since = np.zeros(count, np.int64)
        """[E] at which of them the open episode of each began."""
        self._lives = np.zeros(count, np.int64)
        self._returns = np.zeros(count)
        self.latest: deque[tuple[float, int]] = deque(maxlen=LATEST)
        """(return, length) of the last episodes that ended."""
        self._figures = Figures(LATEST)
        self.observations: Array = np.zeros(0)
        """[E, ...] what the environments show now."""

    def begin(self) -> None:
        """Begin the first episode of each. Raises `SuiteError` where lives should count and the environment tells of none."""
        self._begin_at(np.ones(self._count, np.bool_))

    def begin_anew(self) -> None:
        """Leave the open episodes as they are and begin the next of each."""
        self._episode += 1
        self.begin()

    def step(self, actions: Array) -> Outcome:
        """Take actions [E, ...], which lie in the action space."""
        outcome, ended, told = self._take(actions)
        self._figures.note(told, ended)
        for index in np.flatnonzero(ended).tolist():
            self.latest.append((float(self._returns[index]), self._time - int(self._since[index])))
        self._episode[ended] += 1
        if ended.any():
            anew = ended & (self._episode % self._follow == 0)
            self.observations = outcome.observations
            if anew.any():
                self._reset(anew)
            self._note_beginning(ended)
        return outcome._replace(observations=self.observations)

    def metrics(self) -> Metrics:
        """Means of the latest episodes: true return, length, and what the environment says became of them; empty before one has ended."""
        if not self.latest:
            return {}
        earned, lengths = zip(*self.latest, strict=True)
        return {
            "episode_return": float(np.mean(earned)),
            "episode_length": float(np.mean(lengths)),
        } | self._figures.means()

    def arrays(self) -> dict[str, Array]:
        """What `take_up` needs, by name."""
        found = {
            "episode": self._episode.copy(),
            "lengths": self._time - self._since,
            "returns": self._returns.copy(),
            "latest": np.array(self.latest, np.float64).reshape(-1, 2),
            "shown": self.observations,
        } | self._figures.arrays()
        if self._keeper is not None:
            return found | {_KEPT + name: array for name, array in self._keeper.snapshot().items()}
        opened = [row[index] for index, since in enumerate(self._since.tolist()) for row in self._played[since:]]
        return found | {"actions": np.array(opened, self._action.dtype).reshape(-1, *self._action.shape[1:])}

    def take_up(self, arrays: dict[str, Array]) -> bool:
        """Go on with the open episodes. False, and all begun anew, where the environments do not repeat themselves."""
        self._episode = arrays["episode"].copy()
        self.latest.extend((float(earned), int(length)) for earned, length in arrays["latest"])
        self._figures.restore(arrays)
        if self._keeper is None:
            self._repeat(arrays)
        elif not self._restore(self._keeper, arrays):
            return self._give_up()
        if np.array_equal(self.observations, arrays["shown"]) and np.array_equal(self._returns, arrays["returns"]):
            return True
        return self._give_up()

    def _give_up(self) -> bool:
        self.begin_anew()
        return False

    def _restore(self, keeper: Keeper, arrays: dict[str, Array]) -> bool:
        """Go on from a snapshot; whether it fitted."""
        try:
            keeper.restore({key[len(_KEPT) :]: kept for key, kept in arrays.items() if key.startswith(_KEPT)})
        except SuiteError:
            return False
        self._since = self._time - arrays["lengths"]
        self._returns, self.observations = arrays["returns"].copy(), arrays["shown"].copy()
        return True

    def _repeat(self, arrays: dict[str, Array]) -> None:
        """Repeat the open episodes' actions. The shorter an episode, the later it is begun, so that all arrive together."""
        lengths = arrays["lengths"]
        open_actions = np.split(arrays["actions"], np.cumsum(lengths)[:-1])
        longest = int(lengths.max())
        self.begin()
        for time in range(longest + 1):
            due = lengths == longest - time
            if time > 0 and due.any():
                self._begin_at(due)
            if time < longest:
                before = time - (longest - lengths)
                actions = self._action.copy()  # what those do that are not begun yet does not count
                for index, at in enumerate(before.tolist()):
                    if at >= 0:
                        actions[index] = open_actions[index][at]
                _, ended, _ = self._take(actions)
                if ended.any():
                    self._begin_at(ended)

    def _take(self, actions: Array) -> tuple[Outcome, Array, Mapping[str, Any]]:
        """One step, which episodes it ended, [E] bool, and what the environments told; those are not begun anew yet."""
        observations, rewards, terminated, truncated, info = self._envs.step(actions)
        ended = terminated | truncated
        final = observations
        if "final_obs" in info:  # the next episode has begun, with a seed that is not ours
            final = observations.copy()
            for index in np.flatnonzero(ended).tolist():
                final[index] = info["final_obs"][index]
        if self._keeper is None:
            self._played.append(actions)
        self._time += 1
        self._returns += rewards
        if self._life_loss:
            lives = np.asarray(info["lives"])
            terminated = terminated | ((lives < self._lives) & ~ended)
            self._lives = lives.astype(np.int64)
        self.observations = final
        return Outcome(rewards, terminated, truncated, final, observations), ended, info

    def _begin_at(self, mask: Array) -> None:
        """Begin the episodes whose numbers stand in `_episode`, after those that the same seed served before."""
        self._reset(mask)
        before = self._episode % self._follow
        for number in range(int(before[mask].max())):
            late = mask & (before > number)
            self._show(self._envs.reset(seed=None, options={"reset_mask": late}), late)
        self._note_beginning(mask)

    def _reset(self, mask: Array) -> None:
        """Begin from a seed: the episodes whose numbers stand in `_episode`, or the first that it serves."""
        chosen = np.flatnonzero(mask).tolist()
        firsts = (self._episode - self._episode % self._follow).tolist()
        seeds = {index: episode_seed(self._run_seed, index, firsts[index]) for index in chosen}
        named: Any = [seeds.get(index) for index in range(self._count)] if self._seeds_of_all else list(seeds.values())
        self._show(self._envs.reset(seed=named, options={"reset_mask": mask}), mask)

    def _show(self, begun: tuple[Array, Mapping[str, Any]], mask: Array) -> None:
        """Observations and lives of what has begun."""
        shown, info = begun
        if mask.all():
            self.observations = shown.copy()
        else:
            self.observations = self.observations.copy()  # a step's last observations stay as they were
            self.observations[mask] = shown[mask]
        if self._life_loss:
            if "lives" not in info:
                raise SuiteError(f"{self._env_id} tells of no lives: leave life_loss out.")
            self._lives[mask] = np.asarray(info["lives"])[mask]

    def _note_beginning(self, mask: Array) -> None:
        """Nothing has been earned yet."""
        self._returns[mask] = 0.0
        self._since[mask] = self._time
        oldest = int(self._since.min())
        if oldest > _PLAYED:
            del self._played[:oldest]
            self._since -= oldest
            self._time -= oldest
