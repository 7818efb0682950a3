"""What a perception task answers, so that one loop can train, judge, save and resume them all. Source: ours.

A task is a function of its configuration and a seed: it knows nothing of files, progress bars or clocks, and keeps nothing that an
update changes. A run that was stopped goes on to the same bytes because batch n is a function of (seed, n) alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.training.options import TrainingOptions
from sim_suite.learning.run_folder import Metrics

Batch = Mapping[str, NDArray[Any]]
"""Arrays by name, [B, ...] each, made in memory of their own."""
Tensors = Mapping[str, Tensor]
"""The same on the device."""


class Task(Protocol):
    """One thing to learn. `Config` is a frozen dataclass with a field `training: TrainingOptions` beside its own."""

    Config: ClassVar[type]

    def __init__(self, config: Any, seed: int) -> None:
        """config: a `Config`. Raises `SuiteError` where it does not hold together."""

    @property
    def training(self) -> TrainingOptions:
        """Settings of the loop."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of what the network tells apart, in the order of its outputs; empty where it tells nothing apart."""

    def network(self) -> nn.Module:
        """A fresh network; called where torch's random numbers are seeded."""

    def batch(self, number: int) -> Batch:
        """Batch `number`, 0 or more, of the data that is learned from. May be called in another thread, one call at a time."""

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of a batch, and its terms by name, scalars without a gradient.

        Called under autocast: cast what the network says to float32 before a loss is taken. Torch's random numbers are seeded by the
        number of the update.
        """

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """What the network reaches on held-out data: the same data each time. It is in its evaluating mode, without gradients."""


@runtime_checkable
class Draws(Protocol):
    """A task that can show what its network sees."""

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] red, green, blue: what is shown to the network, the truth, and what the network says."""


@runtime_checkable
class Notes(Protocol):
    """A task whose judgement depends on more than its settings."""

    def notes(self) -> Mapping[str, str]:
        """What on, by name: such as a network that features come from, and its hash."""


@runtime_checkable
class Starts(Protocol):
    """A task whose network may begin with what another one learned."""

    def start(self, network: nn.Module) -> None:
        """Fill a fresh network, once a run: not where it is resumed or loaded, so that what it began with may be gone by then."""
