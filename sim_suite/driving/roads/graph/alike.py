"""Keeps what is said of a graph short: findings that say the same of many roads are summed. Source: ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.reading.notes import MOST_ALIKE

_VALUES: Final = re.compile(r"'[^']*'|(?<![A-Za-z])-?\d[\w.+-]*")
"""Ids and numbers in a message; two findings that differ in nothing else are alike."""


def sum_alike(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, the first `MOST_ALIKE` of a kind one by one and those after as one sum at the end."""
    seen: Counter[tuple[str, str, str]] = Counter()
    listed: list[Finding] = []
    first_left_out: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        key = (finding.kind, finding.element, _VALUES.sub("", finding.message))
        seen[key] += 1
        if seen[key] <= MOST_ALIKE:
            listed.append(finding)
        else:
            first_left_out.setdefault(key, finding)
    sums = (
        Finding(one.kind, one.element, None, one.line, f"{seen[key] - MOST_ALIKE} more like this: {one.message}")
        for key, one in first_left_out.items()
    )
    return (*listed, *sums)
