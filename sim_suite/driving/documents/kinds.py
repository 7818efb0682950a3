"""What kind of document is read, as refusals speak of it. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sim_suite.errors import SuiteError


class Refusal(Protocol):
    """Makes the error that refuses a file."""

    def __call__(self, message: str, *, line: int = 0, source: str = "") -> SuiteError:
        """message: what was wrong, the value seen and how to mend it."""
        ...


@dataclass(frozen=True)
class DocumentKind:
    """A format that is written in XML."""

    name: str
    """OpenDRIVE, ..."""
    thing: str
    """What a file holds, as people call it: map, ..."""
    whole: str
    """What one file describes: "road network", ..."""
    suffix: str
    refusal: Refusal
