"""World Models' run in three stages: drives are gathered, M learns to foretell them, C is evolved on what V and M see.

Source: Ha and Schmidhuber 2018 (arXiv:1803.10122), "Car Racing Experiment", its procedure. Inside the run folder:

    rounds/drives/00000.safetensors    what V saw of drive 0, and what was done

Steps are counted so that all stages weigh by what they take: environment steps of the drives, decisions that M learned from, and the most
environment steps that the candidates may drive.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.interface import Task
from agents.learner import Metrics
from agents.world_models.agent import MemoryAndController, WorldModelAgent, WorldModelSpec
from agents.world_models.circuit import Circuit, Trial
from agents.world_models.config import WorldModelsConfig
from agents.world_models.controller import parameters_of, refuse_other_actions
from agents.world_models.drives import read_drive, write_drive
from agents.world_models.evolution import Evolution
from agents.world_models.gathering import Gathering
from agents.world_models.remembering import Remembering
from agents.world_models.tracks import evolved_on, judged_on
from agents.world_models.vision import open_vision
from sim_suite.envs.catalog import card
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import sha256
from sim_suite.learning.learner_state import read_state, write_state
from sim_suite.learning.torch_blocks import device_of, seeded, threads

_METHOD: Final = "world-models"
_WEIGHTS: Final = 0
"""What torch's random numbers are for."""
_UNJUDGED: Final = -np.inf


