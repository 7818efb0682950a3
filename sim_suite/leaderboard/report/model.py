"""What a leaderboard page shows, as plain frozen data: whoever has scores fills it, page and terminal only draw it.

Source: ours. `assemble.py` builds sections from raw scores; nothing here computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim_suite.leaderboard.profiles import Profile, Unit
from sim_suite.leaderboard.published import Published
from sim_suite.leaderboard.stalling import CAPPED, STALLED
from sim_suite.leaderboard.statistics import Interval

Floats = NDArray[np.float64]
RATES = frozenset({"passed", STALLED, CAPPED})
"""Metrics that are 0 or 1."""


@dataclass(frozen=True)
class TaskInfo:
    """One task of a suite and the two scores that give its scale a meaning."""

    name: str
    """Short name, a column heading."""
    env: str
    """Environment id."""
    metric: str
    """What the score is: "return", "route completion [%]", or the name of a metric, which `labels.label` puts into words."""
    random: float
    """Score of a uniformly random agent."""
    reference: float
    """Score of the reference (best known or human) agent."""
    random_source: str
    """Where the random score comes from."""
    reference_source: str
    """Where the reference score comes from."""
    beside: tuple[str, ...] = ()
    """Metrics shown next to the score."""
    stall_steps: int = 0
    """Steps in a row without a reward that make a stalled episode; 0: none are told apart."""
    published: tuple[Published, ...] = ()
    """Scores that others reported."""

    @property
    def is_rate(self) -> bool:
        """Whether an episode is passed or not, and nothing between."""
        return self.metric in RATES


@dataclass(frozen=True)
class Outcomes:
    """How episodes ended. A crash is a class of its own, never a score."""

    ok: int = 0
    """Episodes that were scored."""
    agent_error: int = 0
    """Episodes in which the agent raised or answered outside its action space."""
    env_error: int = 0
    """Episodes in which the environment failed."""
    stalled: int = 0
    """Of the scored ones, those that stalled."""

    @property
    def errors(self) -> int:
        """Episodes without a score."""
        return self.agent_error + self.env_error


@dataclass(frozen=True)
class TaskResult:
    """One agent on one task. Intervals are None where no episode was scored."""

    scores: tuple[Floats, ...]
    """One array of episode scores per training run that has any."""
    outcomes: Outcomes
    mean: Interval | None
    median: Interval | None
    iqm: Interval | None
    normalised: Interval | None
    """Mean of (score - random) / (reference - random)."""
    metrics: Mapping[str, Interval] = field(default_factory=dict)
    """Mean of each metric, by name, sorted."""

    @property
    def entered(self) -> bool:
        """True where the agent played the task, even if every episode failed."""
        return bool(self.scores) or self.outcomes.errors > 0


@dataclass(frozen=True)
class EntryRow:
    """One agent of a suite."""

    label: str
    """Name in tables and plots; user input, escaped by every renderer."""
    agent: str
    """How it was named on the command line, or its registered algorithm."""
    results: tuple[TaskResult, ...]
    """In the order of the section's tasks."""
    aggregate: Interval | None
    """Over all tasks, what `Section.figure` says; None where a task has no score."""
    privileged: bool = False
    """True when it reads the environment's state."""
    training_steps: int | None = None
    """Environment steps each training run took; None when unknown or untrained."""
    training_seeds: int | None = None
    """Training runs; None for agents without training (scripted, random, human)."""
    hardware: str = ""
    """What it was trained on."""
    clips: Mapping[str, bytes] = field(default_factory=dict)
    """Task name to a WebM file's bytes."""
    driven: Mapping[str, str] = field(default_factory=dict)
    """Of a person, task name to whose episodes those are and which were left out, in words. Empty for agents."""

    @property
    def is_person(self) -> bool:
        """True where episodes were driven by hand, on seeds of their own: not to be compared with agents one by one."""
        return bool(self.driven)

    @property
    def outcomes(self) -> Outcomes:
        """Sum over tasks."""
        each = [r.outcomes for r in self.results]
        ok, agent, env = (sum(o.ok for o in each), sum(o.agent_error for o in each), sum(o.env_error for o in each))
        return Outcomes(ok, agent, env, sum(o.stalled for o in each))


@dataclass(frozen=True)
class Comparison:
    """Who beats whom on one task, among the agents scored on it."""

    entries: tuple[int, ...]
    """Places of the compared agents in the section."""
    cells: tuple[tuple[Interval | None, ...], ...]
    """[row][column] over `entries`: probability that the row's agent beats the column's; None on the diagonal."""
    unit: Unit
    """Whether training runs or single episodes are compared."""


@dataclass(frozen=True)
class Section:
    """One suite."""

    name: str
    description: str
    tasks: tuple[TaskInfo, ...]
    entries: tuple[EntryRow, ...]
    """Best aggregate first, entries without one last."""
    improvement: tuple[tuple[Interval | None, ...], ...] = ()
    """[row][column]: probability that the row's agent beats the column's; None on the diagonal and without scores."""
    profiles: tuple[Profile | None, ...] = ()
    """One per entry, on normalised scores."""
    unit: Unit = "runs"
    """Whether improvement and profiles compare training runs or single episodes."""
    duels: tuple[Comparison | None, ...] = ()
    """One per task, where the section has several and two agents or more were scored on it; else None or left out."""

    @property
    def ranked(self) -> tuple[int, ...]:
        """Places of the entries scored on every task: those that can be compared over the whole suite."""
        return tuple(i for i, entry in enumerate(self.entries) if entry.aggregate is not None)

    @property
    def compared(self) -> tuple[int, ...]:
        """Places of the ranked agents; a person is ranked among them, but met other starts."""
        return tuple(place for place in self.ranked if not self.entries[place].is_person)

    @property
    def by_rate(self) -> bool:
        """Whether all tasks are passed or not: agents are then ranked by how many they pass."""
        return all(task.is_rate for task in self.tasks)

    @property
    def figure(self) -> str:
        """What agents are ranked by: of scores the middle half, which would leave nothing to tell of passes."""
        return "Pass rate" if self.by_rate else "Normalised IQM"

    def metrics(self, task: int) -> tuple[str, ...]:
        """Names of all metrics that any entry has on a task, sorted."""
        return tuple(sorted({name for entry in self.entries for name in entry.results[task].metrics}))

    def entered(self, task: int) -> tuple[int, ...]:
        """Places of the entries that played a task, best normalised mean first, those without a score last."""

        def order(place: int) -> tuple[bool, float, int]:
            found = self.entries[place].results[task].normalised
            return found is None, 0.0 if found is None else -found.point, place

        return tuple(sorted((i for i, e in enumerate(self.entries) if e.results[task].entered), key=order))


@dataclass(frozen=True)
class Board:
    """The whole page."""

    title: str
    sections: tuple[Section, ...]
    provenance: Mapping[str, str]
    """Free of dates, so that equal results give equal bytes: command, suite hash, seeds, versions, machine."""
    notes: tuple[str, ...] = ()
    """Sentences under the title."""
