"""Actions that concern the world: entities that come and go, variables, weather, lights. Source: OpenSCENARIO XML 1.3, `GlobalAction`."""

from __future__ import annotations

from typing import Any, Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.actions import (
    AddEntityAction,
    DeleteEntityAction,
    EnvironmentAction,
    TrafficSignalControllerAction,
    TrafficSignalStateAction,
    VariableAction,
)
from sim_suite.driving.storyboard.xosc.forms import Attribute, Bare, Child, Element, Form, Value
from sim_suite.driving.storyboard.xosc.kinds import NUMBER, TEXT, VALUE
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.referring import Referring
from sim_suite.driving.storyboard.xosc.tables.positions import POSITION

_OPERATIONS: Final = {"AddValue": "add", "MultiplyByValue": "multiply"}


def only(node: Node, context: Context) -> Node:
    """The one child of an element."""
    if len(node.children) != 1:
        raise context.refuse(node, f"it must hold one element, and holds {len(node.children)}.")
    return node.children[0]


class _EntityForm:
    """EntityAction: an entity comes or goes."""

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        entity, inner = Bare("entityRef", TEXT).read(node, context), only(node, context)
        if inner.tag == "AddEntityAction":
            return AddEntityAction(entity, Child("Position", POSITION).read(inner, context))
        if inner.tag == "DeleteEntityAction":
            return DeleteEntityAction(entity)
        raise context.refuse(inner, "not supported in <EntityAction>. Take it out.")

    def write(self, value: Any, tag: str) -> Node:  # one of the two actions
        """See `Form`."""
        node = Bare("entityRef", TEXT).write(value.entity, tag)
        inner = Node(type(value).__name__, {}, 0)
        if isinstance(value, AddEntityAction):
            Child("Position", POSITION).write(value.position, inner)
        node.children.append(inner)
        return node


class _ChangeForm:
    """VariableAction, or ParameterAction of versions before 1.2: both are SetAction or ModifyAction."""

    def __init__(self, reference: str, is_parameter: bool) -> None:
        self._reference, self._is_parameter = Attribute(reference, TEXT), is_parameter

    def read(self, node: Node, context: Context) -> VariableAction:
        """See `Form`."""
        name = self._reference.read(node, context)
        inner = only(node, context)
        if inner.tag == "SetAction":
            value = Attribute("value", VALUE).read(inner, context)
            if isinstance(value, str):
                raise context.refuse(
                    inner, f"{value[:80]!r} is not a number; variables that are words are not supported."
                )
            return VariableAction(name, value, "set", self._is_parameter)
        if inner.tag == "ModifyAction":
            rule = only(inner, context)
            change = only(rule, context)
            if rule.tag == "Rule" and change.tag in _OPERATIONS:
                value = Attribute("value", NUMBER).read(change, context)
                return VariableAction(name, value, _OPERATIONS[change.tag], self._is_parameter)  # type: ignore[arg-type]
        raise context.refuse(inner, "only SetAction and ModifyAction by AddValue or MultiplyByValue are supported.")

    def write(self, value: VariableAction, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        self._reference.write(value.name, node)
        amount = Bare("value", NUMBER)
        if value.operation == "set":
            node.children.append(amount.write(value.value, "SetAction"))
        else:
            tags = {operation: change for change, operation in _OPERATIONS.items()}
            modify, rule = Node("ModifyAction", {}, 0), Node("Rule", {}, 0)
            rule.children.append(amount.write(value.value, tags[value.operation]))
            modify.children.append(rule)
            node.children.append(modify)
        return node


_FRICTION: Final = Element(
    lambda friction: friction,
    friction=Attribute("frictionScaleFactor", NUMBER),
    unused=("wetness", "Properties"),
)
_FOG: Final = Element(
    lambda visibility: visibility,
    visibility=Attribute("visualRange", NUMBER),
    unused=("BoundingBox",),
)
_UNUSED_WEATHER: Final = (
    "Sun", "Precipitation", "Wind", "DomeImage", "cloudState", "fractionalCloudCover", "atmosphericPressure", "temperature",
)  # fmt: skip
_WEATHER: Final = Element(
    lambda visibility: visibility,
    visibility=Child("Fog", _FOG, None),
    unused=_UNUSED_WEATHER,
)
_ENVIRONMENT: Final = Element(
    lambda **fields: EnvironmentAction(**fields),
    name=Attribute("name", TEXT),
    visibility=Child("Weather", _WEATHER, None),
    friction=Child("RoadCondition", _FRICTION, None),
    unused=("TimeOfDay",),
    declares=True,
)


class EnvironmentForm:
    """Environment: friction and sight; what else there is of weather is noted."""

    def read(self, node: Node, context: Context) -> EnvironmentAction:
        """See `Form`."""
        weather, road = node.first("Weather"), node.first("RoadCondition")
        left_out = [one.tag for one in node.children if one.tag == "TimeOfDay"]
        left_out += [one.tag for one in (weather.children if weather else []) if one.tag != "Fog"]
        left_out += (
            ["cloudState"] if weather and {"cloudState", "fractionalCloudCover"} & weather.attributes.keys() else []
        )
        left_out += ["wetness"] if road and "wetness" in road.attributes else []
        if left_out:
            context.note(f"of <Environment>, {', '.join(left_out)} mean nothing to the driving world")
        action: EnvironmentAction = _ENVIRONMENT.read(node, context)
        return action

    def write(self, value: EnvironmentAction, tag: str) -> Node:
        """See `Form`."""
        node = Bare("name", TEXT).write(value.name, tag)
        if value.visibility is not None:
            weather = Node("Weather", {}, 0)
            weather.children.append(Bare("visualRange", NUMBER).write(value.visibility, "Fog"))
            node.children.append(weather)
        if value.friction is not None:
            node.children.append(Bare("frictionScaleFactor", NUMBER).write(value.friction, "RoadCondition"))
        return node


_SIGNAL: Final = ("InfrastructureAction", "TrafficSignalAction")
GLOBAL: Final[dict[tuple[str, ...], tuple[tuple[type, ...], Form]]] = {
    ("EnvironmentAction",): ((EnvironmentAction,), Referring("Environment", EnvironmentForm())),
    ("EntityAction",): ((AddEntityAction, DeleteEntityAction), _EntityForm()),
    ("VariableAction",): ((VariableAction,), _ChangeForm("variableRef", False)),
    ("ParameterAction",): ((), _ChangeForm("parameterRef", True)),
    (*_SIGNAL, "TrafficSignalStateAction"): (
        (TrafficSignalStateAction,),
        Element(TrafficSignalStateAction, signal=Attribute("name", TEXT), state=Attribute("state", TEXT)),
    ),
    (*_SIGNAL, "TrafficSignalControllerAction"): (
        (TrafficSignalControllerAction,),
        Element(
            TrafficSignalControllerAction,
            controller=Attribute("trafficSignalControllerRef", TEXT),
            phase=Attribute("phase", TEXT),
        ),
    ),
}
"""What is read of <GlobalAction>: by the elements below it, the classes and their form."""
PARAMETER_ACTION: Final = ("ParameterAction",)
"""How a `VariableAction` of a parameter is written."""
