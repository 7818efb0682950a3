"""Elements as one line of XML and back: what has no counterpart is kept so. Source: ours, after Canonical XML (sorted attributes)."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from sim_suite.driving.documents.kinds import DocumentKind
from sim_suite.driving.documents.xml import Node, parse_xml
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.kinds import TEXT
from sim_suite.driving.storyboard.xosc.reading.context import Context
from sim_suite.errors import SuiteError

OPENSCENARIO: Final = DocumentKind("OpenSCENARIO", "scenario", "scenario", ".xosc", ScenarioFileError)
"""What refusals of its files speak of."""
WITH_TEXT: Final = frozenset({"CustomCommandAction", "CustomContent", "License", "UserDefinedDistribution"})
"""Elements whose text means something."""


class _All:
    """Every element is kept: what is not understood must be refused by its name."""

    def __contains__(self, _tag: object) -> bool:
        return True


ALL: Final = _All()


def canonical(node: Node) -> str:
    """The element on one line, attributes sorted."""
    attributes = "".join(f" {name}={quoteattr(node.attributes[name])}" for name in sorted(node.attributes))
    inner = "".join(canonical(child) for child in node.children) + escape(node.text, {"\r": "&#13;"})
    return f"<{node.tag}{attributes}>{inner}</{node.tag}>" if inner else f"<{node.tag}{attributes}/>"


def from_canonical(text: str) -> Node:
    """The element that a text says. Raises `SuiteError` for what is none."""
    try:
        return parse_xml(text.encode(errors="surrogatepass"), OPENSCENARIO, ALL, WITH_TEXT).root
    except SuiteError as error:
        raise SuiteError(f"{text[:80]!r} is no element of XML: {error}") from None


def resolved(node: Node, context: Context) -> Node:
    """A copy of an element in which parameters are put in."""
    copy = Node(node.tag, {}, node.line)
    copy.text = node.text
    for name, text in node.attributes.items():
        try:
            copy.attributes[name] = TEXT.read(text, node, name, context)
        except SuiteError as error:
            raise context.placed(node, error) from None
    copy.children = [resolved(child, context) for child in node.children]
    return copy


def protected(node: Node) -> Node:
    """A copy of an element in which no word is taken for a parameter."""
    copy = Node(node.tag, {name: TEXT.write(text) for name, text in node.attributes.items()}, node.line)
    copy.text = node.text
    copy.children = [protected(child) for child in node.children]
    return copy
