"""List what there is: environments, agents, scenarios, suites, recipes, the zoo, benchmarks.

examples:
  sim-suite list envs
  sim-suite list agents --json
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import tyro
from rich.table import Table

from sim_suite.cli import console

_MOST_COLUMNS = 6
"""Of a wider table the summary stands below the name, so that no column is too narrow to read."""

What = Literal["envs", "agents", "scenarios", "suites", "recipes", "zoo", "bench"]


@dataclass(frozen=True)
class Arguments:
    """What to list."""

    what: Annotated[What, tyro.conf.Positional]
    """One of envs, agents, scenarios, suites, recipes, zoo, bench."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    rows = _ROWS[arguments.what]()
    if arguments.json:
        console.print_json(rows)
        return 0
    if not rows:
        console.note(f"there are no {arguments.what}.")
        return 0
    sources: list[str] = []
    table = Table(box=None, pad_edge=False, header_style="bold")
    below = "summary" in rows[0] and len(rows[0]) > _MOST_COLUMNS
    for column in rows[0]:
        if not (below and column == "summary"):
            table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        cells = {column: _text(value, sources) for column, value in row.items()}
        if below:
            first = next(iter(cells))
            cells[first] += f"\n  [dim]{cells.pop('summary')}[/dim]"
        table.add_row(*cells.values())
    console.out.print(table)
    for number, source in enumerate(sources, start=1):
        console.out.print(f"[{number}] {source}", markup=False, soft_wrap=True)
    return 0


def _text(value: Any, sources: list[str]) -> str:
    """A cell; a reference is its value with the number of its source, which is added to `sources`."""
    if isinstance(value, dict):
        if value["source"] not in sources:
            sources.append(value["source"])
        return f"{value['value']:g} \\[{sources.index(value['source']) + 1}]"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _envs() -> list[dict[str, Any]]:
    from sim_suite.envs.catalog import cards
    from sim_suite.envs.making import make

    rows = []
    for card in cards().values():
        with make(card.id) as env:
            spaces = (_space(env.observation_space), _space(env.action_space))
        rows.append(
            {
                "environment": card.id, "family": card.family, "views": list(card.views), "observation": spaces[0], "action": spaces[1],
                "limit": card.max_episode_steps, "random": vars(card.random), "do_nothing": vars(card.idle), "best": vars(card.best),
                "summary": card.summary,
            }
        )  # fmt: skip
    return rows


def _space(space: Any) -> str:
    """Short text of a space: Discrete(4), Box(96x96x3 uint8), Dict(observation: ..., action_mask: ...)."""
    if hasattr(space, "n"):
        return f"Discrete({space.n})"
    if hasattr(space, "spaces"):
        return f"Dict({', '.join(f'{name}: {_space(part)}' for name, part in space.spaces.items())})"
    return f"Box({'x'.join(map(str, space.shape))} {space.dtype})"


def _agents() -> list[dict[str, Any]]:
    from agents.registry import entries

    return [
        {
            "agent": entry.name, "kind": "trained" if entry.method else "acts as it is", "privileged": "yes" if entry.privileged else "",
            "environments": list(entry.envs) or "any that fits", "summary": entry.summary,
        }
        for entry in entries().values()
    ]  # fmt: skip


def _scenarios() -> list[dict[str, Any]]:
    from sim_suite.driving.storyboard.finding import aliases, load_scenario, scenario_paths

    rows = []
    for name in scenario_paths():
        one = load_scenario(name)
        others = sorted(alias for alias, target in aliases().items() if target == name)
        varied = [parameter.name for parameter in one.parameters if parameter.distribution is not None]
        rows.append({
            "scenario": name, "map": one.map, "varies": varied, "also called": others, "summary": one.summary,
        })  # fmt: skip
    return rows


def _suites() -> list[dict[str, Any]]:
    from sim_suite.leaderboard.arena import suite as arenas
    from sim_suite.leaderboard.suite import load, names

    rows = [
        {"suite": one.name, "tasks": [f"{task.name} x {task.episodes}" for task in one.tasks], "summary": one.summary}
        for one in map(load, names())
    ]
    for arena in map(arenas.load, arenas.names()):
        games = [f"{spec.name} x {2 * spec.openings} a pair" for spec in arena.games]
        rows.append({"suite": arena.name, "tasks": games, "summary": arena.summary})
    return rows


def _recipes() -> list[dict[str, Any]]:
    from agents.recipe import load, names

    recipes = [load(name) for name in names()]
    return [{"recipe": one.name, "agent": one.agent, "env": one.env, "summary": one.summary} for one in recipes]


def _zoo() -> list[dict[str, Any]]:
    from agents.checkpoint import describe
    from agents.naming import ZOO

    rows = []
    for path in sorted(ZOO.glob("*/agent.json")):
        one = describe(path.parent)
        rows.append(
            {
                "name": f"zoo:{path.parent.name}",
                "agent": one.agent,
                "env": one.env_id,
                "steps": one.training.get("steps", ""),
            }
        )
    return rows


def _bench() -> list[dict[str, Any]]:
    from sim_suite.cli.bench import available, summary

    return [{"benchmark": name, "summary": summary(name)} for name in available()]


_ROWS = {
    "envs": _envs,
    "agents": _agents,
    "scenarios": _scenarios,
    "suites": _suites,
    "recipes": _recipes,
    "zoo": _zoo,
    "bench": _bench,
}
