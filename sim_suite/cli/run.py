"""Run scenarios: thousands of variations against a driver, with a verdict that a person and a machine can read.

examples:
  sim-suite run cut_in
  sim-suite run cut_in --agent idm --samples 256 --video
  sim-suite run cut_in --set gap_m=20 ego_kmh=80 --render human
  sim-suite run cut_in --variation 0-17 --video
  sim-suite run pedestrian.xosc --agent storyboard
  sim-suite run cut_in cut_out --samples 64 --json --junit verdicts.xml
  sim-suite run cut_in --samples 512 --search cem
  sim-suite run cut_in --write my_folder
  sim-suite run cut_in --backend carla --server own
  sim-suite run --coverage

Exit status: 0 where all variations passed, 1 where one failed, 2 where something was asked for wrongly.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    from sim_suite.driving.storyboard.scenario import Scenario


@dataclass(frozen=True)
class Options:
    """How scenarios are run."""

    agent: str = "pdm"
    """Who drives the ego: named as on every command; or "storyboard", where a file moves the ego itself."""
    samples: int = 1
    """Variations of each scenario; the first has the usual values."""
    seed: int = 0
    """Of the variations."""
    set: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=VALUE")] = ()
    """Values of parameters, the same in all variations."""
    limit: float | None = None
    """Seconds after which a variation is over, in place of the scenario's own limit."""
    variation: str | None = None
    """Run this one alone, by the id that a report gives it (SEED-NUMBER)."""
    search: Literal["cem"] | None = None
    """Go on from the worst tenth of the variations and look for the smallest failing case."""
    no_labels: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Do not tell which variations are avoidable."""
    backend: Literal["embedded", "carla"] = "embedded"
    """The world that it is played in: ours, many variations at once, or a CARLA server's, one after the other."""
    server: str = ""
    """Of --backend carla: HOST:PORT, or own for an embedded server that is started for this run; $SIM_SUITE_CARLA, else 127.0.0.1:2000."""
    render: Literal["human"] | None = None
    """Show the first variation in a window, in real time."""
    video: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Film the most severe failures, or the most severe variation where nothing failed."""
    out: Path | None = None
    """Folder for verdicts, page and films; runs/scenarios/SCENARIO-AGENT if not given."""
    resume: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Go on with a run that was broken off; what it had judged is not run again."""
    junit: Path | None = None
    """Write the verdicts as JUnit XML too."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the verdicts as JSON instead of a table."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip, whose format runs code of its maker."""


@dataclass(frozen=True)
class Arguments(Options):
    """What to run, and how."""

    scenarios: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Names (`sim-suite list scenarios`), .py scripts or .xosc files."""
    write: Path | None = None
    """Write the scenarios into this folder as OpenSCENARIO 1.3, with their maps beside them, and run nothing."""
    coverage: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print which elements of OpenSCENARIO are read, recorded or refused."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    if arguments.coverage:
        return show_coverage(arguments.json)
    if not arguments.scenarios:
        raise SuiteError("name a scenario (`sim-suite list scenarios` shows them), a .py script or a .xosc file.")
    if arguments.write is not None:
        return write_all(arguments.scenarios, arguments.write)
    from sim_suite.cli.trials import run_all

    return run_all(arguments.scenarios, arguments)


def run_script(scenario: Scenario) -> int:
    """What a scenario script does when it is run by itself: `sim-suite run SCRIPT` with the script's own arguments."""
    source = getattr(sys.modules["__main__"], "__file__", None)
    if source is None:
        raise SuiteError(f"scenario {scenario.name!r} is run from no file. Use `sim-suite run`.")
    from sim_suite.cli.trials import run_all

    description = f"{scenario.summary}\n\n{scenario.source}"
    return run_all((source,), tyro.cli(Options, prog=Path(source).name, description=description))


def write_all(sources: tuple[str, ...], folder: Path) -> int:
    """Write scenarios as files of OpenSCENARIO."""
    from sim_suite.driving.storyboard.finding import load_scenario
    from sim_suite.driving.storyboard.xosc.writer import write_scenario

    for source in sources:
        console.out.print(str(write_scenario(load_scenario(source), folder)), markup=False, soft_wrap=True)
    return 0


def show_coverage(as_json: bool) -> int:
    """Print what of OpenSCENARIO is read."""
    from rich.table import Table

    from sim_suite.driving.storyboard.xosc.coverage import coverage

    rows = coverage()
    if as_json:
        console.print_json([row._asdict() for row in rows])
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("element", "what becomes of it", "note", "kind"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.out.print(table)
    return 0
