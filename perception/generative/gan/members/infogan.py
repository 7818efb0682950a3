"""InfoGAN: codes that nobody labels, and that pictures must give away. Source: Chen et al. 2016 (arXiv:1606.03657)."""

from __future__ import annotations

from dataclasses import dataclass

from perception.generative.gan.conditioning.information import Information
from perception.generative.gan.members.member import Member
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class InfoganOptions:
    """Of the codes."""

    categories: int = 0
    """Of the categorical code, 2 to 1000; 0 takes as many as the data has classes, whose names are never told."""
    continuous: int = 2
    """Codes in -1..1, 0 to 100."""
    weight: float = 1.0
    """Lambda of the categorical code, 0 to 100."""
    continuous_weight: float = 0.1
    """Lambda of the continuous ones, 0 to 100."""

    def __post_init__(self) -> None:
        if self.categories:
            refuse_outside(self, "categories", 2, 1000)
        refuse_outside(self, "continuous", 0, 100)
        refuse_outside(self, "weight", 0.0, 100.0)
        refuse_outside(self, "continuous_weight", 0.0, 100.0)


def infogan(options: InfoganOptions, classes: int) -> Member:
    """DCGAN, whose critic tells the code; its body is shared with Q."""
    codes = Information(
        options.categories or max(classes, 2), options.continuous, options.weight, options.continuous_weight
    )
    return Member(condition=codes)
