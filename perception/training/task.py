"""What a perception task answers, so that one loop can train, judge, save and resume them all. Source: ours.

A task is a function of its configuration and a seed: it knows nothing of files, progress bars or clocks, and keeps nothing that an
update changes. A run that was stopped goes on to the same bytes because batch n is a function of (seed, n) alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
Loss = tuple[Tensor, dict[str, Tensor]]
"""What is to fall, and its terms by name, scalars without a gradient."""


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

    def loss(self, network: nn.Module, batch: Tensors) -> Loss:
        """The loss of a batch; of a task with players the sum of theirs, from which the arithmetic is chosen.

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


@runtime_checkable
class Varies(Protocol):
    """A task whose network makes other pictures of what a picture shows, so that others may learn from them."""

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """Rows and columns that the network takes; None where it takes any."""

    def vary(self, network: nn.Module, pictures: NDArray[np.uint8], dice: np.random.Generator) -> NDArray[np.uint8]:
        """Pictures uint8 [B, H, W, 3] as the network makes them, in the same size. dice: the only source of chance."""


@dataclass(frozen=True)
class Player:
    """One of those who learn against each other, such as a generator and its critic. In an update each takes its turns, in order."""

    name: str
    """Before the names of what is told of it; empty for one who plays alone."""
    part: nn.Module
    """Of the network: what its turns move, and nothing else."""
    loss: Callable[[Tensors], Loss]
    """See `Task.loss`."""
    turns: int = 1
    """In an update, on a batch of its own each, which the players share."""
    rate: float = 1.0
    """Its share of the learning rate."""
    moved: Callable[[], None] = lambda: None
    """Called after each turn, without gradients: to hold parameters within bounds."""


@runtime_checkable
class Plays(Protocol):
    """A task whose network has several players. What an update changes beside parameters, such as a pool, are buffers of the network."""

    def players(self, network: nn.Module) -> tuple[Player, ...]:
        """Of this network, in the order of their turns."""

    def product(self, network: nn.Module) -> nn.Module:
        """The part that is judged, averaged where that is asked for, and kept in a checkpoint, such as the generator."""


def product_of(task: Task, network: nn.Module) -> nn.Module:
    """What is judged and kept: all of a network whose task has no players."""
    return task.product(network) if isinstance(task, Plays) else network


def players_of(task: Task, network: nn.Module) -> tuple[Player, ...]:
    """Those who learn; where a task names none, one who plays alone."""
    if isinstance(task, Plays):
        return task.players(network)
    return (Player("", network, lambda batch: task.loss(network, batch)),)
