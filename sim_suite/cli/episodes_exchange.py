"""`sim-suite episodes export` and `import`: to and from the formats of others. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from sim_suite.cli import console
from sim_suite.cli.episodes_info import plural
from sim_suite.cli.episodes_look import counting, open_dataset
from sim_suite.episodes.choosing import chosen, split_name
from sim_suite.errors import SuiteError

Format = Literal["minari"]


@dataclass(frozen=True)
class Export:
    """Write episodes as a Minari dataset (HDF5), which `minari.MinariDataset(OUT/data)` reads; nothing is lost on the way.

      Episodes of drivers who keep them private are refused.

      examples:
        sim-suite episodes export data/laps --to minari data/laps-minari
        sim-suite episodes export data/laps --to minari data/laps-minari --name anna/laps-v1 --leave-private-out
    sim-suite episodes export data/town --to minari data/town-minari --view vector
    """

    episodes: Annotated[str, tyro.conf.Positional]
    """FOLDER for all of its episodes; FOLDER#3 for one by its number in `episodes list`, FOLDER#000003 by its file."""
    to: tuple[Format, Path]
    """Format, and the new folder to write."""
    name: str | None = None
    """Of the dataset by Minari's rules, as laps-v0 or anna/laps-v0; without it, that of the folder."""
    view: Literal["vector", "raster"] | None = None
    """Of driving: write what an agent sees, drawn from the stored states, in place of them. Only without it the way back is open."""
    leave_private_out: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Go on without the episodes that their drivers keep private."""
    leave_recovered_out: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Go on without episodes whose recording was cut short."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was made as JSON."""


@dataclass(frozen=True)
class Import:
    """Read a Minari dataset (HDF5) as episodes. One that was exported from here comes back as it was.

    Of others observations, actions, rewards, ends, seeds and options are kept. Pictures that Minari stored as JPEG have lost detail; each
    episode says so.

    examples:
      sim-suite episodes import --from minari data/laps-minari --out data/laps2
      sim-suite episodes import --from minari ~/.minari/datasets/D4RL/door/human-v2 --by human --out data/door
    """

    source: Annotated[tuple[Format, Path], tyro.conf.arg(name="from")]
    """Format, and the dataset's folder."""
    out: Path
    """Folder of episodes; a new one, or one to add to."""
    by: Literal["human", "agent", "expert"] = "agent"
    """Who acted in a dataset that does not say it."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the episodes as JSON."""


def export_episodes(arguments: Export) -> int:
    """Run the sub-command."""
    from sim_suite.episodes.exchange.minari_export import export, may_be_passed_on

    folder, name = split_name(arguments.episodes)
    dataset = open_dataset(folder)
    entries = chosen(dataset, name)
    count = len(entries)
    if arguments.leave_private_out:
        entries = [entry for entry in entries if may_be_passed_on(entry)]
    if arguments.leave_recovered_out:
        entries = [entry for entry in entries if entry.end != "recovered"]
    if not entries:
        raise SuiteError(f"all {count} episodes of {folder} would be left out: nothing is exported.")
    out = arguments.to[1]
    with counting("writing episodes") as step:
        known = export(dataset, entries, out, arguments.name, arguments.view, step)
    steps = sum(entry.steps for entry in entries)
    left = count - len(entries)
    if arguments.json:
        made = {"out": str(out), "name": known, "episodes": len(entries), "steps": steps, "left_out": left}
        console.print_json(made)
        return 0
    said = f"{out}: {known}, {plural(len(entries), 'episode')}, {steps:,} steps{f'; {left} left out' if left else ''}"
    console.out.print(said, markup=False, soft_wrap=True)
    console.next_step(f"sim-suite episodes import --from minari {out} --out {out}-back")
    return 0


def import_episodes(arguments: Import) -> int:
    """Run the sub-command."""
    from sim_suite.episodes.exchange.minari_import import load
    from sim_suite.episodes.store.facts import Actor

    with counting("reading episodes") as step:
        made = load(arguments.source[1], arguments.out, Actor[arguments.by.upper()], step)
    if arguments.json:
        console.print_json([entry.to_json() for entry in made])
        return 0
    said = f"{arguments.out}: {plural(len(made), 'episode')}, {sum(entry.steps for entry in made):,} steps"
    console.out.print(said, markup=False, soft_wrap=True)
    console.next_step(f"sim-suite episodes info {arguments.out}")
    return 0
