"""Runs a perception task inside a run folder: settings, metrics, checkpoints, and going on after a kill. Source: ours.

runs/perception/<recipe or task>/<utc>-<seed>/
    config.toml       the recipe with every setting spelled out
    metrics.jsonl, checkpoint/, state/    see `sim_suite.learning.run_folder` and checkpoint.py
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from perception.recipe import Recipe, parse
from perception.registry import entry
from perception.training import checkpoint
from perception.training.checkpoint import Description
from perception.training.learner import PerceptionLearner
from perception.training.task import Starts, Task
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic
from sim_suite.learning.run_folder import Metrics, take_up, train
from sim_suite.settings import build_config, plain_config
from sim_suite.toml_files import read_toml
from sim_suite.versions import hardware

CONFIG = "config.toml"


@dataclass(frozen=True)
class Run:
    """A training run on disk."""

    folder: Path
    recipe: Recipe
    config: Any
    task: Task
    learner: PerceptionLearner
    resumed_at: int
    """Steps that were done before; 0 for a fresh run."""


def run_folder(root: Path, recipe: Recipe, now: datetime | None = None) -> Path:
    """A new folder for a run under `root`; `now` defaults to the clock, which only names the folder."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    return root / "perception" / (recipe.name or recipe.task) / f"{stamp}-{recipe.seed}"


def begin(recipe: Recipe, folder: Path, device: str = "auto") -> Run:
    """Set up a fresh run. Raises `SuiteError` where the folder is taken or the recipe does not hold together."""
    if (folder / CONFIG).exists():
        raise SuiteError(f"{folder} holds a run already. Go on with it by --resume {folder}, or choose another --out.")
    config, task, learner = _start(recipe, device)
    _fill(task, learner)
    write_atomic(folder / CONFIG, recipe.to_toml(config))
    return Run(folder, recipe, config, task, learner, resumed_at=0)


def resume(folder: Path, device: str = "auto") -> Run:
    """Take up a run where its last checkpoint left it (or from the start, if it never reached one)."""
    path = folder / CONFIG
    if not path.is_file():
        raise SuiteError(
            f"{folder} holds no run: there is no {CONFIG}. Name the folder that `sim-suite perception train` printed."
        )
    recipe = parse(read_toml(path), str(path), "")
    config, task, learner = _start(recipe, device)
    take_up(folder, learner)
    if learner.done_steps == 0:
        _fill(task, learner)
    return Run(folder, recipe, config, task, learner, resumed_at=learner.done_steps)


def go(
    run: Run,
    watch: Callable[[int, int, Metrics], None] = lambda done, total, metrics: None,
    enough: Callable[[Metrics], bool] = lambda metrics: False,
) -> Path:
    """Train to the end, and return the final checkpoint's folder; see `sim_suite.learning.run_folder.train`."""

    def save(folder: Path) -> None:
        facts = {
            "steps": run.learner.done_steps,
            "seed": run.recipe.seed,
            "recipe": run.recipe.name,
            "hardware": hardware(),
        }
        description = Description(run.recipe.task, plain_config(run.config), run.task.classes, facts)
        checkpoint.save(folder, run.learner.product, description)

    return train(run.folder, run.learner, save, watch, enough)


def _start(recipe: Recipe, device: str) -> tuple[Any, Task, PerceptionLearner]:
    kind = entry(recipe.task).load()
    config = build_config(kind.Config, recipe.config, f"settings of {recipe.task}")
    task = kind(config, recipe.seed)
    return config, task, PerceptionLearner(recipe.task, task, recipe.seed, device)


def _fill(task: Task, learner: PerceptionLearner) -> None:
    """What a fresh network begins with, where its task has something."""
    if isinstance(task, Starts):
        task.start(learner.network)
