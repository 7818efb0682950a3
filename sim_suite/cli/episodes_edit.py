"""`sim-suite episodes balance`, `split` and `merge`: datasets made out of datasets. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from sim_suite.cli import console
from sim_suite.cli.episodes_info import bars, plural
from sim_suite.cli.episodes_look import counting, open_dataset
from sim_suite.episodes.choosing import chosen
from sim_suite.episodes.editing.split import By
from sim_suite.episodes.store.index import Entry
from sim_suite.errors import SuiteError

ActorName = Literal["human", "agent", "expert"]


@dataclass(frozen=True)
class Balance:
    """Thin out actions that occur too often (a car's foot is nearly always on the gas), so that what learns does not just drive on.

    No data are lost: copies of all episodes are written, with a column that says which steps to learn from. Without --out only shows
    what would become of the folder.

    examples:
      sim-suite episodes balance data/laps
      sim-suite episodes balance data/laps --out data/balanced
      sim-suite episodes balance data/laps --ratio 2 --seed 7 --out data/balanced
    """

    folder: Annotated[Path, tyro.conf.Positional]
    """A folder of episodes."""
    out: Path | None = None
    """New folder for the copies."""
    ratio: float = 1.0
    """How often a class may occur, in times of the middle one (the median over classes that occur)."""
    seed: int = 0
    """Which steps of a class stay: equal seeds give equal bytes."""
    actors: tuple[ActorName, ...] = ("human", "expert")
    """Whose steps are learned from; others' are left as they are."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was found or made as JSON."""


@dataclass(frozen=True)
class Split:
    """Split a folder into one to train on and one to validate on, by whole episodes, seeds, drivers or maps.

    examples:
      sim-suite episodes split data/laps --out data/parts
      sim-suite episodes split data/laps --share 0.25 --by driver --seed 7 --out data/parts
    """

    folder: Annotated[Path, tyro.conf.Positional]
    """A folder of episodes."""
    out: Path
    """Folder for the parts: OUT/train and OUT/validation."""
    share: float = 0.2
    """Of all steps for validation, as near as whole groups come to it."""
    by: By = "episode"
    """What must not be in both parts: an episode, all of one seed (a track), of one driver or agent, on one map."""
    seed: int = 0
    """Which groups are for validation."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the parts as JSON."""


@dataclass(frozen=True)
class Merge:
    """Merge folders into one. What is in several of them, thinned out or not, is taken once, from the first.

    Episodes of different environments or actions are refused: a folder is one task. Other maps, traffic and weather are the same.

    examples:
      sim-suite episodes merge data/laps data/fixes --out data/all
    """

    folders: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Folders of episodes."""
    out: Path
    """A new folder, or one to add to."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was done as JSON."""


def balance_folder(arguments: Balance) -> int:
    """Run the sub-command."""
    from sim_suite.episodes.editing.balance import balance, write_balanced
    from sim_suite.episodes.editing.copying import refuse_filled
    from sim_suite.episodes.store.facts import Actor

    if arguments.out is not None:
        refuse_filled(arguments.out)
    dataset = open_dataset(arguments.folder)
    entries = chosen(dataset, None)
    actors = [Actor[name.upper()] for name in arguments.actors]
    with counting("reading actions") as step:
        found = balance(
            dataset, entries, ratio=arguments.ratio, seed=_seed(arguments.seed), actors=actors, progress=step
        )
    if arguments.out is not None:
        with counting("writing episodes") as step:
            write_balanced(dataset, entries, found, arguments.out, step)
    names, before, after = found.about.classes, found.before.tolist(), found.after.tolist()
    if arguments.json:
        both = {name: [b, a] for name, b, a in zip(names, before, after, strict=True)}
        out = None if arguments.out is None else str(arguments.out)
        console.print_json({"classes": both, "cap": found.cap, "selected": sum(after), "of": sum(before), "out": out})
        return 0
    kept = sorted((k for k in range(len(names)) if before[k]), key=lambda k: -before[k])
    for title, counts in (("before", before), ("after", after)):
        console.out.print(f"{title}: {sum(counts):,} steps", markup=False)
        for line in bars([names[k] for k in kept], [counts[k] for k in kept], sum(counts), None):
            console.out.print(line, markup=False, soft_wrap=True, no_wrap=True)
    if arguments.out is None:
        console.out.print(f"nothing is written without --out; each class would keep at most {found.cap:,} steps")
        console.next_step(f"sim-suite episodes balance {arguments.folder} --out {arguments.folder}-balanced")
    else:
        said = f"{arguments.out}: {plural(len(entries), 'episode')}, each class has at most {found.cap:,} steps"
        console.out.print(said, markup=False, soft_wrap=True)
        console.next_step(f"sim-suite train bc --episodes {arguments.out}")
    return 0


def split_folder(arguments: Split) -> int:
    """Run the sub-command."""
    from sim_suite.episodes.editing.split import choose, groups, write_split

    dataset = open_dataset(arguments.folder)
    entries = chosen(dataset, None)
    names = groups(dataset, entries, arguments.by)
    held = choose(names, [entry.steps for entry in entries], arguments.share, _seed(arguments.seed))
    with counting("copying episodes") as step:
        made = write_split(dataset, entries, held, arguments.out, step)
    validated = sorted({name for name, out in zip(names, held, strict=True) if out})
    if arguments.json:
        parts = {part: [entry.to_json() for entry in own] for part, own in made.items()}
        console.print_json({"parts": parts, "validation_groups": validated})
        return 0
    total = sum(entry.steps for entry in entries)
    for part, own in made.items():
        steps = sum(entry.steps for entry in own)
        said = f"{arguments.out / part}: {plural(len(own), 'episode')}, {steps:,} steps ({100 * steps / total:.1f} %)"
        console.out.print(said, markup=False, soft_wrap=True)
    if arguments.by != "episode":
        console.out.print(f"validation by {arguments.by}: {', '.join(validated)}", markup=False, soft_wrap=True)
    console.next_step(f"sim-suite train bc --episodes {arguments.out / 'train'}")
    return 0


def merge_folders(arguments: Merge) -> int:
    """Run the sub-command; status 1 where files of a source are damaged, which are left out."""
    from sim_suite.episodes.editing.merge import plan, write_merged

    if not arguments.folders:
        raise SuiteError("name the folders to merge.")
    sources = [open_dataset(folder) for folder in arguments.folders]
    for source in sources:
        if not source.damaged:
            chosen(source, None)
    with counting("reading episodes") as step:
        found = plan(sources, arguments.out, step)
    with counting("copying episodes") as step:
        made = write_merged(found, arguments.out, step)
    damaged: dict[str, Any] = {str(s.folder): s.damaged for s in sources if s.damaged}
    if arguments.json:
        twice = [str(path) for path in found.twice]
        console.print_json({"added": [entry.to_json() for entry in made], "twice": twice, "damaged": damaged})
    else:
        console.out.print(f"{arguments.out}: {_added(made, len(found.twice))}", markup=False, soft_wrap=True)
        console.next_step(f"sim-suite episodes info {arguments.out}")
    return 1 if damaged else 0


def _added(made: list[Entry], twice: int) -> str:
    said = f"{plural(len(made), 'episode')} added, {sum(entry.steps for entry in made):,} steps"
    return f"{said}; {plural(twice, 'episode')} there already" if twice else said


def _seed(seed: int) -> int:
    if seed < 0:
        raise SuiteError(f"--seed must be 0 or more, not {seed}.")
    return seed
