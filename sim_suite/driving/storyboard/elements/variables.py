"""Values that actions change while a scenario runs. Source: OpenSCENARIO XML 1.2, `VariableDeclaration`."""

from __future__ import annotations

from dataclasses import dataclass

from sim_suite.driving.storyboard.numbers import Number


@dataclass(frozen=True)
class Variable:
    """A variable, as it is at the start."""

    name: str
    value: Number | str
    """Flags are 1 and 0."""
