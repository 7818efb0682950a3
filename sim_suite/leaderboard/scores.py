"""What the leaderboard says of each entry: sections with every interval.

A function of the recorded rows alone: bootstrap seeds are fixed, so that equal rows give equal bytes. An episode that ended
in a fault is counted but is no score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.people.wording import sentence
from sim_suite.leaderboard.records import EntryRecord, Records, clip_path
from sim_suite.leaderboard.report.assemble import Entrant, make_section
from sim_suite.leaderboard.report.model import Outcomes, Section, TaskInfo
from sim_suite.leaderboard.stalling import STALLED
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
    rows = [row for row in records.rows.values() if row.task == task.name and row.entry == entry.label]
    counts = Counter(row.outcome for row in rows)
    stalled = sum(bool(row.metrics.get(STALLED)) for row in rows)
    return Outcomes(counts["ok"], counts["agent_error"] + counts["worker_died"], counts["env_error"], stalled)


def _info(task: TaskSpec) -> TaskInfo:
    zero, one = task.zero, task.one
    return TaskInfo(
        task.name, task.env, task.score or RETURN, zero.value, one.value, zero.source, one.source,
        task.beside, task.stall_steps, task.published,
    )  # fmt: skip


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
