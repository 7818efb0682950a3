"""ChauffeurNet judged as in its paper: families of scenarios in closed loop, open loop, inputs taken away, films.

    python -m sim_suite.studies.chauffeurnet --agents M0=runs/... M4=runs/... idm pdm --out runs/study

Run it again to go on where it was broken off: what was judged is kept in --out, by family and agent, and driven again only where
something of it has changed. Results hold no clock time: equal seeds and agents give equal bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import tyro
from rich.progress import Progress

from sim_suite.cli import console
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic, write_json
from sim_suite.learning.torch_blocks import threads
from sim_suite.studies.chauffeurnet.ablation import CUES
from sim_suite.studies.chauffeurnet.driving import Named, drive, enter_for, read_agents
from sim_suite.studies.chauffeurnet.examples import SETS
from sim_suite.studies.chauffeurnet.families import FAMILIES, family
from sim_suite.studies.chauffeurnet.film import film
from sim_suite.studies.chauffeurnet.judging import judge_agent
from sim_suite.studies.chauffeurnet.open_loop import EXAMPLES, OpenLoop
from sim_suite.studies.chauffeurnet.page import Clip, Findings, render_page
from sim_suite.studies.chauffeurnet.side_by_side import Drive, drive_all
from sim_suite.studies.chauffeurnet.table import Row, compare, row_of, to_csv

PAGE: Final = "chauffeurnet.html"
JSON: Final = "chauffeurnet.json"
CSV: Final = "chauffeurnet.csv"
FILMS: Final = "films"
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
    workers: int = 1
    """Processes that drive families side by side; more than one make films and open loop no faster."""
    film: tuple[str, ...] = ()
    """Agents that are filmed in each family, with what they see and say where they are ChauffeurNets."""
    film_variation: int = 0
    """Which variation is filmed; 0 has the usual values."""


def main(arguments: Arguments) -> int:
    """Judge, write, and say where it was written."""
    agents = _checked(arguments)
    with console.progress() as bar, threads(1):
        rows = [*_closed_loop(arguments, agents, bar)]
        judged = [*_open_loop(arguments, agents, bar)]
        clips = [*_films(arguments, agents, bar)]
    findings = Findings(
        rows=[row for row in rows if not row.cue],
        ablated=[row for row in rows if row.cue],
        comparisons=compare(rows, *arguments.compare),
        open_loop=judged,
        variations=arguments.variations,
        seed=arguments.seed,
        commands={one.name: one.agent for one in agents},
    )
    write(findings, clips, arguments.out)
    for line in findings.comparisons:
        console.out.print(line.sentence, markup=False)
    return 0


def _checked(arguments: Arguments) -> list[Named]:
    """The agents, all of them fitted to all families before the first one drives."""
    if arguments.variations < 1:
        raise SuiteError(f"--variations must be 1 or more, not {arguments.variations}.")
    if arguments.workers < 1:
        raise SuiteError(f"--workers must be 1 or more, not {arguments.workers}.")
    if arguments.open_loop < 0:
        raise SuiteError(f"--open-loop must be 0 or more, not {arguments.open_loop}.")
    agents = read_agents(arguments.agents)
    for name in arguments.film:
        if name not in [one.name for one in agents]:
            raise SuiteError(
                f"--film names {name!r}, who is not among the agents: {', '.join(one.name for one in agents)}."
            )
    for name in arguments.families:
        for named in agents:
            enter_for(family(name), named)
    return agents


def _closed_loop(arguments: Arguments, agents: Sequence[Named], bar: Progress) -> Iterator[Row]:
    """All agents in all families, then those that are to be ablated without the cues."""
    chosen = [family(name) for name in arguments.families]
    tasks = [(one, named, "") for one in chosen for named in agents]
    for named in agents:
        if named.name in arguments.ablate:
            tasks += [(one, named, cue) for cue, what in CUES.items() for one in chosen if one.name in what.families]
    if arguments.workers > 1:
        task = bar.add_task("closed loop", total=len(tasks) * arguments.variations, note="")
        drive_all(
            [Drive(one.name, named, cue) for one, named, cue in tasks], arguments.out, arguments.variations, arguments.seed,
            arguments.workers, lambda count: bar.update(task, completed=count),
        )  # fmt: skip
    for one, named, cue in tasks:
        words = f"{one.name} {named.name}{f' without {cue}' if cue else ''}"
        task = bar.add_task(words, total=arguments.variations, note="")
        trial = drive(
            one, named, arguments.out, variations=arguments.variations, seed=arguments.seed, cue=cue,
            done=lambda count, task=task: bar.update(task, completed=count),  # type: ignore[misc]  # the default binds this task
        )  # fmt: skip
        row = row_of(one, named.name, trial.privileged, trial.verdicts, cue)
        bar.update(task, completed=arguments.variations, note=f"{row.good} {one.good}")
        yield row


def _open_loop(arguments: Arguments, agents: Sequence[Named], bar: Progress) -> Iterator[OpenLoop]:
    """Those of the agents that say waypoints, on held-out examples."""
    if not arguments.open_loop:
        return
    for data in SETS:
        for named in agents:
            task = bar.add_task(f"open loop {named.name} {data}", total=arguments.open_loop, note="")
            found = judge_agent(
                named, data, arguments.open_loop, arguments.seed, arguments.out,
                done=lambda count, task=task: bar.update(task, advance=count),  # type: ignore[misc]  # likewise
            )  # fmt: skip
            bar.update(task, visible=found is not None, completed=arguments.open_loop)
            if found is not None:
                yield found


def _films(arguments: Arguments, agents: Sequence[Named], bar: Progress) -> Iterator[Clip]:
    """One variation of each family by each agent that is to be filmed."""
    wanted = [(family(name), named) for named in agents if named.name in arguments.film for name in arguments.families]
    if not wanted:
        return
    task = bar.add_task("films", total=len(wanted), note="")
    for one, named in wanted:
        scenario, entrant = load_scenario(one.source), enter_for(one, named)
        assert entrant.agent is not None
        variation = draw(scenario, arguments.seed, [arguments.film_variation])[0]
        title = f"{named.name}: {one.title.lower()}"
        webm = film(scenario, variation, entrant.agent, f"{title}, variation {variation.id}")
        write_atomic(arguments.out / FILMS / f"{one.name}-{named.name}-{variation.id}.webm", webm)
        values = ", ".join(f"{name} {value:.3g}" for name, value in sorted(variation.values.items()))
        bar.update(task, advance=1)
        yield Clip(title, f"Variation {variation.id}: {values}.", webm)


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
