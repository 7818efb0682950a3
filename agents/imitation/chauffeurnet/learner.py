"""Trains a ChauffeurNet on recorded driving, and on what experts drive meanwhile. Source: Bansal et al. 2018, sections 5 and 6; optimiser
and rates ours.

Everything random about a batch comes from (seed, its number), so a run that was stopped goes on to the same bits without a generator's
state on disk. In several processes (parallel.py) each draws batches of its own, and all have the mean gradient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.config import ChauffeurConfig
from agents.imitation.chauffeurnet.data.feeding import Feed
from agents.imitation.chauffeurnet.data.log import Log
from agents.imitation.chauffeurnet.data.recorded import deal, identity_of, recorded_logs
from agents.imitation.chauffeurnet.data.recorded_laps import recorded_laps
from agents.imitation.chauffeurnet.judging import Judge
from agents.imitation.chauffeurnet.nets.losses import total
from agents.imitation.chauffeurnet.nets.prediction import Prediction
from agents.imitation.chauffeurnet.novice import ChauffeurNovice, begin_with, find_start
from agents.imitation.chauffeurnet.parallel import (
    agreed,
    average_statistics,
    joined,
    mean_of,
    own_device,
    shared_gradients,
)
from agents.imitation.chauffeurnet.policy import ChauffeurPolicy
from agents.imitation.chauffeurnet.spec import CAR_RACING
from agents.imitation.chauffeurnet.tracking import world_of
from agents.imitation.config import actors_of
from agents.imitation.learner_state import read_state, write_state
from agents.interface import Task
from agents.learner import Metrics
from agents.learning.crew import crew
from perception.sources import perceived, source_of
from sim_suite.envs.car_racing.map_raster import refuse_channels
from sim_suite.files import read_json, write_json
from sim_suite.learning.descent import warmed_up
from sim_suite.learning.probing import autocast, faster_precision
from sim_suite.learning.torch_blocks import seeded, threads

PRECISIONS: Final = ("float32", "bfloat16")
_WEIGHTS, _SCENES = 8, 9  # what random numbers are for, beside those of feeding.py and experience.py
_SETTLED: Final = "settled.json"
_PROBED: Final = 16  # examples with which arithmetic is tried


class ChauffeurLearner:
    """One training run. Steps are examples learned from, those of all processes."""

    network = "chauffeurnet"
    """Name of the network, one of `policy.NETWORKS`."""
    works_in_a_crew = True

    def __init__(self, task: Task, config: ChauffeurConfig, seed: int, device: str) -> None:
        """The task says in which world the agent is to drive; it learns from `config.episodes`, from what experts drive there, or from
        both. Raises `SuiteError` where the configuration does not hold together, and for episodes that cannot be learned from."""
        self._config, self._seed, self._crew = config, seed, crew()
        world = world_of(task.env_id)
        self._recorded, self._apart = _recorded(config, seed, world)
        self._device = own_device(device)
        self._policy = ChauffeurPolicy(
            self.network,
            config.raster,
            config.spec,
            config.sizes,
            config.scene,
            world,
            config.losses.of("road") > 0.0,
            config.losses.of("objects") > 0.0,
        )
        if world == CAR_RACING:
            refuse_channels(config.spec.raster)
        self._source = source_of(config.scene, config.spec.raster)
        with seeded(seed, _WEIGHTS):
            self._network = self._policy.build()
        self._start = find_start(config.start_from) if config.start_from else None
        self._novice: ChauffeurNovice | None = None
        if self._start is not None:
            before = begin_with(self._network, self._policy, self._start)
            if config.feed.experience.handed_over > 0.0:
                self._novice = ChauffeurNovice(before, config.feed.augmentation.occlusion)
        self._network.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
        learned = [one for one in self._network.parameters() if one.requires_grad]
        self._optimizer = torch.optim.AdamW(learned, config.learning_rate, weight_decay=config.weight_decay)
        self._update = 0
        self._precision = config.precision

    @property
    def total_steps(self) -> int:
        """Examples of all updates."""
        return self._config.updates * self._examples

    @property
    def done_steps(self) -> int:
        """Examples learned from so far."""
        return self._update * self._examples

    @property
    def agent(self) -> ChauffeurAgent:
        """The policy as it is now; its network is the one in training."""
        return ChauffeurAgent(self._policy, self._network, self._source)

    @property
    def _examples(self) -> int:
        return self._config.feed.batch_size * self._config.accumulate * self._crew.size

    def run(self) -> Iterator[Metrics]:
        """Train to the end. Yields the mean of the loss and of each of its terms every `report_every` updates, and how driving that is
        kept apart is foreseen every `judge_every` and at the end."""
        config = self._config
        if self._update >= config.updates:
            return
        with ExitStack() as stack:
            stack.enter_context(threads(config.threads))
            stack.enter_context(joined(self._crew, self._device))
            feed = stack.enter_context(
                Feed(
                    config.spec,
                    config.feed,
                    self._seed,
                    self._recorded or None,
                    self._crew.size,
                    self._policy.world,
                    self._novice,
                )
            )
            is_first = self._crew.is_first
            judge = (
                stack.enter_context(Judge(config, self._seed, self._apart, self._policy.world)) if is_first else None
            )
            yield from self._train(feed, judge)

    def _train(self, feed: Feed, judge: Judge | None) -> Iterator[Metrics]:
        """The updates. What shares gradients lives here alone, so that it goes before the processes part: were it the last to know of
        their group, it would wait with Python's lock for gloo's thread, which may need that lock to end."""
        config = self._config
        network = shared_gradients(self._network, self._crew, self._device)
        self._settle(feed)
        told: list[dict[str, Tensor]] = []
        while self._update < config.updates:
            told.append(self._learn(network, feed))
            self._update += 1
            is_due = config.judge_every > 0 and self._update % config.judge_every == 0
            is_last = self._update == config.updates
            if is_due or is_last or self._update % config.report_every == 0:
                metrics = self._means(told)
                told = []
                if judge is not None and (is_due or is_last):
                    metrics |= judge.judge(self._network, self._source, self._device)
                yield metrics

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        write_state(folder, self._network, self._optimizer, 0, self._update, self._identity)
        write_json(folder / _SETTLED, {"precision": self._precision})

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Raises `SuiteError` when the episodes have changed since."""
        _, self._update = read_state(folder, self._network, self._optimizer, self._identity)
        self._precision = read_json(folder / _SETTLED)["precision"]

    @property
    def _identity(self) -> str:
        """Of what is learned from: experience is a function of the seed."""
        experience = f"experience of seed {self._seed}"
        if self._start is not None:
            experience += f" after {self._start.fingerprint}"
        return f"{experience}, episodes {identity_of(self._recorded)}" if self._recorded else experience

    def _settle(self, feed: Feed) -> None:
        """Choose the arithmetic, where that is left to the machine."""
        if self._precision == "auto":
            batch = Batch(*(part[:_PROBED] for part in feed.batch(self._number(0)))).to(str(self._device))
            faster = faster_precision(self._network, lambda tried: summed(tried(batch.raster, batch)), self._device)
            self._precision = PRECISIONS[agreed(PRECISIONS.index(faster), self._crew, self._device)]

    def _number(self, part: int) -> int:
        """Of the batch that this process draws for a part of the coming update."""
        return (self._update * self._config.accumulate + part) * self._crew.size + self._crew.rank

    def _learn(self, network: nn.Module, feed: Feed) -> dict[str, Tensor]:
        """One step of AdamW; the loss, its terms, and the gradient's norm before it is cut."""
        config = self._config
        for group in self._optimizer.param_groups:
            group["lr"] = config.learning_rate * warmed_up(self._update, config.warm_up, config.updates)
        network.train()
        self._optimizer.zero_grad()
        told: list[dict[str, Tensor]] = []
        for part in range(config.accumulate):
            batch = self._perceived(feed.batch(self._number(part)), self._number(part)).to(str(self._device))
            waits = isinstance(network, nn.parallel.DistributedDataParallel) and part + 1 < config.accumulate
            with network.no_sync() if waits else nullcontext():  # type: ignore[operator]  # of DistributedDataParallel
                with autocast(self._device, self._precision):
                    said = network(batch.raster, batch)
                loss, terms = total(said, batch, config.spec.stride, config.losses, config.spec.spread)
                (loss / config.accumulate).backward()  # type: ignore[no-untyped-call]
            told.append({"loss": loss.detach(), **terms})
        norm = nn.utils.clip_grad_norm_(self._network.parameters(), config.clip)
        self._optimizer.step()
        average_statistics(self._network, self._crew)
        means = {name: torch.stack([one[name] for one in told]).nanmean() for name in told[0]}
        return {**means, "gradient_norm": norm.detach()}

    def _perceived(self, batch: Batch, number: int) -> Batch:
        """The batch with its rasters as they are perceived."""
        rasters = batch.raster.numpy()
        dice = [np.random.default_rng([self._seed, _SCENES, number, example]) for example in range(len(rasters))]
        return batch._replace(raster=torch.from_numpy(perceived(self._source, rasters, dice)))

    def _means(self, told: list[dict[str, Tensor]]) -> Metrics:
        """Over the updates since the last line, and over all processes."""
        names = list(told[0])
        means = torch.stack([torch.stack([one[name] for one in told]).nanmean() for name in names])
        values = mean_of(means, self._crew).tolist()
        return {name: value for name, value in zip(names, values, strict=True) if math.isfinite(value)}


class FastChauffeurLearner(ChauffeurLearner):
    """The same for the network that names all waypoints at once."""

    network = "chauffeurnet-fast"


def _recorded(config: ChauffeurConfig, seed: int, world: str) -> tuple[Sequence[Log], Sequence[Log]]:
    """Recorded driving to learn from, and to judge by; none where no episodes are named."""
    if not config.episodes:
        return [], []
    read = recorded_laps if world == CAR_RACING else recorded_logs
    logs: Sequence[Log] = read([Path(name) for name in config.episodes], actors_of(config.actors))
    return deal(logs, config.waypoints, config.validation, seed)


def summed(said: Prediction) -> Tensor:
    """One number that all of a network has a part in, to try a pass with."""
    return said.headings.sum() + said.boxes.mean()
