"""Tables of a study over training seeds as Markdown. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sim_suite.envs.catalog import Reference
from sim_suite.leaderboard.statistics import Interval
from sim_suite.leaderboard.suite import TaskSpec
from sim_suite.studies.training_seeds.plan import TaskPlan
from sim_suite.studies.training_seeds.table import MARGIN, Line

_SMALL: Final = 10.0
"""Scales that are narrower than this are written with more digits."""


def text_of(table: TaskPlan, spec: TaskSpec, ends: tuple[Reference, Reference], lines: Sequence[Line]) -> str:
    """One task: what was judged, a line for each entry, and a second table of those with peers."""
    zero, one = ends
    digits = 1 if abs(one.value - zero.value) >= _SMALL else 4
    head = [
        f"## {table.task}", "",
        f"{spec.env}, {spec.episodes} episodes, seeds {spec.seed(0)}-{spec.seed(spec.episodes - 1)}. Random {zero.value} "
        f"({zero.source}); reference {one.value} ({one.source}). Interval: 95 %, over training seeds and episodes.", "",
    ]  # fmt: skip
    counted = table.endings
    title = f" {counted.title}, % of {counted.episodes} |" if counted.episodes else ""
    columns = (
        f"| trained | steps | seeds | mean return | of each seed | lowest episode | reach {table.threshold:g} |{title}"
    )
    rows = [_row(line, digits, counted.episodes) for line in lines]
    compared = [_compared(line, lines) for line in lines if line.beside is not None]
    if compared:
        compared = [
            "",
            f"| trained | beside | difference, % of the scale | above {MARGIN:g} % |",
            "|---|---|---|---|",
            *compared,
        ]
    return "\n".join([*head, columns, "|---" * (columns.count("|") - 1) + "|", *rows, *compared]) + "\n"


def _row(line: Line, digits: int, counted: int) -> str:
    seeds = _span(line.seeds) + ("" if len(line.seeds) == line.planned else f" ({len(line.seeds)} of {line.planned})")
    means = ", ".join(f"{mean:.{digits}f}" for mean in line.run_means)
    bar = f" (bar: {line.bar})" if line.bar else ""
    ended = ""
    if counted:
        shares = [100.0 * ended / counted for ended in line.endings]
        ended = (
            f" {', '.join(f'{share:.1f}' for share in shares)} |"
            if len(set(shares)) > 1
            else f" {shares[0]:.1f} in all |"
        )
    return (
        f"| {line.title} | {line.steps:,} | {seeds} | {_told(line.mean, digits)} | {means} | {line.lowest:.{digits}f} | "
        f"{line.reached} of {len(line.seeds)}{bar} |{ended}"
    )


def _compared(line: Line, lines: Sequence[Line]) -> str:
    assert line.beside is not None
    peer = next(other.title for other in lines if other.name == line.beside.peer)
    verdict = {True: "yes", False: "no", None: "one episode tells nothing"}[line.beside.no_worse]
    return f"| {line.title} | {peer} | {_told(line.beside.difference, 2)} | {verdict} |"


def _told(mean: Interval, digits: int) -> str:
    between = "" if np.isnan(mean.low) else f" [{mean.low:.{digits}f}, {mean.high:.{digits}f}]"
    return f"{mean.point:.{digits}f}{between}"


def _span(seeds: Sequence[int]) -> str:
    """0-4 for five seeds in a row, else all of them."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]}-{seeds[-1]}"
    return ", ".join(map(str, seeds))
