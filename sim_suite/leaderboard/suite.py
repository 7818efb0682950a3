"""A suite: the tasks that agents are judged on, read from TOML. It owns task, seeds and limits; the agent owns its view.

Evaluation seeds start at 10,000 (`first_seed`) and no shipped recipe trains or tunes on seeds from there to 29,999.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from sim_suite.envs.catalog import Reference, card
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.files import canonical_json
from sim_suite.leaderboard.published import Published, read_published
from sim_suite.toml_files import find_toml, shipped

FOLDER = Path(__file__).parent / "suites"


@dataclass(frozen=True)
class TaskSpec:
    """One environment, judged over a number of episodes."""

    name: str
    env: str
    episodes: int
    first_seed: int = 10_000
    """Episode i is reset with the seed `first_seed + i`."""
    deterministic: bool = True
    """Whether the agent is asked for its best action rather than a draw from its policy."""
    epsilon: float = 0.0
    """Probability that a uniformly random action takes the place of the agent's. Where an environment has no chance of its
    own, seeds alone would play the same episode again and again (Mnih et al. 2015 evaluate Atari at 0.05)."""
    kwargs: dict[str, Any] = field(default_factory=dict)
    """Keyword arguments of the environment."""
    random: float | None = None
    """Score that counts as 0 after normalising; None takes the catalogue's."""
    reference: float | None = None
    """Score that counts as 1 after normalising; None takes the catalogue's best."""
    section: str = ""
    """The suite that it was included from; empty for the suite's own tasks. Each section is ranked by itself."""
    score: str = ""
    """The metric that is the task's score; empty: the return. See `episode.Row.metrics`."""
    beside: tuple[str, ...] = ()
    """Metrics that tables show next to the score."""
    stall_steps: int = 0
    """Steps in a row without a reward that make a stalled episode, which is counted and shown; 0: none are told apart."""
    published: tuple[Published, ...] = ()
    """Scores that others reported."""

    def __post_init__(self) -> None:
        if self.episodes < 1 or self.first_seed < 0:
            raise SuiteError(
                f"task {self.name!r} needs episodes >= 1 and first_seed >= 0, not {self.episodes} and {self.first_seed}."
            )
        if self.stall_steps < 0:
            raise SuiteError(f"task {self.name!r} needs stall_steps >= 0, not {self.stall_steps}.")
        if not 0 <= self.epsilon <= 1:
            raise SuiteError(f"task {self.name!r} needs an epsilon from 0 to 1, not {self.epsilon}.")
        if self.score and (self.random is None or self.reference is None):
            raise SuiteError(
                f"task {self.name!r} is scored by {self.score!r}; state random and reference of it, since the catalogue knows returns."
            )
        if self.zero.value == self.one.value:
            raise SuiteError(
                f"task {self.name!r}: random and reference are both {self.one.value}; scores cannot be normalised."
            )

    @property
    def zero(self) -> Reference:
        """The score that counts as 0, with its source."""
        return card(self.env).random if self.random is None else Reference(self.random, "stated by the suite")

    @property
    def one(self) -> Reference:
        """The score that counts as 1, with its source."""
        return card(self.env).best if self.reference is None else Reference(self.reference, "stated by the suite")

    def seed(self, episode: int) -> int:
        """The environment's seed of one episode."""
        return self.first_seed + episode


