"""XML text, line by line: attributes in the order given, None left out, numbers exact. Source: XML 1.0, clauses 2.4 and 2.7."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sim_suite.errors import SuiteError

Value = str | float | bool | None
"""What an attribute holds: numbers by repr, booleans as true and false; None is not written."""

_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)
_FORBIDDEN: Final = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
_STEP: Final = "  "


class Text:
    """A document that is being written."""

    def __init__(self) -> None:
        """With the XML declaration."""
        self._lines = ['<?xml version="1.0" encoding="UTF-8"?>']
        self._indent = ""

    def open(self, tag: str, **attributes: Value) -> None:
        """Start an element."""
        self._lines.append(f"{self._indent}<{tag}{_attributes(attributes)}>")
        self._indent += _STEP

    def close(self, tag: str) -> None:
        """End the element."""
        self._indent = self._indent[: -len(_STEP)]
        self._lines.append(f"{self._indent}</{tag}>")

    def empty(self, tag: str, **attributes: Value) -> None:
        """An element without children."""
        self._lines.append(f"{self._indent}<{tag}{_attributes(attributes)}/>")

    @contextmanager
    def element(self, tag: str, **attributes: Value) -> Iterator[None]:
        """An element whose children are written inside; one line if there are none."""
        self.open(tag, **attributes)
        lines = len(self._lines)
        yield
        if len(self._lines) > lines:
            self.close(tag)
        else:
            self._indent = self._indent[: -len(_STEP)]
            self._lines[-1] = f"{self._indent}<{tag}{_attributes(attributes)}/>"

    def cdata(self, tag: str, content: str, **attributes: Value) -> None:
        """An element that holds text as it is."""
        _check(content)
        inner = content.replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[")
        self._lines.append(f"{self._indent}<{tag}{_attributes(attributes)}><![CDATA[{inner}]]></{tag}>")

    def finished(self) -> str:
        """All of it, ending in a newline."""
        return "\n".join(self._lines) + "\n"


def _attributes(attributes: dict[str, Value]) -> str:
    return "".join([f' {name}="{_written(value)}"' for name, value in attributes.items() if value is not None])


def _written(value: Value) -> str:
    if isinstance(value, str):
        _check(value)
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "true" if value else "false"
    if not math.isfinite(value or 0.0):
        raise SuiteError(f"{value} cannot be written to XML. Numbers must be finite.")
    return repr(value)


def _check(text: str) -> None:
    if not text.isprintable() and (found := _FORBIDDEN.search(text)):
        raise SuiteError(f"{text!a} cannot be written to XML. Take out the character {found.group()!a}.")
