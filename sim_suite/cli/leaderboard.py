"""Run agents on a suite, or let them meet on boards, and write one page that compares them.

examples:
  sim-suite leaderboard classic --agents random cart-pole-lqr --out runs/classic
  sim-suite leaderboard car-racing --agents mine=path/driver.py:Driver car-racing-pursuit --out runs/cars --workers 2
  sim-suite leaderboard car-racing --agents human:data/laps bc=runs/bc --out runs/cars
  sim-suite leaderboard classic --agents 'ppo=runs/CartPole-v1/sb3-ppo/*' --out runs/ppo --resume
  sim-suite leaderboard boards --agents random mcts-100 mcts-1000 az=runs/... --out runs/boards
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import RenderableType

from sim_suite.cli import console
from sim_suite.cli.watching import leaderboard_watch
from sim_suite.errors import UnknownNameError
from sim_suite.files import read_json
from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.arena import suite as arenas
from sim_suite.leaderboard.arena.suite import ArenaSuite
from sim_suite.leaderboard.arena.terminal import game_tables
from sim_suite.leaderboard.arena.tournament import hold
from sim_suite.leaderboard.compare import Backend, Options, compare
from sim_suite.leaderboard.report.terminal import section_table
from sim_suite.leaderboard.results import PAGE, RESULTS, SCORES
from sim_suite.leaderboard.suite import Suite
from sim_suite.leaderboard.workers import play_all


@dataclass(frozen=True)
class Arguments:
    """What to compare, and how."""

    suite: Annotated[str, tyro.conf.Positional]
    """Name of a shipped suite (`sim-suite list suites`) or a .toml file."""
    agents: tuple[str, ...]
    """Agents: NAME, LABEL=NAME, LABEL='runs/x/*' for a set of training runs, or human:FOLDER for what a person drove."""
    out: Path | None = None
    """Folder for journal, results and page; runs/<suite> if not given."""
    workers: int = os.cpu_count() or 1
    """Processes that play; 0 plays in this one."""
    resume: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Go on with what the folder holds."""
    retry_failed: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Play episodes again that ended in a fault (implies --resume)."""
    no_clips: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Film nothing."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip, whose format runs code of its maker."""
    ray: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Play on a Ray cluster instead (pip install "sim-suite[ray]"; the address is Ray's own RAY_ADDRESS)."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print scores.json instead of a table."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    suite = _suite(arguments.suite)
    out = arguments.out or Path("runs") / suite.name
    options = Options(
        arguments.workers, arguments.resume, arguments.retry_failed, arguments.trust, clips=not arguments.no_clips
    )
    backend = _backend(arguments.ray)
    shown: list[RenderableType] = []
    with console.progress() as bar:
        watch = leaderboard_watch(bar)
        if isinstance(suite, ArenaSuite):
            for table in hold(suite, arguments.agents, out, options, watch, backend):
                shown += game_tables(table)
        else:
            shown += map(section_table, compare(suite, arguments.agents, out, options, watch, backend))
    if arguments.json:
        console.print_json(read_json(out / SCORES))
    else:
        for piece in shown:
            console.out.print(piece)
    console.note(f"written to {out}: {PAGE}, {RESULTS}, {SCORES}")
    console.next_step(f"sim-suite verify {out} --episodes 20")
    return 0


def _suite(name: str) -> Suite | ArenaSuite:
    if arenas.is_arena(name):
        return arenas.load(name)
    if not name.endswith(".toml") and name not in suites.names():
        known, hint = (
            [*suites.names(), *arenas.names()],
            "`sim-suite list suites` shows all; one of your own is named by its .toml file.",
        )
        raise UnknownNameError("suite", name, known, hint)
    return suites.load(name)


def _backend(ray: bool) -> Backend:
    if not ray:
        return play_all
    from sim_suite.leaderboard.ray_backend import play_on_ray

    return play_on_ray
