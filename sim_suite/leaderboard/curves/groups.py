"""Turns what a person named into labelled training runs: the training seeds of one label are one group. Source: ours.

FOLDER               a run folder; its label is the agent's name, and what sets it apart from others of that name
LABEL=FOLDER         the same under a label of your choice
LABEL='runs/x/*'     all run folders that match
"""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.curves.reading import TrainingRun, read_run

_RECIPE = "name"
_MOST_SETTINGS = 3
"""Settings that a default label names; where more differ, it names the folder."""


@dataclass(frozen=True)
class Group:
    """Training runs under one label, all on one environment."""

    label: str
    runs: tuple[TrainingRun, ...]

    @property
    def env(self) -> str:
        """The environment of all of them."""
        return self.runs[0].env

    @property
    def notes(self) -> list[str]:
        """What keeps the runs from being seeds of one and the same training."""
        found = []
        differing = _differing([run.settings for run in self.runs])
        if differing:
            found.append(
                f"The runs of {self.label} differ in {', '.join(map(_leaf, differing))}, not in the seed alone."
            )
        twice = [str(seed) for seed, count in Counter(run.seed for run in self.runs).items() if count > 1]
        if twice and not differing:
            found.append(
                f"Under {self.label} seed {', '.join(twice)} stands more than once: its interval is too narrow."
            )
        return found


def resolve(texts: Sequence[str], labels: Sequence[str] = ()) -> list[Group]:
    """Read the runs and group them, in the order named. labels: none, one for all, or one for each of `texts`."""
    if len(labels) not in (0, 1, len(texts)):
        raise SuiteError(
            f"--label takes one label for all runs or one for each of the {len(texts)}, not {len(labels)}."
        )
    given = list(labels) * len(texts) if len(labels) == 1 else list(labels) or [""] * len(texts)
    named: list[tuple[str, TrainingRun]] = []
    for text, label in zip(texts, given, strict=True):
        own, folders = _split(text)
        if own and label:
            raise SuiteError(f"{text!r} has a label of its own and one by --label. Leave one out.")
        named += [(own or label, read_run(folder)) for folder in folders]
    defaults = iter(_default_labels([run for label, run in named if not label]))
    groups: dict[str, list[TrainingRun]] = {}
    for label, run in named:
        runs = groups.setdefault(label or next(defaults), [])
        if run.folder.resolve() in {other.folder.resolve() for other in runs}:
            raise SuiteError(f"{run.folder} stands twice under one label. Name it once.")
        runs.append(run)
    for label, runs in groups.items():
        envs = sorted({run.env for run in runs})
        if len(envs) > 1:
            raise SuiteError(
                f"the runs under {label!r} were trained on {' and '.join(envs)}, whose mean says nothing. Give each a label: LABEL=FOLDER."
            )
    return [Group(label, tuple(runs)) for label, runs in groups.items()]


def _split(text: str) -> tuple[str, list[Path]]:
    label, equals, rest = text.partition("=")
    pattern = rest if equals else text
    if equals and (not label or not rest):
        raise SuiteError(f"{text!r} is not LABEL=FOLDER.")
    if not any(sign in pattern for sign in "*?["):
        return label if equals else "", [Path(pattern)]
    names = sorted(glob.glob(pattern))  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not names:
        raise SuiteError(f"{pattern!r} matches no folder. Name run folders, as `sim-suite train` printed them.")
    return label if equals else "", [Path(name) for name in names]


def _default_labels(runs: Sequence[TrainingRun]) -> list[str]:
    """A label for each run, equal for those that differ in nothing but the seed: the agent, and what sets it apart."""
    labels = []
    for run in runs:
        namesakes = [other for other in runs if other.agent == run.agent]
        label = run.agent
        if any(other.env != run.env for other in namesakes):
            label += f" on {run.env}"
        alike = [other for other in namesakes if other.env == run.env]
        differing = _differing([other.settings for other in alike])
        if len(differing) > _MOST_SETTINGS:
            label += f" {next(other for other in alike if other.settings == run.settings).folder.name}"
        elif differing:
            label += " " + " ".join(f"{_leaf(key)}={run.settings.get(key, '–')}" for key in differing)
        labels.append(label)
    return labels


def _differing(settings: Sequence[dict[str, Any]]) -> list[str]:
    """Keys whose values are not the same in all; the recipe's name only says where values come from."""
    keys = dict.fromkeys(key for one in settings for key in one if key != _RECIPE)
    return [key for key in keys if any(one.get(key) != settings[0].get(key) for one in settings)]


def _leaf(key: str) -> str:
    return key.removeprefix("config.")
