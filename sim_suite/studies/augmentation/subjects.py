"""Who learns from few real examples: a segmenter, a detector, a driver who was shown a few laps. Source: ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from agents import recipe as agent_recipes
from agents import training as agent_training
from agents.imitation.agent import CloneAgent
from perception import recipe as perception_recipes
from perception.detection.task import YoloTask
from perception.segmentation.driving.source import StreetSource
from perception.segmentation.task import SegmentationTask
from perception.training import run as perception_training
from sim_suite.cli.episodes_record import Record, record
from sim_suite.envs.making import make
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.errors import SuiteError
from sim_suite.leaderboard import suite as suites
from sim_suite.learning.run_folder import CHECKPOINT_NAME, METRICS
from sim_suite.settings import build_config
from sim_suite.studies.augmentation.arms import Arm, Generator, laid
from sim_suite.studies.judging import judge, judged

Enough = Callable[[], bool]
Pictures = NDArray[np.uint8]
EXPERT: Final = "car-racing-pursuit"
RACE: Final = "sim_suite/CarRacing-v0"
LAPS: Final = "laps"


class TimeIsUpError(Exception):
    """The budget is spent; everything is on the disk."""


class Subject(Protocol):
    """Who learns."""

    @property
    def name(self) -> str:
        """Of the subject's cells."""

    @property
    def title(self) -> str:
        """What is learned and judged, for a table."""

    @property
    def unit(self) -> str:
        """What is scored."""

    @property
    def samples(self) -> int:
        """Real examples of an arm that asks for no more."""

    @property
    def arms(self) -> Mapping[str, Arm]:
        """By name; the first is the one that the others are compared with."""

    @property
    def generators(self) -> Mapping[str, Generator]:
        """By the names that arms have for them."""

    def facts(self) -> dict[str, Any]:
        """All that its scores depend on, as plain data for JSON."""

    def real(self, folder: Path) -> Pictures:
        """[samples, H, W, 3] the real examples' pictures. folder: the study's."""

    def score(self, arm: Arm, seed: int, folder: Path, run: Path, enough: Enough) -> float:
        """Train in the folder `run`, or go on there, and judge. arm: with its generator's checkpoint in its place; folder: the study's.

        Raises `TimeIsUpError` where `enough` says to stop; the same call goes on later.
        """


@dataclass(frozen=True)
class PerceptionSubject:
    """Trained and judged by `sim_suite.perception`'s loop."""

    name: str
    title: str
    unit: str
    metric: str
    """Of metrics.jsonl."""
    samples: int
    recipe: str
    """Shipped, whose settings `settings` change."""
    settings: Mapping[str, Any]
    count: Callable[[int], Mapping[str, Any]]
    """The settings that give so many real examples."""
    arms: Mapping[str, Arm]
    generators: Mapping[str, Generator] = field(default_factory=dict)

    def config(self, arm: Arm) -> dict[str, Any]:
        """All settings of an arm."""
        base = laid(perception_recipes.load(self.recipe).config, self.settings)
        return laid(laid(base, self.count(arm.samples * self.samples)), arm.settings)

    def facts(self) -> dict[str, Any]:
        """See `Subject`."""
        configs = {name: self.config(arm) for name, arm in self.arms.items()}
        return {"metric": self.metric, "arms": configs, "generators": _plain(self.generators)}

    def real(self, folder: Path) -> Pictures:
        """See `Subject`."""
        return real_pictures(perception_recipes.load(self.recipe).task, self.config(next(iter(self.arms.values()))))

    def score(self, arm: Arm, seed: int, folder: Path, run: Path, enough: Enough) -> float:
        """See `Subject`."""
        base = perception_recipes.load(self.recipe)
        recipe = replace(base, seed=seed, config=self.config(arm), name="")
        train_perception(recipe, run, enough)
        last = (run / METRICS).read_text(encoding="utf-8").splitlines()[-1]
        return float(json.loads(last)[self.metric])


