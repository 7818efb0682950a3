"""A trial: one agent on variations of one scenario, and what came of it. Source: ours.

What is written holds no clock time and is sorted: the same seed gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents import naming
from agents.interface import Agent
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import Variation
from sim_suite.envs.scenarios.theatre import EMBEDDED, Theatre
from sim_suite.files import Journal, canonical_json, read_journal, write_atomic, write_json
from sim_suite.leaderboard.trials.batch import run_variations
from sim_suite.leaderboard.trials.verdict import Verdict
from sim_suite.rates import wilson
from sim_suite.version import __version__

ENV: Final = "sim_suite/Scenario-v0"
STORYBOARD: Final = "storyboard"
"""In place of an agent's name: the file itself moves the ego."""
SUMMARY: Final = "summary.json"
VERDICTS: Final = "verdicts.jsonl"
RESULTS: Final = "results.csv"


@dataclass(frozen=True)
class Trial:
    """All of it."""

    scenario: Scenario
    source: str
    """As the scenario was named."""
    agent: str
    privileged: bool
    """Whether the agent reads what a camera could not tell it."""
    seed: int
    settings: Mapping[str, str]
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = field(default=())
    """What a reader of the verdicts must know."""
    backend: str = EMBEDDED.name
    """The world that it was played in."""

    @property
    def passed(self) -> bool:
        """Whether all variations passed."""
        return all(one.passed for one in self.verdicts)

    @property
    def worst(self) -> Verdict:
        """The most severe one."""
        return max(self.verdicts, key=lambda one: one.severity)

    @property
    def median(self) -> Verdict:
        """The one in the middle of the order of severity."""
        return sorted(self.verdicts, key=lambda one: one.severity)[len(self.verdicts) // 2]

    def summary(self) -> dict[str, Any]:
        """What the whole comes to: plain data."""
        count, passed = len(self.verdicts), sum(one.passed for one in self.verdicts)
        known = [one for one in self.verdicts if one.avoidable is not None]
        could = [one for one in known if one.avoidable]
        data: dict[str, Any] = {
            "scenario": self.scenario.name, "source": self.source, "family": self.scenario.family, "agent": self.agent,
            "privileged": self.privileged, "seed": self.seed, "settings": dict(self.settings), "variations": count,
            "passed": passed, "pass_rate": passed / max(count, 1), "pass_rate_interval": list(wilson(passed, count)),
            "criteria": {
                name: sum(not held.held for one in self.verdicts for held in one.criteria if held.name == name)
                for name in (criterion.name for criterion in self.scenario.criteria)
            },
            "worst": self.worst.id, "median": self.median.id, "notes": list(self.notes),
        }  # fmt: skip
        if self.backend != EMBEDDED.name:
            data["backend"] = self.backend
        if known:
            data["avoidable"] = len(could)
            data["avoidable_passed"] = sum(one.passed for one in could)
            data["avoidable_pass_rate_interval"] = list(wilson(data["avoidable_passed"], len(could)))
        return data


@dataclass(frozen=True)
class Entrant:
    """Who drives in a trial."""

    name: str
    agent: Agent | None
    """None: the storyboard itself."""
    privileged: bool = False
    fingerprint: str = ""
    """Of what decides its behaviour."""


def enter(name: str, source: str, settings: Mapping[str, str], seed: int = 0, *, trust: bool = False) -> Entrant:
    """Find and build an agent for a scenario. Raises `SuiteError` where it does not fit."""
    if name == STORYBOARD:
        return Entrant(name, None)
    found = naming.find(name, trust=trust)
    kwargs = {"scenario": source, "settings": dict(settings)}
    built = naming.build(found, ENV, kwargs, seed)
    naming.refuse_mismatch(found, built, ENV, kwargs)
    return Entrant(name, built, built.interface.privileged, found.fingerprint)


def run_trial(
    scenario: Scenario,
    source: str,
    entrant: Entrant,
    variations: Sequence[Variation],
    *,
    seed: int = 0,
    settings: Mapping[str, str] | None = None,
    avoidable: bool = False,
    done: Callable[[int], None] = lambda count: None,
    journal: Path | None = None,
    theatre: Theatre = EMBEDDED,
) -> Trial:
    """Run variations of a scenario.

    source: as it was named; done: told how many variations are over; journal: a file that takes up verdicts as they come, so that a
    trial that was broken off goes on from there. One of another trial is begun anew; theatre: where it is played.
    """
    known = {} if journal is None else _known(journal, scenario, entrant, avoidable, theatre.name)
    left = [one for one in variations if _key(one) not in known]
    notes = dict.fromkeys(scenario.notes)
    judged = run_variations(
        scenario, left, entrant.agent, avoidable=avoidable,
        done=lambda count: done(len(variations) - len(left) + count),
        keep=lambda some: None if journal is None else _append(journal, some),
        say=lambda note: notes.update({note: None}), theatre=theatre,
    )  # fmt: skip
    known |= {_key(one): one for one in judged}
    verdicts = tuple(known[_key(one)] for one in variations)
    return Trial(
        scenario,
        source,
        entrant.name,
        entrant.privileged,
        seed,
        dict(settings or {}),
        verdicts,
        tuple(notes),
        theatre.name,
    )


_Key = tuple[str, tuple[tuple[str, float], ...]]


def _key(one: Variation | Verdict) -> _Key:
    return one.id, tuple(sorted(one.values.items()))


def _known(path: Path, scenario: Scenario, entrant: Entrant, avoidable: bool, where: str) -> dict[_Key, Verdict]:
    """Verdicts that a journal holds of this trial; a journal of another is put away."""
    said = f"{scenario!r} {entrant.fingerprint} {avoidable} {where} {__version__}"
    head = {"trial": hashlib.sha256(said.encode()).hexdigest()}
    records = read_journal(path) if path.is_file() else []
    if not records or records[0] != head:
        path.unlink(missing_ok=True)
        with Journal(path) as journal:
            journal.append(head)
        return {}
    found = [Verdict.from_dict(record) for record in records[1:]]
    return {_key(one): one for one in found}


def _append(path: Path, some: Sequence[Verdict]) -> None:
    with Journal(path) as journal:
        for place, one in enumerate(some, start=1):
            journal.append(one.to_dict(), sync=place == len(some))


def write_trial(trial: Trial, out: Path) -> None:
    """Write what programs read: a summary, a verdict a line, and a table."""
    write_json(out / SUMMARY, trial.summary())
    write_atomic(out / VERDICTS, "".join(f"{canonical_json(one.to_dict())}\n" for one in trial.verdicts))
    write_atomic(out / RESULTS, _table(trial))


def _table(trial: Trial) -> str:
    names = sorted({name for one in trial.verdicts for name in one.values})
    measured = sorted({name for one in trial.verdicts for name in one.measures})
    criteria = [criterion.name for criterion in trial.scenario.criteria]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "passed", "avoidable", "end", "duration_s", "hit", *criteria, *names, *measured])
    for one in trial.verdicts:
        values = [held.value for held in one.criteria]
        writer.writerow([
            one.id, int(one.passed), "" if one.avoidable is None else int(one.avoidable), one.end, one.duration_s, one.partner,
            *values, *(one.values.get(name, "") for name in names), *(one.measures.get(name, "") for name in measured),
        ])  # fmt: skip
    return text.getvalue()


def numeric(trial: Trial) -> dict[str, NDArray[np.float64]]:
    """[W] of each parameter that differs between the variations."""
    names = sorted({name for one in trial.verdicts for name in one.values})
    found = {name: np.array([one.values[name] for one in trial.verdicts], np.float64) for name in names}
    return {name: values for name, values in found.items() if np.ptp(values) > 0}
