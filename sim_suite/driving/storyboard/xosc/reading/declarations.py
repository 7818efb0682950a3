"""ParameterDeclarations of the scenario, of stories, maneuvers and entries of catalogs. Source: OpenSCENARIO XML 1.3, 9.1.

A declaration may name those before it and around it. What the reference to a catalog assigns, or the command line sets, counts
in place of the declared value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.numbers import Expression
from sim_suite.driving.storyboard.parameters import RULES
from sim_suite.driving.storyboard.xosc.expressions import NAME
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.reading.scope import Binding, Scope, plain
from sim_suite.errors import SuiteError, UnknownNameError

TYPES: Final = {
    "double": "double", "integer": "integer", "int": "integer", "unsignedInt": "integer", "unsignedShort": "integer",
    "boolean": "boolean", "string": "string", "dateTime": "string",
}  # fmt: skip
"""Types of OpenSCENARIO, and what they are in the model."""
MOST: Final = 10_000
"""Parameters of one element. Ours."""


def declarations(node: Node) -> Iterator[tuple[Node, str, str]]:
    """The declarations in an element: each node, its name, and its text, not resolved."""
    block = node.first("ParameterDeclarations")
    for one in block.children if block is not None else []:
        yield one, one.attributes.get("name", ""), one.attributes.get("value", "")


def checked_type(node: Node, context: Context) -> str:
    """The type of a declaration, in the model's words."""
    found = node.attributes.get("parameterType", node.attributes.get("variableType", ""))
    if found not in TYPES:
        raise context.refuse(node, f"the type {found[:80]!r} is none of {', '.join(TYPES)}. Correct it.")
    return TYPES[found]


def declared_within(node: Node, context: Context) -> Context:
    """The context inside an element, with the parameters that it declares."""
    block = node.first("ParameterDeclarations")
    if block is None and not context.assigned:
        return context
    scope, found = context.scope, dict[str, Binding]()
    for one, name, text in declarations(node):
        check_declaration(one, name, len(found), context)
        text, around = (context.assigned[name], context.scope) if name in context.assigned else (text, scope)
        found[name] = bind(one, text, checked_type(one, context), around, context)
        check_constraints(one, found[name], scope, context)
        scope = context.scope.with_bindings(found)
    for name in context.assigned:
        if name not in found:
            raise context.placed(
                node, UnknownNameError(f"parameter of {node.attributes.get('name', '')!r}", name, found)
            )
    return context.within(scope)


def check_declaration(node: Node, name: str, count: int, context: Context) -> None:
    """That it is one, with a name, and not one too many."""
    if node.tag != "ParameterDeclaration":
        raise context.refuse(node, "not supported in <ParameterDeclarations>. Take it out.")
    if not NAME.fullmatch(name):
        raise context.refuse(node, f"{name[:80]!r} is no name for a parameter: letters, digits and _. Correct it.")
    if count >= MOST:
        raise context.refuse(node, f"there are more than {MOST} parameters.")


def bind(node: Node, text: str, kind: str, scope: Scope, context: Context) -> Binding:
    """What a declaration of a type stands for, by its text."""
    try:
        if kind == "string":
            return Binding(*_word(text, scope))
        if kind == "boolean":
            flag = scope.flag(text)
            return Binding("true" if flag else "false", float(flag))
        number = scope.number(text)
        value = scope.value(number)
    except SuiteError as error:
        raise context.placed(node, error) from None
    if kind == "integer" and value != int(value):
        raise context.refuse(node, f"{text[:80]!r} is not a whole number. Correct it.")
    varies = isinstance(number, Expression) and next(number.names(), None) is not None
    return Binding(plain(value), number, varies)


def check_constraints(node: Node, binding: Binding, scope: Scope, context: Context) -> None:
    """That one of the ConstraintGroups of a declaration, if it has any, holds for the value in use."""
    groups = node.all("ConstraintGroup")
    if groups and not any(all(_holds(one, binding, scope, context) for one in group.children) for group in groups):
        name = node.attributes.get("name", "")
        raise context.refuse(node, f"{name} = {binding.text[:80]} breaks its constraints. Set another value.")


def rule_of(node: Node, context: Context) -> str:
    """The rule of a ValueConstraint."""
    rule = node.attributes.get("rule", "")
    if node.tag != "ValueConstraint" or rule not in RULES:
        raise context.refuse(node, f"a constraint needs a rule, one of {', '.join(RULES)}, not {rule[:80]!r}.")
    return rule


def assignments(node: Node) -> dict[str, str]:
    """ParameterAssignments of a reference to a catalog: texts by name, not resolved."""
    block = node.first("ParameterAssignments")
    found = {}
    for one in block.children if block is not None else []:
        name = one.attributes.get("parameterRef", "").removeprefix("$")
        found[name] = one.attributes.get("value", "")
    return found


def _word(text: str, scope: Scope) -> tuple[str, None, bool]:
    word, varies = scope.text(text)
    return word, None, varies


def _holds(node: Node, binding: Binding, scope: Scope, context: Context) -> bool:
    rule = rule_of(node, context)
    text = node.attributes.get("value", "")
    try:
        if binding.number is None:
            return bool(RULES[rule](binding.text, scope.text(text)[0]))
        return bool(RULES[rule](scope.value(binding.number), scope.value(scope.number(text))))
    except SuiteError as error:
        raise context.placed(node, error) from None


def with_assignments(reference: Node, context: Context) -> Context:
    """The context in which an entry of a catalog declares its parameters."""
    return replace(context, assigned=assignments(reference))
