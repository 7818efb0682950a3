"""What the leaderboard says of each entry: sections with every interval, and the same as plain data for `scores.json`.

A function of the recorded rows alone: bootstrap seeds are fixed, so that equal rows give equal bytes. An episode that ended
in a fault is counted but is no score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.people.facts import Person
from sim_suite.leaderboard.people.wording import sentence
from sim_suite.leaderboard.records import EntryRecord, Records, clip_path
from sim_suite.leaderboard.report.assemble import Entrant, make_section
from sim_suite.leaderboard.report.model import EntryRow, Outcomes, Section, TaskInfo, TaskResult
from sim_suite.leaderboard.statistics import Interval
from sim_suite.leaderboard.suite import Suite, TaskSpec, load, names

RETURN = "return"
"""How the sum of rewards is called among scores and metrics."""
_BOOTSTRAP_SEED = 0


def sections(records: Records, clips_in: Path | None = None) -> list[Section]:
    """One section for each suite whose tasks anybody entered; with `clips_in`, a leaderboard folder, its clips are taken up."""
    found = []
    for name, tasks in records.suite.sections().items():
        entered = [
            entry for _, entry in sorted(records.entries.items()) if any(task.name in entry.tasks for task in tasks)
        ]
        if entered:
            entrants = [_entrant(records, entry, tasks, clips_in) for entry in entered]
            found.append(
                make_section(
                    name,
                    summary_of(name, records.suite),
                    [_info(task) for task in tasks],
                    entrants,
                    seed=_BOOTSTRAP_SEED,
                )
            )
    return found


def summary_of(section: str, suite: Suite) -> str:
    """What a section is for: the suite's own words, or those of the shipped suite that it was included from."""
    if section == suite.name:
        return suite.summary
    return load(section).summary if section in names() else ""


def runs_of(records: Records, entry: EntryRecord, task: TaskSpec) -> list[NDArray[np.float64]]:
    """Scores of the faultless episodes of each training run, in episode order; runs without any are left out."""
    return _table(rows_of(records, entry, task), task.score or RETURN)


def metrics_of(records: Records, entry: EntryRecord, task: TaskSpec) -> dict[str, list[NDArray[np.float64]]]:
    """The same of each metric, by name; of the return as well where something else is the score."""
    runs = rows_of(records, entry, task)
    names = {name for rows in runs for row in rows for name in row.metrics} | ({RETURN} if task.score else set())
    tables = {name: _table(runs, name) for name in sorted(names)}
    return {name: table for name, table in tables.items() if table}


def rows_of(records: Records, entry: EntryRecord, task: TaskSpec) -> list[list[Row]]:
    """The faultless episodes of each training run, in episode order."""
    found = []
    for run in entry.tasks.get(task.name, ()):
        numbers = range(entry.runs[run].episodes(task))
        rows = (records.rows.get((task.name, entry.label, run, episode)) for episode in numbers)
        found.append([row for row in rows if row is not None and row.outcome == "ok"])
    return found


def _table(runs: Sequence[Sequence[Row]], name: str) -> list[NDArray[np.float64]]:
    """One value an episode; episodes without the metric and runs without any value are left out."""
    values = [
        [
            row.episode_return if name == RETURN else row.metrics[name]
            for row in rows
            if name == RETURN or name in row.metrics
        ]
        for rows in runs
    ]
    return [np.array(run, dtype=np.float64) for run in values if run]


def outcomes_of(records: Records, entry: EntryRecord, task: TaskSpec) -> Outcomes:
    """How the entry's episodes on the task ended; one that took its worker process along is the agent's fault."""
    rows = records.rows.values()
    counts = Counter(row.outcome for row in rows if row.task == task.name and row.entry == entry.label)
    return Outcomes(counts["ok"], counts["agent_error"] + counts["worker_died"], counts["env_error"])


