"""From raw scores to a section of the leaderboard: every interval, profile and comparison that the page shows.

Source: ours; the statistics are those of `sim_suite.leaderboard.statistics`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.profiles import CURVE_RESAMPLES, Profile, Unit, probability_of_improvement, profile
from sim_suite.leaderboard.report.model import (
    RATES,
    Comparison,
    EntryRow,
    Floats,
    Outcomes,
    Section,
    TaskInfo,
    TaskResult,
)
from sim_suite.leaderboard.statistics import (
    FEW_RUNS,
    RESAMPLES,
    Interval,
    Statistic,
    aggregate,
    interval,
    normalise,
    pass_rate,
)
from sim_suite.leaderboard.tables import ScoreTable

PROFILE_POINTS = 61
"""Thresholds of a profile: a step of a twentieth of the scale where scores lie between -1 and 2."""
PROFILE_RANGE = (-1.0, 2.0)
"""Normalised scores beyond these are left to the edges of a profile, so that one outlier does not squeeze it."""
DUEL_RESAMPLES = 500
"""Ours: comparisons by task are many (360 pairs for ten agents on eight tasks) and shown in whole per cent; their
intervals rest on fewer resamples, so that they add less than a second to the page."""


METRIC_RESAMPLES = 2_000
"""Ours: a driving task has thirty metrics an agent; their intervals are shown, but ranks do not rest on them."""


@dataclass(frozen=True)
class Entrant:
    """An agent's raw results, before statistics."""

    label: str
    agent: str
    scores: Mapping[str, Sequence[Floats]]
    """Task name to one array of episode scores per training run; crashed episodes left out."""
    outcomes: Mapping[str, Outcomes]
    """Task name to how its episodes ended."""
    privileged: bool = False
    training_steps: int | None = None
    training_seeds: int | None = None
    hardware: str = ""
    clips: Mapping[str, bytes] = field(default_factory=dict)
    metrics: Mapping[str, Mapping[str, Sequence[Floats]]] = field(default_factory=dict)
    """Task name to metric name to one array of values per training run that has any."""
    driven: Mapping[str, str] = field(default_factory=dict)
    """See `EntryRow.driven`."""


