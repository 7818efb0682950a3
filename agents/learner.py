"""What a training method answers, so that one shell can run, watch, save and resume them all.

A learner is a pure loop: it knows its task, its configuration and a seed, and nothing of files, progress bars or clocks.
The shell is `agents.training`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from agents.interface import Agent, Task

Metrics = dict[str, float]


class SavableAgent(Agent, Protocol):
    """An agent whose parameters can be written and read back."""

    def save(self, folder: Path) -> None:
        """Write the parameters into an existing, empty `folder` (model.safetensors and what else is needed; no pickle)."""


class Learner(Protocol):
    """One training run. One that several processes may share (agents.learning.crew) has `works_in_a_crew = True`."""

    @property
    def done_steps(self) -> int:
        """Environment steps taken so far (sweeps, for methods that do not step)."""

    @property
    def total_steps(self) -> int:
        """Environment steps of the whole run."""

    @property
    def agent(self) -> SavableAgent:
        """The current policy; valid before, between and after metrics."""

    def run(self) -> Iterator[Metrics]:
        """Train until `done_steps` reaches `total_steps`, yielding metrics at consistent points, at least every few seconds."""

    def save_state(self, folder: Path) -> None:
        """Write all that `load_state` needs to go on as if never stopped, into an existing, empty folder."""

    def load_state(self, folder: Path) -> None:
        """Restore what `save_state` wrote, before `run`."""


@runtime_checkable
class KeepsFiles(Protocol):
    """A learner whose material is too large to be written anew at each checkpoint: episodes that it drives itself."""

    def work_in(self, folder: Path) -> None:
        """Keep them in `folder`, inside the run's; told before `load_state` and `run`. What was written there after the state that is
        gone on from is the learner's to replace."""


@dataclass(frozen=True)
class Method:
    """How to train one kind of agent: `learner(task, config, seed, device)` and the dataclass of its configuration."""

    learner: Any  # Callable[[Task, Config, int, str], Learner]; Config differs from method to method
    config: type

    def start(self, task: Task, config: Any, seed: int, device: str) -> Learner:
        """A fresh run."""
        learner: Learner = self.learner(task, config, seed, device)
        return learner
