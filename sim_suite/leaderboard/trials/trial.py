"""A trial: one agent on variations of one scenario, and what came of it. Source: ours.

What is written holds no clock time and is sorted: the same seed gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from agents import naming
from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.driving.storyboard.variations import Variation, draw
from sim_suite.files import canonical_json, write_atomic, write_json
from sim_suite.leaderboard.statistics import wilson
from sim_suite.leaderboard.trials.batch import run_variations
from sim_suite.leaderboard.trials.verdict import Verdict

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
        if known:
            data["avoidable"] = len(could)
            data["avoidable_passed"] = sum(one.passed for one in could)
            data["avoidable_pass_rate_interval"] = list(wilson(data["avoidable_passed"], len(could)))
        return data


def run_trial(
    scenario: Scenario,
    source: str,
    agent: str,
    variations: Sequence[Variation],
    *,
    seed: int = 0,
    settings: Mapping[str, str] | None = None,
    avoidable: bool = False,
    trust: bool = False,
    done: Callable[[int], None] = lambda count: None,
) -> Trial:
    """Run variations with the agent of that name. Raises `SuiteError` where it does not fit, before the first variation."""
    built, privileged = None, False
    if agent != STORYBOARD:
        found = naming.find(agent, trust=trust)
        kwargs = {"scenario": source, "settings": dict(settings or {})}
        built = naming.build(found, ENV, kwargs, seed)
        naming.refuse_mismatch(found, built, ENV, kwargs)
        privileged = built.interface.privileged
    judged = run_variations(scenario, variations, built, avoidable=avoidable, done=done)
    notes = [*scenario.notes]
    if agent == STORYBOARD:
        notes.append("The storyboard drives the ego: rules of the road are not judged.")
    return Trial(scenario, source, agent, privileged, seed, dict(settings or {}), tuple(judged), tuple(notes))


def sample(scenario: Scenario, seed: int, samples: int, settings: Mapping[str, str]) -> list[Variation]:
    """The usual variation, and as many more as make `samples`."""
    return draw(scenario, seed, range(samples), settings)


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


def numeric(trial: Trial) -> dict[str, np.ndarray]:
    """[W] of each parameter that differs between the variations."""
    names = sorted({name for one in trial.verdicts for name in one.values})
    found = {name: np.array([one.values[name] for one in trial.verdicts]) for name in names}
    return {name: values for name, values in found.items() if np.ptp(values) > 0}
