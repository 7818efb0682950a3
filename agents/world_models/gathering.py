"""Gathers drives for M: random actions that are held, and stretches of an expert. Source: Ha and Schmidhuber 2018, step 1 of theirs.

The paper's 10,000 drives are random alone, and seldom fast. Stretches of an expert show M what fast driving does, in fewer drives; M learns
what follows from an action, not which to take.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.interface import Agent, Task
from agents.naming import build, find, refuse_mismatch
from agents.world_models.config import GatheringOptions
from agents.world_models.controller import ACTIONS, squashed
from agents.world_models.drives import Drive
from agents.world_models.tracks import gathered_on
from agents.world_models.vision import VIEW, Vision
from sim_suite.envs.catalog import card
from sim_suite.envs.making import load_object, make
from sim_suite.errors import SuiteError

_STRETCHES: Final = 0x57E
"""Keeps the random numbers of stretches apart from others drawn from the same seed."""
AT_ONCE: Final = 64
"""Pictures that V sees at a time, filled up with black ones: another number would change the last bits."""


class Gathering:
    """One environment in which drive after drive is made; drive n is a function of (seed, n) alone."""

    def __init__(self, task: Task, vision: Vision, options: GatheringOptions, hold: int, seed: int) -> None:
        """hold: environment steps of a decision. Raises `SuiteError` for an expert that does not read the privileged state."""
        self._options, self._hold, self._seed, self._vision = options, hold, seed, vision
        self._env = make(task.env_id, VIEW, kwargs=task.kwargs)
        self._expert = _expert_of(options.expert, task, seed) if options.expert_share > 0 else None
        self._read = load_object(card(task.env_id).state_reader or "") if self._expert else None

    def drive(self, number: int) -> Drive:
        """Drive number `number`, to its end or `options.steps`."""
        frame, _ = self._env.reset(seed=gathered_on(self._seed, number))
        dice = np.random.default_rng([self._seed, _STRETCHES, number])
        drivers = self._drivers(dice)
        frames, actions = [], []
        memory: Any = None
        over, steps = False, 0
        while not over and steps + self._hold <= self._options.steps:
            action = next(drivers)
            if self._expert is not None and self._read is not None:  # asked each time: it keeps its place on the line
                advice, memory = self._expert.predict(
                    [self._read(self._env.unwrapped)], memory, np.array([steps == 0]), True
                )
                action = advice[0] if action is None else action
            assert action is not None
            frames.append(np.array(frame))
            actions.append(np.asarray(action, np.float32))
            for _ in range(self._hold):
                frame, _, terminated, truncated, _ = self._env.step(actions[-1])
                steps += 1
                over = terminated or truncated
                if over:
                    break
        means, log_variances = self._looked(self._vision.shown(np.stack(frames)))
        return Drive(means, log_variances, np.stack(actions))

    def close(self) -> None:
        """Let go of the environment."""
        self._env.close()

    def _drivers(self, dice: np.random.Generator) -> Iterator[NDArray[np.float32] | None]:
        """What is done in each decision; None for what the expert says."""
        while True:
            if dice.random() < self._options.expert_share:
                for _ in range(dice.integers(1, self._options.expert_stretch + 1)):
                    yield None
            else:
                action = squashed(torch.from_numpy(dice.standard_normal(ACTIONS, np.float32))).numpy()
                for _ in range(dice.integers(1, self._options.held + 1)):
                    yield action

    def _looked(self, pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Means and log variances [T, N] of pictures [T, 64, 64, 3]."""
        found = []
        for first in range(0, len(pictures), AT_ONCE):
            part = pictures[first : first + AT_ONCE]
            shown = np.zeros((AT_ONCE, *part.shape[1:]), np.uint8)
            shown[: len(part)] = part
            found.append([said[: len(part)].cpu().numpy() for said in self._vision.encode(shown)])
        means, log_variances = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return means, log_variances


def _expert_of(name: str, task: Task, seed: int) -> Agent:
    found = find(name)
    agent = build(found, task.env_id, task.kwargs, seed)
    refuse_mismatch(found, agent, task.env_id, task.kwargs)
    if not agent.interface.privileged:
        raise SuiteError(
            f"gathering.expert must be one that reads the privileged state, not {name!r}, which looks at "
            f"{agent.interface.observation}. `sim-suite list agents` shows which do."
        )
    return agent
