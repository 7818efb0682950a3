"""How M learns: the likelihood of what is seen next, on windows of drives. Source: Ha and Schmidhuber 2018, step 3 of their procedure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from agents.world_models.config import MemoryOptions
from agents.world_models.drives import Drive, Drives, Windows
from agents.world_models.mdn_rnn import MdnRnn
from agents.world_models.mixture import log_likelihood
from sim_suite.errors import SuiteError
from sim_suite.learning.descent import annealed, descend

_JUDGED: Final = 64
"""Windows of held-out drives that M is judged on, at most; always the same."""


class Remembering:
    """M in training. An update is a function of (seed, its number) and of M as it is."""

    def __init__(self, memory: MdnRnn, options: MemoryOptions, seed: int) -> None:
        self._memory, self._options, self._seed = memory, options, seed
        self.optimizer = torch.optim.Adam(
            [part for part in memory.parameters() if part.requires_grad], lr=options.learning_rate
        )
        self._learned: Drives
        self._held_out: Windows

    def take(self, drives: Sequence[Drive]) -> None:
        """The drives that are learned from, and the last ones, which are judged on."""
        apart = max(1, round(len(drives) * self._options.held_out))
        self._learned = Drives(drives[:-apart], self._options.window)
        self._held_out = Drives(drives[-apart:], self._options.window).in_turn(_JUDGED, self._seed)

    def learn(self, number: int) -> float:
        """Update `number`, 0 or more; the loss in nats a latent."""
        options = self._options
        windows = self._learned.drawn(options.batch_size, self._seed, number)
        loss = self._loss(windows)
        descend(self.optimizer, loss, annealed(options.learning_rate, number / options.updates), options.clip)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise SuiteError(f"M's loss is no number any more after update {number}. Lower memory.learning_rate.")
        return value

    def judge(self) -> float:
        """The loss on held-out drives, in nats a latent."""
        with torch.inference_mode():
            return float(self._loss(self._held_out))

    def _loss(self, windows: Windows) -> Tensor:
        device = self._memory.head.weight.device
        latents, actions = (torch.from_numpy(part).to(device) for part in windows)
        mixture, _ = self._memory(latents[:-1], actions)
        return -log_likelihood(mixture, latents[1:]).mean()
