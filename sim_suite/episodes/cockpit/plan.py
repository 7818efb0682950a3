"""What a session at the wheel is given, and what it has come to. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from sim_suite.episodes.cockpit.cars import Action
from sim_suite.episodes.store.facts import Actor


class Follower(Protocol):
    """Whoever must know where an episode begins and ends: the scripted file."""

    def begins(self, episode: int) -> None:
        """Number, from 1 on, of the episode that begins."""

    def ends(self) -> None:
        """It has ended and waits to be kept or discarded."""


@dataclass(frozen=True)
class Autopilot:
    """An agent that may drive."""

    act: Callable[[Any, bool], Action]
    """From an observation, and whether it is an episode's first, to an action."""
    name: str
    actor: Actor = Actor.AGENT


@dataclass(frozen=True)
class Plan:
    """What a session shall come to."""

    episodes: int | None = None
    """To be kept, after which it ends; None: until the person ends it."""
    seed: int = 0
    """Of the first; each further one has the next."""
    tags: tuple[str, ...] = ()
    """That every episode gets."""
    words: tuple[str, ...] = ("good", "mistake", "recovery")
    """That a person can choose among at an episode's end."""


@dataclass
class Drive:
    """What a session has come to."""

    kept: int = 0
    discarded: int = 0
    steps: int = 0
    by: dict[Actor, int] = field(default_factory=lambda: dict.fromkeys(Actor, 0))
    frames: int = 0
    """Steps that there was time for."""
    missed: int = 0
    pictures: int = 0
    """Steps that were shown."""
    skipped: int = 0
    """Steps that were not, for want of time."""

    @property
    def was_helped(self) -> bool:
        """Whether both a person and an agent drove."""
        return self.by[Actor.HUMAN] > 0 and self.by[Actor.AGENT] > 0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "by": {actor.name.lower(): steps for actor, steps in self.by.items()}}
