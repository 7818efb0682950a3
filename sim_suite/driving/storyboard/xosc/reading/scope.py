"""What parameters stand for while a file is read: numbers stay expressions, words and flags are put in. Source: OpenSCENARIO XML 1.3, 9.1.

Numeric parameters of the scenario itself stay `parameter(name)`, so that one reading serves all variations; those of stories,
maneuvers and catalog entries are put in as what they are made of.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sim_suite.driving.storyboard.numbers import Expression, Number, value_of
from sim_suite.driving.storyboard.xosc.expressions import NAME, expression_text, parse_expression, read_number
from sim_suite.errors import SuiteError, UnknownNameError

FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
"""Source: XML Schema, `xsd:boolean`."""
MOST_PARTS: Final = 1000
"""Operations in one number. Ours: parameters made of parameters could double without end."""
ESCAPED: Final = re.compile(r"\\+\$")
"""How a text begins that begins with a dollar; one backslash is taken off. Source: OpenSCENARIO XML 1.1, 9.1."""


@dataclass(frozen=True)
class Binding:
    """What a parameter stands for."""

    text: str
    """As a word."""
    number: Number | None = None
    """As a number; None where it is none."""
    varies: bool = False
    """Whether variations change it."""


@dataclass(frozen=True)
class Scope:
    """Parameters that can be named in a place."""

    bindings: Mapping[str, Binding] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    """Of the scenario's numeric parameters, in its first variation."""

    def with_bindings(self, more: Mapping[str, Binding]) -> Scope:
        """The scope inside an element that declares more."""
        return Scope({**self.bindings, **more}, self.values)

    def binding(self, name: str) -> Binding:
        """Raises `UnknownNameError`."""
        if name not in self.bindings:
            raise UnknownNameError("parameter", name, self.bindings, "Declare it in ParameterDeclarations.")
        return self.bindings[name]

    def text(self, raw: str) -> tuple[str, bool]:
        """An attribute that is a word, and whether a number that varies was put in as it is in the first variation."""
        if ESCAPED.match(raw):
            return raw[1:], False
        inner = _inside(raw)
        if inner is not None:
            return self._joined(inner)
        if raw.startswith("$") and NAME.fullmatch(raw, 1):
            binding = self.binding(raw[1:])
            return binding.text, binding.varies
        return raw, False

    def number(self, raw: str) -> Number:
        """An attribute that is a number. Raises `SuiteError` for what is none, or none that is finite."""
        text = raw.strip()
        inner = _inside(text)
        if inner is not None:
            return self._checked(parse_expression(inner, self._resolve))
        if text.startswith("$") and NAME.fullmatch(text, 1):
            return self._resolve(text[1:])
        value = read_number(text)
        if value is None:
            raise SuiteError(f"{raw[:80]!r} is not a finite number. Correct it.")
        return value

    def value(self, number: Number) -> float:
        """A number in the first variation. Raises `SuiteError` where it is not finite."""
        try:
            with np.errstate(all="ignore"):
                value = float(value_of(number, self.values))
        except (TypeError, ValueError, ArithmeticError):  # what is true or false cannot be counted with
            raise SuiteError(f"${{{expression_text(number)[:80]}}} cannot be computed. Correct it.") from None
        if not math.isfinite(value):
            raise SuiteError(f"${{{expression_text(number)[:80]}}} is {value} with the declared values. Correct it.")
        return value

    def flag(self, raw: str) -> bool:
        """An attribute that is true or false."""
        if _inside(raw.strip()) is not None:
            return bool(self.value(self.number(raw)))
        text, _ = self.text(raw)
        if text.strip().lower() not in FLAGS:
            raise SuiteError(f"{text[:80]!r} is neither true nor false. Correct it.")
        return FLAGS[text.strip().lower()]

    def _resolve(self, name: str) -> Number:
        binding = self.binding(name)
        if binding.number is not None:
            return binding.number
        raise SuiteError(f"${name} is {binding.text[:80]!r}, which is not a number. Correct it.")

    def _checked(self, number: Number) -> Number:
        left = [MOST_PARTS]
        _count(number, left)
        if left[0] < 0:
            raise SuiteError(f"an expression has more than {MOST_PARTS} parts. Take out a parameter.")
        self.value(number)
        return number

    def _joined(self, inner: str) -> tuple[str, bool]:
        """An expression where a word is wanted: its number, or words joined by +, as esmini has them."""
        try:
            number = self.number(f"${{{inner}}}")
        except SuiteError:
            parts = [self.text(part.strip()) for part in inner.split("+")]
            return "".join(text for text, _ in parts), any(varies for _, varies in parts)
        return plain(self.value(number)), isinstance(number, Expression) and next(number.names(), None) is not None


def plain(value: float) -> str:
    """A number as a word: whole numbers without a point."""
    return str(int(value)) if value == int(value) else repr(value)


def _inside(text: str) -> str | None:
    return text[2:-1] if text.startswith("${") and text.endswith("}") else None


def _count(number: Number, left: list[int]) -> None:
    """Take the parts of a number off what is left; stops below 0."""
    left[0] -= 1
    if isinstance(number, Expression) and left[0] >= 0:
        for argument in number.arguments:
            if not isinstance(argument, str):
                _count(argument, left)
