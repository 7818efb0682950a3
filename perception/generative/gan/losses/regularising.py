"""What keeps a critic smooth: a term of its loss, or bounds on its numbers. Source: ours; those that exist name theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

Scoring = Callable[[Tensor], Tensor]
"""Examples [B, ...] to scores [B]."""


class Regulariser(Protocol):
    """Asked at each of the critic's turns."""

    def penalty(self, scoring: Scoring, real: Tensor, fake: Tensor) -> Tensor | None:
        """A scalar beside the critic's loss, of as many real as made examples, [B, ...] each; None where there is none."""

    def moved(self, critic: nn.Module) -> None:
        """After the turn, without gradients."""


@dataclass(frozen=True)
class Unregularised:
    """Nothing."""

    def penalty(self, scoring: Scoring, real: Tensor, fake: Tensor) -> Tensor | None:
        """See `Regulariser`."""
        return None

    def moved(self, critic: nn.Module) -> None:
        """See `Regulariser`."""
