"""The storyboard as tables: init, stories, acts, groups, maneuvers, events. Source: OpenSCENARIO XML 1.3, class reference `Storyboard`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.conditions import Trigger
from sim_suite.driving.storyboard.elements.story import (
    AT_START,
    Act,
    Event,
    InitAction,
    Maneuver,
    ManeuverGroup,
    NamedAction,
    Story,
    Storyboard,
)
from sim_suite.driving.storyboard.xosc.forms import Attribute, Bare, Child, Element, Many, Value
from sim_suite.driving.storyboard.xosc.kinds import COUNT, FLAG, TEXT, words
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.referring import REFERENCE, Referring
from sim_suite.driving.storyboard.xosc.tables.conditions import TRIGGER
from sim_suite.driving.storyboard.xosc.tables.dispatch import action_node, read_actions
from sim_suite.errors import SuiteError

_NAME: Final = Attribute("name", TEXT)
_ENTITY: Final = Attribute("entityRef", TEXT)
_COUNT: Final = Attribute("maximumExecutionCount", COUNT, 1)
_LEVELS: Final = {"GlobalAction": 0, "UserDefinedAction": 1, "PrivateAction": 2}
"""The order of actions in <Init>, which the standard fixes."""


class _ActionsPart:
    """The actions of an event."""

    attributes = ()
    children = ("Action",)

    def read(self, node: Node, context: Context) -> tuple[NamedAction, ...]:
        """See `Part`."""
        found: list[NamedAction] = []
        for one in node.all("Action"):
            name = _NAME.read(one, context)
            if len(one.children) != 1:
                raise context.refuse(one, f"it must hold one action, and holds {len(one.children)}.")
            actions = read_actions(one.children[0], context)
            found += [NamedAction(name if k == 0 else f"{name} {k + 1}", action) for k, action in enumerate(actions)]
        if not found:
            raise context.refuse(node, "it needs an <Action>.")
        return tuple(found)

    def write(self, value: tuple[NamedAction, ...], node: Node) -> None:
        """See `Part`."""
        if not value:
            raise SuiteError("it needs an action.")
        for one in value:
            action = Node("Action", {}, 0)
            _NAME.write(one.name, action)
            action.children.append(action_node(one.action))
            node.children.append(action)


class _ManeuversPart:
    """The maneuvers of a group, some of which are entries of catalogs."""

    attributes = ()
    children = ("Maneuver", REFERENCE)

    def read(self, node: Node, context: Context) -> tuple[Maneuver, ...]:
        """See `Part`."""
        inner = [child for child in node.children if child.tag in self.children]
        return tuple(_REFERRED_MANEUVER.read_inner(child, context) for child in inner)

    def write(self, value: tuple[Maneuver, ...], node: Node) -> None:
        """See `Part`."""
        node.children += [_MANEUVER.write(one, "Maneuver") for one in value]


class _ActorsForm:
    """Actors: who, and whether those who trigger an event are among them."""

    _SELECT: Final = Attribute("selectTriggeringEntities", FLAG, False)
    _ENTITIES: Final = Many("EntityRef", Bare("entityRef", TEXT))

    def read(self, node: Node, context: Context) -> tuple[tuple[str, ...], bool]:
        """See `Form`."""
        names = self._ENTITIES.read(node, context)
        actors = tuple(dict.fromkeys(member for name in names for member in context.members(name)))
        return actors, self._SELECT.read(node, context)

    def write(self, value: ManeuverGroup, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        self._SELECT.write(value.select_triggering, node)
        self._ENTITIES.write(value.actors, node)
        return node


class _GroupForm:
    """ManeuverGroup."""

    _OUTER: Final = Element(
        lambda **fields: fields,
        name=_NAME,
        max_executions=_COUNT,
        actors=Child("Actors", _ActorsForm()),
        maneuvers=_ManeuversPart(),
    )

    def read(self, node: Node, context: Context) -> ManeuverGroup:
        """See `Form`."""
        fields = self._OUTER.read(node, context)
        actors, select = fields.pop("actors")
        return ManeuverGroup(actors=actors, select_triggering=select, **fields)

    def write(self, value: ManeuverGroup, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        for field, part in self._OUTER.parts.items():
            part.write(value if field == "actors" else getattr(value, field), node)
        return node


class _StopForm:
    """A StopTrigger, which without conditions never stops anything."""

    def read(self, node: Node, context: Context) -> Trigger | None:
        """See `Form`."""
        trigger: Trigger = TRIGGER.read(node, context)
        return trigger if trigger.groups else None

    def write(self, value: Trigger, tag: str) -> Node:
        """See `Form`."""
        if not value.groups:
            raise SuiteError("a stop trigger without conditions never stops anything in OpenSCENARIO; use None.")
        return TRIGGER.write(value, tag)


_START: Final = Child("StartTrigger", TRIGGER, AT_START)
_STOP: Final = Child("StopTrigger", _StopForm(), None)
_EVENT: Final = Element(
    Event,
    name=_NAME,
    priority=Attribute("priority", words(Literal["overwrite", "override", "skip", "parallel"])),
    max_executions=_COUNT,
    actions=_ActionsPart(),
    start=_START,
)
_MANEUVER: Final = Element(Maneuver, name=_NAME, events=Many("Event", _EVENT, least=1), declares=True)
_REFERRED_MANEUVER: Final = Referring("Maneuver", _MANEUVER)
_ACT: Final = Element(Act, name=_NAME, groups=Many("ManeuverGroup", _GroupForm(), least=1), start=_START, stop=_STOP)
_STORY: Final = Element(Story, name=_NAME, acts=Many("Act", _ACT, least=1), declares=True)


class _InitForm:
    """Init: actions of the world, then those of each entity."""

    def read(self, node: Node, context: Context) -> tuple[InitAction, ...]:
        """See `Form`."""
        found: list[InitAction] = []
        for block in node.children:
            if block.tag != "Actions":
                raise context.refuse(block, "not supported in <Init>. Take it out.")
            for one in block.children:
                found += self._private(one, context) if one.tag == "Private" else self._global(one, context)
        return tuple(found)

    def write(self, value: tuple[InitAction, ...], tag: str) -> Node:
        """See `Form`."""
        actions, level, private = Node("Actions", {}, 0), 0, Node("", {}, 0)
        for one in value:
            inner = action_node(one.action)
            if _LEVELS[inner.tag] < level:
                raise SuiteError("actions of the world come before those of entities in <Init>. Move them up.")
            if (inner.tag == "PrivateAction") != bool(one.entity):
                raise SuiteError(f"{type(one.action).__name__} in <Init> of {one.entity!r} has the wrong addressee.")
            level = _LEVELS[inner.tag]
            if not one.entity:
                actions.children.append(inner)
                continue
            if private.tag != "Private" or _ENTITY.kind.write(one.entity) != private.attributes["entityRef"]:
                private = Node("Private", {}, 0)
                _ENTITY.write(one.entity, private)
                actions.children.append(private)
            private.children.append(inner)
        node = Node(tag, {}, 0)
        node.children.append(actions)
        return node

    def _global(self, node: Node, context: Context) -> Iterable[InitAction]:
        if node.tag == "PrivateAction":
            raise context.refuse(node, "it must stand in a <Private>, which says whose it is.")
        return (InitAction("", action) for action in read_actions(node, context))

    def _private(self, node: Node, context: Context) -> Iterable[InitAction]:
        entities = context.members(_ENTITY.read(node, context))
        for one in node.children:
            if one.tag != "PrivateAction":
                raise context.refuse(one, "not supported in <Private>. Take it out.")
        actions = [action for one in node.children for action in read_actions(one, context)]
        return (InitAction(entity, action) for entity in entities for action in actions)


class _InitPart(Child):
    """Init is written also where nothing happens in it."""

    def write(self, value: Value, node: Node) -> None:
        """See `Part`."""
        node.children.append(self.form.write(value, self.tag))


STORYBOARD: Final = Element(
    Storyboard,
    init=_InitPart("Init", _InitForm(), ()),
    stories=Many("Story", _STORY),
    stop=_STOP,
)
"""All of it."""
