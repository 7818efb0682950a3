"""Elements that hold something itself or a reference to an entry of a catalog. Source: OpenSCENARIO XML 1.3, `CatalogReference`."""

from __future__ import annotations

from dataclasses import dataclass

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.xosc.forms import Form, Value
from sim_suite.driving.storyboard.xosc.reading.context import Context

REFERENCE = "CatalogReference"


@dataclass(frozen=True)
class Referring:
    """The form of an element around a `tag`, or around a reference to one; written, it is always the thing itself."""

    tag: str
    form: Form

    def read(self, node: Node, context: Context) -> Value:
        """See `Form`."""
        found = [child for child in node.children if child.tag in (self.tag, REFERENCE)]
        if len(found) != 1:
            raise context.refuse(node, f"it must hold one <{self.tag}> or <{REFERENCE}>, and holds {len(found)}.")
        return self.read_inner(found[0], context)

    def read_inner(self, inner: Node, context: Context) -> Value:
        """The thing or the reference itself."""
        if inner.tag == self.tag:
            return self.form.read(inner, context)
        if context.catalogs is None:
            raise context.refuse(inner, "there are no catalogs here.")
        entry, around = context.catalogs.entry(inner, self.tag, context)
        return self.form.read(entry, around)

    def write(self, value: Value, tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        node.children.append(self.form.write(value, self.tag))
        return node


@dataclass(frozen=True)
class Referred:
    """A field that is a thing or a reference to one: in an element `within`, or, as older versions have it, directly."""

    inner: Referring
    within: str = ""
    """"": always directly."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """See `Part`."""
        return ()

    @property
    def children(self) -> tuple[str, ...]:
        """See `Part`."""
        return (self.inner.tag, REFERENCE, *((self.within,) if self.within else ()))

    def read(self, node: Node, context: Context) -> Value:
        """See `Part`."""
        wrapper = node.first(self.within) if self.within else None
        return self.inner.read(node if wrapper is None else wrapper, context)

    def write(self, value: Value, node: Node) -> None:
        """See `Part`."""
        if self.within:
            node.children.append(self.inner.write(value, self.within))
        else:
            node.children.append(self.inner.form.write(value, self.inner.tag))
