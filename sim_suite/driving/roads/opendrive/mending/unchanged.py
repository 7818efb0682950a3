"""Replaces only what changed: almost nothing of a good file does, and copies of frozen objects cost more than looking. Source: ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
D = TypeVar("D", bound="DataclassInstance")


def kept(new: Iterable[T], old: tuple[T, ...]) -> tuple[T, ...]:
    """`new` as a tuple; `old` itself where both hold the very same objects."""
    found = tuple(new)
    return old if len(found) == len(old) and all(map(is_, found, old)) else found


def with_parts(one: D, **parts: object) -> D:
    """Like `dataclasses.replace`; `one` itself where it holds all these parts already."""
    changed = {name: part for name, part in parts.items() if getattr(one, name) is not part}
    return replace(one, **changed) if changed else one
