"""Ask a CARLA server small questions, and write how it differs from the embedded one.

Probes of time, driving, bodies, the map, lights, sensors and the traffic manager, on a world built from a map of this suite. A probe that
fails, or ends the client's process, is a row of the table. The world that the server shows is replaced, and what is in it is gone.

examples:
  sim-suite carla-conformance --host 192.168.1.20 --port 2000 --out unreal
  sim-suite carla-conformance --only braking steering --out few
  sim-suite carla-conformance --list
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError, UnknownNameError


@dataclass(frozen=True)
class Arguments:
    """Which server is asked, and where the table goes."""

    host: str = "127.0.0.1"
    """Of the server."""
    port: int = 2000
    """Of its calls."""
    out: Path = Path("carla-conformance")
    """Name of the table: .json and .md are written."""
    only: tuple[str, ...] = ()
    """Probes to run; all of them without it."""
    probe_s: float = 120.0
    """Seconds that one probe may take."""
    record: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Write what was measured to --out as a reference instead of comparing it: how the suite's own was made, from its own server."""
    list: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the probes and ask nobody."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the rows as JSON."""


def run(arguments: Arguments) -> int:
    """Run, write, and say what differs; 1 where something does."""
    from sim_suite.carla.conformance import report
    from sim_suite.carla.conformance.catalog import probes
    from sim_suite.carla.conformance.running import Outcome, Target, run_probes

    target = Target(arguments.host, arguments.port, arguments.probe_s)
    known = probes()
    if arguments.list:
        for name, one in known.items():
            console.out.print(f"{name:<18} {one.topic}: {one.asks}", markup=False, highlight=False, soft_wrap=True)
        return 0
    for name in arguments.only:
        if name not in known:
            raise UnknownNameError("probe", name, known, "`sim-suite carla-conformance --list` shows all.")
    names = [name for name in known if not arguments.only or name in arguments.only]
    done = 0

    def tell(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            console.note(f"{done}/{len(names)} {outcome.name}" + (f": {outcome.failure}" if outcome.failure else ""))

    version, outcomes = run_probes(target, names, tell)
    if arguments.record:
        failed = [one.name for one in outcomes if one.failure]
        if failed:
            raise SuiteError(
                f"{failed[0]} failed: {outcomes[names.index(failed[0])].failure}. A reference has all probes; nothing was written."
            )
        place = report.named(arguments.out, ".json")
        report.record(outcomes, place)
        console.note(f"wrote {place}.")
        return 0
    found = report.rows(known, outcomes, report.reference())
    data, page = report.write(arguments.out, version, found)
    counts = report.counts(found)
    if arguments.json:
        console.print_json({"server": version, "verdicts": counts, "rows": found})
    else:
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        console.out.print(f"{told}; {page} and {data}", markup=False, highlight=False, soft_wrap=True)
    return 1 if counts[report.DIFFERS] or counts[report.FAILED] else 0
