"""How the probability of a random action changes over a run. Source: Mnih et al. 2015 (Nature 518), table 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, get_args

from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.refusals import refuse_outside

Kind = Literal["linear", "exponential", "constant"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


@dataclass(frozen=True)
class EpsilonSchedule:
    """The probability of a uniformly random action."""

    kind: Kind = "linear"
    """linear: falls by equal steps; exponential: by equal factors; constant: stays at `start`."""
    start: float = 1.0
    """At the first step, 0 to 1. Mnih et al. 2015: 1."""
    end: float = 0.05
    """From the end of `share` on, 0 to 1; above 0 for exponential. Mnih et al. 2015: 0.1."""
    share: float = 0.1
    """Share of the run's steps over which it falls, 0 to 1. Mnih et al. 2015: the first million frames of fifty."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownNameError("kind of epsilon", self.kind, KINDS)
        for name in ("start", "end", "share"):
            refuse_outside(self, name, 0.0, 1.0)
        if self.kind == "exponential" and min(self.start, self.end) == 0.0:
            raise SuiteError(
                f"an exponential epsilon goes from start to end by equal factors, so neither may be 0, as {self.start} and "
                f"{self.end}. Set end to 0.01, or kind to 'linear'."
            )

    def at(self, progress: float) -> float:
        """Epsilon after this share of the run, 0 to 1."""
        if self.kind == "constant":
            return self.start
        done = 1.0 if progress >= self.share else progress / self.share
        if self.kind == "exponential":
            return self.start * math.pow(self.end / self.start, done)
        return self.start * (1 - done) + self.end * done
