"""What perception costs in closed loop: ChauffeurNet's families with the truth, and by the car's own cameras.

    python -m sim_suite.studies.perceived_driving --variations 20 --out runs/perceived
    python -m sim_suite.studies.perceived_driving --agents truth=zoo:chauffeurnet-m4 noise=perceived:runs/errors

The first agent is the reference. Run it again to go on where it was broken off: verdicts are kept in --out, by family and agent. Results
hold no clock time: equal seeds and agents give equal bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic, write_json
from sim_suite.learning.torch_blocks import threads
from sim_suite.studies.chauffeurnet.driving import Named, drive, enter_for, read_agents
from sim_suite.studies.chauffeurnet.families import FAMILIES, family
from sim_suite.studies.chauffeurnet.side_by_side import Drive, drive_all
from sim_suite.studies.perceived_driving.cost import Cost, Passed, costs, passed, to_csv, to_markdown

NAME: Final = "perceived_driving"
SEED: Final = 10_000
"""Where evaluation begins: nothing was trained or tuned with it."""
AGENTS: Final = (
    "truth=zoo:chauffeurnet-m4",
    "perceived=chauffeurnet-perceived",
    "guarded=perceived:guarded:zoo:chauffeurnet-m4",
    "road=chauffeurnet-perceived-road",
    "gnss=chauffeurnet-perceived-gnss",
    "matched=chauffeurnet-perceived-matched",
)


@dataclass(frozen=True)
class Arguments:
    """Who drives, and where."""

    agents: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=AGENT")] = AGENTS
    """Agents, named as on every command; NAME=AGENT gives one another name. The first is what the others are compared with."""
    out: Path = Path("runs/studies/perceived_driving")
    """Folder for the table, and for what was judged so far."""
    families: tuple[str, ...] = tuple(FAMILIES)
    """Which families are driven."""
    variations: int = 20
    """Of each family."""
    seed: int = SEED
    """Of the variations."""
    workers: int = 1
    """Processes that drive side by side."""


def main(arguments: Arguments) -> int:
    """Drive, write, and say where it was written."""
    if arguments.variations < 1 or arguments.workers < 1:
        raise SuiteError(
            f"--variations and --workers must be 1 or more, not {arguments.variations} and {arguments.workers}."
        )
    agents = read_agents(arguments.agents)
    chosen = [family(name) for name in arguments.families]
    for one in chosen:
        for named in agents:
            enter_for(one, named)
    with threads(1):
        rows = _drive(arguments, agents)
    found = costs(rows, agents[0].name)
    write(found, agents, arguments)
    console.out.print(to_markdown(found), markup=False, highlight=False)
    return 0


def _drive(arguments: Arguments, agents: Sequence[Named]) -> list[Passed]:
    tasks = [(family(name), named) for name in arguments.families for named in agents]
    rows = []
    with console.progress() as bar:
        if arguments.workers > 1:
            task = bar.add_task("closed loop", total=len(tasks) * arguments.variations, note="")
            drive_all(
                [Drive(one.name, named) for one, named in tasks], arguments.out, arguments.variations, arguments.seed,
                arguments.workers, lambda count: bar.update(task, completed=count),
            )  # fmt: skip
        for one, named in tasks:
            task = bar.add_task(f"{one.name} {named.name}", total=arguments.variations, note="")
            trial = drive(
                one, named, arguments.out, variations=arguments.variations, seed=arguments.seed,
                done=lambda count, task=task: bar.update(task, completed=count),  # type: ignore[misc]  # the default binds this task
            )  # fmt: skip
            row = passed(one, named.name, [one.outcome(verdict) for verdict in trial.verdicts])
            bar.update(task, completed=arguments.variations, note=f"{int(row.passes.sum())} {one.good}")
            rows.append(row)
    return rows


def write(rows: Sequence[Cost], agents: Sequence[Named], arguments: Arguments) -> None:
    """Table and data."""
    write_json(arguments.out / f"{NAME}.json", {
        "agents": {one.name: one.agent for one in agents}, "reference": agents[0].name, "variations": arguments.variations,
        "seed": arguments.seed, "rows": [row.to_dict() for row in rows],
    })  # fmt: skip
    write_atomic(arguments.out / f"{NAME}.csv", to_csv(rows))
    write_atomic(arguments.out / f"{NAME}.md", to_markdown(rows))
    console.note(f"written to {arguments.out}: {NAME}.md, {NAME}.json, {NAME}.csv")


if __name__ == "__main__":
    try:
        sys.exit(main(tyro.cli(Arguments, description=__doc__)))
    except SuiteError as error:
        console.note(f"error: {error}")
        sys.exit(2)
