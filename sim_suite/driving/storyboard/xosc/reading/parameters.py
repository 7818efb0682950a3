"""Parameters of the scenario itself, its constraints and its variables. Source: OpenSCENARIO XML 1.3, 9.1 and 9.2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.distributions import Uniform
from sim_suite.driving.storyboard.elements.variables import Variable
from sim_suite.driving.storyboard.numbers import Expression, parameter
from sim_suite.driving.storyboard.parameters import Constraint, Parameter
from sim_suite.driving.storyboard.xosc.kinds import TEXT, VALUE
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.reading.declarations import (
    bind,
    check_constraints,
    check_declaration,
    checked_type,
    declarations,
    rule_of,
)
from sim_suite.driving.storyboard.xosc.reading.scope import FLAGS, Binding, Scope
from sim_suite.errors import SuiteError, UnknownNameError

_LOWER: Final = ("greaterThan", "greaterOrEqual")
_UPPER: Final = ("lessThan", "lessOrEqual")


def read_parameters(
    root: Node, settings: Mapping[str, str], context: Context
) -> tuple[tuple[Parameter, ...], tuple[Constraint, ...], Scope]:
    """The declared parameters, what must hold between them, and what their names stand for in the rest of the file.

    settings: texts by name that count in place of the declared ones. Raises `UnknownNameError` for one that is not declared.
    """
    parameters: list[Parameter] = []
    constraints: list[Constraint] = []
    scope = Scope()
    for node, name, text in declarations(root):
        check_declaration(node, name, len(parameters), context)
        kind = checked_type(node, context)
        binding = bind(node, _set(settings[name], kind) if name in settings else text, kind, scope, context)
        check_constraints(node, binding, scope, context)
        found = _constraints(node, name, kind, scope, context)
        constraints += found
        parameters.append(_parameter(name, kind, binding, found, scope))
        value = parameters[-1].value
        if isinstance(value, float):
            binding = Binding(binding.text, parameter(name), True)
            scope = Scope(scope.bindings, {**scope.values, name: value})
        scope = scope.with_bindings({name: binding})
    for name in settings:
        if name not in scope.bindings:
            raise UnknownNameError(f"parameter of {context.source}", name, scope.bindings)
    return tuple(parameters), tuple(constraints), scope


def read_variables(root: Node, context: Context) -> tuple[Variable, ...]:
    """VariableDeclarations (1.2)."""
    block = root.first("VariableDeclarations")
    found = []
    for node in block.children if block is not None else []:
        kind = TEXT if checked_type(node, context) == "string" else VALUE
        try:
            name = TEXT.read(node.attributes.get("name", ""), node, "name", context)
            value = kind.read(node.attributes.get("value", ""), node, "value", context)
        except SuiteError as error:
            raise context.placed(node, error) from None
        found.append(Variable(name, value))
    return tuple(found)


def _set(text: str, kind: str) -> str:
    """A setting as it would be declared."""
    return f"\\{text}" if kind == "string" and text.startswith("$") else text


def _parameter(name: str, kind: str, binding: Binding, constraints: list[Constraint], scope: Scope) -> Parameter:
    if kind == "string":
        return Parameter(name, binding.text, type=kind)
    if kind == "boolean":
        return Parameter(name, FLAGS[binding.text], type=kind)
    assert binding.number is not None
    return Parameter(name, scope.value(binding.number), _range(constraints) if kind == "double" else None, type=kind)


def _constraints(node: Node, name: str, kind: str, scope: Scope, context: Context) -> list[Constraint]:
    """What its one ConstraintGroup says of a number; of several groups any may hold, which is checked for the value in use only."""
    groups = node.all("ConstraintGroup")
    if kind not in ("double", "integer") or not groups:
        return []
    if len(groups) > 1:
        context.note(f"the constraint groups of {name} are held to its declared value only")
        return []
    try:
        return [
            Constraint(parameter(name), rule_of(one, context), scope.number(one.attributes.get("value", "")))  # type: ignore[arg-type]
            for one in groups[0].children
        ]
    except SuiteError as error:
        raise context.placed(groups[0], error) from None


def _range(constraints: list[Constraint]) -> Uniform | None:
    """Evenly between the bounds, if there are two."""
    numbers = [(one.rule, one.right) for one in constraints if not isinstance(one.right, Expression)]
    low = max((number for rule, number in numbers if rule in _LOWER), default=None)
    high = min((number for rule, number in numbers if rule in _UPPER), default=None)
    return None if low is None or high is None or low > high else Uniform(low, high)
