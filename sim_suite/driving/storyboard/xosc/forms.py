"""Elements as tables that are read and written by the same lines: which attribute or child is which field. Source: ours.

SPEED = Form(AbsoluteTargetSpeed, value=Attribute("value", NUMBER))
SPEED.read(node, context)          # AbsoluteTargetSpeed(...)
SPEED.write(value, "AbsoluteTargetSpeed")   # a node
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.xosc.kinds import Kind
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.driving.storyboard.xosc.reading.declarations import declared_within
from sim_suite.errors import SuiteError

Value = Any
"""Whatever a field of the model holds: each table says which."""
Default = Callable[[Node, Context], Value]


class Form(Protocol):
    """How an element becomes a value, and a value an element of a given name."""

    def read(self, node: Node, context: Context) -> Value:
        """Raises `ScenarioFileError`."""
        ...

    def write(self, value: Value, tag: str) -> Node:
        """Raises `SuiteError` for what OpenSCENARIO cannot say."""
        ...


class Part(Protocol):
    """One field of an element."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """Those it reads."""
        ...

    @property
    def children(self) -> tuple[str, ...]:
        """Those it reads."""
        ...

    def read(self, node: Node, context: Context) -> Value:
        """The field, from the element that has it."""
        ...

    def write(self, value: Value, node: Node) -> None:
        """Add it to the element."""
        ...


class _Required:
    """No default: the attribute or child must be there."""


REQUIRED: Final = _Required()


@dataclass(frozen=True)
class Attribute:
    """A field that is an attribute."""

    name: str
    kind: Kind
    default: Value = REQUIRED
    """Where it is missing; a function of element and context where that depends on the version."""
    optional: bool = False
    """Whether the standard allows leaving it out: then what is equal to the default is not written."""
    old: tuple[str, ...] = ()
    """Names in older versions."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """See `Part`."""
        return (self.name, *self.old)

    @property
    def children(self) -> tuple[str, ...]:
        """See `Part`."""
        return ()

    def read(self, node: Node, context: Context) -> Value:
        """See `Part`."""
        for name in self.attributes:
            text = node.attributes.get(name)
            if text is not None:
                try:
                    return self.kind.read(text, node, name, context)
                except SuiteError as error:
                    raise context.placed(node, error) from None
        return _default(self.default, node, context, f"the attribute {self.name}")

    def write(self, value: Value, node: Node) -> None:
        """See `Part`."""
        if value is None or (self.optional and not callable(self.default) and value == self.default):
            return
        node.attributes[self.name] = self.kind.write(value)


@dataclass(frozen=True)
class Child:
    """A field that is one child element, read by a form."""

    tag: str
    form: Form
    default: Value = REQUIRED

    @property
    def attributes(self) -> tuple[str, ...]:
        """See `Part`."""
        return ()

    @property
    def children(self) -> tuple[str, ...]:
        """See `Part`."""
        return (self.tag,)

    def read(self, node: Node, context: Context) -> Value:
        """See `Part`."""
        found = node.all(self.tag)
        if len(found) > 1:
            raise context.refuse(found[1], f"there is a second <{self.tag}>. Take one out.")
        if found:
            return self.form.read(found[0], context)
        return _default(self.default, node, context, f"<{self.tag}>")

    def write(self, value: Value, node: Node) -> None:
        """See `Part`."""
        if value is not None and (self.default is REQUIRED or value != self.default):
            node.children.append(self.form.write(value, self.tag))


@dataclass(frozen=True)
class Many:
    """A field that is all children of a name."""

    tag: str
    form: Form
    least: int = 0
    default: Value = ()
    """Where there are none."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """See `Part`."""
        return ()

    @property
    def children(self) -> tuple[str, ...]:
        """See `Part`."""
        return (self.tag,)

    def read(self, node: Node, context: Context) -> Value:
        """See `Part`."""
        found = tuple(self.form.read(child, context) for child in node.all(self.tag))
        if len(found) < self.least:
            raise context.refuse(node, f"it needs {self.least} or more <{self.tag}>, and has {len(found)}.")
        return found or self.default

    def write(self, value: Value, node: Node) -> None:
        """See `Part`."""
        if len(value) < self.least:
            raise SuiteError(f"<{node.tag}> needs {self.least} or more <{self.tag}>, and there are {len(value)}.")
        node.children += [self.form.write(one, self.tag) for one in value]


class Element:
    """The form of an element that becomes one object of the model. Parts are written in the order in which they stand here."""

    def __init__(
        self,
        build: Callable[..., Value],
        *,
        unused: tuple[str, ...] = (),
        declares: bool = False,
        also: Mapping[str, Part] = MappingProxyType({}),
        **parts: Part,
    ) -> None:
        """unused: attributes and children of the standard that mean nothing to the driving world; also: parts that several share."""
        parts = {**parts, **also}
        self.build, self.parts, self.declares = build, parts, declares
        self._attributes = frozenset(name for part in parts.values() for name in part.attributes) | set(unused)
        self._children = frozenset(name for part in parts.values() for name in part.children) | set(unused)

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        for name in node.attributes.keys() - self._attributes:
            if ":" not in name and not name.startswith("xmlns"):
                context.note(f"{name} of <{node.tag}> is not known; left out")
        inner = declared_within(node, context) if self.declares else context
        for child in node.children:
            if child.tag not in self._children and not (self.declares and child.tag == "ParameterDeclarations"):
                raise context.refuse(child, f"not supported in <{node.tag}>. Take it out.")
        fields = {field: part.read(node, inner) for field, part in self.parts.items()}
        try:
            return self.build(**fields)
        except SuiteError as error:
            raise context.placed(node, error) from None

    def write(self, value: Value, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        for field, part in self.parts.items():
            try:
                part.write(getattr(value, field), node)
            except SuiteError as error:
                raise error if str(error).startswith("<") else SuiteError(f"<{tag}>, {field}: {error}") from None
        return node


class Choice:
    """The form of an element around one of several others."""

    def __init__(self, forms: Mapping[str, tuple[type, Form]], refused: Mapping[str, str] | None = None) -> None:
        """forms: by the name of the inner element, the class it becomes and its form; refused: names and why."""
        self.forms: dict[str, tuple[type, Form]] = {}
        self.refused = dict(refused or {})
        self._tags: dict[type, str] = {}
        self.extend(forms)

    def extend(self, forms: Mapping[str, tuple[type, Form]]) -> None:
        """Add forms, for elements that hold each other."""
        self.forms.update(forms)
        self._tags.update({kind: tag for tag, (kind, _) in forms.items()})

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        if len(node.children) != 1:
            raise context.refuse(node, f"it must hold one element, and holds {len(node.children)}.")
        return self.read_inner(node.children[0], context)

    def read_inner(self, inner: Node, context: Context) -> Value:
        """The element itself."""
        if inner.tag in self.refused:
            raise context.refuse(inner, f"not supported: {self.refused[inner.tag]}.")
        if inner.tag not in self.forms:
            raise context.refuse(inner, f"not known here; there are {', '.join(sorted(self.forms))}.")
        return self.forms[inner.tag][1].read(inner, context)

    def write(self, value: Value, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        node.children.append(self.write_inner(value))
        return node

    def write_inner(self, value: Value) -> Node:
        """The element itself."""
        inner = self._tags.get(type(value))
        if inner is None:
            raise SuiteError(f"{type(value).__name__} has no counterpart in OpenSCENARIO there.")
        return self.forms[inner][1].write(value, inner)


@dataclass(frozen=True)
class Bare:
    """The form of an element that is nothing but one attribute."""

    name: str
    kind: Kind

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        return Attribute(self.name, self.kind).read(node, context)

    def write(self, value: Value, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        Attribute(self.name, self.kind).write(value, node)
        return node


def _default(default: Value, node: Node, context: Context, what: str) -> Value:
    if default is REQUIRED:
        raise context.refuse(node, f"{what} is missing. State it.")
    return default(node, context) if callable(default) and not isinstance(default, type) else default
