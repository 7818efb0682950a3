"""What training runs that count environment steps have in common: how far they are, and when they report. Source: ours."""

from __future__ import annotations

from typing import Protocol

from agents.learning.worlds import Worlds


class StepOptions(Protocol):
    """What a configuration says of it."""

    @property
    def steps(self) -> int:
        """Environment steps of the whole run, of all environments together."""

    @property
    def report_every(self) -> int:
        """Environment steps between two lines of metrics."""


class StepRun:
    """Counts the steps of a run in some worlds; the part that passes the last one is the run's last."""

    def __init__(self, worlds: Worlds, options: StepOptions) -> None:
        self._worlds, self._options = worlds, options
        self._done = 0
        self._begun = False

    @property
    def total_steps(self) -> int:
        """Environment steps of the whole run."""
        return self._options.steps

    @property
    def done_steps(self) -> int:
        """Environment steps taken so far."""
        return self._done

    @property
    def _progress(self) -> float:
        """Share of the run that is done."""
        return self._done / self.total_steps

    def _begin(self) -> bool:
        """Begin the first episodes, unless they have begun; whether it did."""
        if self._begun:
            return False
        self._worlds.begin()
        self._begun = True
        return True

    def _next_report(self) -> int:
        """The step at which metrics are told next."""
        every = self._options.report_every
        return min((self._done // every + 1) * every, self.total_steps)
