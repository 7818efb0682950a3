"""The members by name: one entry is one more, held by the tests over all of them. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from perception.generative.gan.members.acgan import AcganOptions, acgan
from perception.generative.gan.members.cgan import CganOptions, cgan
from perception.generative.gan.members.dcgan import DcganOptions, dcgan
from perception.generative.gan.members.infogan import InfoganOptions, infogan
from perception.generative.gan.members.lsgan import LsganOptions, lsgan
from perception.generative.gan.members.member import Member
from perception.generative.gan.members.wgan import WganOptions, wgan
from perception.generative.gan.members.wgan_gp import WganGpOptions, wgan_gp
from sim_suite.errors import UnknownNameError
from sim_suite.settings import build_config


class MemberEntry(NamedTuple):
    """One name."""

    paper: str
    Options: type
    """A frozen dataclass."""
    build: Callable[[Any, int], Member]
    """From its `Options` and the number of the data's classes."""


MEMBERS: Final[Mapping[str, MemberEntry]] = {
    "dcgan": MemberEntry("Radford et al. 2016", DcganOptions, dcgan),
    "cgan": MemberEntry("Mirza and Osindero 2014", CganOptions, cgan),
    "acgan": MemberEntry("Odena et al. 2017", AcganOptions, acgan),
    "lsgan": MemberEntry("Mao et al. 2017", LsganOptions, lsgan),
    "wgan": MemberEntry("Arjovsky et al. 2017", WganOptions, wgan),
    "wgan-gp": MemberEntry("Gulrajani et al. 2017", WganGpOptions, wgan_gp),
    "infogan": MemberEntry("Chen et al. 2016", InfoganOptions, infogan),
}


def options_of(name: str, values: Mapping[str, Any]) -> Any:
    """The member's `Options` with these values changed. Raises `SuiteError` for an unknown member, option or value."""
    if name not in MEMBERS:
        raise UnknownNameError("member of the GAN family", name, MEMBERS)
    return build_config(MEMBERS[name].Options, values, f"options of {name}")


def build_member(name: str, values: Mapping[str, Any], classes: int) -> Member:
    """Raises as `options_of`."""
    return MEMBERS[name].build(options_of(name, values), classes)
