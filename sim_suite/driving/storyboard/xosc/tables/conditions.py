"""Conditions and triggers as tables. Source: OpenSCENARIO XML 1.3, class reference `Condition`, `Trigger`."""

from __future__ import annotations

from typing import Final, Literal

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements import conditions as c
from sim_suite.driving.storyboard.elements.conditions import (
    Condition,
    ConditionGroup,
    CoordinateSystem,
    Direction,
    DistanceType,
    Edge,
    ElementState,
    ElementType,
    Trigger,
)
from sim_suite.driving.storyboard.xosc.forms import Attribute, Bare, Child, Choice, Element, Many, Value
from sim_suite.driving.storyboard.xosc.kinds import DIFFERENCE, FLAG, NUMBER, RULE, TEXT, VALUE, WordKind, words
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.tables.positions import POSITION
from sim_suite.errors import SuiteError

_ENTITY: Final = Attribute("entityRef", TEXT)
_VALUE: Final = Attribute("value", NUMBER)
_RULE: Final = Attribute("rule", RULE)
_DURATION: Final = Attribute("duration", NUMBER)
_AT: Final = Child("Position", POSITION)
_DIRECTION: Final = Attribute("direction", words(Direction), None, True)
_REF: Final = Bare("entityRef", TEXT)
MOST_LANES: Final = 100
"""From here on a range of lanes has no end. Ours: no road has so many."""


def _along_route(node: Node) -> bool:
    return node.attributes.get("alongRoute", "").strip() in ("true", "1")


def _system(node: Node, _context: Context) -> str:
    """What `alongRoute`, which 1.0 has and 1.1 calls old, stands for."""
    return "road" if _along_route(node) else "entity"


def _distance_type(node: Node, _context: Context) -> str:
    return "longitudinal" if _along_route(node) else "euclidianDistance"


_TYPES: Final = words(DistanceType, cartesianDistance="euclidianDistance")
_DISTANCE: Final = {
    "freespace": Attribute("freespace", FLAG, False),
    "coordinate_system": Attribute("coordinateSystem", words(CoordinateSystem), _system),
    "distance_type": Attribute("relativeDistanceType", _TYPES, _distance_type),
}
_OLD_DISTANCE: Final = ("alongRoute", "routingAlgorithm")


