"""Numbers of a scenario that may depend on its parameters: evaluated for all variations at once. Source: OpenSCENARIO XML 1.3, 9.2
(expressions).

    gap = P.gap_m * 2 + 1          # an expression; P.NAME stands for a parameter
    gap.evaluate({"gap_m": np.array([10.0, 20.0])})   # [21, 41]
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError, UnknownNameError

Floats = NDArray[np.float64]
PARAMETER: Final = "$"
"""The operation of an expression that is a parameter; its only argument is the name."""


def _divided(one: Any, other: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(one, other)


OPERATIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType({
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divided, "%": np.fmod, "neg": operator.neg,
    "pow": np.power, "round": np.round, "floor": np.floor, "ceil": np.ceil, "sqrt": np.sqrt, "abs": np.abs, "sign": np.sign,
    "min": np.minimum, "max": np.maximum, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
})  # fmt: skip
"""What expressions are made of. `%` keeps the sign of the dividend, as in C and in OpenSCENARIO."""


@dataclass(frozen=True)
class Expression:
    """An operation on numbers and other expressions."""

    operation: str
    arguments: tuple[Any, ...]
    """Numbers and expressions; the name where the operation is PARAMETER."""

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The value, of the shape of the parameters' values. Raises `UnknownNameError` for a parameter without one."""
        if self.operation == PARAMETER:
            name = self.arguments[0]
            if name not in values:
                raise UnknownNameError("parameter", name, values)
            return values[name]
        return OPERATIONS[self.operation](*(value_of(argument, values) for argument in self.arguments))

    def names(self) -> Iterator[str]:
        """The parameters in it."""
        if self.operation == PARAMETER:
            yield self.arguments[0]
            return
        for argument in self.arguments:
            if isinstance(argument, Expression):
                yield from argument.names()

    def __add__(self, other: Number) -> Expression:
        return Expression("+", (self, other))

    def __radd__(self, other: Number) -> Expression:
        return Expression("+", (other, self))

    def __sub__(self, other: Number) -> Expression:
        return Expression("-", (self, other))

    def __rsub__(self, other: Number) -> Expression:
        return Expression("-", (other, self))

    def __mul__(self, other: Number) -> Expression:
        return Expression("*", (self, other))

    def __rmul__(self, other: Number) -> Expression:
        return Expression("*", (other, self))

    def __truediv__(self, other: Number) -> Expression:
        return Expression("/", (self, other))

    def __rtruediv__(self, other: Number) -> Expression:
        return Expression("/", (other, self))

    def __neg__(self) -> Expression:
        return Expression("neg", (self,))

    def __pow__(self, other: Number) -> Expression:
        return Expression("pow", (self, other))

    def __rpow__(self, other: Number) -> Expression:
        return Expression("pow", (other, self))

    def __mod__(self, other: Number) -> Expression:
        return Expression("%", (self, other))

    def __rmod__(self, other: Number) -> Expression:
        return Expression("%", (other, self))

    def __bool__(self) -> bool:
        raise SuiteError(
            "the value of a parameter is not known while a scenario is written, so it cannot decide an `if`. "
            "Use it in the numbers of the scenario's elements."
        )


Number = float | Expression
"""A number, or what becomes one when a variation's parameters are known."""


class _Parameters:
    """`P.NAME` is the parameter of that name."""

    def __getattr__(self, name: str) -> Expression:
        if name.startswith("__"):
            raise AttributeError(name)
        return parameter(name)


P: Final = _Parameters()


def parameter(name: str) -> Expression:
    """The parameter of that name, as `P.NAME`, for names that Python does not allow."""
    return Expression(PARAMETER, (name,))


def value_of(number: Number, values: Mapping[str, Any]) -> Any:
    """A number as it is, an expression evaluated."""
    return number.evaluate(values) if isinstance(number, Expression) else number
