"""What a probe is: a name, what it measures with which tolerance, and a function that does it on a stage. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeGuard

if TYPE_CHECKING:
    from sim_suite.carla.conformance.stage import Stage

Value = float | str | bool
Measured = Mapping[str, Value]


@dataclass(frozen=True)
class Measure:
    """One figure of a probe. It agrees within `within` or `share`, whichever allows more; neither: it must be equal."""

    name: str
    unit: str = ""
    within: float = 0.0
    """In the unit."""
    share: float = 0.0
    """Of the expected figure."""
    judged: bool = True
    """False for what hangs on the machine: it is only told."""

    def allowed(self, expected: Value) -> float:
        """By how much a figure may differ from an expected one."""
        return max(self.within, self.share * abs(expected)) if _is_number(expected) else 0.0

    def agrees(self, expected: Value, measured: Value) -> bool:
        """Whether a figure is as expected."""
        if not _is_number(expected) or not _is_number(measured):
            return type(expected) is type(measured) and expected == measured
        return math.isfinite(measured) and abs(measured - expected) <= self.allowed(expected)


def _is_number(value: Value) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@dataclass(frozen=True)
class Probe:
    """One small question to a server."""

    name: str
    topic: str
    asks: str
    """In words, for the table."""
    measures: tuple[Measure, ...]
    run: Callable[[Stage], Measured]


PROBES: Final[dict[str, Probe]] = {}
"""By name, in the order in which they are run."""


def probe(topic: str, *measures: Measure) -> Callable[[Callable[[Stage], Measured]], Callable[[Stage], Measured]]:
    """Mark a function as a probe; its name is its own, what it asks the first line of its docstring."""

    def mark(run: Callable[[Stage], Measured]) -> Callable[[Stage], Measured]:
        assert run.__name__ not in PROBES, f"{run.__name__} stands in the table twice"
        asks = (run.__doc__ or "").strip().splitlines()[0].rstrip(".")
        PROBES[run.__name__] = Probe(run.__name__, topic, asks, measures, run)
        return run

    return mark
