"""Nodes into the text of a file. Source: XML 1.0."""

from __future__ import annotations

from sim_suite.driving.documents.text import Text
from sim_suite.driving.documents.xml import Node


def document_text(root: Node) -> str:
    """The file's text, an element a line, in UTF-8 as its declaration says. Raises `SuiteError` for what XML cannot hold."""
    text = Text()
    _write(text, root)
    return text.finished()


def _write(text: Text, node: Node) -> None:
    if node.text:
        text.cdata(node.tag, node.text, **node.attributes)
    else:
        with text.element(node.tag, **node.attributes):
            for child in node.children:
                _write(text, child)
