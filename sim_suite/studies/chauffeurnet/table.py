"""What came of each family for each agent: counts of outcomes with Wilson intervals, beside the paper's figures. Source: ours.

Nothing here drives: rows are made from verdicts, and hold no clock time, so that equal seeds give equal bytes.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim_suite.leaderboard.trials.verdict import Verdict
from sim_suite.rates import wilson
from sim_suite.studies.chauffeurnet.families import Family

PAPERS: Final = 20
"""Variations a family in the paper."""


@dataclass(frozen=True)
class Row:
    """One agent in one family."""

    family: Family
    agent: str
    privileged: bool
    counts: Mapping[str, int]
    """Variations by class, all classes of the family."""
    first: Mapping[str, int]
    """The same of the first PAPERS variations."""
    cue: str = ""
    """What was blanked of all that the agent sees (`ablation.CUES`); empty where it saw everything."""

    @property
    def variations(self) -> int:
        """How many were judged."""
        return sum(self.counts.values())

    @property
    def good(self) -> int:
        """How many of them passed."""
        return self.counts[self.family.good]

    def interval(self, what: str) -> tuple[float, float]:
        """Of a class's share, 95 %, by Wilson."""
        return wilson(self.counts[what], self.variations)

    def paper(self, what: str) -> int | None:
        """The paper's per cent of a class, for a model of its name; None where it gives none."""
        given = self.family.paper.get(self.agent)
        if given is None or what not in self.family.paper_classes:
            return None
        return given[self.family.paper_classes.index(what)]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "family": self.family.name, "agent": self.agent, "privileged": self.privileged, "blanked": self.cue,
            "variations": self.variations, "first": dict(self.first),
            "outcomes": {
                what: {
                    "count": count, "share": count / max(self.variations, 1), "interval": list(self.interval(what)),
                    "paper_percent": self.paper(what),
                }
                for what, count in self.counts.items()
            },
        }  # fmt: skip


def row_of(family: Family, agent: str, privileged: bool, verdicts: Sequence[Verdict], cue: str = "") -> Row:
    """A row from verdicts in the order of the variations."""
    found = [family.outcome(one) for one in verdicts]
    counts, first = Counter(found), Counter(found[:PAPERS])
    return Row(
        family, agent, privileged, {what: counts[what] for what in family.classes},
        {what: first[what] for what in family.classes}, cue,
    )  # fmt: skip


def to_csv(rows: Sequence[Row]) -> str:
    """A line for each class of each row."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([
        "family", "agent", "blanked", "outcome", "count", "variations", "share", "low", "high", "first_20", "paper_percent"
    ])  # fmt: skip
    for row in rows:
        for what, count in row.counts.items():
            low, high = row.interval(what)
            paper = row.paper(what)
            writer.writerow([
                row.family.name, row.agent, row.cue, what, count, row.variations, f"{count / max(row.variations, 1):.6f}",
                f"{low:.6f}", f"{high:.6f}", row.first[what], "" if paper is None else paper,
            ])  # fmt: skip
    return text.getvalue()


@dataclass(frozen=True)
class Comparison:
    """Two agents in one family, by the class that is good."""

    one: Row
    other: Row

    @property
    def disjoint(self) -> bool:
        """Whether the intervals have no point in common."""
        (low, high), (others_low, others_high) = (row.interval(row.family.good) for row in (self.one, self.other))
        return low > others_high or others_low > high

    @property
    def sentence(self) -> str:
        """The difference, and whether it may be spoken of."""
        shares = [f"{row.agent} {rate_text(row.good, row.variations)}" for row in (self.one, self.other)]
        if self.disjoint:
            ahead = max(self.one, self.other, key=lambda row: row.good / max(row.variations, 1))
            verdict = f"the intervals are disjoint: {ahead.agent} is ahead."
        else:
            verdict = "the intervals overlap: nothing is said."
        return f"{self.one.family.title}: {shares[0]}, {shares[1]}; {verdict}"


def compare(rows: Sequence[Row], one: str, other: str) -> list[Comparison]:
    """Two agents in each family that both drove with all that there is to see."""
    by_family: dict[str, dict[str, Row]] = {}
    for row in rows:
        if not row.cue:
            by_family.setdefault(row.family.name, {})[row.agent] = row
    return [Comparison(found[one], found[other]) for found in by_family.values() if one in found and other in found]


def rate_text(count: int, total: int) -> str:
    """A share with its interval: `92.0 % [89.3, 94.1]`."""
    low, high = wilson(count, total)
    return f"{100 * count / max(total, 1):.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
