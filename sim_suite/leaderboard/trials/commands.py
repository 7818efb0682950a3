"""The commands that run a trial again, or one of its variations alone. Source: ours.

Words are quoted for a POSIX shell, so that any name or path can be pasted.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Final

from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.envs.scenarios.theatre import EMBEDDED
from sim_suite.leaderboard.trials.trial import Trial
from sim_suite.leaderboard.trials.verdict import Verdict

DRAWN: Final = re.compile(r"-?\d+-\d+")
"""The id of a variation that its seed and number draw again; others are run by their values."""


def trial_command(trial: Trial) -> str:
    """What runs the whole trial again."""
    if len(trial.verdicts) == 1:
        return replay_command(trial, trial.verdicts[0])
    many = ["--samples", str(len(trial.verdicts)), "--seed", str(trial.seed)]
    return _run(trial, many, trial.settings)


def replay_command(trial: Trial, verdict: Verdict) -> str:
    """What runs one variation alone: by its number, or with all its values set where a search found it."""
    if DRAWN.fullmatch(verdict.id):
        return _run(trial, ["--variation", verdict.id], trial.settings)
    values = {name: exact(trial.scenario, name, value) for name, value in verdict.values.items()}
    return _run(trial, ["--variation", f"{trial.seed}-0"], {**trial.settings, **values})


def exact(scenario: Scenario, name: str, value: float) -> str:
    """A value as the command line reads it, to the last bit."""
    kind = scenario.parameter(name).type
    if kind == "boolean":
        return "true" if value else "false"
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _run(trial: Trial, which: list[str], settings: Mapping[str, str]) -> str:
    chosen = [f"{name}={value}" for name, value in sorted(settings.items())]
    where = [] if trial.backend == EMBEDDED.name else ["--backend", trial.backend]
    words = [
        "sim-suite",
        "run",
        trial.source,
        "--agent",
        trial.agent,
        *where,
        *which,
        *(["--set", *chosen] if chosen else []),
    ]
    return shlex.join(words)
