"""Declarations of parameters and variables, with the constraints that OpenSCENARIO can say. Source: OpenSCENARIO XML 1.3, 9.1."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.variables import Variable
from sim_suite.driving.storyboard.numbers import Expression, parameter
from sim_suite.driving.storyboard.parameters import Constraint, Parameter
from sim_suite.driving.storyboard.xosc.expressions import NAME, number_text
from sim_suite.driving.storyboard.xosc.kinds import TEXT, VALUE
from sim_suite.driving.storyboard.xosc.reading.scope import plain
from sim_suite.errors import SuiteError

_TYPES: Final = {"double": "double", "integer": "int", "boolean": "boolean", "string": "string"}
"""Types of the model, and their names in version 1.3."""


def parameter_declarations(parameters: tuple[Parameter, ...], constraints: tuple[Constraint, ...]) -> Node:
    """ParameterDeclarations. A constraint between a parameter and a number becomes a ValueConstraint."""
    block = Node("ParameterDeclarations", {}, 0)
    for one in parameters:
        if not NAME.fullmatch(one.name):
            raise SuiteError(
                f"the parameter {one.name!r} cannot be written: names are letters, digits and _. Rename it."
            )
        text = _value_text(one)
        node = Node("ParameterDeclaration", {"name": one.name, "parameterType": _TYPES[one.type], "value": text}, 0)
        group = Node("ConstraintGroup", {}, 0)
        for constraint in constraints:
            right = constraint.right
            if constraint.left == parameter(one.name) and not isinstance(right, Expression):
                attributes = {"rule": constraint.rule, "value": number_text(right)}
                group.children.append(Node("ValueConstraint", attributes, 0))
        node.children += [group] if group.children else []
        block.children.append(node)
    return block


def variable_declarations(variables: tuple[Variable, ...]) -> Node:
    """VariableDeclarations."""
    block = Node("VariableDeclarations", {}, 0)
    for one in variables:
        kind = "string" if isinstance(one.value, str) else "double"
        attributes = {"name": TEXT.write(one.name), "variableType": kind, "value": VALUE.write(one.value)}
        block.children.append(Node("VariableDeclaration", attributes, 0))
    return block


def _value_text(one: Parameter) -> str:
    if isinstance(one.value, str) != (one.type == "string") or isinstance(one.value, bool) != (one.type == "boolean"):
        raise SuiteError(
            f"parameter {one.name} is of type {one.type}, and its value is {one.value!r}. Correct one of them."
        )
    if isinstance(one.value, str):
        return TEXT.write(one.value)
    if isinstance(one.value, bool):
        return "true" if one.value else "false"
    number_text(one.value)  # refuses what is not finite
    return plain(one.value) if one.type == "integer" else number_text(float(one.value))
