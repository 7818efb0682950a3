"""`sim-suite perception train`: train a network by a recipe, or go on with a run that was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.settings import parse_settings, with_settings

if TYPE_CHECKING:
    from perception.recipe import Recipe
    from perception.training.run import Run
    from sim_suite.learning.run_folder import Metrics

_SHOWN = 12
"""Metrics that the last line names."""


@dataclass(frozen=True)
class Arguments:
    """Train a perception network by a recipe or by task, or go on with a run that was stopped.

    examples:
      sim-suite perception train segmentation-car-racing
      sim-suite perception train segmentation --recipe car-racing --seed 1 --set training.updates=500
      sim-suite perception train yolo --augment classical
      sim-suite perception train my_recipe.toml --out runs/mine
      sim-suite perception train --resume runs/mine
    """

    name: Annotated[str | None, tyro.conf.Positional] = None
    """A recipe, a .toml file, or a task (`sim-suite perception list`)."""
    recipe: str | None = None
    """With a task: the one of its recipes, or TASK-RECIPE, that says how."""
    set: tuple[str, ...] = ()
    """Settings to change, as KEY=VALUE; in a table, as TABLE.KEY=VALUE."""
    augment: str | None = None
    """The same as --set training.augment=...: classical, none, or a checkpoint that makes pictures of pictures, such as a vae's."""
    seed: int | None = None
    """Seed of the run; the recipe's (0) if not given."""
    out: Path | None = None
    """Folder of the run; runs/perception/<recipe>/<utc>-<seed> if not given."""
    resume: Path | None = None
    """Go on with this run folder."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where tensors live."""
    watch: tuple[str, ...] = ()
    """Metrics to show as curves on the terminal, besides what is held out and losses."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the result as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    from perception.training.run import go
    from sim_suite.cli.training_display import TrainingDisplay

    training = _run_of(arguments)
    console.note(f"run folder: {training.folder}")
    last: Metrics = {}
    shown = TrainingDisplay(
        console.err,
        training.recipe.name or training.recipe.task,
        training.learner.total_steps,
        done=training.resumed_at,
        before=_recorded(training),
        watched=arguments.watch,
    )
    with shown:

        def watch(done: int, total: int, metrics: Metrics) -> None:
            last.clear()
            last.update(metrics)
            shown.watch(done, total, metrics)

        checkpoint = go(training, watch)
    if arguments.json:
        result = {"checkpoint": str(checkpoint), "steps": training.learner.done_steps, "metrics": last}
        console.print_json(result)
        return 0
    told = [f"{name} {value:.4g}" for name, value in last.items()][:_SHOWN]
    said = ", ".join(told) or f"finished before, at step {training.learner.done_steps}"
    console.out.print(f"{training.recipe.task}: {said}", markup=False, soft_wrap=True)
    console.out.print(f"checkpoint: {checkpoint}", markup=False, soft_wrap=True)
    console.next_step(f"sim-suite perception evaluate {checkpoint}")
    return 0


def _run_of(arguments: Arguments) -> Run:
    from perception.training.run import begin, resume, run_folder

    settings = arguments.set if arguments.augment is None else (*arguments.set, f"training.augment={arguments.augment}")
    if arguments.resume is not None:
        if settings or arguments.name or arguments.recipe or arguments.seed is not None or arguments.out:
            raise SuiteError(
                "--resume goes on with a run as it was begun; leave out the name, --recipe, --seed, --set and --out."
            )
        return resume(arguments.resume, arguments.device)
    recipe = _recipe_of(arguments.name, arguments.recipe)
    seed = recipe.seed if arguments.seed is None else arguments.seed
    if seed < 0:
        raise SuiteError(f"--seed must be 0 or more, not {seed}.")
    config = with_settings(recipe.config, parse_settings(settings))
    recipe = replace(recipe, seed=seed, config=config)
    return begin(recipe, arguments.out or run_folder(Path("runs"), recipe), arguments.device)


def _recipe_of(name: str | None, asked: str | None) -> Recipe:
    from perception import recipe as recipes
    from perception.registry import entries

    if name is None:
        raise SuiteError("name a recipe or a task (`sim-suite perception list`), or --resume FOLDER.")
    if name not in entries():
        if asked is not None:
            raise SuiteError(f"--recipe goes with a task, which {name!r} is not (`sim-suite perception list`).")
        return recipes.load(name)
    if asked is None:
        suited = entries()[name].recipe
        return recipes.load(suited) if suited else recipes.Recipe(name)
    own = f"{name}-{asked}"
    found = recipes.load(own if own in recipes.names() else asked)
    if found.task != name:
        raise SuiteError(f"the recipe {asked!r} trains {found.task!r}, not {name!r}.")
    return found


def _recorded(training: Run) -> Iterator[tuple[int, Metrics]]:
    """What a resumed run has recorded up to where it goes on."""
    from sim_suite.leaderboard.curves.reading import records
    from sim_suite.learning.run_folder import METRICS

    path = training.folder / METRICS
    return records(path) if training.resumed_at and path.exists() else iter(())
