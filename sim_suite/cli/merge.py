"""Join leaderboards of the same suite without running anything.

examples:
  sim-suite merge runs/classic-here runs/classic-there --out runs/classic
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.leaderboard.merge import merge
from sim_suite.leaderboard.results import PAGE


@dataclass(frozen=True)
class Arguments:
    """Which folders to join."""

    folders: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Two leaderboard folders or more."""
    out: Path
    """A new folder for the joined leaderboard."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print a summary as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    records = merge(arguments.folders, arguments.out)
    summary = {"out": str(arguments.out), "entries": sorted(records.entries), "rows": len(records.rows)}
    if arguments.json:
        console.print_json(summary)
    else:
        console.note(f"{len(records.rows)} episodes of {len(records.entries)} entries in {arguments.out}")
        console.next_step(f"open {arguments.out / PAGE}")
    return 0
