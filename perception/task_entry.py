"""What is known of a perception task that has a name. Targets are strings: an entry loads nothing by itself. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim_suite.envs.making import load_object

if TYPE_CHECKING:
    from perception.training.task import Task


@dataclass(frozen=True)
class TaskEntry:
    """One name."""

    name: str
    summary: str
    task: str
    """`module:Class` of a `perception.training.task.Task`."""
    recipe: str = ""
    """The shipped recipe that is taken where the task alone is named; without it the defaults of its configuration."""
    trial: tuple[str, ...] = ()
    """KEY=VALUE settings with which a few updates take a second; the tests over the registry train with them."""

    def load(self) -> type[Task]:
        """The class, imported now."""
        found: type[Task] = load_object(self.task)
        return found
