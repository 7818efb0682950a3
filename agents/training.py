"""Runs a learner inside a run folder: settings, metrics, checkpoints, and going on after a kill.

    runs/<task>/<agent>/<utc>-<seed>/
        config.toml       the recipe with every setting spelled out
        metrics.jsonl     one JSON object a line, as the learner yields them
        events.out.*      the same for TensorBoard, where it was asked for (sim_suite.cli.train)
        checkpoint/       the agent as it is now (agents.checkpoint)
        state/            what the learner needs to go on
        rounds/           what a learner keeps besides, where it asks for a folder (agents.learner.KeepsFiles)

State and checkpoint are written together, as `sim_suite.learning.run_folder` says. Of several processes that torchrun started, the
first writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from agents import checkpoint
from agents.checkpoint import Description
from agents.learner import KeepsFiles, Learner, Metrics
from agents.learning.crew import crew
from agents.naming import task_of
from agents.recipe import Recipe
from agents.recipe import parse as parse_recipe
from agents.registry import entry
from sim_suite.envs.catalog import card
from sim_suite.envs.making import make, refuse_view, space_text
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic
from sim_suite.learning.run_folder import CHECKPOINT_NAME, take_up, train
from sim_suite.settings import build_config, plain_config
from sim_suite.toml_files import read_toml
from sim_suite.versions import hardware

_ROUNDS = "rounds"


@dataclass
class Run:
    """A training run on disk."""

    folder: Path
    recipe: Recipe
    config: Any
    learner: Learner
    resumed_at: int
    """Steps that were done before; 0 for a fresh run."""


def run_folder(root: Path, recipe: Recipe, now: datetime | None = None) -> Path:
    """A new folder for a run of `recipe` under `root`; `now` defaults to the clock, which only names the folder."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    return root / recipe.env.replace("/", "_") / recipe.agent / f"{stamp}-{recipe.seed}"


def begin(recipe: Recipe, folder: Path, device: str = "auto") -> Run:
    """Set up a fresh run. Raises `SuiteError` where the folder is taken or the recipe does not hold together."""
    first = crew().is_first
    if first and (folder / "config.toml").exists():
        raise SuiteError(f"{folder} holds a run already. Go on with it by --resume {folder}, or choose another --out.")
    config, learner = _start(recipe, folder, device)
    if first:
        write_atomic(folder / "config.toml", recipe.to_toml(config))
    return Run(folder, recipe, config, learner, resumed_at=0)


def resume(folder: Path, device: str = "auto") -> Run:
    """Take up a run where its last checkpoint left it (or from the start, if it never reached one)."""
    path = folder / "config.toml"
    if not path.is_file():
        raise SuiteError(
            f"{folder} holds no run: there is no config.toml. Name the folder that `sim-suite train` printed."
        )
    recipe = parse_recipe(read_toml(path), str(path), "")
    config, learner = _start(recipe, folder, device)
    take_up(folder, learner, crew().is_first)
    return Run(folder, recipe, config, learner, resumed_at=learner.done_steps)


def go(
    run: Run,
    watch: Callable[[int, int, Metrics], None] = lambda done, total, metrics: None,
    enough: Callable[[Metrics], bool] = lambda metrics: False,
) -> Path:
    """Train to the end, calling `watch(done, total, metrics)` at each yield, and return the final checkpoint's folder.

    enough: asked after each yield; True ends here, saved so that `resume` goes on as if it had never ended.
    """
    learner = run.learner
    if not crew().is_first:
        for metrics in learner.run():
            watch(learner.done_steps, learner.total_steps, metrics)
        return run.folder / CHECKPOINT_NAME
    return train(run.folder, learner, partial(_save, run), watch, enough)


def _start(recipe: Recipe, folder: Path, device: str) -> tuple[Any, Learner]:
    method = entry(recipe.agent).load_method()
    config = build_config(method.config, recipe.config, f"settings of {recipe.agent}")
    learner = method.start(task_of(recipe.env, recipe.env_kwargs), config, recipe.seed, device)
    refuse_view(card(recipe.env), learner.agent.interface.observation)  # before hours of training, not after
    if isinstance(learner, KeepsFiles):
        learner.work_in(folder / _ROUNDS)
    if crew().size > 1 and not getattr(learner, "works_in_a_crew", False):
        raise SuiteError(f"{recipe.agent} trains in one process, not in {crew().size}: start it without torchrun.")
    return config, learner


def _save(run: Run, folder: Path) -> None:
    """Write the agent as it is now."""
    learner, agent = run.learner, run.learner.agent
    with make(run.recipe.env, agent.interface.observation, kwargs=run.recipe.env_kwargs) as env:
        spaces = (space_text(env.observation_space), space_text(env.action_space))
    training = {"steps": learner.done_steps, "seed": run.recipe.seed, "recipe": run.recipe.name, "hardware": hardware()}
    description = Description(
        run.recipe.agent,
        run.recipe.env,
        run.recipe.env_kwargs,
        agent.interface,
        plain_config(run.config),
        spaces,
        training,
    )
    checkpoint.save(folder, agent, description)
