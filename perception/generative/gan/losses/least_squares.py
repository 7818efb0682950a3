"""Least squares: scores are drawn to numbers. Source: Mao et al. 2017 (arXiv:1611.04076) eq. 2."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class LeastSquares:
    """The defaults are eq. 9 of the paper; a = -1, b = 1, c = 0 are eq. 8, which falls with Pearson's chi-squared divergence."""

    a: float = 0.0
    """The critic's for made examples."""
    b: float = 1.0
    """The critic's for real ones."""
    c: float = 1.0
    """What the generator wants the critic to say."""

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """1/2 E (D(x) - b)^2 + 1/2 E (D(G(z)) - a)^2."""
        return 0.5 * (real - self.b).square().mean() + 0.5 * (fake - self.a).square().mean()

    def generator(self, fake: Tensor) -> Tensor:
        """1/2 E (D(G(z)) - c)^2."""
        return 0.5 * (fake - self.c).square().mean()
