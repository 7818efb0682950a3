"""ACGAN adds the class, named by the critic. Source: Odena et al. 2017 (arXiv:1610.09585), section 3."""

from __future__ import annotations

from dataclasses import dataclass

from perception.generative.gan.conditioning.auxiliary import AuxiliaryClassifier
from perception.generative.gan.members.member import Member
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class AcganOptions:
    """Of the auxiliary classifier."""

    weight: float = 1.0
    """Of naming the class beside the adversarial loss, 0 to 100; the paper's is 1."""
    critic_share: float = 1.0
    """Of naming made examples in the critic's loss, 0 to 1; the paper's is 1, with 0 the critic learns classes from real ones alone."""

    def __post_init__(self) -> None:
        refuse_outside(self, "weight", 0.0, 100.0)
        refuse_outside(self, "critic_share", 0.0, 1.0)


def acgan(options: AcganOptions, classes: int) -> Member:
    """DCGAN, whose critic names the class."""
    return Member(condition=AuxiliaryClassifier(classes, options.weight, options.critic_share))
