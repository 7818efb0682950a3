"""What a journal says of a run that is a person: the recorded episodes that count on each task, and those left out. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Given:
    """One recorded episode; its place in the list is the row's `episode`."""

    seed: int
    """The environment's seed; often none of the suite's."""
    digest: str
    """SHA-256 of the episode (`Seal.digest`): its identity, wherever its file lies."""


@dataclass(frozen=True)
class Person:
    """A run whose episodes were driven before: their actions are played again."""

    by: str
    """Who drove, in words for a reader: a pseudonym only where all episodes with it may be passed on."""
    episodes: Mapping[str, tuple[Given, ...]]
    """By task name, in the order of recording."""
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By task name, how many episodes of its environment do not count, by reason."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the journal."""
        return {
            "by": self.by,
            "episodes": {task: [[one.seed, one.digest] for one in given] for task, given in self.episodes.items()},
            "left_out": {task: dict(reasons) for task, reasons in self.left_out.items()},
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Person:
        """The inverse of `to_dict`."""
        episodes = {task: tuple(Given(*one) for one in given) for task, given in data["episodes"].items()}
        return Person(data["by"], episodes, data["left_out"])

    def goes_on_from(self, before: Person) -> bool:
        """Whether this is the same person with more episodes: the rows of those before keep their places."""
        return all(self.episodes.get(task, ())[: len(given)] == given for task, given in before.episodes.items())
