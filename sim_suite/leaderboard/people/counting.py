"""Which recorded episodes of a person count on a task: those that an agent could have played there, whole and by hand. Source: ours."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from inspect import Parameter, signature
from typing import Any, Final

from sim_suite.envs.catalog import EnvCard, card
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.envs.making import load_object
from sim_suite.episodes.editing.copying import identity
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Head
from sim_suite.episodes.store.index import Entry
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.people.facts import Given
from sim_suite.leaderboard.suite import TaskSpec
from sim_suite.version import SIM_VERSION

LOOKS: Final = frozenset({"observation", "raster", "others", "occlusion", "metrics", "render_mode"})
"""Arguments of the driving family that say what is shown or measured; what happens does not depend on them."""
_STEPS: Final = "max_episode_steps"


@dataclass(frozen=True)
class Counted:
    """What a dataset holds for one task."""

    given: tuple[Given, ...]
    entries: tuple[Entry, ...]
    """The same episodes' lines of the index."""
    left_out: Mapping[str, int]
    """Other episodes of the task's environment, by the reason why they do not count."""


def count(dataset: Dataset, task: TaskSpec) -> Counted:
    """Sort a dataset's episodes into those that count on the task and those that do not.

    Raises `SuiteError`, in one line, where none counts.
    """
    if task.epsilon > 0:
        raise SuiteError(
            f"{task.name} puts a random action in the place of {task.epsilon:.0%} of an agent's; a person drove without."
        )
    there = [entry for entry in dataset.entries if entry.env == task.env]
    if not there:
        others = sorted({entry.env for entry in dataset.entries})
        raise SuiteError(f"{dataset.folder} has no episode of {task.env}; it has {', '.join(others) or 'none at all'}.")
    counted: list[Entry] = []
    left: Counter[str] = Counter()
    known: set[str] = set()
    for entry in there:
        reason = _other_drive(entry)
        if not reason:
            with dataset.open(entry) as episode:
                reason, drive = other_task(episode.head, task), identity(episode.head, entry.digest)
            reason = reason or ("a copy of another" if drive in known else "")
            known.add(drive)
        if reason:
            left[reason] += 1
        else:
            counted.append(entry)
    if not counted:
        reasons = "; ".join(f"{number} {reason}" for reason, number in sorted(left.items()))
        raise SuiteError(f"no episode of {dataset.folder} counts on {task.name}: {reasons}. Drive {_command(task)}.")
    given = tuple(Given(entry.seed, entry.digest) for entry in counted if entry.seed is not None)
    return Counted(given, tuple(counted), dict(sorted(left.items())))


def _command(task: TaskSpec) -> str:
    """How a person drives the task."""
    words = [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in task.kwargs.items()]
    return f"`sim-suite drive {task.env} --out FOLDER{' --set ' if words else ''}{shlex.join(words)}` to the end"


def _other_drive(entry: Entry) -> str:
    """What keeps an episode from being a whole drive by hand, as the index has it; empty where nothing does."""
    human, agent, expert = entry.by
    if agent or expert:
        return "driven in part by an agent" if human else "driven by an agent"
    if entry.end not in ("terminated", "truncated"):
        return f"{entry.end} before the end"
    if entry.seed is None:
        return "of no known seed"
    return ""


def other_task(head: Head, task: TaskSpec) -> str:
    """What makes a recorded episode of the task's environment another task; empty where nothing does."""
    if head.sim_version != SIM_VERSION:
        return f"simulated by version {head.sim_version} where this one is {SIM_VERSION}"
    if head.resets:
        return "begun by a reset without a seed"
    here = card(task.env)
    wanted, recorded = _arguments(here, task.kwargs), _arguments(here, head.env.kwargs)
    limit = task.kwargs.get(_STEPS, here.max_episode_steps)
    for name in sorted({*wanted, *recorded}):
        if wanted.get(name) != recorded.get(name):
            return f"made with {name} = {recorded.get(name)!r} where the task has {wanted.get(name)!r}"
    if head.env.max_episode_steps != limit:
        return f"limited to {head.env.max_episode_steps} steps where the task has {limit}"
    for name, value in sorted(head.options.items()):
        if _plain(value) != wanted.get(name):
            return f"reset with {name} = {value!r}, which the task leaves as it is"
    return ""


def _arguments(here: EnvCard, given: Mapping[str, Any]) -> dict[str, Any]:
    """What an environment is really made with, as JSON has it: defaults counted in, limits and mere looks left out."""
    merged = {**_defaults(here), **here.kwargs, **given}
    ours = here.family == "driving"
    return {name: _plain(value) for name, value in merged.items() if name != _STEPS and not (ours and name in LOOKS)}


def _defaults(here: EnvCard) -> dict[str, Any]:
    """Of the constructor, as far as it is ours to read."""
    if here.entry_point is None:
        return {}
    parameters = signature(load_object(here.entry_point)).parameters.values()
    found = {one.name: one.default for one in parameters if one.default is not Parameter.empty}
    if here.id.startswith("sim_suite/Driving"):
        options = DrivingOptions()
        found |= {one.name: getattr(options, one.name) for one in fields(options)}
    return {name: value for name, value in found.items() if name != "render_mode"}


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda one: dict(one) if isinstance(one, Mapping) else list(one)))
