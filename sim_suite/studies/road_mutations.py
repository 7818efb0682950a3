"""Damages OpenDRIVE files in the ways that editing, exporting, sending and malice do, by seed. Source: ours.

A mutation takes the bytes of a file and a random generator and gives other bytes. Those of the tree keep the file
well-formed, so that the damage reaches the reader; those of the text come after them and may break it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Final
from xml.etree import ElementTree

EXTREMES: Final = (
    "0", "-0.0", "-1", "1e-320", "1e-9", "1e-4", "-1e-3", "0.5", "3.14159", "99.9", "1e3", "-1e4", "1e6", "9.9e7", "-9.9e7",
    "1e8", "1e9", "1e13", "1e308", "-1e308", "1e400", "nan", "inf", "-inf", "", " ", "abc", "1,5", "0x10", "1_000",
    "4294967296", "-2147483649", "9" * 400, "½", "None", "true",
)  # fmt: skip
"""What numbers are replaced by: limits of types, of sense and of syntax."""
_BOMB: Final = b"".join(
    [b'<!DOCTYPE OpenDRIVE [<!ENTITY a0 "ha">']
    + [b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 12)]
    + [b"]>"]
)
_OUTSIDE: Final = b'<!DOCTYPE OpenDRIVE [<!ENTITY x SYSTEM "file:///etc/passwd">]>'

Element = ElementTree.Element
TreeMutation = Callable[[Element, Random], None]
TextMutation = Callable[[bytes, Random], bytes]


def mutate(data: bytes, seed: int) -> bytes:
    """A damaged copy of a well-formed file: one to four mutations, chosen by `seed`. Same seed, same bytes."""
    rng = Random(seed)
    root = ElementTree.fromstring(data)
    for _ in range(rng.randint(0, 3)):
        rng.choice(TREE_MUTATIONS)(root, rng)
    damaged: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    if rng.random() < 0.3:
        damaged = rng.choice(TEXT_MUTATIONS)(damaged, rng)
    return damaged


def _replace_number(root: Element, rng: Random) -> None:
    _some_attribute(root, rng, lambda _element, _name: rng.choice(EXTREMES))


def _scale_number(root: Element, rng: Random) -> None:
    factor = rng.choice((-1.0, 0.0, 0.5, 0.99, 1.01, 2.0, 10.0, 1e3, 1e6))

    def scaled(element: Element, name: str) -> str:
        try:
            return repr(float(element.attrib[name]) * factor)
        except ValueError:
            return element.attrib[name]

    _some_attribute(root, rng, scaled)


def _delete_attribute(root: Element, rng: Random) -> None:
    element = _some(root, rng)
    if element.attrib:
        del element.attrib[rng.choice(sorted(element.attrib))]


def _swap_values(root: Element, rng: Random) -> None:
    """Two attributes of one name trade values: ids, links, places."""
    one = _some(root, rng)
    if not one.attrib:
        return
    name = rng.choice(sorted(one.attrib))
    other = rng.choice([each for each in root.iter() if name in each.attrib])
    one.attrib[name], other.attrib[name] = other.attrib[name], one.attrib[name]


def _take_value(root: Element, rng: Random) -> None:
    """An attribute takes the value of any other."""
    source = _some(root, rng)
    if source.attrib:
        value = source.attrib[rng.choice(sorted(source.attrib))]
        _some_attribute(root, rng, lambda _element, _name: value)


def _delete_element(root: Element, rng: Random) -> None:
    parent = _some(root, rng)
    if len(parent):
        parent.remove(rng.choice(list(parent)))


def _delete_all_of_a_kind(root: Element, rng: Random) -> None:
    tag = _some(root, rng).tag
    for parent in list(root.iter()):
        for child in parent.findall(tag):
            parent.remove(child)


def _duplicate_element(root: Element, rng: Random) -> None:
    parent = _some(root, rng)
    if len(parent):
        parent.insert(rng.randint(0, len(parent)), deepcopy(rng.choice(list(parent))))


def _move_element(root: Element, rng: Random) -> None:
    """An element moves to another parent."""
    parent = _some(root, rng)
    if len(parent):
        child = rng.choice(list(parent))
        parent.remove(child)
        _some(root, rng).append(child)  # `child` is no longer below `root`, so no ring can arise


def _shuffle(root: Element, rng: Random) -> None:
    parent = _some(root, rng)
    children = list(parent)
    rng.shuffle(children)
    parent[:] = children


def _rename(root: Element, rng: Random) -> None:
    element = _some(root, rng)
    element.tag = rng.choice([each.tag for each in root.iter()])


def _some(root: Element, rng: Random) -> Element:
    return rng.choice(list(root.iter()))


def _some_attribute(root: Element, rng: Random, value: Callable[[Element, str], str]) -> None:
    bearers = [each for each in root.iter() if each.attrib]
    if bearers:
        element = rng.choice(bearers)
        name = rng.choice(sorted(element.attrib))
        element.attrib[name] = value(element, name)


def _truncate(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _flip_bits(data: bytes, rng: Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _lose_span(data: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 200) :]


def _repeat_span(data: bytes, rng: Random) -> bytes:
    start = rng.randrange(len(data))
    end = start + rng.randint(1, 200)
    return data[:end] + data[start:end] + data[end:]


def _random_bytes(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.randint(1, 16)) + data[at:]


def _bomb(data: bytes, _rng: Random) -> bytes:
    """A billion laughs, laughed at in an attribute and in text."""
    return (
        _after_declaration(data, _BOMB)
        .replace(b'name="', b'name="&a11;', 1)
        .replace(b"</OpenDRIVE>", b"&a11;</OpenDRIVE>")
    )


def _external(data: bytes, _rng: Random) -> bytes:
    return _after_declaration(data, _OUTSIDE).replace(b"</OpenDRIVE>", b"&x;</OpenDRIVE>")


def _nest(data: bytes, rng: Random) -> bytes:
    depth = rng.choice((70, 10_000))
    return data.replace(b"<road", b"<left>" * depth + b"</left>" * depth + b"<road", 1)


def _crowd(data: bytes, rng: Random) -> bytes:
    """A hundred thousand small elements."""
    tag = rng.choice((b"<road/>", b"<lane/>", b"<a/>"))
    return data.replace(b"</OpenDRIVE>", tag * 100_000 + b"</OpenDRIVE>")


def _another_encoding(data: bytes, rng: Random) -> bytes:
    return re.sub(
        rb"encoding=.utf-8.",
        b'encoding="%s"' % rng.choice((b"utf-16", b"gbk", b"latin1", b"x", b"utf-7")),
        data,
        count=1,
    )


def _after_declaration(data: bytes, text: bytes) -> bytes:
    end = data.find(b"?>") + 2
    return data[:end] + text + data[end:]


TREE_MUTATIONS: Final[tuple[TreeMutation, ...]] = (
    _replace_number, _replace_number, _replace_number, _scale_number, _scale_number, _delete_attribute, _swap_values,
    _take_value, _delete_element, _delete_all_of_a_kind, _duplicate_element, _move_element, _shuffle, _rename,
)  # fmt: skip
TEXT_MUTATIONS: Final[tuple[TextMutation, ...]] = (
    _truncate, _flip_bits, _flip_bits, _lose_span, _repeat_span, _random_bytes, _bomb, _external, _nest, _crowd,
    _another_encoding,
)  # fmt: skip
