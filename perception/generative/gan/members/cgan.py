"""CGAN adds the class, shown to both players. Source: Mirza and Osindero 2014 (arXiv:1411.1784)."""

from __future__ import annotations

from dataclasses import dataclass

from perception.generative.gan.conditioning.labels import Labels
from perception.generative.gan.members.member import Member


@dataclass(frozen=True)
class CganOptions:
    """None."""


def cgan(options: CganOptions, classes: int) -> Member:
    """DCGAN, told the class."""
    return Member(condition=Labels(classes))
