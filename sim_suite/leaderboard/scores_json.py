"""All figures of a leaderboard as plain data: what `scores.json` holds and `--json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sim_suite.leaderboard.people.facts import Person
from sim_suite.leaderboard.records import Records
from sim_suite.leaderboard.report.model import EntryRow, Section, TaskInfo, TaskResult
from sim_suite.leaderboard.scores import RETURN
from sim_suite.leaderboard.statistics import Interval


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
                **({"stall_steps": task.stall_steps} if task.stall_steps else {}),
                **({"published": [asdict(one) for one in task.published]} if task.published else {}),
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
            task.name: _result(task, result)
            for task, result in zip(part.tasks, entry.results, strict=True)
            if result.scores or result.outcomes.errors
        },
    }


def _result(task: TaskInfo, result: TaskResult) -> dict[str, Any]:
    counts = result.outcomes
    stalled = {"stalled": counts.stalled} if task.stall_steps else {}
    return {
        "episodes": {"ok": counts.ok, "agent_error": counts.agent_error, "env_error": counts.env_error, **stalled},
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
