"""Attributes into numbers, words and flags. Source: ASAM OpenDRIVE 1.8, clause 6.3 (attribute types); limits are ours.

A number that places something is read or the file is refused; a decoration (the pitch of a sign) that cannot be read is
left out with a finding. Decimal commas, which exporters on German systems write, are read as points, and 4.0+0 as 4.0e+0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.model import Cubic
from sim_suite.driving.roads.opendrive.reading.notes import Notes

T = TypeVar("T")

MOST: Final = 1e8
"""The largest magnitude of any number. Ours: the Earth's circumference is 4e7 m."""
MOST_COEFFICIENT: Final = 1e30
"""Of the higher coefficients of a polynomial: exporters write 1e13 and more where a record is micrometres long."""
MOST_DIGITS: Final = 10
"""Of a whole number that is read as one; longer texts are read as numbers first."""


def number(node: Node, name: str, notes: Notes, default: float | None = None, most: float = MOST) -> float:
    """A number the road depends on. Absent: `default`; without one, or unreadable: `RoadError`."""
    text = node.attributes.get(name)
    if text:
        value = _read(text, most)
        if value is not None:
            return value
    if text is None or not text.strip():
        if default is not None:
            return default
        raise notes.refusal(node.tag, node.line, "the attribute {} is missing. State it.", name)
    raise notes.refusal(
        node.tag, node.line, "{} = {!r} is not a number between -{} and {}. Correct it.", name, text, most, most
    )


def needed(node: Node, name: str, notes: Notes, default: float, most: float = MOST) -> float:
    """A number that the standard demands and whose absence has one meaning: `default`, with a finding."""
    text = node.attributes.get(name)
    if text is None or not text.strip():
        notes.repaired(node.tag, node.line, "the attribute {} is missing; read as {}", name, default)
        return default
    return number(node, name, notes, most=most)


def decoration(node: Node, name: str, notes: Notes) -> float | None:
    """A number that nothing depends on: None if absent, or if unreadable (with a finding)."""
    text = node.attributes.get(name)
    if text is None:
        return None
    value = _read(text)
    if value is None and text.strip():
        notes.ignored(node.tag, node.line, "{} = {!r} is not a number between -1e8 and 1e8; left out", name, text)
    return value


def pose(node: Node, name: str, notes: Notes) -> float:
    """Like `decoration`, for offsets and angles: 0 if absent or unreadable."""
    value = decoration(node, name, notes)
    return 0.0 if value is None else value


def integer(node: Node, name: str, notes: Notes) -> int:
    """A whole number, as lane ids are. `RoadError` if absent or not whole."""
    text = node.attributes.get(name)
    if text is None:
        raise notes.refusal(node.tag, node.line, "the attribute {} is missing. State it.", name)
    value = whole(text)
    if value is None:
        raise notes.refusal(node.tag, node.line, "{} = {!r} is not a whole number. Correct it.", name, text)
    return value


def whole(text: str) -> int | None:
    """A whole number, also one written as "-1.0"; None if it is not one or is absurdly large."""
    value: float | None
    try:
        value = int(text) if len(text) <= MOST_DIGITS and "_" not in text and text.isascii() else _read(text)
    except ValueError:
        value = _read(text)
    return int(value) if value is not None and -MOST < value < MOST and value == int(value) else None


def readable(nodes: Iterable[Node], read: Callable[[Node, Notes], T], notes: Notes) -> tuple[T, ...]:
    """What `read` makes of each node; one that it refuses is left out with a finding: for what a map can do without."""
    found: list[T] = []
    for node in nodes:
        try:
            found.append(read(node, notes))
        except RoadError as error:
            notes.left_out(error)
    return tuple(found)


def identity(node: Node, name: str, notes: Notes) -> str:
    """An id, without surrounding space. `RoadError` if absent or empty."""
    text = node.attributes.get(name, "").strip()
    if not text:
        raise notes.refusal(node.tag, node.line, "the attribute {} is missing. State it.", name)
    return text


def word(node: Node, name: str, allowed: frozenset[str], default: str, notes: Notes) -> str:
    """One of `allowed`, in the case of the standard; absent: `default`; another: `default` with a finding."""
    text = node.attributes.get(name)
    if text is None or text in allowed:
        return default if text is None else text
    plain = text.strip().lower()
    for one in allowed:
        if one.lower() == plain:
            return one
    if plain:
        notes.repaired(
            node.tag, node.line, "{} = {!r} is none of {}; read as {!r}", name, text, _listed(allowed), default
        )
    return default


def flag(node: Node, name: str, notes: Notes) -> bool:
    """yes, true or 1; absent or no, false, 0: False. Another word is False with a finding."""
    text = node.attributes.get(name)
    if text is None:
        return False
    plain = text.strip().lower()
    if plain not in _FLAGS:
        notes.repaired(node.tag, node.line, "{} = {!r} is neither yes nor no; read as no", name, text)
    return _FLAGS.get(plain, False)


def cubic(node: Node, start: str, notes: Notes) -> Cubic:
    """A polynomial record whose start is in the attribute `start`. Missing numbers are 0, with a finding."""
    get = node.attributes
    try:
        texts = get[start], get["a"], get["b"], get["c"], get["d"]
        s, a, b, c, d = map(float, texts)
    except (KeyError, ValueError):
        return _odd_cubic(node, start, notes)
    all_texts = "".join(texts)
    high = MOST_COEFFICIENT
    if (
        -MOST <= s <= MOST and -MOST <= a <= MOST and -high <= b <= high and -high <= c <= high and -high <= d <= high
        and "_" not in all_texts and all_texts.isascii()
    ):  # fmt: skip
        return Cubic(s, a, b, c, d)
    return _odd_cubic(node, start, notes)


def cubics(nodes: Sequence[Node], start: str, notes: Notes) -> tuple[Cubic, ...]:
    """All polynomial records of a kind. One that cannot be read is left out, with a finding, where another begins at its start.

    Exporters write NaN in such records, which hold over no length. Raises `RoadError` for the others.
    """
    found: list[Cubic] = []
    for index, node in enumerate(nodes):
        try:
            found.append(cubic(node, start, notes))
        except RoadError as error:
            s = _read(node.attributes.get(start, ""))
            if s is None or all(_read(one.attributes.get(start, "")) != s for one in nodes[index + 1 :]):
                raise
            notes.left_out(error, f"; another begins at the same {start}")
    return tuple(found)


def _odd_cubic(node: Node, start: str, notes: Notes) -> Cubic:
    s, a = (needed(node, name, notes, 0.0) for name in (start, "a"))
    return Cubic(s, a, *(needed(node, name, notes, 0.0, MOST_COEFFICIENT) for name in ("b", "c", "d")))


_WITHOUT_E: Final = re.compile(r"\A\s*([+-]?\d+\.?\d*)([+-]\d+)\s*\Z", re.ASCII)
_FLAGS: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


def _read(text: str, most: float = MOST) -> float | None:
    """The number in `text`, None if there is none within the limits.

    Python reads 1_000 and the digits of all scripts; XML Schema's doubles, and other readers of maps, have neither.
    """
    try:
        value = float(text)
    except ValueError:
        if text.count(",") == 1 and "." not in text:
            return _read(text.replace(",", "."), most)
        bare = _WITHOUT_E.match(text)
        return None if bare is None else _read("{}e{}".format(*bare.groups()), most)
    return value if -most <= value <= most and "_" not in text and text.isascii() else None


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
