"""What a leaderboard folder remembers: who entered, and a row an episode, as its journal tells them.

journal.jsonl     header, entries, a row an episode; append-only, checked line by line (`open_folder.py` writes it)
timing.jsonl      seconds of each episode; kept apart because clocks do not repeat
clips/            one WebM a task and entry
results.csv, scores.json, leaderboard.html   made from the journal, whole or not at all
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_journal
from sim_suite.leaderboard.episode import Row
from sim_suite.leaderboard.people.facts import Given, Person
from sim_suite.leaderboard.suite import Suite, TaskSpec, parse

JOURNAL = "journal.jsonl"
TIMING = "timing.jsonl"
LOCK = ".lock"
FORMAT = 1


@dataclass(frozen=True)
class RunRecord:
    """One training run of an entry (or the one there is, for agents that are not trained)."""

    agent: str
    """How the agent was named."""
    fingerprint: str
    training: dict[str, Any] = field(default_factory=dict)
    """Steps, seed, recipe, hardware, as its checkpoint says."""
    person: Person | None = None
    """Where the run is a person: the recorded episodes that are played again."""

    def given(self, task: TaskSpec) -> tuple[Given, ...]:
        """A person's episodes on the task; none of an agent's, who plays the suite's seeds."""
        return () if self.person is None else self.person.episodes.get(task.name, ())

    def episodes(self, task: TaskSpec) -> int:
        """How many episodes the run has on a task that it enters."""
        return task.episodes if self.person is None else len(self.given(task))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the journal; of agents it is what it was before persons entered."""
        data = {"agent": self.agent, "fingerprint": self.fingerprint, "training": self.training}
        return data if self.person is None else {**data, "person": self.person.to_dict()}

    @staticmethod
    def from_dict(data: dict[str, Any]) -> RunRecord:
        """The inverse of `to_dict`."""
        person = data.get("person")
        return RunRecord(**{**data, "person": None if person is None else Person.from_dict(person)})


@dataclass(frozen=True)
class EntryRecord:
    """One line of the leaderboard."""

    label: str
    tasks: dict[str, list[int]]
    """Which of its runs enter which task, by task name."""
    runs: list[RunRecord]
    privileged: bool = False

    @property
    def person(self) -> Person | None:
        """Who it is, if it is no agent."""
        return self.runs[0].person

    def goes_on_from(self, before: EntryRecord) -> bool:
        """Whether this is the same person, who may have driven more since."""
        return self.person is not None and before.person is not None and self.person.goes_on_from(before.person)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the journal."""
        runs = [run.to_dict() for run in self.runs]
        return {"label": self.label, "tasks": self.tasks, "runs": runs, "privileged": self.privileged}

    @staticmethod
    def from_dict(data: dict[str, Any]) -> EntryRecord:
        """The inverse of `to_dict`."""
        return EntryRecord(
            data["label"], data["tasks"], [RunRecord.from_dict(run) for run in data["runs"]], data["privileged"]
        )


@dataclass
class Records:
    """A journal in memory."""

    suite: Suite
    header: dict[str, Any]
    entries: dict[str, EntryRecord] = field(default_factory=dict)
    rows: dict[tuple[str, str, int, int], Row] = field(default_factory=dict)
    """By (task, entry, run, episode)."""

    def add(self, record: dict[str, Any]) -> None:
        """Take in one journal record. Raises `DamagedFileError` on one that this version cannot read."""
        kind = record.get("kind")
        body = {key: value for key, value in record.items() if key != "kind"}
        if kind == "entry":
            entry = EntryRecord.from_dict(body)
            self.entries[entry.label] = entry
        elif kind == "row":
            row = Row(**body)
            self.rows[row.task, row.entry, row.run, row.episode] = row
        else:
            raise DamagedFileError(f"the journal holds a record of kind {kind!r}, which this version does not know.")

    def sorted_rows(self) -> list[Row]:
        """All rows in an order that does not depend on how they came about."""
        order = {task.name: index for index, task in enumerate(self.suite.tasks)}
        return sorted(self.rows.values(), key=lambda row: (order[row.task], row.entry, row.run, row.episode))


def clip_path(out: Path, task: str, label: str) -> Path:
    """Where the clip of an entry on a task lies."""
    safe = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in label)
    return out / "clips" / f"{task}--{safe}.webm"


def read(folder: Path) -> Records:
    """Read a leaderboard folder's journal. Raises `SuiteError` where there is none or it was altered."""
    path = folder / JOURNAL
    if not path.is_file():
        raise SuiteError(f"{folder} holds no {JOURNAL}. Name the folder that `sim-suite leaderboard --out` wrote.")
    records = read_journal(path)
    if not records:
        raise SuiteError(f"{path} is empty: no episode was recorded. Remove the folder and run the leaderboard again.")
    head, *rest = records
    if "arena" in head:
        raise SuiteError(
            f"{folder} holds games of agents that met on boards, no episodes. `sim-suite leaderboard` goes on with it (--resume), and "
            f"`sim-suite verify` checks it; they cannot be merged."
        )
    if head.get("kind") != "header" or head.get("format") != FORMAT:
        raise DamagedFileError(
            f"{path} does not begin with a header of format {FORMAT}. Restore it from a copy or run it anew."
        )
    result = Records(parse(head["suite"], str(path)), head)
    for record in rest:
        result.add(record)
    return result
