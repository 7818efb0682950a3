"""Kinds of attributes: how a text becomes a value of the model, and a value the text. Source: OpenSCENARIO XML 1.3, basic data types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, get_args

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.numbers import Expression, Number
from sim_suite.driving.storyboard.parameters import RULES
from sim_suite.driving.storyboard.xosc.expressions import expression_text, number_text
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.reading.scope import ESCAPED
from sim_suite.errors import SuiteError

MOST_COUNT: Final = 1_000_000_000
"""The largest whole number that counts something. Ours: more executions than any simulation has steps."""


class Kind(Protocol):
    """Reads and writes the text of an attribute; `where` is its element, `name` its own name."""

    def read(self, text: str, where: Node, name: str, context: Context) -> Any:  # whatever the model's field holds
        """Raises `SuiteError` for a text that is none of its kind."""
        ...

    def write(self, value: Any) -> str:  # likewise
        """Raises `SuiteError` for a value that has no text."""
        ...


class NumberKind:
    """A number, which may depend on parameters."""

    def read(self, text: str, _where: Node, _name: str, context: Context) -> Number:
        """See `Kind`."""
        return context.scope.number(text)

    def write(self, value: Number) -> str:
        """See `Kind`."""
        if not isinstance(value, Expression):
            return number_text(value)
        text = expression_text(value)
        return text if value.operation == "$" else f"${{{text}}}"


class LaneKind(NumberKind):
    """The id of a lane or a difference of ids, which may depend on parameters and is whole."""

    def read(self, text: str, _where: Node, name: str, context: Context) -> Number:
        """See `Kind`."""
        return self._checked(context.scope.number(text), name)

    def write(self, value: Number) -> str:
        """See `Kind`."""
        checked = self._checked(value, "a lane")
        return super().write(checked) if isinstance(checked, Expression) else str(int(checked))

    def _checked(self, value: Number, name: str) -> Number:
        if not isinstance(value, Expression) and value != math.floor(value):
            raise SuiteError(f"{name} is {value}, and lanes have whole numbers. Correct it.")
        return value


@dataclass(frozen=True)
class WholeKind:
    """A whole number that must be the same in all variations."""

    least: int

    def read(self, text: str, where: Node, name: str, context: Context) -> int:
        """See `Kind`."""
        number = context.scope.number(text)
        value = context.scope.value(number)
        if value != int(value) or not self.least <= value <= MOST_COUNT:
            raise SuiteError(
                f"{name} = {text[:80]!r} is not a whole number from {self.least} to {MOST_COUNT}. Correct it."
            )
        if isinstance(number, Expression) and next(number.names(), None) is not None:
            say_fixed(where, name, text, context)
        return int(value)

    def write(self, value: int) -> str:
        """See `Kind`."""
        if not self.least <= value <= MOST_COUNT:
            raise SuiteError(f"{value} is not a whole number from {self.least} to {MOST_COUNT}.")
        return str(value)


class TextKind:
    """A word."""

    def read(self, text: str, where: Node, name: str, context: Context) -> str:
        """See `Kind`."""
        value, varies = context.scope.text(text)
        if varies and name != "name":
            say_fixed(where, name, text, context)
        return value

    def write(self, value: str) -> str:
        """See `Kind`."""
        return escaped(value)


class FlagKind:
    """true or false."""

    def read(self, text: str, _where: Node, _name: str, context: Context) -> bool:
        """See `Kind`."""
        return context.scope.flag(text)

    def write(self, value: bool) -> str:
        """See `Kind`."""
        return "true" if value else "false"


class ValueKind:
    """A number, or a word where it is none; flags are 1 and 0."""

    def read(self, text: str, where: Node, name: str, context: Context) -> Number | str:
        """See `Kind`."""
        try:
            return context.scope.number(text)
        except SuiteError:
            word = TEXT.read(text, where, name, context)
            return {"true": 1.0, "false": 0.0}.get(word, word)

    def write(self, value: Number | str) -> str:
        """See `Kind`."""
        return escaped(value) if isinstance(value, str) else NUMBER.write(value)


@dataclass(frozen=True)
class WordKind:
    """One of a few words."""

    words: tuple[str, ...]
    old: Mapping[str, str] = field(default_factory=dict)
    """Words of older versions, and what is read for them."""

    def read(self, text: str, where: Node, name: str, context: Context) -> str:
        """See `Kind`."""
        word = TEXT.read(text, where, name, context).strip()
        word = self.old.get(word, word)
        if word not in self.words:
            raise SuiteError(f"{name} = {word[:80]!r} is none of {', '.join(self.words)}. Correct it.")
        return word

    def write(self, value: str) -> str:
        """See `Kind`."""
        if value not in self.words:
            raise SuiteError(f"{value!r} is none of {', '.join(self.words)}.")
        return value


def words(literal: Any, **old: str) -> WordKind:  # a `Literal[...]`, for which there is no type
    """The kind of the words of a `Literal`."""
    return WordKind(get_args(literal), old)


def say_fixed(where: Node, name: str, text: str, context: Context) -> None:
    """Note that a number that varies is put in as it is in the first variation."""
    context.note(
        f"{text[:80]} in {name} of <{where.tag}> must be the same in all variations; its declared value is used"
    )


def escaped(text: str) -> str:
    """A word that is not to be taken for a parameter."""
    return f"\\{text}" if text.startswith("$") or ESCAPED.match(text) else text


NUMBER: Final = NumberKind()
LANE: Final = LaneKind()
COUNT: Final = WholeKind(0)
DIFFERENCE: Final = WholeKind(-MOST_COUNT)
TEXT: Final = TextKind()
FLAG: Final = FlagKind()
VALUE: Final = ValueKind()
RULE: Final = WordKind(tuple(RULES))
