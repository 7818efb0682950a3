"""Train an agent by a recipe, or by method and environment, or go on with a run that was stopped.

examples:
  sim-suite train frozenlake-4x4-q-learning
  sim-suite train q-learning --env FrozenLake-v1 --seed 3 --set gamma=0.95
  sim-suite train --resume runs/FrozenLake-v1/q-learning/20261121T101500Z-0
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import tyro

from agents import recipe as recipes
from agents.config import parse_settings
from agents.learner import Metrics
from agents.recipe import Recipe
from agents.registry import entries
from agents.training import Run, begin, go, resume, run_folder
from sim_suite.cli import console
from sim_suite.envs.catalog import card
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Arguments:
    """What to train, and where to keep it."""

    what: Annotated[str | None, tyro.conf.Positional] = None
    """A recipe (`sim-suite list recipes`), a .toml file, or a method together with --env."""
    env: str | None = None
    """Environment, where a method is named rather than a recipe."""
    seed: int | None = None
    """Seed of the run; the recipe's (0) if not given."""
    set: tuple[str, ...] = ()
    """Settings to change, as KEY=VALUE."""
    out: Path | None = None
    """Folder of the run; runs/<env>/<agent>/<utc>-<seed> if not given."""
    resume: Path | None = None
    """Go on with this run folder."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where tensors live."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the result as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    training = _run_of(arguments)
    console.note(f"run folder: {training.folder}")
    last: Metrics = {}
    with console.progress() as bar:
        task = bar.add_task(
            training.recipe.agent, total=training.learner.total_steps, completed=training.resumed_at, note=""
        )

        def watch(done: int, total: int, metrics: Metrics) -> None:
            last.clear()
            last.update(metrics)
            bar.update(task, completed=done, total=total, note=_short(metrics))

        checkpoint = go(training, watch)
    if arguments.json:
        console.print_json({"checkpoint": str(checkpoint), "steps": training.learner.done_steps, "metrics": last})
    else:
        said = _short(last, 8) or f"finished before, at step {training.learner.done_steps}"
        console.out.print(f"{training.recipe.agent} on {training.recipe.env}: {said}", markup=False)
        console.out.print(f"checkpoint: {checkpoint}", markup=False, soft_wrap=True)
        console.next_step(f"sim-suite play {training.recipe.env} --agent {checkpoint}")
    return 0


def _run_of(arguments: Arguments) -> Run:
    if arguments.resume is not None:
        if arguments.what or arguments.env or arguments.set or arguments.seed is not None or arguments.out:
            raise SuiteError(
                "--resume goes on with a run as it was begun; leave out recipe, --env, --seed, --set and --out."
            )
        return resume(arguments.resume, arguments.device)
    recipe = _recipe_of(arguments)
    return begin(recipe, arguments.out or run_folder(Path("runs"), recipe), arguments.device)


def _recipe_of(arguments: Arguments) -> Recipe:
    if arguments.what is None:
        raise SuiteError("name a recipe (`sim-suite list recipes`), a method with --env, or --resume FOLDER.")
    if arguments.what in entries():
        if arguments.env is None:
            raise SuiteError(f"{arguments.what!r} is a method: say what to train it on, `--env FrozenLake-v1`.")
        recipe = Recipe(arguments.what, card(arguments.env).id)
    else:
        recipe = recipes.load(arguments.what)
        if arguments.env is not None:
            recipe = replace(recipe, env=card(arguments.env).id)
    seed = recipe.seed if arguments.seed is None else arguments.seed
    if seed < 0:
        raise SuiteError(f"--seed must be 0 or more, not {seed}.")
    return replace(recipe, seed=seed, config={**recipe.config, **parse_settings(arguments.set)})


def _short(metrics: Metrics, most: int = 3) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in list(metrics.items())[:most])