def _info(task: TaskSpec) -> TaskInfo:
    zero, one = task.zero, task.one
    return TaskInfo(
        task.name, task.env, task.score or RETURN, zero.value, one.value, zero.source, one.source, beside=task.beside
    )


def _entrant(records: Records, entry: EntryRecord, tasks: Sequence[TaskSpec], clips_in: Path | None) -> Entrant:
    trained = [run.training for run in entry.runs if run.training]
    clips = {}
    for task in tasks:
        path = None if clips_in is None else clip_path(clips_in, task.name, entry.label)
        if path is not None and path.is_file() and path.stat().st_size:
            clips[task.name] = path.read_bytes()
    return Entrant(
        label=entry.label,
        agent=", ".join(run.agent for run in entry.runs),
        scores={task.name: runs_of(records, entry, task) for task in tasks},
        outcomes={task.name: outcomes_of(records, entry, task) for task in tasks if task.name in entry.tasks},
        metrics={task.name: metrics_of(records, entry, task) for task in tasks},
        privileged=entry.privileged,
        training_steps=max(int(facts["steps"]) for facts in trained) if trained else None,
        training_seeds=len(trained) if trained else None,
        hardware=", ".join(sorted({str(facts["hardware"]) for facts in trained if "hardware" in facts})),
        clips=clips,
        driven={}
        if entry.person is None
        else {task.name: sentence(entry.person, task, entry.label) for task in tasks if task.name in entry.tasks},
    )


def plain_scores(records: Records, parts: Sequence[Section]) -> dict[str, Any]:
    """All figures as plain data: what `scores.json` holds."""
    return {
        "suite": records.suite.name,
        "suite_sha256": records.suite.sha256,
        "sections": {part.name: _section(part, records) for part in parts},
    }


def _section(part: Section, records: Records) -> dict[str, Any]:
    labels = [entry.label for entry in part.entries]
    improvement = {
        first: {second: _interval(cell) for second, cell in zip(labels, row, strict=True) if cell is not None}
        for first, row in zip(labels, part.improvement, strict=True)
    }
    return {
        "tasks": {
            task.name: {
                "env": task.env,
                "random": task.random,
                "reference": task.reference,
                "reference_source": task.reference_source,
                **({} if task.metric == RETURN else {"score": task.metric}),
            }
            for task in part.tasks
        },
        "ranking": labels,
        "entries": {entry.label: _entry(part, entry, records.entries[entry.label].person) for entry in part.entries},
        "probability_of_improvement": improvement,
        "compared_unit": part.unit,
    }


def _entry(part: Section, entry: EntryRow, person: Person | None) -> dict[str, Any]:
    return {
        "agent": entry.agent,
        "privileged": entry.privileged,
        "training_steps": entry.training_steps,
        "training_seeds": entry.training_seeds,
        **({} if person is None else {"human": {**person.to_dict(), "paired": False}}),
        "pass_rate" if part.by_rate else "normalised_iqm": _interval(entry.aggregate),
        "tasks": {
            task.name: _result(result)
            for task, result in zip(part.tasks, entry.results, strict=True)
            if result.scores or result.outcomes.errors
        },
    }


def _result(result: TaskResult) -> dict[str, Any]:
    counts = result.outcomes
    return {
        "episodes": {"ok": counts.ok, "agent_error": counts.agent_error, "env_error": counts.env_error},
        "mean": _interval(result.mean),
        "median": _interval(result.median),
        "iqm": _interval(result.iqm),
        "normalised": _interval(result.normalised),
        "lowest": min((float(run.min()) for run in result.scores), default=None),
        "highest": max((float(run.max()) for run in result.scores), default=None),
        **({"metrics": {name: _interval(found) for name, found in result.metrics.items()}} if result.metrics else {}),
    }


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    known = interval.method != "none"
    return {
        "value": interval.point, "low": interval.low if known else None, "high": interval.high if known else None,
        "training_seeds": interval.runs, "episodes": interval.episodes, "method": interval.method,
    }  # fmt: skip
