"""Actions as tables: what each says, without the elements around it. Source: OpenSCENARIO XML 1.3, class reference `Action`."""

from __future__ import annotations

from typing import Any, Final, Literal

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.actions import (
    AbsoluteTargetLane,
    AbsoluteTargetLaneOffset,
    AbsoluteTargetSpeed,
    AcquirePositionAction,
    AssignRouteAction,
    Dimension,
    DynamicConstraints,
    FollowTrajectoryAction,
    LaneChangeAction,
    LaneOffsetAction,
    LateralDistanceAction,
    LongitudinalDistanceAction,
    RelativeTargetLane,
    RelativeTargetLaneOffset,
    RelativeTargetSpeed,
    ShapeName,
    SpeedAction,
    SpeedProfileAction,
    SpeedProfileEntry,
    SynchronizeAction,
    TeleportAction,
    Timing,
    TransitionDynamics,
)
from sim_suite.driving.storyboard.xosc.forms import Attribute, Bare, Child, Choice, Element, Form, Many, Value
from sim_suite.driving.storyboard.xosc.kinds import FLAG, LANE, NUMBER, TEXT, words
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.referring import Referred
from sim_suite.driving.storyboard.xosc.tables.positions import POSITION, REFERRED_ROUTE, REFERRED_TRAJECTORY
from sim_suite.errors import SuiteError

_ENTITY: Final = Attribute("entityRef", TEXT)
_VALUE: Final = Attribute("value", NUMBER)
_DYNAMICS: Final = Element(
    TransitionDynamics,
    shape=Attribute("dynamicsShape", words(ShapeName)),
    dimension=Attribute("dynamicsDimension", words(Dimension)),
    value=Attribute("value", NUMBER, 0.0),
    unused=("followingMode",),
)
_BOUND: Final = {"max_acceleration": "maxAcceleration", "max_deceleration": "maxDeceleration", "max_speed": "maxSpeed"}


class _BoundKind:
    """A number that bounds, or INF where nothing does."""

    def read(self, text: str, where: Node, name: str, context: Context) -> Value:
        """See `Kind`."""
        return None if text.strip() in ("INF", "+INF", "inf") else NUMBER.read(text, where, name, context)

    def write(self, value: Value) -> str:
        """See `Kind`."""
        return NUMBER.write(value)


_CONSTRAINTS: Final = Element(
    DynamicConstraints,
    unused=("maxAccelerationRate", "maxDecelerationRate"),
    also={field: Attribute(name, _BoundKind(), None, True) for field, name in _BOUND.items()},
)
_SPEED_VALUE: Final = Attribute("speedTargetValueType", words(Literal["delta", "factor"]), "delta")
_SPEED_TARGET: Final = Choice({
    "AbsoluteTargetSpeed": (AbsoluteTargetSpeed, Element(AbsoluteTargetSpeed, value=_VALUE)),
    "RelativeTargetSpeed": (
        RelativeTargetSpeed,
        Element(
            RelativeTargetSpeed,
            entity=_ENTITY,
            value=_VALUE,
            value_type=_SPEED_VALUE,
            continuous=Attribute("continuous", FLAG, False),
        ),
    ),
})  # fmt: skip
_LANE_TARGET: Final = Choice({
    "AbsoluteTargetLane": (AbsoluteTargetLane, Element(AbsoluteTargetLane, value=Attribute("value", LANE))),
    "RelativeTargetLane": (
        RelativeTargetLane,
        Element(RelativeTargetLane, entity=_ENTITY, value=Attribute("value", LANE)),
    ),
})  # fmt: skip
_OFFSET_TARGET: Final = Choice({
    "AbsoluteTargetLaneOffset": (AbsoluteTargetLaneOffset, Element(AbsoluteTargetLaneOffset, value=_VALUE)),
    "RelativeTargetLaneOffset": (
        RelativeTargetLaneOffset,
        Element(RelativeTargetLaneOffset, entity=_ENTITY, value=_VALUE),
    ),
})  # fmt: skip


def _trailing(_node: Node, context: Context) -> str:
    """Where the distance counts when the file does not say. Source: class reference, from 1.1 on; 1.0 has no word for it."""
    return "any" if context.minor == 0 else "trailingReferencedEntity"


