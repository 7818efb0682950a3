"""Play recorded episodes again, from seed and checkpoint, and fail if they went otherwise.

Of games that agents played against each other every result is also worked out anew from its moves.

examples:
  sim-suite verify runs/classic --episodes 20
  sim-suite verify runs/boards --episodes 20
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.arena.records import holds_arena
from sim_suite.leaderboard.arena.verify import Verdict as ArenaVerdict
from sim_suite.leaderboard.arena.verify import verify as verify_games
from sim_suite.leaderboard.verify import verify


@dataclass(frozen=True)
class Arguments:
    """What to verify."""

    folder: Annotated[Path, tyro.conf.Positional]
    """A leaderboard folder."""
    episodes: int = 20
    """How many recorded episodes to play again."""
    seed: int = 0
    """Decides which ones."""
    workers: int = os.cpu_count() or 1
    """Processes that play."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip, whose format runs code of its maker."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the verdict as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command; status 1 if an episode went otherwise."""
    if arguments.episodes < 1:
        raise SuiteError(f"--episodes must be 1 or more, not {arguments.episodes}.")
    arena = holds_arena(arguments.folder)
    played, check = "games" if arena else "episodes", verify_games if arena else verify
    with console.progress() as bar:
        task = bar.add_task(played, total=None, note="")
        verdict = check(
            arguments.folder, arguments.episodes, seed=arguments.seed, workers=arguments.workers, trust=arguments.trust,
            advanced=lambda: bar.advance(task),
        )  # fmt: skip
    if arguments.json:
        console.print_json(
            {
                "checked": verdict.checked,
                "mismatches": [str(one) for one in verdict.mismatches],
                "version_changes": verdict.version_changes,
            }
        )
    else:
        if isinstance(verdict, ArenaVerdict):
            console.out.print(f"{verdict.ruled} results worked out from their moves", markup=False)
        for name, (recorded, now) in verdict.version_changes.items():
            console.note(f"note: {name} was {recorded} when this was recorded and is {now} now")
        for one in verdict.mismatches:
            console.out.print(str(one), markup=False)
        console.out.print(
            f"{verdict.checked} {played} played again, {len(verdict.mismatches)} mismatches", markup=False
        )
    return 1 if verdict.mismatches else 0
