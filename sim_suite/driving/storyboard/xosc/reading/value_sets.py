"""Sets of values for several parameters at once: one parameter that chooses the set. Source: OpenSCENARIO XML 1.3, 9.3.

Set number k of parameter p is v_k; wherever p stood there stands v_0 * chosen(0) + v_1 * chosen(1) + ..., where chosen(k) is
max(0, 1 - |value_set - k|): 1 for the set that is drawn, 0 for all others, and so exact. What is the same in all sets counts like a
setting, and so do words, which have to be the same.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.distributions import Choices
from sim_suite.driving.storyboard.elements.actions import VariableAction
from sim_suite.driving.storyboard.elements.conditions import ParameterCondition
from sim_suite.driving.storyboard.numbers import PARAMETER, Expression, Number, parameter
from sim_suite.driving.storyboard.parameters import Parameter
from sim_suite.driving.storyboard.scenario import Scenario, parts_of
from sim_suite.driving.storyboard.xosc.expressions import read_number
from sim_suite.driving.storyboard.xosc.forms import Attribute
from sim_suite.driving.storyboard.xosc.kinds import TEXT
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.errors import UnknownNameError

NAME: Final = "value_set"
"""Of the parameter that chooses; a second one is value_set_2, and so on."""
MOST_SETS: Final = 100
"""Ours: each is a term of a sum in every number that the sets say."""
_WRAPPER: Final = "DeterministicMultiParameterDistribution"


@dataclass(frozen=True)
class ValueSets:
    """The sets of one distribution."""

    node: Node
    columns: Mapping[str, tuple[str, ...]]
    """By parameter, its value in each set."""

    def alike(self) -> dict[str, str]:
        """Parameters whose value is the same in all sets."""
        return {name: texts[0] for name, texts in self.columns.items() if len(set(texts)) == 1}


def read_value_sets(node: Node, context: Context) -> list[ValueSets]:
    """Those of a ParameterValueDistribution."""
    blocks = [one for block in node.all("Deterministic") for one in block.all(_WRAPPER)]
    return [_read(one, context) for one in blocks]


def keep_words(
    one: ValueSets, declared: Container[str], settings: Mapping[str, str], context: Context
) -> tuple[ValueSets, dict[str, str]]:
    """The sets that have the same words as the first of them, or those that were set; and these words, which settings then say."""
    words = {name: settings.get(name, texts[0]) for name, texts in one.columns.items() if name in declared}
    count = len(next(iter(one.columns.values())))
    kept = [k for k in range(count) if all(one.columns[name][k] == word for name, word in words.items())]
    if not kept:
        return one, {}
    if len(kept) < count:
        said = ", ".join(f"{name} {word}" for name, word in words.items())
        context.note(f"of {count} sets of values those {len(kept)} are used that have {said}; --set may choose others")
    return replace(one, columns={name: tuple(texts[k] for k in kept) for name, texts in one.columns.items()}), words


def choose_sets(scenario: Scenario, sets: list[ValueSets], chosen: Container[str], context: Context) -> Scenario:
    """The scenario with a parameter for each distribution that chooses its set. chosen: names that were set and stay so."""
    for k, one in enumerate(sets):
        name = NAME if k == 0 else f"{NAME}_{k + 1}"
        known = {each.name: each for each in scenario.parameters}
        columns = {key: texts for key, texts in one.columns.items() if key not in chosen}
        numbers = {key: _numbers(key, texts, known, one.node, context) for key, texts in columns.items()}
        if not numbers:
            continue
        if name in known:
            raise context.refuse(one.node, f"the scenario has a parameter {name!r} of its own. Rename it.")
        count = len(next(iter(numbers.values())))
        choice = Parameter(name, 0.0, Choices(tuple(float(each) for each in range(count))))
        sums = {key: _sum(values, name) for key, values in numbers.items()}
        for part in parts_of(scenario.storyboard):
            if isinstance(part, ParameterCondition | VariableAction) and part.name in sums:
                raise context.refuse(one.node, f"the storyboard itself asks for {part.name}, which is one of the sets.")
        rest = tuple(each for each in scenario.parameters if each.name not in sums)
        parts = {each.name: _with(getattr(scenario, each.name), sums) for each in fields(scenario)}
        scenario = Scenario(**{**parts, "parameters": (*rest, choice)})
    return scenario


def _read(wrapper: Node, context: Context) -> ValueSets:
    block = wrapper.first("ValueSetDistribution")
    if block is None:
        raise context.refuse(wrapper, "<ValueSetDistribution> is missing.")
    rows = []
    for one in block.children:
        pairs = one.all("ParameterAssignment")
        reference, value = Attribute("parameterRef", TEXT), Attribute("value", TEXT)
        rows.append({reference.read(pair, context): value.read(pair, context) for pair in pairs})
    if not rows or len(rows) > MOST_SETS:
        raise context.refuse(block, f"it has {len(rows)} sets, and may have 1 to {MOST_SETS}.")
    if any(row.keys() != rows[0].keys() for row in rows):
        raise context.refuse(block, "its sets say values of different parameters. State each in all sets.")
    return ValueSets(block, {name: tuple(row[name] for row in rows) for name in rows[0]})


def _numbers(
    name: str, texts: tuple[str, ...], known: Mapping[str, Parameter], node: Node, context: Context
) -> tuple[float, ...]:
    if name not in known:
        raise context.placed(node, UnknownNameError("parameter", name, known))
    numbers = [read_number(text) for text in texts]
    if known[name].type in ("string", "boolean") or None in numbers:
        listed = ", ".join(dict.fromkeys(texts))
        raise context.refuse(node, f"{name} is a word, the same in all variations. Choose by --set one of {listed}.")
    return tuple(number for number in numbers if number is not None)


def _sum(values: tuple[float, ...], name: str) -> Number:
    terms = [
        value * Expression("max", (0.0, 1.0 - Expression("abs", (parameter(name) - float(k),))))
        for k, value in enumerate(values)
    ]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _with(value: Any, sums: Mapping[str, Number]) -> Any:  # a part of a scenario of any type
    """The value with other numbers in place of parameters."""
    if isinstance(value, Expression) and value.operation == PARAMETER:
        return sums.get(value.arguments[0], value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _with(getattr(value, one.name), sums) for one in fields(value)})
    return tuple(_with(one, sums) for one in value) if isinstance(value, tuple) else value
