"""Trials as JUnit's XML, which build servers read: a suite a trial, a case a variation. Source: the schema that Ant, Jenkins and GitLab
share (github.com/windyroad/JUnit-Schema), with properties of cases as pytest writes them.

It holds no time of day and no host: equal trials give equal bytes. Times are simulated seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree import ElementTree as Xml

from sim_suite.leaderboard.trials.page.commands import exact, replay_command, trial_command
from sim_suite.leaderboard.trials.page.sentences import broken_sentence, first_broken, outcome, quantity
from sim_suite.leaderboard.trials.trial import Trial
from sim_suite.leaderboard.trials.verdict import Verdict

FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped (section 2.2)."""


def junit_xml(trials: Sequence[Trial]) -> str:
    """The whole file."""
    root = Xml.Element("testsuites", _counts([one for trial in trials for one in trial.verdicts]))
    root.extend(_suite(trial) for trial in trials)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _suite(trial: Trial) -> Xml.Element:
    name = f"{trial.scenario.name}.{trial.agent}"
    suite = Xml.Element("testsuite", {"name": _clean(name), **_counts(trial.verdicts), "skipped": "0"})
    told = {
        "scenario": trial.scenario.name, "source": trial.source, "agent": trial.agent,
        "privileged": str(trial.privileged).lower(), "seed": str(trial.seed), "command": trial_command(trial),
        **{f"setting.{key}": value for key, value in sorted(trial.settings.items())},
    }  # fmt: skip
    suite.append(_properties(told))
    suite.extend(_case(trial, one, name) for one in trial.verdicts)
    return suite


def _case(trial: Trial, verdict: Verdict, classname: str) -> Xml.Element:
    named = {"name": _clean(verdict.id), "classname": _clean(classname), "time": f"{verdict.duration_s:.2f}"}
    case = Xml.Element("testcase", named)
    told = {f"parameter.{key}": exact(trial.scenario, key, value) for key, value in sorted(verdict.values.items())}
    if verdict.avoidable is not None:
        told["avoidable"] = str(verdict.avoidable).lower()
    if told:
        case.append(_properties(told))
    if not verdict.passed:
        first = first_broken(verdict)
        kind = verdict.end if first is None else first.name
        failure = Xml.SubElement(case, "failure", {"message": _clean(outcome(verdict)), "type": _clean(kind)})
        failure.text = _clean("\n".join([*_broken_lines(verdict), f"replay: {replay_command(trial, verdict)}"]))
    return case


def _broken_lines(verdict: Verdict) -> list[str]:
    return [
        f"{broken_sentence(verdict, one)}; tick {one.tick}, measured {quantity(one.value, one.unit)}, "
        f"limit {quantity(one.limit, one.unit)}"
        for one in verdict.criteria
        if not one.held
    ]


def _properties(told: Mapping[str, str]) -> Xml.Element:
    properties = Xml.Element("properties")
    for name, value in told.items():
        Xml.SubElement(properties, "property", {"name": _clean(name), "value": _clean(value)})
    return properties


def _counts(verdicts: Sequence[Verdict]) -> dict[str, str]:
    failures = sum(not one.passed for one in verdicts)
    seconds = sum(one.duration_s for one in verdicts)
    return {"tests": str(len(verdicts)), "failures": str(failures), "errors": "0", "time": f"{seconds:.2f}"}


def _clean(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
