"""What may vary between the runs of one scenario, and how. Source: OpenSCENARIO XML 1.3, ParameterDeclaration; ranges by name and
unit are ours.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from sim_suite.driving.storyboard.distributions import Choices, Distribution, Uniform, Value
from sim_suite.driving.storyboard.numbers import Number, value_of
from sim_suite.errors import SuiteError, UnknownNameError

Rule = Literal["greaterThan", "lessThan", "equalTo", "greaterOrEqual", "lessOrEqual", "notEqualTo"]
RULES: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType({
    "greaterThan": operator.gt, "lessThan": operator.lt, "equalTo": operator.eq,
    "greaterOrEqual": operator.ge, "lessOrEqual": operator.le, "notEqualTo": operator.ne,
})  # fmt: skip
"""Comparisons by OpenSCENARIO's names."""
_BOOLEANS: Final = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
TYPES: Final = ("double", "integer", "boolean", "string")


@dataclass(frozen=True)
class Parameter:
    """A named value of a scenario, with the range that it is drawn from."""

    name: str
    value: Value
    """Without variation."""
    distribution: Distribution | None = None
    """None: it does not vary unless it is set."""
    unit: str = ""
    type: str = "double"
    """double, integer, boolean or string. Strings choose what a file's elements say and are the same in all variations."""
    summary: str = ""

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise UnknownNameError("type of parameter", self.type, TYPES)

    def read(self, text: str) -> Value:
        """A value from the command line or a file. Raises `SuiteError` where it is of another type."""
        try:
            if self.type == "string":
                return text
            if self.type == "boolean":
                return _BOOLEANS[text.strip().lower()]
            number = float(text)
            if math.isnan(number) or (self.type == "integer" and number != int(number)):
                raise ValueError(text)
            return number
        except (ValueError, KeyError, OverflowError):
            raise SuiteError(f"parameter {self.name} is of type {self.type}; {text!r} is not.") from None


def vary(
    name: str, low: float, high: float, *, usual: float, unit: str = "", step: float | None = None, summary: str = ""
) -> Parameter:
    """A parameter that is drawn evenly from a range. usual: its value in the scenario's first variation."""
    if not low <= usual <= high:
        raise SuiteError(f"the usual value of {name} must be in its range, {low} to {high}, not {usual}.")
    return Parameter(name, usual, Uniform(low, high, step), unit, "double", summary)


def choose(name: str, *values: float, usual: float | None = None, unit: str = "", summary: str = "") -> Parameter:
    """A parameter that is drawn from a few numbers; the first is the usual one where none is named."""
    first = values[0] if usual is None else usual
    if first not in values:
        raise SuiteError(f"the usual value of {name} must be one of {values}, not {first}.")
    return Parameter(name, first, Choices(values), unit, "double", summary)


@dataclass(frozen=True)
class Constraint:
    """What must hold between values, e.g. that one car is slower than another; variations that break it are drawn anew."""

    left: Number
    rule: Rule
    right: Number

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether one variation's values keep to it."""
        return bool(RULES[self.rule](value_of(self.left, values), value_of(self.right, values)))
