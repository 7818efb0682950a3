"""Numbers that depend on parameters: values by hand, for one variation and for many."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.storyboard.numbers import Expression, P, parameter, value_of
from sim_suite.errors import SuiteError, UnknownNameError


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (P.a + 1, 8.0), (1 + P.a, 8.0), (P.a - 2, 5.0), (2 - P.a, -5.0), (P.a * 3, 21.0), (3 * P.a, 21.0), (P.a / 2, 3.5),
        (14 / P.a, 2.0), (-P.a, -7.0), (P.a**2, 49.0), (2**P.a, 128.0), (P.a % 4, 3.0), (9 % P.a, 2.0),
        (P.a * P.b - P.a / P.b, -14.0 + 3.5), ((P.a + P.b) * 2, 10.0),
    ],
)  # fmt: skip
def test_arithmetic(expression, value):
    assert expression.evaluate({"a": 7.0, "b": -2.0}) == value


@pytest.mark.parametrize(
    ("operation", "arguments", "value"),
    [
        ("%", (-7.0, 4.0), -3.0), ("floor", (-1.5,), -2.0), ("ceil", (-1.5,), -1.0), ("round", (2.6,), 3.0), ("sqrt", (9.0,), 3.0),
        ("abs", (-3.0,), 3.0), ("sign", (-3.0,), -1.0), ("min", (2.0, 1.0), 1.0), ("max", (2.0, 1.0), 2.0),
        ("sin", (math.pi / 2,), 1.0), ("cos", (0.0,), 1.0), ("tan", (0.0,), 0.0), ("asin", (1.0,), math.pi / 2),
        ("acos", (1.0,), 0.0), ("atan", (1.0,), math.pi / 4), ("and", (True, False), False), ("or", (True, False), True),
        ("not", (False,), True), ("/", (1.0, 0.0), math.inf),
    ],
)  # fmt: skip
def test_operations_of_files(operation, arguments, value):
    assert Expression(operation, arguments).evaluate({}) == pytest.approx(value)


def test_all_variations_are_worked_out_at_once():
    found = (P.gap_m * 2 + 1).evaluate({"gap_m": np.array([10.0, 20.0])})
    assert found.tolist() == [21.0, 41.0]
    assert value_of(3.0, {}) == 3.0


def test_names_are_those_of_the_parameters():
    assert sorted((P.a * P.b + parameter("c d") - 1).names()) == ["a", "b", "c d"]


def test_an_unknown_parameter_is_an_error_with_the_nearest_name():
    with pytest.raises(UnknownNameError, match="gap_m"):
        P.gap.evaluate({"gap_m": 1.0})


def test_a_parameter_cannot_decide_an_if():
    with pytest.raises(SuiteError, match="not known while a scenario is written"):
        bool(P.a)
    with pytest.raises(AttributeError):
        P.__wrapped__  # noqa: B018
