"""Worlds in which many controllers drive at once: V sees all their pictures in one pass, M and C are a product each. Source: ours.

A world whose drive has ended takes up the next one, so that a slow candidate is not waited for while there are others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from agents.interface import Task
from agents.learning.batched import batched
from agents.policy_gradient.recurrent.memory import wiped
from agents.world_models.controller import act
from agents.world_models.mdn_rnn import MdnRnn
from agents.world_models.vision import FRAME, VIEW, Vision

_FREE: Final = -1


class Trial(NamedTuple):
    """One drive that is asked for."""

    controller: int
    """Its number."""
    seed: int
    """Of the track."""


class Driven(NamedTuple):
    """What drives came to, in the order in which they were asked for."""

    returns: NDArray[np.float64]
    """[trials]"""
    steps: int
    """Environment steps of all."""


class Circuit:
    """W worlds."""

    def __init__(self, task: Task, vision: Vision, memory: MdnRnn, worlds: int, hold: int) -> None:
        """worlds: W; hold: environment steps that an action is held."""
        self._envs = batched(task, VIEW, worlds).envs
        self._vision, self._memory, self._worlds, self._hold = vision, memory, worlds, hold

    def drive(self, controllers: NDArray[np.float64], trials: Sequence[Trial], limit: int, patience: int = 0) -> Driven:
        """Controllers [C, P] on tracks. Each drive ends where the environment ends it, or after `limit` environment steps, or after
        `patience` of them without a reward (0: never). The same arguments give the same numbers: which drive is in which world follows
        from them alone."""
        parameters = torch.from_numpy(controllers.astype(np.float32)).to(self._memory.head.weight.device)
        earned, steps = np.zeros(len(trials)), 0
        waiting = iter(range(len(trials)))
        trial = np.full(self._worlds, _FREE)
        lengths, idle = np.zeros((2, self._worlds), np.int64)
        state = self._memory.blank(self._worlds)
        frames = np.zeros((self._worlds, *FRAME), np.uint8)
        while True:
            taken_up = dict(zip(np.flatnonzero(trial == _FREE).tolist(), waiting, strict=False))
            if taken_up:
                begun = np.isin(np.arange(self._worlds), list(taken_up))
                frames = self._begin({world: trials[number].seed for world, number in taken_up.items()}, begun)
                trial[begun] = list(taken_up.values())
                lengths[begun] = idle[begun] = 0
                state = wiped(state, begun)
            if (trial == _FREE).all():
                return Driven(earned, steps)
            latents, _ = self._vision.encode(self._vision.shown(frames))
            whose = [trials[max(number, 0)].controller for number in trial.tolist()]
            with torch.inference_mode():
                actions = act(parameters[whose], latents, state[:, 0])
                state = self._memory.step(latents, actions, state)
            for _ in range(self._hold):
                frames, rewards, terminated, truncated, _ = self._envs.step(actions.cpu().numpy())
                driving = trial != _FREE
                earned[trial[driving]] += rewards[driving]
                steps += int(driving.sum())
                lengths += 1
                idle = np.where(rewards > 0, 0, idle + 1)
                over = terminated | truncated | (lengths >= limit) | ((idle >= patience) & (patience > 0))
                trial[over] = _FREE

    def _begin(self, seeds: dict[int, int], begun: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Reset those that have begun, each to its track; frames of all."""
        named = [seeds.get(world) for world in range(self._worlds)]
        frames: NDArray[np.uint8] = self._envs.reset(seed=named, options={"reset_mask": begun})[0]
        return frames

    def close(self) -> None:
        """End the worlds."""
        self._envs.close()  # type: ignore[attr-defined]  # all of them can be closed
