"""WGAN-GP: a penalty on the critic's slope in place of the box. Source: Gulrajani et al. 2017 (arXiv:1704.00028), algorithm 1."""

from __future__ import annotations

from dataclasses import dataclass

from perception.generative.gan.losses.gradient_penalty import GradientPenalty
from perception.generative.gan.losses.wasserstein import Wasserstein
from perception.generative.gan.members.member import Member
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class WganGpOptions:
    """The paper's defaults."""

    penalty: float = 10.0
    """Lambda: weight of the penalty, above 0 to 1000."""
    turns: int = 5
    """Of the critic for each one of the generator, 1 to 100."""

    def __post_init__(self) -> None:
        refuse_outside(self, "penalty", 0.0, 1000.0, open_below=True)
        refuse_outside(self, "turns", 1, 100)


def wgan_gp(options: WganGpOptions, classes: int) -> Member:
    """A critic without batch norm: the penalty is one of each example by itself."""
    penalty = GradientPenalty(options.penalty)
    return Member(loss=Wasserstein(), regulariser=penalty, turns=options.turns, critic_norm="none")
