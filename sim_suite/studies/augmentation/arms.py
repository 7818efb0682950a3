"""What is compared: ways to come by pictures, and the networks that some of them need. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

GENERATED: Final = "{generated}"
"""Stands in an arm's settings for the checkpoint of its generator."""
PICTURES: Final = "{pictures}"
"""Stands in a generator's settings for the folder of the real examples' pictures."""


@dataclass(frozen=True)
class Arm:
    """One way."""

    title: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Laid over the subject's, tables within tables."""
    generator: str = ""
    """Of the subject, the recipe's settings by which its network is trained first; none without."""
    samples: int = 1
    """Real examples, in multiples of the subject's."""


@dataclass(frozen=True)
class Generator:
    """A network that makes pictures of pictures, trained on the real examples of a subject alone, but where its note says otherwise."""

    task: str
    settings: Mapping[str, Any]
    note: str = ""


def laid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Settings over settings, table by table."""
    joined: dict[str, Any] = dict(below)
    for key, value in above.items():
        under = joined.get(key, {})
        joined[key] = laid(under if isinstance(under, Mapping) else {}, value) if isinstance(value, Mapping) else value
    return joined


def filled(settings: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    """Settings with what stands for `GENERATED` and `PICTURES` in its places."""
    return {
        key: filled(value, places)
        if isinstance(value, Mapping)
        else places.get(value, value)
        if isinstance(value, str)
        else value
        for key, value in settings.items()
    }
