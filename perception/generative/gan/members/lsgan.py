"""LSGAN plays for squares in place of logarithms. Source: Mao et al. 2017 (arXiv:1611.04076) eq. 2."""

from __future__ import annotations

from dataclasses import dataclass

from perception.generative.gan.losses.least_squares import LeastSquares
from perception.generative.gan.members.member import Member
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class LsganOptions:
    """The three numbers of eq. 2, -10 to 10; the defaults are eq. 9."""

    a: float = 0.0
    """The critic's for made examples."""
    b: float = 1.0
    """The critic's for real ones."""
    c: float = 1.0
    """What the generator wants the critic to say."""

    def __post_init__(self) -> None:
        for name in ("a", "b", "c"):
            refuse_outside(self, name, -10.0, 10.0)


def lsgan(options: LsganOptions, classes: int) -> Member:
    """DCGAN with least squares."""
    return Member(loss=LeastSquares(options.a, options.b, options.c))
