"""What a generator is told beside noise, and how the critic holds it to that. Source: ours; those that exist name theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from perception.training.task import Loss


class Condition(Protocol):
    """A code [B, inputs] float32 goes to the generator; the critic is shown its first part and says something of the picture."""

    @property
    def is_told(self) -> bool:
        """Whether a code is the class that a picture is to show."""

    @property
    def inputs(self) -> int:
        """Numbers of a code."""

    @property
    def shown(self) -> int:
        """Numbers of it, the first ones, that the critic is shown beside a picture."""

    @property
    def outputs(self) -> int:
        """Numbers that the critic says of a picture beside its score."""

    @property
    def critic_share(self) -> float:
        """Weight of `of_made` in the critic's loss; in the generator's it is 1."""

    def code(self, labels: Tensor) -> Tensor:
        """A code for each of the real examples, whose classes [B] int64 are known."""

    def of_real(self, said: Tensor, labels: Tensor) -> Loss:
        """Of what the critic says [B, outputs] of real examples; the critic's alone."""

    def of_made(self, said: Tensor, code: Tensor) -> Loss:
        """Of what the critic says [B, outputs] of examples made by a code; both players'."""


@dataclass(frozen=True)
class Unconditional:
    """Noise alone."""

    is_told: bool = False
    inputs: int = 0
    shown: int = 0
    outputs: int = 0
    critic_share: float = 1.0

    def code(self, labels: Tensor) -> Tensor:
        """[B, 0]."""
        return torch.zeros(len(labels), 0, device=labels.device)

    def of_real(self, said: Tensor, labels: Tensor) -> Loss:
        """0."""
        return nothing(said)

    def of_made(self, said: Tensor, code: Tensor) -> Loss:
        """0."""
        return nothing(said)


def nothing(said: Tensor) -> Loss:
    """A loss of 0, where `said` lies."""
    return torch.zeros((), device=said.device), {}
