"""Turns what a person wrote after `--agents` into entries: labels, their training runs, and the tasks each run fits.

    NAME                 one agent; its label is its own name
    LABEL=NAME           the same under a label of your choice
    LABEL=runs/x/*       a set of training runs: scores are pooled over their training seeds
    human:FOLDER         a person, by the episodes that they drove; the label is who they are, as far as they allow
Names that share a label are the training runs of one entry. A run enters the tasks that it fits; an agent that fits none is
refused with the reason.
"""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass

from agents.naming import Found, build, find, refuse_mismatch
from sim_suite.envs.catalog import card
from sim_suite.envs.making import refuse_unready
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.people.entering import person_of
from sim_suite.leaderboard.records import EntryRecord, RunRecord
from sim_suite.leaderboard.suite import Suite


@dataclass(frozen=True)
class Left:
    """A task that an entry does not enter, and why."""

    label: str
    task: str
    reason: str


def resolve(texts: Sequence[str], suite: Suite, *, trust: bool) -> tuple[list[EntryRecord], list[Left]]:
    """The entries, people before agents, and what they leave out. Raises `SuiteError` for unknown, unfit or doubled agents."""
    if not texts:
        raise SuiteError("no agents to compare. Name some: --agents random do-nothing runs/...")
    for task in suite.tasks:
        refuse_unready(card(task.env), task.kwargs)
    grouped: dict[str, list[Found]] = {}
    people: dict[str, EntryRecord] = {}
    left: list[Left] = []
    for text in texts:
        label, names = _split(text)
        for name in names:
            found = find(name, trust=trust)
            if found.kind != "human":
                grouped.setdefault(label or default_label(found), []).append(found)
                continue
            entry = _person(label, found, suite, left)
            if entry.label in people:
                raise SuiteError(f"two people stand under {entry.label!r}. Give each a label: LABEL={found.name}.")
            people[entry.label] = entry
    both = next(iter(people.keys() & grouped.keys()), None)
    if both is not None:
        raise SuiteError(f"a person and an agent stand under {both!r}. Give each a label of its own.")
    entries = people | {label: _entry(label, runs, suite, left) for label, runs in grouped.items()}
    return list(entries.values()), left


def default_label(found: Found) -> str:
    """How an agent is called where nobody gave it a label."""
    if found.folder is not None and not found.name.startswith("zoo:"):
        assert found.entry is not None
        return found.entry.name
    return found.name.rpartition(":")[2].rpartition("/")[2].removesuffix(".zip")


def _split(text: str) -> tuple[str | None, list[str]]:
    label, equals, rest = text.partition("=")
    pattern = rest if equals else text
    if equals and (not label or not rest):
        raise SuiteError(f"{text!r} is not LABEL=NAME.")
    if not any(sign in pattern for sign in "*?["):
        return label if equals else None, [pattern]
    names = sorted(glob.glob(pattern))  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not names:
        raise SuiteError(f"{pattern!r} matches no folder.")
    return label if equals else None, names


def _person(label: str | None, found: Found, suite: Suite, left: list[Left]) -> EntryRecord:
    person, reasons = person_of(found.target, suite.tasks)
    if not person.episodes:
        raise SuiteError(f"{found.name} fits no task of the suite {suite.name!r}: {next(iter(reasons.values()))}")
    label = label or person.by
    left.extend(Left(label, task, reason) for task, reason in reasons.items())
    tasks = {task: [0] for task in person.episodes}
    return EntryRecord(label, tasks, [RunRecord(found.name, found.fingerprint, person=person)])


def _entry(label: str, runs: list[Found], suite: Suite, left: list[Left]) -> EntryRecord:
    fingerprints = [run.fingerprint for run in runs]
    for run in runs:
        if fingerprints.count(run.fingerprint) > 1:
            raise SuiteError(
                f"{run.name} stands twice under {label!r}. Give one of them a label of its own: LABEL={run.name}."
            )
    tasks: dict[str, list[int]] = {}
    reasons: dict[str, str] = {}
    privileged = False
    for index, run in enumerate(runs):
        for task in suite.tasks:
            try:
                agent = build(run, task.env, task.kwargs, seed=0)
                refuse_mismatch(run, agent, task.env, task.kwargs)
            except SuiteError as error:
                reasons.setdefault(task.name, str(error))
                continue
            privileged = privileged or agent.interface.observation.kind in card(task.env).privileged
            tasks.setdefault(task.name, []).append(index)
    if not tasks:
        raise SuiteError(f"{label} fits no task of the suite {suite.name!r}: {next(iter(reasons.values()))}")
    left.extend(Left(label, task, reason) for task, reason in reasons.items() if task not in tasks)
    return EntryRecord(label, tasks, [RunRecord(run.name, run.fingerprint, run.training) for run in runs], privileged)
