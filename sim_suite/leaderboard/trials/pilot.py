"""Lets an agent drive the egos of many variations at once. Source: ours.

Planners with `drive_worlds` decide for all in one call. Others are asked by `predict` in batches of a fixed size, filled up by copies: a
network's last bits depend on the size of its batch, and variation i must go as it goes alone.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from agents.experts.driving.batch import BatchedDriver
from agents.interface import Agent
from sim_suite.driving.storyboard.staging.view import Bools
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.scenarios.stage import Stage
from sim_suite.errors import SuiteError

BATCH: Final = 64


class Pilot(Protocol):
    """Writes the egos' actions into the stage, for the variations that are not over."""

    def act(self, stage: Stage, live: Bools) -> None:
        """Decide; called once for each step, from the first on."""
        ...


def pilot_for(agent: Agent, worlds: int) -> Pilot:
    """The way to ask this agent; one pilot for one batch of variations."""
    if isinstance(agent, BatchedDriver):
        return PlannerPilot(agent, worlds)
    return AgentPilot(agent, worlds)


class PlannerPilot:
    """Asks a planner for all variations in one call."""

    def __init__(self, driver: BatchedDriver[Any], worlds: int) -> None:
        self._driver = driver
        self._memory = np.zeros((worlds, driver.memory_size), np.float32)
        self._actions = np.zeros((worlds, 2), np.float32)

    def act(self, stage: Stage, live: Bools) -> None:
        """See `Pilot`."""
        fleet = stage.fleet
        ticks = stage.options.ticks_per_step
        self._driver.drive_worlds(fleet.state, fleet.map, EGO, ticks, self._memory, self._actions, which=live)
        fleet.actions[:] = self._actions


class AgentPilot:
    """Asks an agent in batches of BATCH."""

    def __init__(self, agent: Agent, worlds: int) -> None:
        self._agent = agent
        self._chunks = [np.arange(first, min(first + BATCH, worlds)) for first in range(0, worlds, BATCH)]
        self._states: list[Any] = [None] * len(self._chunks)
        self._first = True

    def act(self, stage: Stage, live: Bools) -> None:
        """See `Pilot`."""
        for number, chunk in enumerate(self._chunks):
            if not live[chunk].any():
                continue
            rows = shown(chunk, live)
            seen = {int(w): self._look(stage, int(w)) for w in np.unique(rows)}
            observations = [seen[int(w)] for w in rows]
            batch = observations if self._sees_state else _stacked(observations)
            starts = np.full(BATCH, self._first)
            actions, self._states[number] = self._agent.predict(batch, self._states[number], starts, True)
            stage.fleet.actions[chunk] = _checked(actions, stage.fleet.actions.shape[1])[: len(chunk)]
        self._first = False

    @property
    def _sees_state(self) -> bool:
        return self._agent.interface.observation.kind == "state"

    def _look(self, stage: Stage, w: int) -> Any:
        return stage.fleet.read_state(w) if self._sees_state else stage.fleet.observation(w)


def shown(chunk: NDArray[np.int64], live: Bools) -> NDArray[np.int64]:
    """[BATCH] Which variation an agent is shown in each row of its batch: a live one of the chunk its own, instead of one that is over, and
    to fill the batch, a copy of the last live one before it. An agent may answer copies once."""
    alive = live[chunk]
    last = np.maximum.accumulate(np.where(alive, np.arange(len(chunk)), -1))
    last[last < 0] = np.argmax(alive)
    found: NDArray[np.int64] = chunk[np.concatenate([last, np.full(BATCH - len(chunk), last[-1])])]
    return found


def _stacked(observations: list[Any]) -> Any:
    if isinstance(observations[0], dict):
        return {key: np.stack([one[key] for one in observations]) for key in observations[0]}
    return np.stack(observations)


def _checked(actions: Any, numbers: int) -> NDArray[np.float32]:
    """[BATCH, n] float32. Raises `SuiteError` where an agent answers with something else."""
    batch = np.asarray(actions, np.float32)
    if batch.shape == (BATCH,):
        batch = batch[:, None]
    if batch.shape != (BATCH, numbers) or not np.isfinite(batch).all():
        raise SuiteError(
            f"for {BATCH} observations predict must return finite actions [{BATCH}, {numbers}], not {batch.shape} of "
            f"{batch.min():g} to {batch.max():g}."
            if batch.size
            else f"for {BATCH} observations predict returned nothing."
        )
    return batch