@dataclass(frozen=True)
class Suite:
    """Tasks judged together."""

    name: str
    version: int
    summary: str
    tasks: tuple[TaskSpec, ...]

    @property
    def sha256(self) -> str:
        """Hash of all that decides a score: journals of equal hash may be merged."""
        data = self.to_dict()
        for plain, task in zip(data["tasks"], self.tasks, strict=True):
            plain["random"], plain["reference"] = task.zero.value, task.one.value
            plain.pop("beside", None)
            plain.pop("published", None)
        return hashlib.sha256(canonical_json(data).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `parse` reads back. What came to suites later is left out where it says nothing, so that the hashes
        of those before it hold."""
        data = asdict(self)
        data["tasks"] = [{key: value for key, value in task.items() if value is not None} for task in data["tasks"]]
        for task in data["tasks"]:
            task["beside"], task["published"] = list(task["beside"]), list(task["published"])
            for key in ("score", "beside", "stall_steps", "published"):
                if not task[key]:
                    del task[key]
        return data

    def sections(self) -> dict[str, list[TaskSpec]]:
        """Tasks by the suite they belong to, in order."""
        grouped: dict[str, list[TaskSpec]] = {}
        for task in self.tasks:
            grouped.setdefault(task.section or self.name, []).append(task)
        return grouped

    def task(self, name: str) -> TaskSpec:
        """A task by name."""
        return next(task for task in self.tasks if task.name == name)


def names() -> list[str]:
    """The suites that are shipped."""
    return shipped(FOLDER)


def load(name: str) -> Suite:
    """A shipped suite by name, or a `.toml` file of one's own. Raises `SuiteError` saying what is wrong with it."""
    path, data = find_toml(name, FOLDER, "suite", "A suite of your own is named by its .toml file.")
    return parse(data, str(path))


def parse(data: Mapping[str, Any], where: str) -> Suite:
    """Check and build a suite. `where` names the source in errors."""
    parts = [load(name) for name in _take(data, "include", list, where, default=[])]
    included = [replace(task, section=task.section or part.name) for part in parts for task in part.tasks]
    unknown = set(data) - {"name", "version", "summary", "include", "tasks"}
    if unknown:
        raise UnknownNameError(f"key in {where}", min(unknown), {"name", "version", "summary", "include", "tasks"})
    own = [_task(task, where) for task in _take(data, "tasks", list, where, default=[])]
    tasks = (*included, *own)
    if not tasks:
        raise SuiteError(f"{where} has no tasks. Add a [[tasks]] table with name, env and episodes.")
    task_names = [task.name for task in tasks]
    twice = {name for name in task_names if task_names.count(name) > 1}
    if twice:
        raise SuiteError(f"{where} has two tasks named {min(twice)!r}. Give each a name of its own.")
    return Suite(
        _take(data, "name", str, where),
        _take(data, "version", int, where),
        _take(data, "summary", str, where, default=""),
        tasks,
    )


def _task(data: Any, where: str) -> TaskSpec:
    if not isinstance(data, Mapping):
        raise SuiteError(f"{where}: a task is a table ([[tasks]]), not {data!r}.")
    known = {item.name: item for item in fields(TaskSpec)}
    unknown = set(data) - set(known)
    if unknown:
        raise UnknownNameError(f"key of a task in {where}", min(unknown), known)
    kinds: dict[str, Any] = {
        "name": str, "env": str, "episodes": int, "first_seed": int, "deterministic": bool, "epsilon": (int, float), "kwargs": dict,
        "random": (int, float), "reference": (int, float), "section": str, "score": str, "beside": list,
        "stall_steps": int, "published": list,
    }  # fmt: skip
    for key in ("name", "env", "episodes"):
        _take(data, key, kinds[key], where)
    values = {key: _take(data, key, kinds[key], where) for key in data}
    if not all(isinstance(name, str) for name in values.get("beside", ())):
        raise SuiteError(f"{where}: beside must be a list of metrics' names, not {values['beside']!r}.")
    values["beside"] = tuple(values.get("beside", ()))
    values["published"] = tuple(read_published(one, where) for one in values.get("published", ()))
    card(values["env"])
    return TaskSpec(**values)


def _take(data: Mapping[str, Any], key: str, kind: Any, where: str, default: Any = None) -> Any:
    if key not in data:
        if default is None:
            raise SuiteError(f"{where}: {key!r} is missing.")
        return default
    value = data[key]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        wanted = kind.__name__ if isinstance(kind, type) else "number"
        raise SuiteError(f"{where}: {key} must be a {wanted}, not {value!r}.")
    return value
