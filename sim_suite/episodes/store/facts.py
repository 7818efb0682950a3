"""What an episode's file says of itself: a head before its first step, and a seal behind its last. Source: ours.

Both are JSON. `FORMAT` is raised when their meaning or the records' changes; `migrations.py` reads the older ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim_suite.episodes.store.columns import Column
from sim_suite.episodes.store.migrations import FORMAT, migrate_head, migrate_seal
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import canonical_json

Consent = Literal["private", "share"]
CONSENTS: Final = get_args(Consent)
End = Literal["terminated", "truncated", "stopped", "recovered"]
"""How an episode ended: by the environment's rules, by its limit, by the person, or by the death of the process that recorded it."""


class Actor(IntEnum):
    """Who chose a step's action."""

    HUMAN = 0
    AGENT = 1
    EXPERT = 2


class StepFlag(IntFlag):
    """What else is to be said of a step."""

    TERMINATED = 1
    TRUNCATED = 2
    LATE = 4
    """Its frame came more than half a frame after its time."""
    RESUMED = 8
    """The first after a pause."""


@dataclass(frozen=True)
class EnvRecord:
    """The environment, as it can be made again."""

    id: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    max_episode_steps: int | None = None


@dataclass(frozen=True)
class Driver:
    """The person at the wheel, by a name that they chose, and what they allow."""

    pseudonym: str
    consent: Consent = "private"
    """private: stays on this machine, `export` refuses it; share: may be passed on."""

    def __post_init__(self) -> None:
        if not self.pseudonym or len(self.pseudonym) > 64 or any(sign.isspace() for sign in self.pseudonym):
            raise SuiteError(f"a driver's pseudonym is a word of up to 64 signs, not {self.pseudonym!r}.")
        if self.consent not in CONSENTS:
            raise SuiteError(f"consent must be one of {', '.join(CONSENTS)}, not {self.consent!r}.")


@dataclass(frozen=True)
class Player:
    """An agent that acted in an episode."""

    name: str
    """As it was named on the command line."""
    fingerprint: str
    """SHA-256 of what decides its behaviour, or its name."""
    expert: bool = False
    """A scripted controller that reads the privileged state: its steps are by Actor.EXPERT, others' by Actor.AGENT."""


@dataclass(frozen=True)
class Head:
    """What is known when an episode begins."""

    env: EnvRecord
    columns: tuple[Column, ...]
    action_space: Mapping[str, Any]
    """As `sim_suite.envs.space_json` writes it."""
    observation_space: Mapping[str, Any] | None
    """Of the stored observations; None where states are stored in their place."""
    sim_version: int
    """Under an equal one, seed and actions give the same episode again."""
    seed: int | None = None
    """Of the reset; None: unknown, the episode cannot be simulated again."""
    resets: int = 0
    """Resets without a seed between that one and this episode (vector environments reset by themselves)."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the reset."""
    terms: tuple[str, ...] = ()
    """Names of the numbers in the column `terms`."""
    driver: Driver | None = None
    agent: Player | None = None
    recorded_at: str | None = None
    """UTC, ISO 8601, of what a person drove. Scripted recordings have none, so that equal seeds give equal bytes."""
    versions: Mapping[str, str] = field(default_factory=dict)
    world: Mapping[str, Any] = field(default_factory=dict)
    """What stored states need to be drawn again: the map's name; `staged` where a scenario put actors into it."""
    origin: Mapping[str, Any] = field(default_factory=dict)
    """Where it came from, if not from a recorder: imported from what, thinned out of which episode."""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            **vars(self), "format": FORMAT, "env": vars(self.env), "terms": list(self.terms),
            "columns": [column.to_json() for column in self.columns],
            "driver": None if self.driver is None else vars(self.driver),
            "agent": None if self.agent is None else vars(self.agent),
        }  # fmt: skip

    @staticmethod
    def from_json(data: dict[str, Any], where: str) -> Head:
        """The inverse of `to_json`, of this format or an older one. Raises `DamagedFileError` for what is no head."""
        given = migrate_head(data, where)
        try:
            return Head(**{
                **given,
                "env": EnvRecord(**given["env"]),
                "columns": tuple(Column.from_json(column) for column in given["columns"]),
                "terms": tuple(given["terms"]),
                "driver": None if given["driver"] is None else Driver(**given["driver"]),
                "agent": None if given["agent"] is None else Player(**given["agent"]),
            })  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedFileError(
                f"{where} does not describe an episode ({error}). Restore it from a copy."
            ) from error

    def column(self, name: str) -> Column:
        """One column. Raises `SuiteError` naming those that there are."""
        for column in self.columns:
            if column.name == name:
                return column
        names = ", ".join(column.name for column in self.columns)
        raise SuiteError(f"the episode has no column {name!r}; it has {names}.")


@dataclass(frozen=True)
class Seal:
    """What is known when it has ended."""

    steps: int
    end: End
    episode_return: float
    """Sum of rewards; NaN where it is no finite number."""
    by: tuple[int, int, int]
    """Steps by each `Actor`."""
    digest: str
    """SHA-256 of all bytes before the seal: the episode's identity."""
    late: int = 0
    """Steps whose frame came late."""
    seconds: float | None = None
    """From the first action to the last, of what a person drove."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """The last step's `info["metrics"]`."""
    tags: tuple[str, ...] = ()
    """Words that the person gave it."""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            **vars(self), "format": FORMAT, "by": list(self.by), "tags": list(self.tags),
            "episode_return": finite_or_none(self.episode_return),
        }  # fmt: skip

    @staticmethod
    def from_json(data: dict[str, Any], where: str) -> Seal:
        """The inverse of `to_json`, of this format or an older one. Raises `DamagedFileError` for what is no seal."""
        given = migrate_seal(data, where)
        try:
            total = nan_for_none(given["episode_return"])
            return Seal(**{**given, "by": tuple(given["by"]), "tags": tuple(given["tags"]), "episode_return": total})
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedFileError(f"{where} has no readable seal ({error}). Restore it from a copy.") from error


def finite_or_none(value: float) -> float | None:
    """A number as JSON has it, which knows neither NaN nor infinity."""
    return value if math.isfinite(value) else None


def nan_for_none(value: float | None) -> float:
    """The inverse of `finite_or_none`."""
    return math.nan if value is None else value


def by_actor(counts: NDArray[np.int64]) -> tuple[int, int, int]:
    """Steps by each `Actor`, [3], as a seal has them."""
    human, agent, expert = counts.tolist()
    return human, agent, expert


def to_bytes(facts: Head | Seal) -> bytes:
    """The body of a record."""
    return canonical_json(facts.to_json()).encode()


def from_bytes(data: bytes | memoryview, where: str) -> dict[str, Any]:
    """A record's body as plain data."""
    try:
        found = json.loads(bytes(data))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DamagedFileError(f"{where} holds a record that is no JSON. Restore it from a copy.") from error
    if not isinstance(found, dict):
        raise DamagedFileError(f"{where} holds a record that is no JSON object. Restore it from a copy.")
    return found
