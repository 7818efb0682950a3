"""Expressions of OpenSCENARIO: precedence, functions, what is refused, and that what is written reads back as it was."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.storyboard.numbers import OPERATIONS, P, parameter, value_of
from sim_suite.driving.storyboard.xosc.expressions import FUNCTIONS, expression_text, parse_expression, read_number
from sim_suite.errors import SuiteError
from tests.driving.storyboard.xosc.strategies import EXPRESSIONS, NUMERIC

VALUES = {"a": 3.0, "gap_m": -2.0, "_v2": 0.5}


def value(text: str) -> float:
    return float(value_of(parse_expression(text, parameter), VALUES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 - 2 - 3", 2),
        ("12 / 3 / 2", 2),
        ("7 % 4 * 2", 6),
        ("-7 % 4", -3),
        ("2 - -3", 5),
        ("-$a * 2", -6),
        ("+4", 4),
        ("--4", 4),
        (".5 + 1. + 1e2 + 2E-1", 101.7),
        ("pow(2, 3) + 1", 9),
        ("round(2.6)", 3),
        ("floor(-1.5)", -2),
        ("ceil(1.2)", 2),
        ("sqrt(16)", 4),
        ("abs(-4)", 4),
        ("sign(-4)", -1),
        ("min(1, 2) - max(3, 4)", -3),
        ("sin(0) + cos(0) + tan(0)", 1),
        ("asin(1) + acos(1) + atan(0)", math.pi / 2),
        ("1 and 0 or 1", 1),
        ("1 or 0 and 0", 1),
        ("not 1 or 1", 1),
        ("not (1 or 1)", 0),
        ("not not 1", 1),
        ("true and not false", 1),
        ("2 * pi", 2 * math.pi),
        ("$gap_m*$_v2", -1),
        ("$a", 3),
    ],
)
def test_values(text, expected):
    assert value(text) == pytest.approx(expected)


def test_an_expression_is_kept_as_it_is_made():
    assert parse_expression("$a * 2 + 1", parameter) == P.a * 2 + 1
    assert parse_expression("4", parameter) == 4.0
    assert parse_expression("-4", parameter) == -4.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "missing"),
        ("1 +", "missing"),
        ("1 2", "not expected"),
        ("(1", r"'\)' is missing"),
        ("pow(1)", "',' is missing"),
        ("sqrt 4", r"'\(' is missing"),
        ("exec(1)", "no function"),
        ("neg(1)", "no function"),
        ("1 ^ 2", "neither"),
        ("1_000", "not expected"),
        ("__import__('os')", "neither"),
        ("$", "neither"),
        ("1e999", "too large"),
        ("(" * 50 + "1" + ")" * 50, "deeper than 40"),
        ("1" + "+1" * 1500, "more than 3000"),
        ("1" + " " * 30000, "too long"),
    ],
)
def test_what_is_no_expression_is_refused(text, message):
    with pytest.raises(SuiteError, match=message):
        parse_expression(text, parameter)


def test_every_operation_can_be_said():
    assert FUNCTIONS | {"+", "-", "*", "/", "%", "and", "or", "not", "neg"} == set(OPERATIONS)


@given(EXPRESSIONS)
def test_what_is_written_reads_back_equal(expression):
    assert set(NUMERIC) == set(VALUES)
    assert parse_expression(expression_text(expression), parameter) == expression


@given(st.text(max_size=30) | st.text("()+-*/%$a1. ,", max_size=30))
def test_no_other_error_comes_out(text):
    with contextlib.suppress(SuiteError):
        parse_expression(text, parameter)


def test_a_name_that_xml_cannot_hold_is_refused():
    with pytest.raises(SuiteError, match="letters"):
        expression_text(parameter("a b") + 1)


def test_numbers_are_those_of_xml():
    assert [read_number(text) for text in ("1e3", " 5", "1_0", "٣", "inf", "nan", "")] == [1000.0, 5.0, *[None] * 5]


@pytest.mark.parametrize(
    "text",
    [
        "$a + 1.0 + 2.0",
        "$a - (1.0 - 2.0)",
        "($a + 1.0) * 2.0",
        "$a * 2.0 + 1.0",
        "$a and 1.0 or 2.0",
        "$a and (1.0 or 2.0)",
    ],
)
def test_parentheses_stand_only_where_they_must(text):
    assert expression_text(parse_expression(text, parameter)) == text
