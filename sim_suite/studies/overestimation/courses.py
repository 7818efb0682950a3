"""The courses of training runs: networks measured along the way, by training or from checkpoints that were kept. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from agents import checkpoint
from agents import recipe as recipes
from agents.learner import Metrics
from agents.naming import find, task_of
from agents.registry import entry
from agents.training import Run, begin, go, resume
from agents.value_based.agent import QAgent
from agents.value_based.config import DqnConfig, PqnConfig, QConfig
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.settings import build_config, parse_settings, with_settings
from sim_suite.studies.overestimation.measuring import Measured, Sampling, measure

RUNS: Final = "runs"
COURSES: Final = "courses"
_VALUE_BASED: Final = ("dqn", "ddqn", "pqn")


@dataclass(frozen=True)
class Course:
    """What was measured of one training run, by rising steps."""

    method: str
    seed: int
    env: str
    folder: str
    """Of the run, or of the last of its checkpoints."""
    points: tuple[Measured, ...]


@dataclass(frozen=True)
class Training:
    """Runs that are trained for the study, all with the settings of one recipe, whatever their method."""

    recipe: str
    methods: tuple[str, ...] = ("dqn", "ddqn")
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    points: int = 20
    """Measurements of each run, evenly spread over its steps."""
    settings: tuple[str, ...] = ()
    """What differs from the recipe, KEY=VALUE."""

    def __post_init__(self) -> None:
        if self.points < 1:
            raise SuiteError(f"--points must be 1 or more, not {self.points}.")


def trained(training: Training, sampling: Sampling, out: Path, say: Callable[[str], None]) -> list[Course]:
    """Train what is not trained yet, and measure. A run that was broken off goes on from its last state; its points are kept."""
    found = []
    for seed in training.seeds:
        for method in training.methods:
            run = _run_of(training, method, seed, out / RUNS / f"{method}-{seed}")
            points = _follow(run, sampling, out / COURSES / f"{method}-{seed}.json")
            found.append(Course(method, seed, run.recipe.env, str(run.folder), tuple(points)))
            say(f"{method}, seed {seed}: {points[-1].estimate:.3g} promised, {points[-1].true_return:.3g} came")
    return found


def kept(names: Sequence[str], sampling: Sampling, say: Callable[[str], None]) -> list[Course]:
    """Measure checkpoints; those of one method and seed are one run's, at the steps that they say. Raises `SuiteError` for other agents."""
    runs: dict[tuple[str, str, int], dict[int, tuple[Measured, str]]] = {}
    for name in names:
        folder = find(name).folder
        if folder is None:
            raise SuiteError(f"{name} is no checkpoint. Name a folder that `sim-suite train dqn` or `ddqn` printed.")
        agent, description = checkpoint.load(folder)
        if not isinstance(agent, QAgent):
            raise SuiteError(
                f"{name} is a {description.agent}: overestimation is measured of {', '.join(_VALUE_BASED)}."
            )
        config = build_config(entry(description.agent).load_method().config, description.config, f"settings of {name}")
        step, seed = int(description.training["steps"]), int(description.training["seed"])
        points = runs.setdefault((description.agent, description.env_id, seed), {})
        if step in points:
            raise SuiteError(
                f"{name} and {points[step][1]} are both {description.agent}, seed {seed}, at step {step}. Leave one out."
            )
        task = task_of(description.env_id, description.env_kwargs)
        points[step] = (measure(agent, task, config, step, sampling), name)
        say(f"{name}: {points[step][0].estimate:.3g} promised, {points[step][0].true_return:.3g} came")
    return [
        Course(method, seed, env, points[max(points)][1], tuple(points[step][0] for step in sorted(points)))
        for (method, env, seed), points in runs.items()
    ]


def _run_of(training: Training, method: str, seed: int, folder: Path) -> Run:
    """The run where it is, or a fresh one that reports as often as it is measured."""
    if (folder / "config.toml").is_file():
        return resume(folder, "cpu")
    base = recipes.load(training.recipe)
    if entry(base.agent).method != entry(method).method:
        raise SuiteError(f"{training.recipe} is a recipe for {base.agent}, whose settings do not suit {method!r}.")
    changed = with_settings(base.config, parse_settings(training.settings))
    config = build_config(entry(method).load_method().config, changed, f"settings of {training.recipe}")
    assert isinstance(config, DqnConfig | PqnConfig)
    changed = with_settings(changed, {"report_every": math.ceil(config.steps / training.points)})
    return begin(replace(base, agent=method, seed=seed, config=changed), folder, "cpu")


def _follow(run: Run, sampling: Sampling, path: Path) -> list[Measured]:
    """Train to the end and measure at each report; points beyond the state that is gone on from are measured anew."""
    task, config = task_of(run.recipe.env, run.recipe.env_kwargs), run.config
    assert isinstance(config, QConfig)
    known = [Measured(**point) for point in read_json(path)] if path.is_file() else []
    points = [point for point in known if point.step <= run.resumed_at]

    def look(done: int, total: int, metrics: Metrics) -> None:
        agent = run.learner.agent
        assert isinstance(agent, QAgent)
        points.append(measure(agent, task, config, done, sampling))
        write_json(path, [asdict(point) for point in points])

    if run.resumed_at and (
        not points or points[-1].step < run.resumed_at
    ):  # killed between the state and its measurement
        look(run.resumed_at, run.learner.total_steps, {})
    if run.resumed_at < run.learner.total_steps:
        go(run, look)
    return points