def _spaced(build: type, sides: Any, default: Value, **more: Attribute) -> Element:  # sides: a `Literal[...]`
    """The form of an action that reaches a distance to an entity."""
    return Element(
        build,
        entity=_ENTITY,
        distance=Attribute("distance", NUMBER, None, True),
        freespace=Attribute("freespace", FLAG, False),
        continuous=Attribute("continuous", FLAG, False),
        displacement=Attribute("displacement", words(sides), default),
        coordinate_system=Attribute(
            "coordinateSystem", words(Literal["entity", "lane", "road", "trajectory"]), "entity"
        ),
        constraints=Child("DynamicConstraints", _CONSTRAINTS, None),
        also=more,
    )


class _OffsetDynamics:
    """LaneOffsetActionDynamics, whose fields the model has in the action itself."""

    ELEMENT: Final = Element(
        lambda **fields: fields,
        shape=Attribute("dynamicsShape", words(ShapeName)),
        max_lateral_acceleration=Attribute("maxLateralAcc", NUMBER, None, True),
        unused=("dynamicsDimension",),
    )


class _LaneOffsetForm:
    """LaneOffsetAction."""

    _OUTER: Final = Element(
        lambda **fields: fields,
        continuous=Attribute("continuous", FLAG, False),
        dynamics=Child("LaneOffsetActionDynamics", _OffsetDynamics.ELEMENT),
        target=Child("LaneOffsetTarget", _OFFSET_TARGET),
    )

    def read(self, node: Node, context: Context) -> LaneOffsetAction:
        """See `Form`."""
        fields = self._OUTER.read(node, context)
        dynamics = fields.pop("dynamics")
        return LaneOffsetAction(**fields, **dynamics)

    def write(self, value: LaneOffsetAction, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        self._OUTER.parts["continuous"].write(value.continuous, node)
        self._OUTER.parts["dynamics"].write(value, node)
        self._OUTER.parts["target"].write(value.target, node)
        return node


_NONE: Final = Element(lambda: None)
_TIMING: Final = Element(
    Timing,
    domain=Attribute("domainAbsoluteRelative", words(Literal["absolute", "relative"])),
    scale=Attribute("scale", NUMBER),
    offset=Attribute("offset", NUMBER),
)


class _TimeReference:
    """TimeReference: the trajectory's times, or None."""

    _CHOICE: Final = Choice({"None": (type(None), _NONE), "Timing": (Timing, _TIMING)})

    def read(self, node: Node, context: Context) -> Timing | None:
        """See `Form`."""
        timing: Timing | None = self._CHOICE.read(node, context)
        return timing

    def write(self, value: Timing | None, tag: str) -> Node:
        """See `Form`."""
        return self._CHOICE.write(value, tag)


class _Stated(Child):
    """A child that is written also where it is the default, since the standard demands it."""

    def write(self, value: Value, node: Node) -> None:
        """See `Part`."""
        node.children.append(self.form.write(value, self.tag))


class _FinalSpeedForm:
    """FinalSpeed of a SynchronizeAction: a speed, or one by that of the master."""

    _STEADY: Final = ("TargetDistanceSteadyState", "TargetTimeSteadyState")
    _ABSOLUTE: Final = Element(AbsoluteTargetSpeed, value=_VALUE, unused=_STEADY)
    _RELATIVE: Final = Element(
        lambda **fields: RelativeTargetSpeed("", **fields),
        value_type=_SPEED_VALUE,
        value=_VALUE,
        unused=_STEADY,
    )
    _CHOICE: Final = Choice({
        "AbsoluteSpeed": (AbsoluteTargetSpeed, _ABSOLUTE),
        "RelativeSpeedToMaster": (RelativeTargetSpeed, _RELATIVE),
    })  # fmt: skip

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        for inner in node.children:
            for steady in inner.children:
                context.note(f"<{steady.tag}> of <FinalSpeed> is left out")
        return self._CHOICE.read(node, context)

    def write(self, value: Value, tag: str) -> Node:
        """See `Form`."""
        return self._CHOICE.write(value, tag)


class _SynchronizeForm:
    """SynchronizeAction."""

    _ELEMENT: Final = Element(
        SynchronizeAction,
        master=Attribute("masterEntityRef", TEXT),
        tolerance_master=Attribute("targetToleranceMaster", NUMBER, 0.0, True),
        tolerance=Attribute("targetTolerance", NUMBER, 0.0, True),
        target_master=Child("TargetPositionMaster", POSITION),
        target=Child("TargetPosition", POSITION),
        final_speed=Child("FinalSpeed", _FinalSpeedForm(), None),
    )

    def read(self, node: Node, context: Context) -> SynchronizeAction:
        """See `Form`."""
        action: SynchronizeAction = self._ELEMENT.read(node, context)
        speed = action.final_speed
        if not isinstance(speed, RelativeTargetSpeed):
            return action
        of_master = RelativeTargetSpeed(action.master, speed.value, speed.value_type)
        return SynchronizeAction(
            action.master, action.target_master, action.target, of_master, action.tolerance_master, action.tolerance
        )

    def write(self, value: SynchronizeAction, tag: str) -> Node:
        """See `Form`."""
        speed = value.final_speed
        if isinstance(speed, RelativeTargetSpeed) and (speed.entity != value.master or speed.continuous):
            raise SuiteError("the final speed of a SynchronizeAction can only be relative to its master, once.")
        return self._ELEMENT.write(value, tag)


class _ProfileForm:
    """SpeedProfileAction, whose mode of following means nothing to the driving world."""

    _ELEMENT: Final = Element(
        SpeedProfileAction,
        entity=Attribute("entityRef", TEXT, None, True),
        constraints=Child("DynamicConstraints", _CONSTRAINTS, DynamicConstraints()),
        entries=Many(
            "SpeedProfileEntry",
            Element(SpeedProfileEntry, speed=Attribute("speed", NUMBER), time=Attribute("time", NUMBER, None, True)),
            least=1,
        ),
        unused=("followingMode",),
    )

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        return self._ELEMENT.read(node, context)

    def write(self, value: SpeedProfileAction, tag: str) -> Node:
        """See `Form`."""
        node = self._ELEMENT.write(value, tag)
        node.attributes["followingMode"] = "position"
        return node


_FOLLOW: Final = Element(
    FollowTrajectoryAction,
    initial_distance_offset=Attribute("initialDistanceOffset", NUMBER, 0.0, True),
    timing=_Stated("TimeReference", _TimeReference(), None),
    following_mode=_Stated(
        "TrajectoryFollowingMode",
        Bare("followingMode", words(Literal["position", "follow"])),
        "position",
    ),
    trajectory=Referred(REFERRED_TRAJECTORY, "TrajectoryRef"),
)

PRIVATE: Final[dict[tuple[str, ...], tuple[type, Form]]] = {
    ("LongitudinalAction", "SpeedAction"): (
        SpeedAction,
        Element(
            SpeedAction,
            dynamics=Child("SpeedActionDynamics", _DYNAMICS),
            target=Child("SpeedActionTarget", _SPEED_TARGET),
        ),
    ),
    ("LongitudinalAction", "LongitudinalDistanceAction"): (
        LongitudinalDistanceAction,
        _spaced(
            LongitudinalDistanceAction,
            Literal["any", "trailingReferencedEntity", "leadingReferencedEntity"],
            _trailing,
            time_gap=Attribute("timeGap", NUMBER, None, True),
        ),
    ),
    ("LongitudinalAction", "SpeedProfileAction"): (SpeedProfileAction, _ProfileForm()),
    ("LateralAction", "LaneChangeAction"): (
        LaneChangeAction,
        Element(
            LaneChangeAction,
            target_offset=Attribute("targetLaneOffset", NUMBER, 0.0, True),
            dynamics=Child("LaneChangeActionDynamics", _DYNAMICS),
            target=Child("LaneChangeTarget", _LANE_TARGET),
        ),
    ),
    ("LateralAction", "LaneOffsetAction"): (LaneOffsetAction, _LaneOffsetForm()),
    ("LateralAction", "LateralDistanceAction"): (
        LateralDistanceAction,
        _spaced(LateralDistanceAction, Literal["any", "leftToReferencedEntity", "rightToReferencedEntity"], "any"),
    ),
    ("SynchronizeAction",): (SynchronizeAction, _SynchronizeForm()),
    ("TeleportAction",): (TeleportAction, Element(TeleportAction, position=Child("Position", POSITION))),
    ("RoutingAction", "AssignRouteAction"): (
        AssignRouteAction,
        Element(AssignRouteAction, route=Referred(REFERRED_ROUTE)),
    ),
    ("RoutingAction", "FollowTrajectoryAction"): (FollowTrajectoryAction, _FOLLOW),
    ("RoutingAction", "AcquirePositionAction"): (
        AcquirePositionAction,
        Element(AcquirePositionAction, position=Child("Position", POSITION)),
    ),
}
"""What is read of <PrivateAction>: by the elements below it, the class and its form."""
