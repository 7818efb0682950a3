"""Behaviour cloning: learn from recorded steps to act as was acted there. Sources: Pomerleau 1989, Bojarski et al. 2016.

All random choices of a batch (dropout, mirror, shift) are drawn from (seed, number of the batch), so a run that was stopped goes on
to the same bits without a generator's state on disk.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gymnasium as gym
import numpy as np
import torch
from torch import Tensor

from agents.imitation.action_grid import grid_for
from agents.imitation.agent import CloneAgent, raw_outputs
from agents.imitation.augmenting import CAR_RACING, correction, displaced, mirrored, speed_mps
from agents.imitation.config import BcConfig
from agents.imitation.data import data_of
from agents.imitation.heads import balanced
from agents.imitation.learner_state import read_state, write_state
from agents.imitation.loading import StepData
from agents.imitation.memory import batches_of
from agents.imitation.policy import PolicySpec, bounds_of, forward
from agents.imitation.starting import start_weights
from agents.interface import Task
from agents.learner import Metrics
from sim_suite.errors import SuiteError

GROUNDS = ("sim_suite/CarRacing-v0", "CarRacing-v3")
"""Environments whose pictures can be moved and turned."""
REPORT_EVERY = 50
"""Batches between two lines of metrics."""
DISPLACED = 0.8
"""Share of pictures that are moved and turned, where any are."""
_JUDGED_AT_ONCE = 256


class BcLearner:
    """One training run. Steps are recorded steps learned from, each as often as there are epochs."""

    def __init__(self, task: Task, config: BcConfig, seed: int, device: str) -> None:
        """Raises `SuiteError` where the episodes, the task and the configuration do not go together."""
        self._config, self._seed = config, seed
        self._device = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device)
        data = data_of(config, task)
        self._train, self._judged = _split(data, config.validation, seed)
        self._grid = grid_for(data.action_space, config.grid)
        low, high = bounds_of(data.action_space)
        self._spec = PolicySpec(
            config.policy, config.head, config.view, data.shape, self._grid, low, high, config.act, config.hidden_rows
        )
        _refuse_augmenting(config, task, self._spec.picture)
        weights = balanced(self._grid, self._train.actions(), config.balance) if config.head == "classes" else None
        self._head = self._spec.head_of(None if weights is None else [part.to(self._device) for part in weights])
        with _drawing(seed, -1):
            self._network = self._spec.network(config.dropout)
        start_weights(self._network, self._spec, config)
        self._network.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        self._epoch, self._batch = 0, 0

    @property
    def total_steps(self) -> int:
        """Steps of all epochs."""
        return self._config.epochs * len(self._train)

    @property
    def done_steps(self) -> int:
        """Steps learned from so far."""
        return self._epoch * len(self._train) + min(self._batch * self._config.batch_size, len(self._train))

    @property
    def agent(self) -> CloneAgent:
        """The policy as it is now; its network is the one in training."""
        return CloneAgent(self._spec, self._network)

    def run(self) -> Iterator[Metrics]:
        """Train to the end. Yields the loss of each `REPORT_EVERY` batches, and how the steps kept apart are met after each epoch."""
        if self._epoch >= self._config.epochs:
            return
        config = self._config
        with batches_of(self._train, config.batch_size, self._seed, config.workers, config.memory_mb) as batches:
            while self._epoch < config.epochs:
                losses: list[float] = []
                for observations, actions in batches.epoch(self._epoch, self._batch):
                    losses.append(self._learn(observations, actions, len(batches)))
                    self._batch += 1
                    if self._batch % REPORT_EVERY == 0 and self._batch < len(batches):
                        yield self._metrics(losses)
                        losses = []
                self._epoch, self._batch = self._epoch + 1, 0
                yield {**self._metrics(losses), **self._judge()}

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        write_state(folder, self._network, self._optimizer, self._epoch, self._batch, self._train.identity)

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Raises `SuiteError` when the episodes have changed since."""
        self._epoch, self._batch = read_state(folder, self._network, self._optimizer, self._train.identity)

    def _learn(self, observations: Tensor, actions: Tensor, epoch_batches: int) -> float:
        """One step of Adam; returns the loss."""
        config = self._config
        number = self._epoch * epoch_batches + self._batch
        for group in self._optimizer.param_groups:
            group["lr"] = (
                config.learning_rate * 0.5 * (1 + math.cos(math.pi * number / (config.epochs * epoch_batches)))
            )
        self._network.train()
        with _drawing(self._seed, number), _threads(config.threads):
            pictures, wanted = self._augmented(self._spec.uncut(observations), actions)
            with torch.autocast(self._device.type, torch.bfloat16, enabled=config.precision == "bfloat16"):
                raw = forward(self._network, self._spec, pictures.to(self._device))
            loss = self._head.loss(raw.float(), self._head.targets(wanted.numpy()).to(self._device))
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
        return float(loss.detach())

    def _augmented(self, pictures: Tensor, actions: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures [B, C, H, W] and actions as the configuration asks for them, rows cut off."""
        config, count = self._config, len(actions)
        uncut, pictures = pictures, self._spec.cut(pictures)
        if config.mirror:
            pictures, actions = mirrored(pictures, actions, torch.rand(count) < 0.5)
        if config.shift_m or config.turn_rad:
            chosen = torch.rand(count) < DISPLACED
            left_m = (2 * torch.rand(count) - 1) * config.shift_m * chosen
            left_rad = (2 * torch.rand(count) - 1) * config.turn_rad * chosen
            wheel = correction(left_m, left_rad, speed_mps(uncut), config.wheel_gain)
            pictures, actions = displaced(pictures.float(), actions, left_m, left_rad, CAR_RACING, wheel)
        return pictures, actions

    def _metrics(self, losses: list[float]) -> Metrics:
        return {"loss": float(np.mean(losses))} if losses else {}

    def _judge(self) -> Metrics:
        """Loss without weights, and error: mean |action - recorded| over columns, or the share of whole numbers that differ."""
        if self._judged is None:
            return {}
        head, total, error = self._spec.head_of(), 0.0, 0.0
        with _threads(self._config.threads):
            for begin in range(0, len(self._judged), _JUDGED_AT_ONCE):
                rows = range(begin, min(begin + _JUDGED_AT_ONCE, len(self._judged)))
                observations, actions = self._judged.__getitems__(rows)
                raw = raw_outputs(self._network, self._spec, torch.from_numpy(observations))
                total += float(head.loss(raw, head.targets(actions))) * len(rows)
                acted = head.act(raw, None)
                wrong = acted != actions if self._grid.whole else np.abs(acted - actions).mean(axis=1)
                error += float(wrong.sum())
        return {"validation_loss": total / len(self._judged), "validation_error": error / len(self._judged)}


def _refuse_augmenting(config: BcConfig, task: Task, picture: tuple[int, int, int]) -> None:
    if config.mirror and not isinstance(task.action_space, gym.spaces.Box):
        raise SuiteError("mirror turns the wheel round, which whole numbers do not have: leave it out.")
    if (config.shift_m or config.turn_rad) and not (task.env_id in GROUNDS and picture[1:] == (96, 96)):
        raise SuiteError(
            f"shift_m and turn_rad need to know how the picture lies on the road: that is known of {' and '.join(GROUNDS)} in their "
            f"own 96 x 96, not of {task.env_id} in {picture[1]} x {picture[2]}. Set both to 0."
        )


def _split(data: StepData, share: float, seed: int) -> tuple[StepData, StepData | None]:
    """Steps to learn from, and steps to judge by; none where there is one episode only."""
    if share == 0 or data.episodes < 2:
        return data, None
    return data.split(share, seed)


@contextmanager
def _drawing(seed: int, number: int) -> Iterator[None]:
    """Inside, torch's generators are those of one batch; -1: of the first weights."""
    with torch.random.fork_rng():
        torch.manual_seed(int(np.random.SeedSequence([seed, number + 1]).generate_state(1)[0]))
        yield


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Inside, torch has so many threads; 0 leaves them."""
    before = torch.get_num_threads()
    if count:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
