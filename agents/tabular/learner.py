"""What all tabular learners share: their task, their table, and saving all they know as one safetensors file.

Source: ours, to the contract of `agents.learner`. The arrays of `state()` are the whole of a run: after `restore` it
goes on bit for bit as if it had not been stopped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from agents.interface import Task
from agents.learner import Metrics
from agents.tabular.agent import TabularAgent
from agents.tabular.exact import expected_return, greedy_policy
from agents.tabular.table import Table, episode_limit, make_env, read_table, space_sizes
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import write_atomic

STATE_FILE = "learner.safetensors"
Config = TypeVar("Config")
Arrays = dict[str, NDArray[Any]]


class TabularLearner(ABC, Generic[Config]):
    """A run on one task. Subclasses own named arrays (`_arrays`) and change them in place."""

    def __init__(self, task: Task, config: Config, seed: int, device: str = "cpu") -> None:
        """seed: 0 or more. `device` is accepted for the contract's sake; tables are learned on the CPU."""
        self.env = make_env(task.env_id, task.kwargs)
        self.table: Table | None = read_table(self.env)
        self.limit = episode_limit(self.env)
        self.num_states, self.num_actions = space_sizes(self.env)
        self.config = config
        self.seed = seed
        self.env_id = task.env_id

    @property
    @abstractmethod
    def done_steps(self) -> int:
        """Environment steps (planning: sweeps) so far."""

    @property
    @abstractmethod
    def total_steps(self) -> int:
        """Environment steps (planning: sweeps) of the whole run."""

    @property
    @abstractmethod
    def agent(self) -> TabularAgent:
        """The present policy."""

    @abstractmethod
    def run(self) -> Iterator[Metrics]:
        """Learn until done, yielding metrics at points where the run may be saved."""

    @abstractmethod
    def _arrays(self) -> Arrays:
        """All that the run knows, by name; the arrays themselves, not copies."""

    def state(self) -> Arrays:
        """Copies of all that the run knows, by name."""
        return {name: array.copy() for name, array in self._arrays().items()}

    def restore(self, state: Arrays) -> None:
        """Go on from what `state` returned. Raises `SuiteError` when it belongs to another method or world."""
        own = self._arrays()
        if {name: (array.shape, array.dtype) for name, array in own.items()} != {
            name: (array.shape, array.dtype) for name, array in state.items()
        }:
            seen = ", ".join(f"{name} {array.shape}" for name, array in sorted(state.items()))
            raise SuiteError(f"this state was not saved by this method on {self.env_id} (seen: {seen}). Train anew.")
        for name, array in own.items():
            array[...] = state[name]

    def save_state(self, folder: Path) -> None:
        """Write `state()` into `folder`."""
        write_atomic(folder / STATE_FILE, save(self.state()))

    def load_state(self, folder: Path) -> None:
        """Restore what `save_state` wrote. Raises `DamagedFileError` when the file cannot be read."""
        try:
            state = load_file(folder / STATE_FILE)
        except (SafetensorError, OSError) as error:
            raise DamagedFileError(
                f"{folder / STATE_FILE} cannot be read ({error}). Resume from an older checkpoint."
            ) from error
        self.restore(state)

    def _needs_table(self, method: str) -> Table:
        """The table. Raises `SuiteError` where there is none."""
        if self.table is None:
            raise SuiteError(
                f"{method} needs the transition table of the environment, and {self.env_id} publishes none "
                f"(env.unwrapped.P and initial_state_distrib). Use q-learning, sarsa or mc-first-visit-eps instead."
            )
        return self.table

    def _given_policy(self, actions: tuple[int, ...]) -> NDArray[np.float64]:
        """[S, A] the policy to evaluate: of the actions listed in a configuration, or uniform when none is."""
        if not actions:
            return np.full((self.num_states, self.num_actions), 1.0 / self.num_actions)
        if len(actions) != self.num_states or max(actions) >= self.num_actions:
            raise SuiteError(
                f"policy must list {self.num_states} actions below {self.num_actions} for {self.env_id}; "
                f"seen {len(actions)} actions, the highest {max(actions)}."
            )
        return np.eye(self.num_actions)[list(actions)]

    def _exact_return(self, values: NDArray[np.float64]) -> Metrics:
        """{"exact_return": what acting greedily on `values` [S, A] earns within the limit}; empty without a table."""
        return {} if self.table is None else {"exact_return": expected_return(self.table, greedy_policy(values))}
