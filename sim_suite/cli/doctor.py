"""Check this machine and say how to mend what is wrong: Python, packages that overwrite each other, display, GPU, CARLA.

examples:
  sim-suite doctor
  sim-suite doctor --carla localhost:2000 --json
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.cli.checks import ALL, Finding, carla_server

_MARKS = {"ok": "[green]ok     [/green]", "note": "[yellow]note   [/yellow]", "problem": "[red]problem[/red]"}


@dataclass(frozen=True)
class Arguments:
    """What to check besides the machine."""

    carla: str = "localhost:2000"
    """HOST:PORT where a CARLA server might listen."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the findings as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command; status 1 if there is a problem."""
    findings: list[Finding] = [*(finding for check in ALL for finding in check()), carla_server(arguments.carla)]
    if arguments.json:
        console.print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            console.out.print(f"{_MARKS[finding.level]} {finding.what}")
            if finding.mend:
                console.out.print(f"        mend: {finding.mend}", markup=False)
    return 1 if any(finding.level == "problem" for finding in findings) else 0
