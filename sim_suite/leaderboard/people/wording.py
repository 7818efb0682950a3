"""What tables and pages say of a person's episodes: how many, on whose seeds, which were left out. Source: ours."""

from __future__ import annotations

from collections.abc import Iterable

from sim_suite.leaderboard.people.facts import Person
from sim_suite.leaderboard.suite import TaskSpec

_MOST_RANGES = 5
"""Of seeds, spelled out; of more only the ends."""


def sentence(person: Person, task: TaskSpec, label: str) -> str:
    """One person on one task; empty where the task was not entered. label: what they are called on the leaderboard."""
    given = person.episodes.get(task.name, ())
    if not given:
        return ""
    seeds = sorted({one.seed for one in given})
    number = f"{len(given)} episode{'s' if len(given) > 1 else ''}"
    where = f"seed{'s' if len(seeds) > 1 else ''} {ranges(seeds)}"
    left = (f"{count} left out: {reason}" for reason, count in person.left_out.get(task.name, {}).items())
    by = "" if person.by == label else f" driven by {person.by}"
    return "; ".join([f"{number}{by} on {where}", *left])


def ranges(numbers: Iterable[int]) -> str:
    """Sorted numbers in short: "0 to 2, 7"; of many ranges the first and the last number."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    if len(found) > _MOST_RANGES:
        return f"between {found[0][0]} and {found[-1][1]}"
    return ", ".join(
        str(low) if low == high else f"{low}, {high}" if high == low + 1 else f"{low} to {high}" for low, high in found
    )
