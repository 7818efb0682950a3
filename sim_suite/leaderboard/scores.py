"""What the leaderboard says of each entry: plain data, a function of the recorded rows alone. Same rows, same bytes.

An episode that ended in a fault is counted but is no score. Bootstrap seeds are fixed, so that intervals repeat.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.leaderboard import statistics
from sim_suite.leaderboard.records import EntryRecord, Records
from sim_suite.leaderboard.suite import TaskSpec

Runs = list[NDArray[np.float64]]
_SEED = 0
STATISTICS: tuple[statistics.Statistic, ...] = ("mean", "median", "iqm")


def runs_of(records: Records, entry: EntryRecord, task: TaskSpec) -> Runs:
    """Returns of the faultless episodes of each training run, in episode order; runs without any are left out."""
    tables = []
    for run in entry.tasks.get(task.name, ()):
        rows = (records.rows.get((task.name, entry.label, run, episode)) for episode in range(task.episodes))
        returns = np.array(
            [row.episode_return for row in rows if row is not None and row.outcome == "ok"], dtype=np.float64
        )
        if len(returns):
            tables.append(returns)
    return tables


def normalised_runs(records: Records, entry: EntryRecord, task: TaskSpec) -> Runs:
    """The same between random (0) and reference (1)."""
    runs = runs_of(records, entry, task)
    return statistics.normalise(runs, random=task.zero.value, reference=task.one.value) if runs else []


def outcomes(records: Records, entry: EntryRecord, task: TaskSpec) -> dict[str, int]:
    """How many episodes ended in which way, and how many have not been played."""
    rows = [row for (name, label, _, _), row in records.rows.items() if name == task.name and label == entry.label]
    counts = Counter(row.outcome for row in rows)
    missing = len(entry.tasks.get(task.name, ())) * task.episodes - len(rows)
    return {**counts, **({"missing": missing} if missing else {})}


def scores(records: Records) -> dict[str, Any]:
    """All scores of a leaderboard as plain data: what `scores.json` holds."""
    entries = [records.entries[label] for label in sorted(records.entries)]
    return {
        "suite": records.suite.name,
        "suite_sha256": records.suite.sha256,
        "tasks": {
            task.name: {
                "env": task.env, "episodes": task.episodes, "first_seed": task.first_seed,
                "random": task.zero.value, "reference": task.one.value, "reference_source": task.one.source,
            }
            for task in records.suite.tasks
        },
        "entries": {entry.label: _entry(records, entry) for entry in entries},
        "probability_of_improvement": _improvement(records, entries),
    }  # fmt: skip


def _entry(records: Records, entry: EntryRecord) -> dict[str, Any]:
    tasks = [task for task in records.suite.tasks if task.name in entry.tasks]
    normalised = [normalised_runs(records, entry, task) for task in tasks]
    whole = len(tasks) == len(records.suite.tasks) and all(normalised)
    return {
        "privileged": entry.privileged,
        "training": [run.training for run in entry.runs],
        "tasks": {task.name: _task(records, entry, task) for task in tasks},
        # An aggregate over other tasks than its neighbours' cannot be ranked with theirs.
        "aggregate": {name: _plain(statistics.aggregate(normalised, name, seed=_SEED)) for name in STATISTICS}
        if whole
        else None,
    }


def _task(records: Records, entry: EntryRecord, task: TaskSpec) -> dict[str, Any]:
    runs = runs_of(records, entry, task)
    result: dict[str, Any] = {"training_seeds": len(entry.tasks[task.name]), "outcomes": outcomes(records, entry, task)}
    if runs:
        result.update({name: _plain(statistics.interval(runs, name, seed=_SEED)) for name in STATISTICS})
        normalised = normalised_runs(records, entry, task)
        result["normalised"] = _plain(statistics.interval(normalised, "iqm", seed=_SEED))
        result["lowest"] = min(float(run.min()) for run in runs)
        result["highest"] = max(float(run.max()) for run in runs)
    return result


def _improvement(records: Records, entries: list[EntryRecord]) -> dict[str, dict[str, Any]]:
    """For each pair, over the tasks that both entered."""
    table: dict[str, dict[str, Any]] = {}
    for first in entries:
        for second in entries:
            shared = [task for task in records.suite.tasks if task.name in first.tasks and task.name in second.tasks]
            a = [runs_of(records, first, task) for task in shared]
            b = [runs_of(records, second, task) for task in shared]
            if first is not second and shared and all(a) and all(b):
                table.setdefault(first.label, {})[second.label] = _plain(
                    statistics.probability_of_improvement(a, b, unit=unit_of(a, b), seed=_SEED)
                )
    return table


def unit_of(*entries: list[Runs]) -> statistics.Unit:
    """Compare training runs where every entry has several on every task, else episodes."""
    return "runs" if all(len(runs) > 1 for tables in entries for runs in tables) else "episodes"


def _plain(interval: statistics.Interval) -> dict[str, Any]:
    def number(value: float) -> float | None:
        return None if math.isnan(value) else value

    return {
        "value": number(interval.point), "low": number(interval.low), "high": number(interval.high),
        "runs": interval.runs, "episodes": interval.episodes, "method": interval.method,
    }  # fmt: skip
