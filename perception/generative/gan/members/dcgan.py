"""DCGAN: Goodfellow's game with convolutions. Source: Radford et al. 2016 (arXiv:1511.06434), section 3; the networks are nets/dcgan.py."""

from __future__ import annotations

from dataclasses import dataclass

from perception.generative.gan.members.member import Member


@dataclass(frozen=True)
class DcganOptions:
    """None."""


def dcgan(options: DcganOptions, classes: int) -> Member:
    """Noise alone, the non-saturating loss."""
    return Member()