def make_section(
    name: str,
    description: str,
    tasks: Sequence[TaskInfo],
    entrants: Sequence[Entrant],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> Section:
    """Compute everything that the page shows of one suite, best aggregate first.

    An entrant without a scored episode on some task has no aggregate: one over the other tasks would not compare.
    A person is ranked, but in no profile and no comparison: those are of agents that met the same starts.
    Profiles and comparisons are over training runs where every entrant has at least `FEW_RUNS`, else over episodes.
    """
    if not tasks:
        raise SuiteError(f"suite {name!r} has no tasks, so there is nothing to report. Name at least one in its file.")
    rows = [
        (_row(tasks, entrant, seed, resamples), None if entrant.driven else _normalised(tasks, entrant))
        for entrant in entrants
    ]
    rows.sort(key=lambda pair: (pair[0].aggregate is None, -(pair[0].aggregate or _NOTHING).point, pair[0].label))
    tables = [normalised for _, normalised in rows]
    many = all(len(run) >= FEW_RUNS for table in tables if table for run in table)
    unit: Unit = "runs" if many else "episodes"
    section = Section(
        name,
        description,
        tuple(tasks),
        tuple(row for row, _ in rows),
        improvement=_matrix(tables, unit, seed, CURVE_RESAMPLES),
        profiles=_profiles(tables, unit, seed),
        unit=unit,
    )
    return replace(section, duels=tuple(_duel(section, at, seed) for at in range(len(tasks))))


_NOTHING = Interval(0.0, 0.0, 0.0, 0, 0)


def _row(tasks: Sequence[TaskInfo], entrant: Entrant, seed: int, resamples: int) -> EntryRow:
    results = tuple(_result(task, entrant, seed, resamples) for task in tasks)
    tables = _normalised(tasks, entrant)
    return EntryRow(
        label=entrant.label,
        agent=entrant.agent,
        results=results,
        aggregate=None if tables is None else _overall(tasks, tables, seed, resamples),
        privileged=entrant.privileged,
        training_steps=entrant.training_steps,
        training_seeds=entrant.training_seeds,
        hardware=entrant.hardware,
        clips=dict(entrant.clips),
        driven=dict(entrant.driven),
    )


def _overall(tasks: Sequence[TaskInfo], tables: Sequence[ScoreTable], seed: int, resamples: int) -> Interval:
    if all(task.is_rate for task in tasks):
        return pass_rate(tables)
    return aggregate(tables, "iqm", seed=seed, resamples=resamples)


def _result(task: TaskInfo, entrant: Entrant, seed: int, resamples: int) -> TaskResult:
    scores = _scored(entrant, task)
    outcomes = entrant.outcomes.get(task.name, Outcomes(ok=sum(map(len, scores))))
    if not scores:
        return TaskResult((), outcomes, None, None, None, None)

    def of(statistic: Statistic) -> Interval:
        if task.is_rate and statistic == "mean":
            return pass_rate([scores])
        return interval(scores, statistic, seed=seed, resamples=resamples)

    relative = normalise(scores, random=task.random, reference=task.reference)
    normalised = of("mean") if task.is_rate else interval(relative, "mean", seed=seed, resamples=resamples)
    few = min(resamples, METRIC_RESAMPLES)
    metrics = {
        name: pass_rate([runs]) if name in RATES else interval(runs, "mean", seed=seed, resamples=few)
        for name, runs in sorted(entrant.metrics.get(task.name, {}).items())
    }
    return TaskResult(scores, outcomes, of("mean"), of("median"), of("iqm"), normalised, metrics)


def _scored(entrant: Entrant, task: TaskInfo) -> tuple[Floats, ...]:
    """Runs with at least one scored episode."""
    runs = (np.asarray(run, dtype=np.float64) for run in entrant.scores.get(task.name, ()))
    return tuple(run for run in runs if run.size)


def _normalised(tasks: Sequence[TaskInfo], entrant: Entrant) -> list[list[Floats]] | None:
    tables = [_scored(entrant, task) for task in tasks]
    if not all(tables):
        return None
    return [normalise(t, random=i.random, reference=i.reference) for t, i in zip(tables, tasks, strict=True)]


def _matrix(
    tables: Sequence[Sequence[ScoreTable] | None], unit: Unit, seed: int, resamples: int
) -> tuple[tuple[Interval | None, ...], ...]:
    """Each pair once: the other side's probability is what is left of one."""
    cells: list[list[Interval | None]] = [[None] * len(tables) for _ in tables]
    for i, first in enumerate(tables):
        for j, second in enumerate(tables[:i]):
            if first is not None and second is not None:
                found = probability_of_improvement(second, first, unit=unit, resamples=resamples, seed=seed)
                cells[j][i] = found
                cells[i][j] = replace(found, point=1 - found.point, low=1 - found.high, high=1 - found.low)
    return tuple(map(tuple, cells))


def _duel(section: Section, task: int, seed: int) -> Comparison | None:
    """Who beats whom on one task; None where nobody can be compared, or where the section has no other task."""
    results = [entry.results[task] for entry in section.entries]
    places = tuple(
        place for place in section.entered(task) if results[place].scores and not section.entries[place].is_person
    )
    if len(places) < 2 or len(section.tasks) == 1:
        return None
    info = section.tasks[task]
    tables = [[normalise(results[i].scores, random=info.random, reference=info.reference)] for i in places]
    unit: Unit = "runs" if all(len(results[i].scores) >= FEW_RUNS for i in places) else "episodes"
    return Comparison(places, _matrix(tables, unit, seed, DUEL_RESAMPLES), unit)


def _profiles(tables: Sequence[list[list[Floats]] | None], unit: Unit, seed: int) -> tuple[Profile | None, ...]:
    scored = [run for table in tables if table for task in table for run in task]
    if not scored:
        return tuple(None for _ in tables)
    values = np.concatenate(scored)
    low = max(min(0.0, float(values.min())), PROFILE_RANGE[0])
    high = min(max(1.0, float(values.max())), PROFILE_RANGE[1])
    taus = np.linspace(low, high, PROFILE_POINTS)
    return tuple(None if table is None else profile(table, taus, unit=unit, seed=seed) for table in tables)
