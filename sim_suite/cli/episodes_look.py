"""`sim-suite episodes list` and `index`: what lies in a folder of episodes. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.table import Table

from sim_suite.cli import console
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import rebuild_index
from sim_suite.episodes.store.index import Entry


@dataclass(frozen=True)
class List:
    """List the episodes of a folder, one a line.

    examples:
      sim-suite episodes list data/laps
      sim-suite episodes list data/laps --json
    """

    folder: Annotated[Path, tyro.conf.Positional]
    """A folder of episodes."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print as JSON."""


@dataclass(frozen=True)
class Index:
    """Make the index of a folder anew from its episodes alone.

    examples:
      sim-suite episodes index data/laps
    """

    folder: Annotated[Path, tyro.conf.Positional]
    """A folder of episodes."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print as JSON."""


def show_list(arguments: List) -> int:
    """Run the sub-command."""
    dataset = open_dataset(arguments.folder)
    if arguments.json:
        console.print_json([entry.to_json() for entry in dataset.entries])
        return 0
    if not dataset.entries:
        console.note(f"{arguments.folder} holds no episodes yet.")
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("episode", "environment", "seed", "steps", "return", "ended", "by", "tags", "late"):
        table.add_column(heading, justify="right" if heading in ("seed", "steps", "return", "late") else "left")
    for number, entry in enumerate(dataset.entries):
        table.add_row(*_cells(number, entry))
    console.out.print(table)
    return 0


def make_index(arguments: Index) -> int:
    """Run the sub-command; status 1 where files are damaged."""
    with counting("reading episodes") as step:
        dataset = rebuild_index(arguments.folder, step)
    if arguments.json:
        console.print_json({"episodes": len(dataset), "damaged": dataset.damaged})
    else:
        console.out.print(f"{arguments.folder}: {len(dataset)} episodes", markup=False, soft_wrap=True)
        say_damaged(dataset.damaged)
    return 1 if dataset.damaged else 0


def open_dataset(folder: Path) -> Dataset:
    """A folder of episodes; what is damaged in it is said."""
    with counting("listing") as step:
        dataset = Dataset(folder, step)
    say_damaged(dataset.damaged)
    return dataset


def say_damaged(damaged: dict[str, str]) -> None:
    """A line for each file that is no whole episode."""
    for reason in damaged.values():
        console.note(f"damaged: {reason}")


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar that is told (done, in all)."""
    with console.progress() as bar:
        task = bar.add_task(what, total=None, note="")
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _cells(number: int, entry: Entry) -> list[str]:
    names = [name for name, steps in zip(("human", "agent", "expert"), entry.by, strict=True) if steps]
    by = "+".join(names) + (f" ({entry.driver})" if entry.driver else "")
    seed = "" if entry.seed is None else str(entry.seed)
    return [
        str(number), entry.env, seed, str(entry.steps), f"{entry.episode_return:.2f}", entry.end, by, " ".join(entry.tags),
        str(entry.late) if entry.seconds is not None else "",
    ]  # fmt: skip
