"""Expressions in attributes, "${...}", in and out. Source: OpenSCENARIO XML 1.3, 9.2 (expressions); 1.1 has a part of it.

    or < and < not < + - < * / % < unary minus < numbers, $parameters, functions, parentheses

Nothing is computed here: the text becomes an `Expression`, and an expression becomes the text that reads back as the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Final

from sim_suite.driving.storyboard.numbers import OPERATIONS, PARAMETER, Expression, Number
from sim_suite.errors import SuiteError

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
"""What parameters may be called."""
LONGEST: Final = 2000
"""Characters of an expression. Ours: a page of text."""
DEEPEST: Final = 40
"""Parentheses in parentheses. Ours: what Python's own stack bears many times over."""

MOST_TOKENS: Final = 200
"""Numbers, names and signs. Ours: a chain of a hundred sums nests as deep as Python's stack bears with ease."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|\$(?P<parameter>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/%(),]))",
    re.ASCII,
)
_INFIX: Final = (("or",), ("and",), ("+", "-"), ("*", "/", "%"))
"""Operations between two values, from those that bind least."""
_LEVEL: Final = {sign: level for level, signs in enumerate(_INFIX) for sign in signs}
_TWO: Final = frozenset({"pow", "min", "max"})
"""Functions of two arguments."""
FUNCTIONS: Final = frozenset(OPERATIONS) - frozenset(_LEVEL) - {"neg", "not"}
_WORDS: Final = {"true": 1.0, "false": 0.0}

Resolve = Callable[[str], Number]
"""What a parameter's name stands for; raises `SuiteError` where there is none."""


def parse_expression(text: str, resolve: Resolve) -> Number:
    """The expression between "${" and "}". Raises `SuiteError` for what is none."""
    return _Parser(text, resolve).whole()


def expression_text(number: Number) -> str:
    """A number or an expression as it stands between "${" and "}". Raises `SuiteError` for what has no text."""
    if not isinstance(number, Expression):
        return number_text(number)
    operation, arguments = number.operation, number.arguments
    if operation == PARAMETER:
        if not NAME.fullmatch(arguments[0]):
            raise SuiteError(
                f"the parameter {arguments[0]!r} cannot be written to OpenSCENARIO: names are letters, digits and _."
            )
        return f"${arguments[0]}"
    if operation == "neg":
        return f"-({expression_text(arguments[0])})"
    if operation == "not":
        return f"(not ({expression_text(arguments[0])}))"
    if operation in _LEVEL:
        left, right = (_operand(one) for one in arguments)
        return f"{left} {operation} {right}"
    return f"{operation}({', '.join(expression_text(one) for one in arguments)})"


def number_text(value: float) -> str:
    """The shortest text that reads back as the same 64 bits; whole numbers given as such stay whole."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not math.isfinite(value):
        raise SuiteError(f"{value} cannot be written to OpenSCENARIO. Numbers must be finite.")
    return repr(float(value))


def read_number(text: str) -> float | None:
    """A finite number as XML Schema writes it; None for anything else, such as Python's 1_000."""
    if "_" in text or not text.isascii():
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _operand(number: Number) -> str:
    text = expression_text(number)
    return f"({text})" if isinstance(number, Expression) and number.operation in _LEVEL else text


class _Parser:
    """Recursive descent over tokens."""

    def __init__(self, text: str, resolve: Resolve) -> None:
        if len(text) > LONGEST:
            raise SuiteError(f"an expression of {len(text)} characters is too long; at most {LONGEST}.")
        self._text, self._resolve = text, resolve
        self._tokens = list(self._split())
        if len(self._tokens) > MOST_TOKENS:
            raise self._refuse(f"it has {len(self._tokens)} parts, more than {MOST_TOKENS}")
        self._at = 0
        self._depth = 0

    def whole(self) -> Number:
        value = self._infix(0)
        if self._at < len(self._tokens):
            raise self._refuse(f"{self._tokens[self._at][1]!r} is not expected there")
        return value

    def _split(self) -> Iterator[tuple[str, str]]:
        at, text = 0, self._text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._refuse(f"{text[at : at + 10]!r} is neither a number nor an operation")
            yield str(match.lastgroup), match[str(match.lastgroup)]
            at = match.end()

    def _next(self, *signs: str) -> str | None:
        """Take the next token if it is one of these."""
        if self._at < len(self._tokens):
            kind, token = self._tokens[self._at]
            if token in signs and kind in ("sign", "word"):
                self._at += 1
                return token
        return None

    def _infix(self, level: int) -> Number:
        if level == len(_INFIX):
            return self._unary()
        below = self._infix if level != 1 else self._negation
        value = below(level + 1)
        while (sign := self._next(*_INFIX[level])) is not None:
            value = Expression(sign, (value, below(level + 1)))
        return value

    def _negation(self, level: int) -> Number:
        if self._next("not") is None:
            return self._infix(level)
        with_not = self._deeper(lambda: self._negation(level))
        return Expression("not", (with_not,))

    def _unary(self) -> Number:
        if self._next("+"):
            return self._deeper(self._unary)
        if not self._next("-"):
            return self._atom()
        if self._at < len(self._tokens) and self._tokens[self._at][0] == "number":
            value = self._atom()
            assert not isinstance(value, Expression)
            return -value
        return Expression("neg", (self._deeper(self._unary),))

    def _atom(self) -> Number:
        if self._at >= len(self._tokens):
            raise self._refuse("something is missing at its end")
        kind, token = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            value = read_number(token)
            if value is None:
                raise self._refuse(f"{token} is too large")
            return value
        if kind == "parameter":
            return self._resolve(token)
        if token == "(":
            inner = self._deeper(lambda: self._infix(0))
            self._expect(")")
            return inner
        if token in _WORDS:
            return _WORDS[token]
        if token in FUNCTIONS:
            return self._call(token)
        raise self._refuse(f"{token!r} is no function; there are {', '.join(sorted(FUNCTIONS))}")

    def _call(self, name: str) -> Number:
        self._expect("(")
        arguments = [self._deeper(lambda: self._infix(0))]
        if name in _TWO:
            self._expect(",")
            arguments.append(self._deeper(lambda: self._infix(0)))
        self._expect(")")
        return Expression(name, tuple(arguments))

    def _expect(self, sign: str) -> None:
        if self._next(sign) is None:
            raise self._refuse(f"a {sign!r} is missing")

    def _deeper(self, part: Callable[[], Number]) -> Number:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refuse(f"it nests deeper than {DEEPEST}")
        value = part()
        self._depth -= 1
        return value

    def _refuse(self, message: str) -> SuiteError:
        return SuiteError(f"the expression ${{{self._text[:80]}}} cannot be read: {message}.")
