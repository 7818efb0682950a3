"""WGAN: the earth mover's distance, a critic within a box, several turns ahead. Source: Arjovsky et al. 2017 (arXiv:1701.07875)."""

from __future__ import annotations

from dataclasses import dataclass

from perception.generative.gan.losses.clipping import Clipping
from perception.generative.gan.losses.wasserstein import Wasserstein
from perception.generative.gan.members.member import Member
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class WganOptions:
    """The paper's defaults."""

    clip: float = 0.01
    """Greatest absolute value of the critic's parameters, above 0 to 10."""
    turns: int = 5
    """Of the critic for each one of the generator, 1 to 100."""

    def __post_init__(self) -> None:
        refuse_outside(self, "clip", 0.0, 10.0, open_below=True)
        refuse_outside(self, "turns", 1, 100)


def wgan(options: WganOptions, classes: int) -> Member:
    """DCGAN's networks with the paper's loss."""
    return Member(loss=Wasserstein(), regulariser=Clipping(options.clip), turns=options.turns)
