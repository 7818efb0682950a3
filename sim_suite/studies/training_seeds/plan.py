"""What a study over training seeds is of, read from TOML and checked before anything is trained. Source: ours.

summary = "..."
suite = "classic"

[[tasks]]                       a table of the study
task = "cart-pole"              of the suite: its seeds, its episodes
threshold = 475                 return that a run should reach on average
[tasks.random]                  optional ends of the scale, for the suite's own: score = ..., source = "..."; likewise [tasks.reference]
[tasks.endings]                 optional: episodes = 1000, title = "flag reached": how many of so many episodes terminate

[[tasks.entries]]               a line of the table
name = "cart-pole-ppo"          unlike all others of the plan; names its runs
title = "PPO"
recipe = "cartpole-ppo"
seeds = [0, 1, 2]
settings = { envs = 4, "network.hidden" = [32] }     optional: what differs from the recipe
bar = 3                         optional: how many runs should reach the threshold
peer = "cart-pole-sb3-ppo"      optional: the entry of the same table that it is compared with, seed by seed
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from agents import recipe as recipes
from agents.recipe import Recipe
from agents.registry import entry as registered
from sim_suite.envs.catalog import Reference
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.suite import TaskSpec
from sim_suite.refusals import refuse_less
from sim_suite.settings import build_config, with_settings
from sim_suite.toml_files import find_toml

FOLDER: Final = Path(__file__).parent / "plans"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class End:
    """One end of the scale; left out, the suite's own."""

    score: float = math.nan
    source: str = ""
    """Where the score comes from."""

    def __post_init__(self) -> None:
        if bool(self.source) != math.isfinite(self.score):
            raise SuiteError(
                f"an end of the scale needs a finite score and its source, not {self.score} and {self.source!r}."
            )

    def or_else(self, own: Reference) -> Reference:
        """What the plan says, or the suite's own where it says nothing."""
        return Reference(self.score, self.source) if self.source else own


@dataclass(frozen=True)
class Endings:
    """Count how many episodes terminate, for tasks where that is the aim."""

    episodes: int = 0
    """0: they are not counted."""
    title: str = "terminated"

    def __post_init__(self) -> None:
        refuse_less(self, {"episodes": 0})


@dataclass(frozen=True)
class EntryPlan:
    """A line of the table: one recipe, trained from several seeds."""

    name: str = ""
    title: str = ""
    recipe: str = ""
    seeds: tuple[int, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    bar: int = 0
    """Runs that should reach the threshold; 0 where none is set."""
    peer: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SuiteError(
                f"an entry's name is made of a-z, 0-9 and dashes, as in 'cart-pole-ppo', not {self.name!r}."
            )
        if not self.title or not self.recipe or not self.seeds:
            raise SuiteError(f"the entry {self.name!r} needs a title, a recipe and one seed or more.")
        if len(set(self.seeds)) != len(self.seeds) or min(self.seeds) < 0:
            raise SuiteError(f"the seeds of {self.name!r} must differ and be 0 or more, not {list(self.seeds)}.")
        if not 0 <= self.bar <= len(self.seeds):
            raise SuiteError(
                f"the bar of {self.name!r} must lie in 0 to its {len(self.seeds)} seeds, not be {self.bar}."
            )

    def run_recipe(self, seed: int) -> Recipe:
        """What one run is trained by. Raises `SuiteError` where there is no such recipe."""
        base = recipes.load(self.recipe)
        return replace(base, seed=seed, config=with_settings(base.config, self.settings))


@dataclass(frozen=True)
class TaskPlan:
    """A table: the entries that are judged on one task."""

    task: str = ""
    threshold: float = math.nan
    entries: tuple[EntryPlan, ...] = ()
    random: End = field(default_factory=End)
    reference: End = field(default_factory=End)
    endings: Endings = field(default_factory=Endings)

    def __post_init__(self) -> None:
        if not math.isfinite(self.threshold):
            raise SuiteError(f"the threshold of task {self.task!r} must be a finite number, not {self.threshold}.")
        if not self.entries:
            raise SuiteError(
                f"task {self.task!r} has no entries. Add a [[tasks.entries]] table with name, title, recipe, seeds."
            )


@dataclass(frozen=True)
class Plan:
    """Tables of one suite."""

    name: str
    summary: str = ""
    suite: str = ""
    tasks: tuple[TaskPlan, ...] = ()

    def __post_init__(self) -> None:
        if not self.tasks:
            raise SuiteError(
                f"the plan {self.name} has no tasks. Add a [[tasks]] table with task, threshold and entries."
            )
        for what, names in (
            ("entries", [entry.name for task in self.tasks for entry in task.entries]),
            ("tables", [task.task for task in self.tasks]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise SuiteError(
                    f"the plan {self.name} has two {what} named {twice[0]!r}. Give each a name of its own."
                )
        for task in self.tasks:
            known = {entry.name for entry in task.entries}
            for entry in task.entries:
                if entry.peer and (entry.peer not in known or entry.peer == entry.name):
                    raise UnknownNameError(f"peer of {entry.name!r} on {task.task}", entry.peer, known - {entry.name})

    def spec(self, table: TaskPlan) -> TaskSpec:
        """The suite's task behind a table."""
        tasks = {task.name: task for task in suites.load(self.suite).tasks}
        if table.task not in tasks:
            raise UnknownNameError(f"task of the suite {self.suite!r}", table.task, tasks)
        return tasks[table.task]

    def ends(self, table: TaskPlan) -> tuple[Reference, Reference]:
        """What counts as 0 and as 100 %: the plan's, else the suite's."""
        spec = self.spec(table)
        zero, one = table.random.or_else(spec.zero), table.reference.or_else(spec.one)
        if zero.value == one.value:
            raise SuiteError(f"{table.task}: random and reference are both {one.value}, so that there is no scale.")
        return zero, one


def load(name: str) -> Plan:
    """A shipped plan by name, or a `.toml` file. Raises `SuiteError` saying what is wrong with it."""
    path, data = find_toml(name, FOLDER, "plan", "A plan of your own is named by its .toml file.")
    return parse(data, path.stem, str(path))


def parse(data: Mapping[str, Any], name: str, where: str) -> Plan:
    """Check and build a plan: its recipes, their settings, the suite and its tasks exist and fit. `where` names the source in errors."""
    plan: Plan = build_config(Plan, {**data, "name": name}, where)
    for table in plan.tasks:
        spec, _ = plan.spec(table), plan.ends(table)
        for entry in table.entries:
            recipe = entry.run_recipe(entry.seeds[0])
            build_config(registered(recipe.agent).load_method().config, recipe.config, f"settings of {entry.name}")
            if (recipe.env, recipe.env_kwargs) != (spec.env, spec.kwargs):
                raise SuiteError(
                    f"{where}: {entry.name} learns on {_environment(recipe.env, recipe.env_kwargs)}, but {spec.name} is "
                    f"{_environment(spec.env, spec.kwargs)}. Put it under the task that it learns."
                )
    return plan


def _environment(env_id: str, kwargs: Mapping[str, Any]) -> str:
    return f"{env_id} with {dict(kwargs)}" if kwargs else env_id