class WorldModelsLearner:
    """One training run."""

    def __init__(self, task: Task, config: WorldModelsConfig, seed: int, device: str) -> None:
        """Raises `SuiteError` where V is not there, or the task is not driven as CarRacing is."""
        refuse_other_actions(task)
        self._task, self._config, self._seed = task, config, seed
        place = device_of(device)
        self._vision = open_vision(config.vision, config.precision, place)
        memory = config.memory
        self._spec = WorldModelSpec(self._vision.latents, memory.units, memory.gaussians, config.hold, config.precision)
        with seeded(seed, _WEIGHTS):
            self._network = MemoryAndController(self._spec).to(place)
        self._remembering = Remembering(self._network.memory, memory, seed)
        evolution = config.evolution
        self._evolution = Evolution(
            parameters_of(self._vision.latents, memory.units), evolution.population, evolution.sigma,
            evolution.diagonal, seed,
        )  # fmt: skip
        self._folder: Path | None = None
        self._gathered: list[str] = []
        """SHA-256 of each drive's file."""
        self._updates = 0
        self._best = _UNJUDGED
        """Mean return of the controller that was judged best, which is the network's."""

    def work_in(self, folder: Path) -> None:
        """Where drives are kept; told before `load_state` and `run`."""
        self._folder = folder / "drives"

    @property
    def total_steps(self) -> int:
        """Of all stages; see the module."""
        evolution = self._config.evolution
        return self._after_memory + evolution.generations * self._generation_steps

    @property
    def done_steps(self) -> int:
        """The same, so far."""
        gathering, memory = self._config.gathering, self._config.memory
        return (
            len(self._gathered) * gathering.steps
            + self._updates * memory.batch_size * memory.window
            + self._evolution.generation * self._generation_steps
        )

    @property
    def agent(self) -> WorldModelAgent:
        """V, M as it is now, and the controller that was judged best; before the first judgement one of zeros."""
        return WorldModelAgent(self._spec, self._vision, self._network)

    def run(self) -> Iterator[Metrics]:
        """Train to the end. Yields each drive's length, M's loss, and what each generation earned."""
        with threads(self._config.threads):
            yield from self._gather()
            yield from self._remember()
            yield from self._evolve()

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        facts = {"gathered": self._gathered, "updates": self._updates, "best": self._best if self._judged else None}
        arrays: dict[str, NDArray[Any]] = {"history": self._evolution.history, "mean": self._evolution.mean}
        write_state(folder, _METHOD, {"network": self._network}, self._remembering.optimizer, arrays, facts)

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Raises `DamagedFileError` where a drive's file is gone or was altered."""
        arrays, facts = read_state(folder, _METHOD, {"network": self._network}, self._remembering.optimizer)
        self._gathered, self._updates = list(facts["gathered"]), int(facts["updates"])
        self._best = _UNJUDGED if facts["best"] is None else float(facts["best"])
        for number, digest in enumerate(self._gathered):
            if not self._file(number).is_file() or sha256(self._file(number)) != digest:
                raise DamagedFileError(
                    f"{self._file(number)} is missing or was altered, and M learns from it. Restore it from a copy or train anew."
                )
        self._evolution.repeat(arrays["history"])
        if not np.array_equal(self._evolution.mean, arrays["mean"]):
            raise SuiteError(
                "the search does not repeat itself: another version of the library cma, or another machine, began this run. Go on with "
                "it where it began, or train anew."
            )

    def _gather(self) -> Iterator[Metrics]:
        options = self._config.gathering
        if len(self._gathered) == options.rollouts:
            return
        gathering = Gathering(self._task, self._vision, options, self._config.hold, self._seed)
        try:
            while (number := len(self._gathered)) < options.rollouts:
                drive = gathering.drive(number)
                write_drive(self._file(number), drive)
                self._gathered.append(sha256(self._file(number)))
                yield {"drives": number + 1, "decisions": len(drive.actions)}
        finally:
            gathering.close()

    def _remember(self) -> Iterator[Metrics]:
        options, losses = self._config.memory, []
        if self._updates == options.updates:
            return
        self._remembering.take([read_drive(self._file(number)) for number in range(len(self._gathered))])
        while self._updates < options.updates:
            losses.append(self._remembering.learn(self._updates))
            self._updates += 1
            if self._updates == options.updates:
                yield {"loss": float(np.mean(losses)), "held_out_loss": self._remembering.judge()}
            elif self._updates % options.report_every == 0:
                yield {"loss": float(np.mean(losses))}
                losses = []

    def _evolve(self) -> Iterator[Metrics]:
        options, evolution = self._config.evolution, self._evolution
        if evolution.generation == options.generations:
            return
        circuit = Circuit(self._task, self._vision, self._network.memory, options.worlds, self._config.hold)
        try:
            while evolution.generation < options.generations:
                seeds = evolved_on(self._seed, evolution.generation, options.tracks)
                trials = [Trial(number, seed) for seed in seeds for number in range(options.population)]
                driven = circuit.drive(evolution.ask(), trials, options.limit, options.patience)
                fitness = driven.returns.reshape(options.tracks, options.population).mean(axis=0)
                evolution.tell(fitness)
                told: Metrics = {
                    "generation": evolution.generation, "candidates_return": float(fitness.mean()),
                    "best_candidate_return": float(fitness.max()), "sigma": evolution.sigma, "driven_steps": driven.steps,
                }  # fmt: skip
                if evolution.generation % options.judge_every == 0 or evolution.generation == options.generations:
                    told["judged_return"] = self._judge(circuit)
                yield told
        finally:
            circuit.close()

    def _judge(self, circuit: Circuit) -> float:
        """What the search's mean earns on whole tracks; it is kept where none before earned more."""
        mean = self._evolution.mean
        trials = [Trial(0, seed) for seed in judged_on(self._seed, self._config.evolution.judge_tracks)]
        earned = float(circuit.drive(mean[None], trials, card(self._task.env_id).max_episode_steps).returns.mean())
        if earned > self._best:
            self._best = earned
            self._network.controller.copy_(torch.from_numpy(mean))
        return earned

    @property
    def _judged(self) -> bool:
        return self._best > _UNJUDGED

    @property
    def _after_memory(self) -> int:
        gathering, memory = self._config.gathering, self._config.memory
        return gathering.rollouts * gathering.steps + memory.updates * memory.batch_size * memory.window

    @property
    def _generation_steps(self) -> int:
        options = self._config.evolution
        return options.population * options.tracks * options.limit

    def _file(self, number: int) -> Path:
        if self._folder is None:
            raise SuiteError("world-models keeps what it drives: tell it where by `work_in(folder)` before `run`.")
        return self._folder / f"{number:05d}.safetensors"
