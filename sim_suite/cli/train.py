"""Train an agent by a recipe, or by method and environment, or go on with a run that was stopped.

examples:
  sim-suite train frozenlake-4x4-q-learning
  sim-suite train q-learning --env FrozenLake-v1 --seed 3 --set gamma=0.95
  sim-suite train frozenlake-4x4-q-learning --watch epsilon --tensorboard
  sim-suite train --resume runs/FrozenLake-v1/q-learning/20261121T101500Z-0
  sim-suite train chauffeurnet sim_suite/Driving-v0 --recipe small
  sim-suite train chauffeurnet-small --set losses.speed=2
  sim-suite train chauffeurnet-small --episodes data/mine --set feed.recorded=0.5
  torchrun --nproc-per-node 2 --no-python sim-suite train chauffeurnet-small
  sim-suite train bc --episodes data/laps --augment classical
  sim-suite train bc --episodes data/laps data/fixes --resume runs/sim_suite_CarRacing-v0/bc/20261128T101500Z-0
  sim-suite train dagger sim_suite/CarRacing-v0
  sim-suite train alphazero connect_four
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from agents import recipe as recipes
from agents.learner import Metrics
from agents.learning.crew import crew
from agents.recipe import Recipe
from agents.registry import entries
from agents.training import Run, begin, go, resume, run_folder
from sim_suite.cli import console
from sim_suite.cli.training_display import TrainingDisplay
from sim_suite.envs.catalog import card
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.leaderboard.curves.reading import METRICS, STEP, records
from sim_suite.settings import parse_settings, with_settings

if TYPE_CHECKING:
    from sim_suite.leaderboard.curves.tensorboard import EventLog


@dataclass(frozen=True)
class Arguments:
    """What to train, and where to keep it."""

    what: Annotated[str | None, tyro.conf.Positional] = None
    """A recipe (`sim-suite list recipes`), a .toml file, or a method together with --env."""
    on: Annotated[str | None, tyro.conf.Positional] = None
    """The same as --env."""
    env: str | None = None
    """Environment, where a method is named rather than a recipe; a board game also by its own name, `connect_four`."""
    recipe: str | None = None
    """With a method: the one of its recipes, or METHOD-RECIPE, that says how."""
    seed: int | None = None
    """Seed of the run; the recipe's (0) if not given."""
    set: tuple[str, ...] = ()
    """Settings to change, as KEY=VALUE; in a table, as TABLE.KEY=VALUE."""
    augment: str | None = None
    """Of methods that learn from pictures: show them otherwise. classical, none, or a checkpoint that makes pictures of pictures."""
    out: Path | None = None
    """Folder of the run; runs/<env>/<agent>/<utc>-<seed> if not given."""
    resume: Path | None = None
    """Go on with this run folder. With --episodes: a new run that begins with this one's weights and settings."""
    episodes: tuple[str, ...] = ()
    """Folders of recorded episodes to learn from."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where tensors live."""
    watch: tuple[str, ...] = ()
    """Metrics to show as curves on the terminal, besides returns and losses."""
    tensorboard: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Write TensorBoard's event files beside metrics.jsonl (pip install "sim-suite[tensorboard]")."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the result as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    if arguments.tensorboard:
        _refuse_without_tensorboard()
    training = _run_of(_spelled_out(arguments))
    if not crew().is_first:
        go(training)
        return 0
    console.note(f"run folder: {training.folder}")
    last: Metrics = {}
    seen: set[str] = set()
    shown = TrainingDisplay(
        console.err,
        training.recipe.agent,
        training.learner.total_steps,
        done=training.resumed_at,
        before=_recorded(training),
        watched=arguments.watch,
    )
    with _event_log(training, arguments.tensorboard) as events, shown:

        def watch(done: int, total: int, metrics: Metrics) -> None:
            last.clear()
            last.update(metrics)
            told = {name: value for name, value in metrics.items() if name != STEP}
            seen.update(told)
            if events is not None:
                events.add(done, told, time.time())
            shown.watch(done, total, told)

        checkpoint = go(training, watch)
    _say_unknown(arguments.watch, seen)
    if arguments.json:
        console.print_json({"checkpoint": str(checkpoint), "steps": training.learner.done_steps, "metrics": last})
    else:
        said = _short(last, 8) or f"finished before, at step {training.learner.done_steps}"
        console.out.print(f"{training.recipe.agent} on {training.recipe.env}: {said}", markup=False)
        console.out.print(f"checkpoint: {checkpoint}", markup=False, soft_wrap=True)
        console.next_step(next_line(training, checkpoint))
    return 0


def _recorded(training: Run) -> Iterator[tuple[int, Metrics]]:
    """What a resumed run has recorded up to where it goes on."""
    path = training.folder / METRICS
    return records(path) if training.resumed_at and path.exists() else iter(())


def _refuse_without_tensorboard() -> None:
    """Before a run folder is made, not after."""
    from sim_suite.leaderboard.curves.tensorboard import needed

    needed()


@contextmanager
def _event_log(training: Run, asked: bool) -> Iterator[EventLog | None]:
    """Event files that begin with what the run has recorded before, under the time of that file; None where nobody asked."""
    if not asked:
        yield None
        return
    from sim_suite.leaderboard.curves.tensorboard import EventLog

    with EventLog(training.folder) as events:
        for step, metrics in _recorded(training):
            events.add(step, metrics, (training.folder / METRICS).stat().st_mtime)
        yield events


