"""The cost of perception: how much less of a family passes than with the reference's eyes, variation by variation. Source: ours.

Both drive the same variations, so their outcomes are paired; the interval is a percentile bootstrap over variations (Efron and Tibshirani
1993, chapter 13).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError
from sim_suite.rates import wilson
from sim_suite.studies.chauffeurnet.families import Family

RESAMPLES: Final = 10_000
"""Efron and Tibshirani ask for 1,000 or more for the ends of an interval."""
_SEED: Final = 0
ALL: Final = "all"
"""The row over all families."""


@dataclass(frozen=True, eq=False)
class Passed:
    """One agent in one family."""

    family: str
    agent: str
    passes: NDArray[np.bool_]
    """[n] By variation, in the order of their numbers."""
    outcomes: tuple[str, ...]
    """[n] What came of each."""


@dataclass(frozen=True)
class Cost:
    """An agent beside the reference in one family, or in all."""

    family: str
    agent: str
    passed: int
    variations: int
    difference: float
    """Share that passes, less the reference's: below 0 it costs."""
    low: float
    high: float
    """95 % of the difference."""
    outcomes: tuple[tuple[str, int], ...]
    """How often what came of it, what passes first."""

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share that passes, 95 %, by Wilson."""
        return wilson(self.passed, self.variations)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "family": self.family, "agent": self.agent, "passed": self.passed, "variations": self.variations,
            "interval": list(self.interval), "difference": self.difference, "difference_interval": [self.low, self.high],
            "outcomes": dict(self.outcomes),
        }  # fmt: skip


def passed(family: Family, agent: str, outcomes: Sequence[str]) -> Passed:
    """Outcomes of a family's variations."""
    return Passed(family.name, agent, np.array([one == family.good for one in outcomes], np.bool_), tuple(outcomes))


def costs(rows: Sequence[Passed], reference: str) -> list[Cost]:
    """Each agent in each family beside the reference, and over all families. Raises SuiteError where the reference did not drive.

    Over all families variations count alike; they are drawn anew within each.
    """
    families, agents = list(dict.fromkeys(row.family for row in rows)), list(dict.fromkeys(row.agent for row in rows))
    by = {(row.family, row.agent): row for row in rows}
    if reference not in agents:
        raise SuiteError(f"{reference!r} is the reference and did not drive; there are {', '.join(agents)}.")
    found = []
    for agent in agents:
        for chosen in (*([one] for one in families), families):
            own, others = [by[one, agent] for one in chosen], [by[one, reference] for one in chosen]
            found.append(_cost(chosen[0] if len(chosen) == 1 and chosen is not families else ALL, agent, own, others))
    return found


def to_csv(rows: Sequence[Cost]) -> str:
    """A line an agent and family."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([
        "family", "agent", "passed", "variations", "share", "low", "high", "difference", "difference_low", "difference_high"
    ])  # fmt: skip
    for row in rows:
        numbers = (row.passed / row.variations, *row.interval, row.difference, row.low, row.high)
        writer.writerow([row.family, row.agent, row.passed, row.variations, *(f"{number:.6f}" for number in numbers)])
    return text.getvalue()


def to_markdown(rows: Sequence[Cost]) -> str:
    """Families down, agents across: shares with Wilson's interval, and the difference from the first agent with its own."""
    agents, families = list(dict.fromkeys(row.agent for row in rows)), list(dict.fromkeys(row.family for row in rows))
    by = {(row.family, row.agent): row for row in rows}
    lines = [f"| family | {' | '.join(agents)} |", "|---" * (len(agents) + 1) + "|"]
    for family in families:
        cells = [family.replace("_", " ")]
        for number, agent in enumerate(agents):
            row = by[family, agent]
            low, high = row.interval
            text = f"{100 * row.passed / row.variations:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"
            if number:
                text += f"; {100 * row.difference:+.0f} [{100 * row.low:+.0f}, {100 * row.high:+.0f}]"
            cells.append(text)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cost(family: str, agent: str, own: Sequence[Passed], others: Sequence[Passed]) -> Cost:
    differences = [
        one.passes.astype(np.float64) - other.passes for one, other in zip(own, others, strict=True)
    ]  # the same variations, one by one
    count = sum(map(len, differences))
    dice = np.random.default_rng(_SEED)
    drawn = sum(
        one[dice.integers(0, len(one), (RESAMPLES, len(one)))].sum(axis=1) for one in differences
    ) / count  # fmt: skip
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
    names = [name for row in own for name in row.outcomes]
    good = [name for row in own for name, passes in zip(row.outcomes, row.passes, strict=True) if passes]
    order = sorted(set(names), key=lambda name: (name not in good, -names.count(name), name))
    return Cost(
        family, agent, int(sum(row.passes.sum() for row in own)), count, float(sum(one.sum() for one in differences) / count),
        low, high, tuple((name, names.count(name)) for name in order),
    )  # fmt: skip
