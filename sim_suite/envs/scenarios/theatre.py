"""Where variations of a scenario are played: in worlds of the embedded simulator, or one at a time on a server. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sim_suite.driving.storyboard.scenario import Scenario
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.envs.scenarios.stage import Stage

T = TypeVar("T")


class Theatre(Protocol):
    """Makes stages."""

    @property
    def name(self) -> str:
        """As `--backend` has it."""

    @property
    def most_at_once(self) -> int:
        """Variations that a stage can hold."""

    def stage(self, scenario: Scenario, worlds: int, options: DrivingOptions, *, driven: bool) -> Stage:
        """A stage of its own. driven: whether an agent drives the ego. Raises `SuiteError` where it cannot be had."""

    def played(self, play: Callable[[], T]) -> T:
        """What `play` returns, which begins with a stage; it is called again where that was lost by no fault of the agent's."""


class Embedded:
    """The simulator of this process."""

    name = "embedded"
    most_at_once = 2048
    """More at once save nothing: 2,048 take 2 ms a tick."""

    def stage(self, scenario: Scenario, worlds: int, options: DrivingOptions, *, driven: bool) -> Stage:
        """See `Theatre`."""
        return Stage(scenario, worlds, options, driven=driven)

    def played(self, play: Callable[[], T]) -> T:
        """See `Theatre`."""
        return play()


EMBEDDED = Embedded()
