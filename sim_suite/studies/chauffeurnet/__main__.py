"""ChauffeurNet judged as in its paper: families of scenarios in closed loop, open loop, inputs taken away, films.

    python -m sim_suite.studies.chauffeurnet --agents M0=runs/... M4=runs/... idm pdm --out runs/study

Run it again to go on where it was broken off: what was judged is kept in --out, by family and agent, and driven again only where
something of it has changed. Results hold no clock time: equal seeds and agents give equal bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic, write_json
from sim_suite.studies.chauffeurnet.ablation import CUES
from sim_suite.studies.chauffeurnet.driving import Named, drive, enter_for, read_agents
from sim_suite.studies.chauffeurnet.families import FAMILIES, family
from sim_suite.studies.chauffeurnet.open_loop import EXAMPLES, OpenLoop
from sim_suite.studies.chauffeurnet.page import Clip, Findings, render_page
from sim_suite.studies.chauffeurnet.table import Row, compare, row_of, to_csv

PAGE: Final = "chauffeurnet.html"
JSON: Final = "chauffeurnet.json"
CSV: Final = "chauffeurnet.csv"
SEED: Final = 10_000
"""Where evaluation begins: nothing was trained or tuned with it."""


@dataclass(frozen=True)
class Arguments:
    """Who drives, and what is judged."""

    agents: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=AGENT")]
    """Agents, named as on every command; NAME=AGENT gives one another name. M0 to M4 stand beside the paper's."""
    out: Path = Path("runs/studies/chauffeurnet")
    """Folder for page, table, films, and for what was judged so far."""
    families: tuple[str, ...] = tuple(FAMILIES)
    """Which families are driven."""
    variations: int = 500
    """Of each family; the first 20 have a column of their own."""
    seed: int = SEED
    """Of the variations."""
    compare: tuple[str, str] = ("M4", "M0")
    """Two agents whose intervals are set against each other in each family that both drove."""
    ablate: tuple[str, ...] = ("M4",)
    """Agents that drive once more without the cue: stop signs, lights, other road users. Names of --agents; others are passed over."""
    open_loop: int = EXAMPLES
    """Examples on which the waypoints of ChauffeurNets are compared with an expert's, clean and perturbed; 0: none."""
    film: tuple[str, ...] = ()
    """Agents that are filmed in each family, with what they see and say where they are ChauffeurNets."""
    film_variation: int = 0
    """Which variation is filmed; 0 has the usual values."""


def main(arguments: Arguments) -> int:
    """Judge, write, and say where it was written."""
    if arguments.variations < 1:
        raise SuiteError(f"--variations must be 1 or more, not {arguments.variations}.")
    agents = read_agents(arguments.agents)
    names = {one.name: one for one in agents}
    chosen = [family(name) for name in arguments.families]
    for one in chosen:  # all are fitted before the first one drives
        for named in agents:
            enter_for(one, named)
    for name in arguments.film:
        if name not in names:
            raise SuiteError(f"--film names {name!r}, who is not among the agents: {', '.join(names)}.")
    ablated = [names[name] for name in arguments.ablate if name in names]
    tasks = [(one, named, "") for one in chosen for named in agents]
    tasks += [(one, named, cue) for named in ablated for cue, what in CUES.items() for one in chosen if one.name in what.families]
    rows: list[Row] = []
    with console.progress() as bar:
        for one, named, cue in tasks:
            words = f"{one.name} {named.name}{f' without {cue}' if cue else ''}"
            task = bar.add_task(words, total=arguments.variations, note="")
            trial = drive(
                one, named, arguments.out, variations=arguments.variations, seed=arguments.seed, cue=cue,
                done=lambda count, task=task: bar.update(task, completed=count),
            )  # fmt: skip
            rows.append(row_of(one, named.name, trial.privileged, trial.verdicts, cue))
            bar.update(task, completed=arguments.variations, note=f"{rows[-1].good} {one.good}")
    findings = Findings(
        rows=[row for row in rows if not row.cue],
        ablated=[row for row in rows if row.cue],
        comparisons=compare(rows, *arguments.compare),
        open_loop=[],
        variations=arguments.variations,
        seed=arguments.seed,
        commands={one.name: one.agent for one in agents},
    )
    write(findings, [], arguments.out)
    return 0


def write(findings: Findings, clips: Sequence[Clip], out: Path) -> None:
    """Page, table and data."""
    write_json(out / JSON, to_dict(findings))
    write_atomic(out / CSV, to_csv([*findings.rows, *findings.ablated]))
    write_atomic(out / PAGE, render_page(findings, clips))
    console.note(f"written to {out}: {PAGE}, {JSON}, {CSV}")


def to_dict(findings: Findings) -> dict[str, object]:
    """Plain data for JSON."""
    return {
        "variations": findings.variations, "seed": findings.seed, "agents": dict(findings.commands),
        "closed_loop": [row.to_dict() for row in findings.rows],
        "without_the_cue": [row.to_dict() for row in findings.ablated],
        "comparisons": [{"family": one.one.family.name, "agents": [one.one.agent, one.other.agent], "disjoint": one.disjoint,
                         "sentence": one.sentence} for one in findings.comparisons],
        "open_loop": [one.to_dict() for one in findings.open_loop],
    }  # fmt: skip


if __name__ == "__main__":
    try:
        sys.exit(main(tyro.cli(Arguments, description=__doc__)))
    except SuiteError as error:
        console.note(f"error: {error}")
        sys.exit(2)
