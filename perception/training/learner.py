"""The loop that trains a perception network: AdamW on batches drawn meanwhile, held-out judging, exact resume. Source: ours.

A network has one loss, or players with a loss each (`task.Plays`), who take turns within an update.
Everything random about an update comes from (seed, its number), so a run that was stopped goes on to the same bytes without a
generator's state on disk. It knows nothing of files, progress bars or clocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from perception.augmentation.augmenter import augmenter_of, with_varied
from perception.training.arithmetic import Arithmetic, choose
from perception.training.averaging import Average
from perception.training.feed import Feed
from perception.training.task import Batch, Player, Task, Tensors, players_of, product_of
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
        self._players = players_of(task, self.network)
        self._rounds = max(player.turns for player in self._players)
        self._average = (
            Average(product_of(task, self.network), self._options.average) if self._options.average else None
        )
        self._augmenter = augmenter_of(self._options.augment)
        parameters = [
            {**group, "share": player.rate}
            for player in self._players
            for group in groups(player.part, self._options.weight_decay)
        ]
        self._optimizer = torch.optim.AdamW(parameters, self._options.learning_rate, self._options.betas)
        self._update = 0
        self._arithmetic: Arithmetic | None = None

    @property
    def product(self) -> nn.Module:
        """What is judged and kept: the network or a part of it, or the average of that."""
        return product_of(self._task, self.network) if self._average is None else self._average.network

    @property
    def total_steps(self) -> int:
        """Examples of all updates."""
        return self._options.updates * self._rounds * self._options.batch_size

    @property
    def done_steps(self) -> int:
        """Examples learned from so far."""
        return self._update * self._rounds * self._options.batch_size

    def run(self) -> Iterator[Metrics]:
        """Train to the end. Yields means of the losses and of their terms every `report_every` updates, and what the network reaches on
        held-out data every `judge_every` and at the end. Raises `SuiteError` where a loss is no number any more."""
        options = self._options
        if self._update >= options.updates:
            return
        last = options.updates * self._rounds - 1
        with threads(options.threads), Feed(self._batch, options.ahead, last) as feed:
            arithmetic = self._settled(feed)
            told: list[dict[str, Tensor]] = []
            while self._update < options.updates:
                told.append(self._learn(self._batches(feed), arithmetic))
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
        write_state(folder, self._name, self._networks(), self._optimizer, {}, {"update": self._update})

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote."""
        if (folder / _ARITHMETIC).exists():
            self._arithmetic = Arithmetic(**read_json(folder / _ARITHMETIC))
            self._lay(self._arithmetic)  # first: the optimiser's moments are laid as the weights are
        _, facts = read_state(folder, self._name, self._networks(), self._optimizer)
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

    def _networks(self) -> dict[str, nn.Module]:
        """What a state holds, by name."""
        average = {} if self._average is None else {"average": self._average.network}
        return {"network": self.network, **average}

    def _settled(self, feed: Feed) -> Arithmetic:
        """The arithmetic, chosen once a run where that is left to the machine."""
        if self._arithmetic is None:
            batch = self._batches(feed)[0]
            self.network.train()
            self._arithmetic = choose(
                self._options, self.network, lambda tried: self._task.loss(tried, batch)[0], self._device
            )
            self._lay(self._arithmetic)
        return self._arithmetic

    def _lay(self, arithmetic: Arithmetic) -> None:
        for one in self._networks().values():
            arithmetic.lay(one)

    def _learn(self, batches: Sequence[Tensors], arithmetic: Arithmetic) -> dict[str, Tensor]:
        """An update: each player takes its turns. What is told of a player is of its last one."""
        rate = self._options.learning_rate * warmed_up(self._update, self._options.warm_up, self._options.updates)
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["share"]
        self.network.train()
        told: dict[str, Tensor] = {}
        with seeded(self._seed, _UPDATES, self._update):
            for player in self._players:
                for batch in batches[: player.turns]:
                    told |= self._move(player, batch, arithmetic)
        if self._average is not None:
            self._average.follow(product_of(self._task, self.network), self._update)
        return told

    def _move(self, player: Player, batch: Tensors, arithmetic: Arithmetic) -> dict[str, Tensor]:
        """One step of AdamW, which leaves alone what has no gradient; the loss, its terms, and the gradient's norm before it is cut."""
        own = [one for one in player.part.parameters() if one.requires_grad]
        self._optimizer.zero_grad()
        with autocast(self._device, arithmetic.precision):
            loss, terms = player.loss(batch)
        loss.backward(inputs=own)  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(own, self._options.clip)
        self._optimizer.step()
        with torch.no_grad():
            player.moved()
        told = {"loss": loss.detach(), **terms, "gradient_norm": norm.detach()}
        return {f"{player.name}_{name}": value for name, value in told.items()} if player.name else told

    def _judge(self) -> Metrics:
        judged = self.product.eval()
        with torch.inference_mode():
            return {HELD_OUT + name: value for name, value in self._task.judge(judged, self._device).items()}

    def _means(self, told: list[dict[str, Tensor]]) -> Metrics:
        """Over the updates since the last line."""
        means = {name: float(torch.stack([one[name] for one in told]).mean()) for name in told[0]}
        if not all(math.isfinite(value) for value in means.values()):
            raise SuiteError(
                f"the loss is no number any more after update {self._update}: {means}. Lower training.learning_rate, or "
                f"set training.precision=float32."
            )
        return means

    def _batches(self, feed: Feed) -> list[Tensors]:
        """Those of the next update, on the device: one for each of the most turns that a player takes."""
        first = self._update * self._rounds
        return [
            {name: torch.from_numpy(array).to(self._device) for name, array in feed.batch(number).items()}
            for number in range(first, first + self._rounds)
        ]


def groups(network: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """The parameters in two groups for AdamW: those that multiply, and those without decay, which have one axis or none."""
    parameters = [one for one in network.parameters() if one.requires_grad]
    decayed, free = [one for one in parameters if one.ndim > 1], [one for one in parameters if one.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0.0}]