@dataclass(frozen=True)
class CloningSubject:
    """Behaviour cloning of the scripted expert on CarRacing, judged on tracks that nobody drove before."""

    name: str
    title: str
    samples: int
    """Laps of the expert."""
    recipe: str
    settings: Mapping[str, Any]
    epochs: int
    """Of an arm with the subject's laps; with more laps so many fewer, so that steps of the optimiser stay alike."""
    tracks: int
    arms: Mapping[str, Arm]
    generators: Mapping[str, Generator] = field(default_factory=dict)
    unit: str = "mean return"

    def config(self, arm: Arm) -> dict[str, Any]:
        """All settings of an arm, but where its laps are."""
        base = laid(agent_recipes.load(self.recipe).config, self.settings)
        return laid(laid(base, {"epochs": max(1, self.epochs // arm.samples), "validation": 0.0}), arm.settings)

    def facts(self) -> dict[str, Any]:
        """See `Subject`."""
        configs = {name: {**self.config(arm), "laps": arm.samples * self.samples} for name, arm in self.arms.items()}
        return {"tracks": self.tracks, "arms": configs, "generators": _plain(self.generators)}

    def real(self, folder: Path) -> Pictures:
        """See `Subject`; all frames of the laps."""
        frames = []
        data = Dataset(self._laps(folder, self.samples))
        for entry in data.entries:
            with data.open(entry) as episode:
                frames.append(np.asarray(episode.read("observation"), np.uint8))
        return np.concatenate(frames)

    def score(self, arm: Arm, seed: int, folder: Path, run: Path, enough: Enough) -> float:
        """See `Subject`."""
        laps = self._laps(folder, arm.samples * self.samples)
        if (run / "config.toml").is_file():
            training = agent_training.resume(run, "cpu")
        else:
            base = agent_recipes.load(self.recipe)
            config = laid(self.config(arm), {"episodes": [str(laps)]})
            training = agent_training.begin(replace(base, seed=seed, config=config), run, "cpu")
        agent_training.go(training, enough=lambda metrics: enough())
        if training.learner.done_steps < training.learner.total_steps:
            raise TimeIsUpError
        agent = CloneAgent.load(run / CHECKPOINT_NAME)
        task, kept = suites.load("car-racing").task("car-racing"), run / "tracks.json"
        with make(RACE, agent.interface.observation) as env:
            if not judge(env, agent, task, kept, self.tracks, enough):
                raise TimeIsUpError
        return float(np.mean([one.episode_return for one in judged(kept)]))

    def _laps(self, folder: Path, count: int) -> Path:
        """The expert's first so many, recorded once a study."""
        laps = folder / LAPS / f"{count:03d}"
        there = len(Dataset(laps).entries) if laps.is_dir() else 0
        if there < count:
            record(Record(RACE, EXPERT, laps, count - there, there))
        return laps


def real_pictures(task: str, config: Mapping[str, Any]) -> Pictures:
    """The fixed set of a perception task's configuration, [n, H, W, 3]. Raises `SuiteError` for a task that has none."""
    if task == "segmentation":
        source = SegmentationTask(build_config(SegmentationTask.Config, config, "settings of segmentation"), 0).source
        if isinstance(source, StreetSource):
            return source.filmed(0).pictures
    if task == "yolo":
        made = build_config(YoloTask.Config, config, "settings of yolo")
        return YoloTask(made, 0).source.training().first(made.frames).pictures
    raise SuiteError(
        f"{task!r} has no fixed set of pictures with these settings: take segmentation of driving, or yolo."
    )


def train_perception(recipe: perception_recipes.Recipe, folder: Path, enough: Enough) -> Path:
    """Train in a folder, or go on there; the checkpoint. Raises `TimeIsUpError`."""
    is_begun = (folder / perception_training.CONFIG).is_file()
    run = perception_training.resume(folder, "cpu") if is_begun else perception_training.begin(recipe, folder, "cpu")
    checkpoint = perception_training.go(run, enough=lambda metrics: enough())
    if run.learner.done_steps < run.learner.total_steps:
        raise TimeIsUpError
    return checkpoint


def _plain(generators: Mapping[str, Generator]) -> dict[str, Any]:
    return {name: {"task": one.task, "settings": laid({}, one.settings)} for name, one in generators.items()}
