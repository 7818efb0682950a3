"""Play an environment yourself, watch an agent play it in a window, or film it.

Keys: arrows steer, accelerate and brake; space is fire; the digits choose a numbered action; escape ends.

examples:
  sim-suite play sim_suite/CarRacing-v0
  sim-suite play CartPole-v1 --agent cart-pole-lqr
  sim-suite play sim_suite/CarRacing-v0 --agent car-racing-pursuit --out lap.webm --seed 7
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from agents.naming import build, find, refuse_mismatch
from sim_suite.cli import console
from sim_suite.envs.catalog import card
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Arguments:
    """What to play, and who plays."""

    env: Annotated[str, tyro.conf.Positional]
    """Environment (`sim-suite list envs`)."""
    agent: str | None = None
    """Who plays; you, at the keyboard, if not given."""
    episodes: int = 1
    """How many episodes."""
    seed: int = 0
    """Seed of the first; each further one has the next."""
    out: Path | None = None
    """Film the first ten seconds of the first episode to this .webm file instead of opening a window."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip, whose format runs code of its maker."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the episodes as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    card(arguments.env)
    if arguments.episodes < 1 or arguments.seed < 0:
        raise SuiteError(
            f"--episodes must be 1 or more and --seed 0 or more, not {arguments.episodes} and {arguments.seed}."
        )
    if arguments.out is not None and arguments.out.suffix != ".webm":
        raise SuiteError(f"--out must end in .webm, not {str(arguments.out)!r}.")
    rows = _by_hand(arguments) if arguments.agent is None else _by_agent(arguments, arguments.agent)
    if arguments.json:
        console.print_json(rows)
    else:
        for row in rows:
            console.out.print(
                f"seed {row['seed']}: return {row['return']:.2f} in {row['length']} steps{row['message']}", markup=False
            )
    return 0


def _by_hand(arguments: Arguments) -> list[dict[str, object]]:
    from sim_suite.cli.window import play_by_hand

    if arguments.out is not None:
        raise SuiteError("--out films an agent: name one with --agent.")
    return play_by_hand(arguments.env, arguments.episodes, arguments.seed)


def _by_agent(arguments: Arguments, name: str) -> list[dict[str, object]]:
    from sim_suite.cli.window import Window
    from sim_suite.envs.making import make
    from sim_suite.files import write_atomic
    from sim_suite.leaderboard.episode import play
    from sim_suite.leaderboard.filming import Camera
    from sim_suite.leaderboard.jobs import quiet_process
    from sim_suite.leaderboard.report.clips import encode_webm

    if arguments.out is not None:
        quiet_process()
    found = find(name, trust=arguments.trust)
    agent = build(found, arguments.env, {}, seed=arguments.seed)
    refuse_mismatch(found, agent, arguments.env, {})
    rows: list[dict[str, object]] = []
    with make(arguments.env, agent.interface.observation, render_mode="rgb_array") as env:
        window = None if arguments.out is not None else Window(env)
        camera = Camera(env)
        for episode in range(arguments.episodes):
            seed = arguments.seed + episode
            film_it = arguments.out is not None and episode == 0
            row = play(
                env, agent, task=arguments.env, entry=name, run=0, episode=episode, seed=seed,
                watch=window.watch if window is not None else camera.note if film_it else None,
            )  # fmt: skip
            message = f" ({row.outcome}: {row.message})" if row.message else ""
            rows.append(
                {
                    "seed": seed,
                    "return": row.episode_return,
                    "length": row.length,
                    "outcome": row.outcome,
                    "message": message,
                }
            )
            if window is not None and window.closed:
                break
    if arguments.out is not None:
        write_atomic(arguments.out, encode_webm(camera.frames, fps=camera.fps))
        console.note(f"clip: {arguments.out}")
    return rows
