"""Draw a town, film a drive and a board game, run scenarios, learn from recorded laps, train and compare small agents on one page.

Takes a few minutes.

examples:
  sim-suite demo
  sim-suite demo --out /tmp/demo --workers 4
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.cli.watching import leaderboard_watch
from sim_suite.leaderboard.report.terminal import section_table
from sim_suite.studies.demo import demo


@dataclass(frozen=True)
class Arguments:
    """Where to, and how."""

    out: Path = Path("runs/demo")
    """Folder of the demonstration; what an earlier one left there is replaced."""
    workers: int = os.cpu_count() or 1
    """Processes that play."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the paths of the pages and of the films as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    with console.progress() as bar:

        @contextmanager
        def stage(what: str, total: int) -> Iterator[Callable[[int], None]]:
            console.note(what)
            task = bar.add_task(what, total=total, note="")
            yield lambda done: bar.update(task, completed=done)

        shown = demo(arguments.out, arguments.workers, stage, leaderboard_watch(bar))
    if arguments.json:
        console.print_json(
            {
                "page": str(shown.page),
                "town": str(shown.town),
                "drive": str(shown.drive),
                "scenarios": str(shown.scenarios),
                "laps": str(shown.laps),
                "lap": str(shown.lap),
                "game": str(shown.game),
            }
        )
        return 0
    for section in shown.sections:
        console.out.print(section_table(section))
    console.note(f"page: {shown.page.resolve()}")
    console.note(f"town: {shown.town.resolve()}")
    console.note(f"drive: {shown.drive.resolve()}")
    console.note(f"scenarios: {shown.scenarios.resolve()}")
    console.note(f"recorded laps: {shown.laps.resolve()}")
    console.note(f"one of them: {shown.lap.resolve()}")
    console.note(f"a game of Connect Four: {shown.game.resolve()}")
    console.next_step(
        "sim-suite leaderboard classic --agents random cart-pole-lqr mountain-car-pump --out runs/classic"
    )
    return 0
