"""Scores that others reported, to stand beside a task's own: each with the protocol under which it came about. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sim_suite.errors import SuiteError, UnknownNameError


@dataclass(frozen=True)
class Published:
    """One score. It is compared with nothing: protocols differ."""

    name: str
    """Whose it is: an algorithm, a person."""
    score: float
    protocol: str
    """Training and evaluation: frames, starts, epsilon, cap, episodes, which checkpoint."""
    source: str


def read_published(data: Any, where: str) -> Published:
    """A `[[tasks.published]]` table. Raises `SuiteError` saying what is wrong with it."""
    kinds: dict[str, Any] = {"name": str, "score": (int, float), "protocol": str, "source": str}
    if not isinstance(data, Mapping):
        raise SuiteError(f"{where}: a published score is a table ([[tasks.published]]), not {data!r}.")
    known = {item.name for item in fields(Published)}
    unknown = set(data) - known
    if unknown:
        raise UnknownNameError(f"key of a published score in {where}", min(unknown), known)
    for key, kind in kinds.items():
        if key not in data:
            raise SuiteError(f"{where}: a published score lacks {key!r}.")
        if not isinstance(data[key], kind) or isinstance(data[key], bool):
            wanted = "number" if key == "score" else "text"
            raise SuiteError(f"{where}: {key} of a published score must be a {wanted}, not {data[key]!r}.")
    return Published(**data)
