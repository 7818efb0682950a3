"""`sim-suite perception list`: tasks, recipes and trained networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import tyro
from rich.table import Table

from sim_suite.cli import console


@dataclass(frozen=True)
class Arguments:
    """List what can be trained, the recipes that say how, and the trained networks that are shipped.

    examples:
      sim-suite perception list
      sim-suite perception list --json
    """

    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand."""
    rows = found()
    if arguments.json:
        console.print_json(rows)
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row.values())
    console.out.print(table)
    return 0


def found() -> list[dict[str, Any]]:
    """A row for each: kind, name, task, summary."""
    from perception import recipe as recipes
    from perception.registry import entries
    from perception.training.checkpoint import ZOO, describe, zoo_names

    tasks = [{"kind": "task", "name": one.name, "task": one.name, "summary": one.summary} for one in entries().values()]
    loaded = [recipes.load(name) for name in recipes.names()]
    shown = [{"kind": "recipe", "name": one.name, "task": one.task, "summary": one.summary} for one in loaded]
    zoo = [(name, describe(ZOO / name)) for name in zoo_names()]
    shipped = [
        {
            "kind": "zoo",
            "name": f"zoo:{name}",
            "task": one.task,
            "summary": f"trained by {one.training.get('recipe') or one.task}",
        }
        for name, one in zoo
    ]
    return [*tasks, *shown, *shipped]
