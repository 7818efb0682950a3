"""Which action stands where: read, recorded because it means nothing here, or refused. Source: OpenSCENARIO XML 1.3, `Action`.

The tables here are what `sim_suite.driving.storyboard.xosc.coverage` lists.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.actions import Action, RecordedAction, VariableAction
from sim_suite.driving.storyboard.xosc.canonical import canonical, from_canonical, protected, resolved
from sim_suite.driving.storyboard.xosc.forms import Form
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.tables.actions import PRIVATE
from sim_suite.driving.storyboard.xosc.tables.global_actions import GLOBAL, PARAMETER_ACTION
from sim_suite.errors import SuiteError

Path = tuple[str, ...]
_LIGHTS: Final = "vehicles show no lights of their own choice"
_CONTROLLERS: Final = "the ego has its agent, others follow the storyboard"
RECORDED: Final[dict[Path, str]] = {
    ("PrivateAction", "VisibilityAction"): "everybody is seen",
    ("PrivateAction", "ControllerAction", "AssignControllerAction"): _CONTROLLERS,
    ("PrivateAction", "ControllerAction", "OverrideControllerValueAction"): _CONTROLLERS,
    ("PrivateAction", "ControllerAction", "ActivateControllerAction"): _CONTROLLERS,
    ("PrivateAction", "AppearanceAction", "LightStateAction"): _LIGHTS,
    ("PrivateAction", "AppearanceAction", "AnimationAction"): "nothing moves but whole bodies",
    ("GlobalAction", "SetMonitorAction"): "criteria are the suite's own",
    ("UserDefinedAction", "CustomCommandAction"): "commands of other simulators",
}
"""Actions that do nothing, and why."""
_OLD: Final[dict[Path, Path]] = {
    ("PrivateAction", "ActivateControllerAction"): ("PrivateAction", "ControllerAction", "ActivateControllerAction"),
}
"""Where versions before 1.1 have an action, and where it stands now."""
REFUSED: Final[dict[Path, str]] = {
    ("PrivateAction", "RoutingAction", "RandomRouteAction"): "ways are not drawn by chance; assign a route",
    ("PrivateAction", "TrailerAction", "ConnectTrailerAction"): "there are no trailers",
    ("PrivateAction", "TrailerAction", "DisconnectTrailerAction"): "there are no trailers",
    ("GlobalAction", "TrafficAction", "TrafficSourceAction"): "traffic out of a source is not played",
    ("GlobalAction", "TrafficAction", "TrafficSinkAction"): "traffic into a sink is not played",
    ("GlobalAction", "TrafficAction", "TrafficSwarmAction"): "swarms of traffic are not played",
    ("GlobalAction", "TrafficAction", "TrafficAreaAction"): "areas of traffic are not played",
    ("GlobalAction", "TrafficAction", "TrafficStopAction"): "traffic of this kind is not played",
}
"""Actions that cannot be played, and why."""
READ: Final[dict[Path, Form]] = {
    **{("PrivateAction", *path): form for path, (_, form) in PRIVATE.items()},
    **{("GlobalAction", *path): form for path, (_, form) in GLOBAL.items()},
}
"""Actions by the elements around them."""

_CLASSES: Final[dict[type, Path]] = {
    **{kind: ("PrivateAction", *path) for path, (kind, _) in PRIVATE.items()},
    **{kind: ("GlobalAction", *path) for path, (kinds, _) in GLOBAL.items() for kind in kinds},
}
_RECORDED_PATHS: Final = {path[-1]: path for path in RECORDED}
_WRAPPERS: Final = {
    path[:depth] for table in (READ, RECORDED, REFUSED, _OLD) for path in table for depth in range(1, len(path))
}
_BOTH: Final = ("PrivateAction", "ControllerAction")
"""The wrapper that held two actions in version 1.0."""


def read_actions(node: Node, context: Context) -> list[Action]:
    """What a PrivateAction, GlobalAction or UserDefinedAction says: one action, or two where version 1.0 has two in one."""
    return _read(node, (node.tag,), context)


def action_node(action: Action) -> Node:
    """The PrivateAction, GlobalAction or UserDefinedAction of an action. Raises `SuiteError` for what OpenSCENARIO cannot say."""
    if isinstance(action, RecordedAction):
        path = _RECORDED_PATHS.get(action.element)
        if path is None:
            raise SuiteError(f"the recorded element {action.element!r} has no place in OpenSCENARIO.")
        inner = protected(from_canonical(action.xml or f"<{action.element}/>"))
    else:
        of_parameter = isinstance(action, VariableAction) and action.is_parameter
        path = ("GlobalAction", *PARAMETER_ACTION) if of_parameter else _CLASSES[type(action)]
        form = READ[path]
        inner = form.write(action, path[-1])
    for tag in reversed(path[:-1]):
        outer = Node(tag, {}, 0)
        outer.children.append(inner)
        inner = outer
    return inner


def _read(node: Node, path: Path, context: Context) -> list[Action]:
    path = _OLD.get(path, path)
    if path in READ:
        return [READ[path].read(node, context)]
    if path in RECORDED:
        context.note(f"<{node.tag}> does nothing: {RECORDED[path]}")
        return [RecordedAction(node.tag, canonical(resolved(node, context)))]
    if path in REFUSED:
        raise context.refuse(node, f"not supported: {REFUSED[path]}.")
    if path not in _WRAPPERS:
        raise context.refuse(node, "not known as an action. Take it out.")
    if len(node.children) != 1 and not (path == _BOTH and node.children):
        raise context.refuse(node, f"it must hold one action, and holds {len(node.children)}.")
    return [action for child in node.children for action in _read(child, (*path, child.tag), context)]
