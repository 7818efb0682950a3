"""The loop that trains a perception network: AdamW on batches drawn meanwhile, held-out judging, exact resume. Source: ours.

Everything random about an update comes from (seed, its number), so a run that was stopped goes on to the same bytes without a
generator's state on disk. It knows nothing of files, progress bars or clocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from perception.augmentation.augmenter import augmenter_of, with_varied
from perception.training.arithmetic import Arithmetic, choose
from perception.training.feed import Feed
from perception.training.task import Batch, Task, Tensors
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.learning.descent import warmed_up
from sim_suite.learning.learner_state import read_state, write_state
from sim_suite.learning.probing import autocast
from sim_suite.learning.run_folder import Metrics
from sim_suite.learning.torch_blocks import device_of, seeded, threads

_WEIGHTS, _UPDATES, _AUGMENT = 0, 1, 2
"""What random numbers are for."""
_ARITHMETIC: Final = "arithmetic.json"
HELD_OUT: Final = "held_out_"
"""Before the names of what a judgement tells."""


class PerceptionLearner:
    """One training run. Steps are examples learned from."""

    def __init__(self, name: str, task: Task, seed: int, device: str = "auto") -> None:
        """name: the task's. Raises `SuiteError` for a device that is not there."""
        self._name, self._task, self._seed = name, task, seed
        self._options, self._device = task.training, device_of(device)
        with seeded(seed, _WEIGHTS):
            self.network = task.network().to(self._device)
        self._optimizer = torch.optim.AdamW(
            groups(self.network, self._options.weight_decay), self._options.learning_rate
        )
        self._augmenter = augmenter_of(self._options.augment)
        self._update = 0
        self._arithmetic: Arithmetic | None = None

    @property
    def total_steps(self) -> int:
        """Examples of all updates."""
        return self._options.updates * self._options.batch_size

    @property
    def done_steps(self) -> int:
        """Examples learned from so far."""
        return self._update * self._options.batch_size

    def run(self) -> Iterator[Metrics]:
        """Train to the end. Yields means of the loss and of its terms every `report_every` updates, and what the network reaches on
        held-out data every `judge_every` and at the end. Raises `SuiteError` where the loss is no number any more."""
        options = self._options
        if self._update >= options.updates:
            return
        with threads(options.threads), Feed(self._batch, options.ahead, options.updates - 1) as feed:
            arithmetic = self._settled(feed)
            told: list[dict[str, Tensor]] = []
            while self._update < options.updates:
                told.append(self._learn(feed.batch(self._update), arithmetic))
                self._update += 1
                is_last = self._update == options.updates
                is_due = is_last or (options.judge_every > 0 and self._update % options.judge_every == 0)
                if is_due or self._update % options.report_every == 0:
                    metrics, told = self._means(told), []
                    yield metrics | (self._judge() if is_due else {})

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        if self._arithmetic is not None:
            write_json(folder / _ARITHMETIC, asdict(self._arithmetic))
        write_state(folder, self._name, {"network": self.network}, self._optimizer, {}, {"update": self._update})

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote."""
        if (folder / _ARITHMETIC).exists():
            self._arithmetic = Arithmetic(**read_json(folder / _ARITHMETIC))
            self._arithmetic.lay(self.network)  # first: the optimiser's moments are laid as the weights are
        _, facts = read_state(folder, self._name, {"network": self.network}, self._optimizer)
        self._update = int(facts["update"])

    def _batch(self, number: int) -> Batch:
        """Batch `number` as it is learned from."""
        batch = self._task.batch(number)
        if self._augmenter is None:
            return batch
        if "pictures" not in batch:
            raise SuiteError(
                f"training.augment shows pictures otherwise, and {self._name!r} learns from none. Leave it out."
            )
        dice = np.random.default_rng([self._seed, _AUGMENT, number])
        return with_varied(batch, self._augmenter, self._options.augment_share, dice)

    def _settled(self, feed: Feed) -> Arithmetic:
        """The arithmetic, chosen once a run where that is left to the machine."""
        if self._arithmetic is None:
            batch = self._tensors(feed.batch(self._update))
            self.network.train()
            self._arithmetic = choose(
                self._options, self.network, lambda tried: self._task.loss(tried, batch)[0], self._device
            )
            self._arithmetic.lay(self.network)
        return self._arithmetic

    def _learn(self, batch: Batch, arithmetic: Arithmetic) -> dict[str, Tensor]:
        """One step of AdamW; the loss, its terms, and the gradient's norm before it is cut."""
        rate = self._options.learning_rate * warmed_up(self._update, self._options.warm_up, self._options.updates)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self.network.train()
        self._optimizer.zero_grad()
        with seeded(self._seed, _UPDATES, self._update):
            with autocast(self._device, arithmetic.precision):
                loss, terms = self._task.loss(self.network, self._tensors(batch))
            loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self._options.clip)
        self._optimizer.step()
        return {"loss": loss.detach(), **terms, "gradient_norm": norm.detach()}

    def _judge(self) -> Metrics:
        self.network.eval()
        with torch.inference_mode():
            return {HELD_OUT + name: value for name, value in self._task.judge(self.network, self._device).items()}

    def _means(self, told: list[dict[str, Tensor]]) -> Metrics:
        """Over the updates since the last line."""
        means = {name: float(torch.stack([one[name] for one in told]).mean()) for name in told[0]}
        if not all(math.isfinite(value) for value in means.values()):
            raise SuiteError(
                f"the loss is no number any more after update {self._update}: {means}. Lower training.learning_rate, or "
                f"set training.precision=float32."
            )
        return means

    def _tensors(self, batch: Batch) -> Tensors:
        return {name: torch.from_numpy(array).to(self._device) for name, array in batch.items()}


def groups(network: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """The parameters in two groups for AdamW: those that multiply, and those without decay, which have one axis or none."""
    parameters = [one for one in network.parameters() if one.requires_grad]
    decayed, free = [one for one in parameters if one.ndim > 1], [one for one in parameters if one.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0.0}]