class _TargetForm:
    """TimeToCollisionConditionTarget: an entity or a place."""

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        if node.first("EntityRef") is not None:
            return Child("EntityRef", _REF).read(node, context)
        return _AT.read(node, context)

    def write(self, value: Value, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        (Child("EntityRef", _REF) if isinstance(value, str) else _AT).write(value, node)
        return node


class _RangeForm:
    """RelativeLaneRange; an end that is not stated is beyond all lanes."""

    _FROM: Final = Attribute("from", DIFFERENCE, -MOST_LANES)
    _TO: Final = Attribute("to", DIFFERENCE, MOST_LANES)

    def read(self, node: Node, context: Context) -> tuple[int, int]:
        """See `Form`."""
        return self._FROM.read(node, context), self._TO.read(node, context)

    def write(self, value: tuple[int, int], tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        self._FROM.write(value[0], node)
        self._TO.write(value[1], node)
        return node


class _HeadingForm:
    """A condition on the heading; pitch and roll are refused."""

    def __init__(self, build: type, **parts: Attribute) -> None:
        def built(angle_type: str, **fields: Value) -> Value:
            return build(**fields)

        self._in = Element(built, angle_type=Attribute("angleType", WordKind(("heading",))), also=parts)
        self._out = Element(build, also=parts)

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        return self._in.read(node, context)

    def write(self, value: Value, tag: str) -> Node:
        """See `Form`."""
        node = self._out.write(value, tag)
        node.attributes["angleType"] = "heading"
        return node


def _collision(entity: str | None, kind: str | None) -> c.CollisionCondition:
    if (entity is None) == (kind is None):
        raise SuiteError("it must name an entity or a kind of them. State one.")
    return c.CollisionCondition(entity, kind)


_ANGLE: Final = {
    "angle": Attribute("angle", NUMBER),
    "tolerance": Attribute("angleTolerance", NUMBER),
}
_SYSTEMS = Literal["entity", "lane", "road", "trajectory", "world"]

BY_ENTITY: Final = Choice({
    "EndOfRoadCondition": (c.EndOfRoadCondition, Element(c.EndOfRoadCondition, duration=_DURATION)),
    "CollisionCondition": (
        c.CollisionCondition,
        Element(
            _collision,
            entity=Child("EntityRef", _REF, None),
            kind=Child("ByType", Bare("type", WordKind(("pedestrian", "vehicle", "miscellaneous"))), None),
        ),
    ),
    "OffroadCondition": (c.OffroadCondition, Element(c.OffroadCondition, duration=_DURATION)),
    "TimeHeadwayCondition": (
        c.TimeHeadwayCondition,
        Element(
            c.TimeHeadwayCondition, entity=_ENTITY, value=_VALUE, rule=_RULE, unused=_OLD_DISTANCE, also=_DISTANCE
        ),
    ),
    "TimeToCollisionCondition": (
        c.TimeToCollisionCondition,
        Element(
            c.TimeToCollisionCondition,
            target=Child("TimeToCollisionConditionTarget", _TargetForm()),
            value=_VALUE,
            rule=_RULE,
            unused=_OLD_DISTANCE,
            also=_DISTANCE,
        ),
    ),
    "AccelerationCondition": (
        c.AccelerationCondition,
        Element(c.AccelerationCondition, value=_VALUE, rule=_RULE, direction=_DIRECTION),
    ),
    "StandStillCondition": (c.StandStillCondition, Element(c.StandStillCondition, duration=_DURATION)),
    "SpeedCondition": (
        c.SpeedCondition,
        Element(c.SpeedCondition, value=_VALUE, rule=_RULE, direction=_DIRECTION),
    ),
    "RelativeSpeedCondition": (
        c.RelativeSpeedCondition,
        Element(c.RelativeSpeedCondition, entity=_ENTITY, value=_VALUE, rule=_RULE, direction=_DIRECTION),
    ),
    "TraveledDistanceCondition": (c.TraveledDistanceCondition, Element(c.TraveledDistanceCondition, value=_VALUE)),
    "ReachPositionCondition": (
        c.ReachPositionCondition,
        Element(c.ReachPositionCondition, position=_AT, tolerance=Attribute("tolerance", NUMBER)),
    ),
    "DistanceCondition": (
        c.DistanceCondition,
        Element(c.DistanceCondition, position=_AT, value=_VALUE, rule=_RULE, unused=_OLD_DISTANCE, also=_DISTANCE),
    ),
    "RelativeDistanceCondition": (
        c.RelativeDistanceCondition,
        Element(
            c.RelativeDistanceCondition, entity=_ENTITY, value=_VALUE, rule=_RULE, unused=_OLD_DISTANCE, also=_DISTANCE
        ),
    ),
    "RelativeClearanceCondition": (
        c.RelativeClearanceCondition,
        Element(
            c.RelativeClearanceCondition,
            forward=Attribute("distanceForward", NUMBER, 0.0, True),
            backward=Attribute("distanceBackward", NUMBER, 0.0, True),
            free_space=Attribute("freeSpace", FLAG),
            opposite_lanes=Attribute("oppositeLanes", FLAG),
            lanes=Many("RelativeLaneRange", _RangeForm(), default=((-MOST_LANES, MOST_LANES),)),
            entities=Many("EntityRef", _REF),
        ),
    ),
    "AngleCondition": (
        c.AngleCondition,
        _HeadingForm(
            c.AngleCondition,
            **_ANGLE,
            coordinate_system=Attribute("coordinateSystem", words(_SYSTEMS), "road"),
        ),
    ),
    "RelativeAngleCondition": (
        c.RelativeAngleCondition,
        _HeadingForm(c.RelativeAngleCondition, entity=_ENTITY, **_ANGLE),
    ),
})  # fmt: skip
"""Conditions of triggering entities."""

BY_VALUE: Final = Choice(
    {
        "ParameterCondition": (
            c.ParameterCondition,
            Element(
                c.ParameterCondition,
                name=Attribute("parameterRef", TEXT),
                value=Attribute("value", VALUE),
                rule=_RULE,
            ),
        ),
        "SimulationTimeCondition": (
            c.SimulationTimeCondition,
            Element(c.SimulationTimeCondition, value=_VALUE, rule=_RULE),
        ),
        "StoryboardElementStateCondition": (
            c.StoryboardElementStateCondition,
            Element(
                c.StoryboardElementStateCondition,
                element=Attribute("storyboardElementRef", TEXT),
                state=Attribute("state", words(ElementState)),
                type=Attribute("storyboardElementType", words(ElementType)),
            ),
        ),
        "TrafficSignalCondition": (
            c.TrafficSignalCondition,
            Element(c.TrafficSignalCondition, signal=Attribute("name", TEXT), state=Attribute("state", TEXT)),
        ),
        "TrafficSignalControllerCondition": (
            c.TrafficSignalControllerCondition,
            Element(
                c.TrafficSignalControllerCondition,
                controller=Attribute("trafficSignalControllerRef", TEXT),
                phase=Attribute("phase", TEXT),
            ),
        ),
        "VariableCondition": (
            c.VariableCondition,
            Element(
                c.VariableCondition, name=Attribute("variableRef", TEXT), value=Attribute("value", VALUE), rule=_RULE
            ),
        ),
    },
    {
        "TimeOfDayCondition": "the driving world has no time of day",
        "UserDefinedValueCondition": "values from outside do not reach the driving world",
    },
)
"""Conditions of the scenario as a whole."""

_EDGE: Final = Attribute("conditionEdge", words(Edge), "none")
_DELAY: Final = Attribute("delay", NUMBER, 0.0)
_NAME: Final = Attribute("name", TEXT, "")
_EVERY: Final = Attribute("triggeringEntitiesRule", words(Literal["all", "any"]))
_ENTITIES: Final = Many("EntityRef", _REF, least=1)


class _ConditionForm:
    """Condition: when it counts, and the condition itself two elements deeper."""

    def read(self, node: Node, context: Context) -> Condition:
        """See `Form`."""
        edge, delay, name = (part.read(node, context) for part in (_EDGE, _DELAY, _NAME))
        if len(node.children) != 1:
            raise context.refuse(node, f"it must hold one element, and holds {len(node.children)}.")
        inner = node.children[0]
        if inner.tag == "ByValueCondition":
            return Condition(BY_VALUE.read(inner, context), delay=delay, edge=edge, name=name)
        if inner.tag != "ByEntityCondition":
            raise context.refuse(inner, "not supported in <Condition>. Take it out.")
        triggering = inner.first("TriggeringEntities")
        if triggering is None:
            raise context.refuse(inner, "<TriggeringEntities> is missing. State it.")
        names = _ENTITIES.read(triggering, context)
        entities = tuple(member for one in names for member in context.members(one))
        every = _EVERY.read(triggering, context) == "all"
        return Condition(Child("EntityCondition", BY_ENTITY).read(inner, context), entities, every, delay, edge, name)

    def write(self, value: Condition, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        for part, field in ((_EDGE, value.edge), (_DELAY, value.delay), (_NAME, value.name)):
            part.write(field, node)
        by_value = type(value.of) in {kind for kind, _ in BY_VALUE.forms.values()}
        if by_value and (value.entities or value.every):
            raise SuiteError(f"{type(value.of).__name__} is asked of nobody, so it can have no triggering entities.")
        if by_value:
            node.children.append(BY_VALUE.write(value.of, "ByValueCondition"))
            return node
        triggering = Node("TriggeringEntities", {}, 0)
        _EVERY.write("all" if value.every else "any", triggering)
        _ENTITIES.write(value.entities, triggering)
        inner = Node("ByEntityCondition", {}, 0)
        inner.children = [triggering, BY_ENTITY.write(value.of, "EntityCondition")]
        node.children.append(inner)
        return node


TRIGGER: Final = Element(
    Trigger,
    groups=Many("ConditionGroup", Element(ConditionGroup, conditions=Many("Condition", _ConditionForm(), least=1))),
)
"""Groups of conditions."""
