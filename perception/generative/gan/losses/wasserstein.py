"""The earth mover's distance, for a critic that is kept smooth. Source: Arjovsky et al. 2017 (arXiv:1701.07875) eq. 2 and algorithm 1."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Wasserstein:
    """The negated critic's loss is the distance, up to the factor by which the critic is steeper than 1."""

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """E f(G(z)) - E f(x)."""
        return fake.mean() - real.mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-E f(G(z))."""
        return -fake.mean()