def _say_unknown(watched: Collection[str], seen: Collection[str]) -> None:
    """A line for each name of `--watch` that was never reported; a run that had ended before reports nothing."""
    for name in watched if seen else ():
        if name not in seen:
            console.note(f"--watch: {UnknownNameError('metric', name, seen)}")


def next_line(training: Run, checkpoint: Path) -> str:
    """What to type next: who learned from a person is corrected at the wheel, then compared with them."""
    if training.recipe.agent == "bc":
        from agents.imitation.starting import line_after

        return line_after(training.recipe.env, training.config, training.folder)
    return f"sim-suite play {training.recipe.env} --agent {checkpoint}"


def _spelled_out(arguments: Arguments) -> Arguments:
    """The environment by --env, the recipe in place of the method, and --augment as the setting that it is."""
    if arguments.on is not None and arguments.env is not None:
        raise SuiteError(f"the environment is named twice, as {arguments.on!r} and by --env. Leave one out.")
    settings = arguments.set if arguments.augment is None else (*arguments.set, f"augment={arguments.augment}")
    asked = replace(arguments, env=_id_of(arguments.on or arguments.env), on=None, set=settings, augment=None)
    if asked.recipe is None:
        return asked
    if asked.what not in entries():
        raise SuiteError(f"--recipe goes with a method, which {asked.what!r} is not (`sim-suite list agents`).")
    own = f"{asked.what}-{asked.recipe}"
    name = own if own in recipes.names() else asked.recipe
    found = recipes.load(name)
    if found.agent != asked.what:
        raise SuiteError(f"the recipe {name!r} trains {found.agent!r}, not {asked.what!r}.")
    return replace(asked, what=name, recipe=None)


def _id_of(name: str | None) -> str | None:
    """The environment that a board game's own name stands for; any other name as it is."""
    from sim_suite.envs.boards.names import board_game_of, env_of

    game = None if name is None else board_game_of(name)
    return name if game is None else env_of(game.name)


def _run_of(arguments: Arguments) -> Run:
    if arguments.episodes:
        recipe = _learned_recipe(arguments)
        return begin(recipe, arguments.out or run_folder(Path("runs"), recipe), arguments.device)
    if arguments.resume is not None:
        if arguments.what or arguments.env or arguments.set or arguments.seed is not None or arguments.out:
            raise SuiteError(
                "--resume goes on with a run as it was begun; leave out recipe, --env, --seed, --set and --out."
            )
        return resume(arguments.resume, arguments.device)
    recipe = _recipe_of(arguments)
    return begin(recipe, arguments.out or run_folder(Path("runs"), recipe), arguments.device)


def _learned_recipe(arguments: Arguments) -> Recipe:
    """How to learn from `--episodes`: by a recipe, by the method and what suits it, or from an earlier run's weights."""
    from agents.imitation.starting import CHAUFFEURS, LEARN_FROM_EPISODES, recipe_for, recipe_from

    named = _named_recipe(arguments.what)
    unknown = named is not None and named.agent not in LEARN_FROM_EPISODES
    elsewhere = arguments.env is not None and (named is None or named.agent not in CHAUFFEURS)
    if elsewhere or unknown or (named is not None and arguments.resume is not None):
        raise SuiteError(
            "--episodes goes with `bc` or one of its recipes, with `dagger` or with `chauffeurnet`; it brings the environment, and "
            "--resume the settings: leave out --env, and with --resume the recipe."
        )
    if arguments.resume is not None:
        recipe = recipe_from(arguments.resume, arguments.episodes)
    else:
        recipe = recipe_for(arguments.episodes, named)
    if arguments.env is not None:
        recipe = replace(recipe, env=card(arguments.env).id, env_kwargs={})
    return _as_asked(recipe, arguments)


def _named_recipe(what: str | None) -> Recipe | None:
    """A recipe by name; of a method's name the method alone says enough."""
    if what is None or what == "bc":
        return None
    return Recipe(what, "") if what in entries() else recipes.load(what)


def _recipe_of(arguments: Arguments) -> Recipe:
    if arguments.what is None:
        raise SuiteError("name a recipe (`sim-suite list recipes`), a method with --env, or --resume FOLDER.")
    if arguments.what in entries():
        if arguments.env is None:
            if arguments.what == "bc":
                raise SuiteError("`bc` learns from recorded episodes: name their folders, `--episodes data/laps`.")
            raise SuiteError(f"{arguments.what!r} is a method: say what to train it on, `--env FrozenLake-v1`.")
        recipe = recipes.suited(arguments.what, card(arguments.env).id)
    else:
        recipe = recipes.load(arguments.what)
        if arguments.env is not None:
            recipe = replace(recipe, env=card(arguments.env).id)
    return _as_asked(recipe, arguments)


def _as_asked(recipe: Recipe, arguments: Arguments) -> Recipe:
    """The recipe with --seed and --set."""
    seed = recipe.seed if arguments.seed is None else arguments.seed
    if seed < 0:
        raise SuiteError(f"--seed must be 0 or more, not {seed}.")
    return replace(recipe, seed=seed, config=with_settings(recipe.config, parse_settings(arguments.set)))


def _short(metrics: Metrics, most: int = 3) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in list(metrics.items())[:most])
