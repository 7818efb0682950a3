"""`sim-suite episodes record`: an agent plays, the recorder writes. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from agents.naming import build, find, refuse_mismatch
from sim_suite.cli import console
from sim_suite.envs.catalog import card
from sim_suite.errors import SuiteError
from sim_suite.settings import parse_settings

if TYPE_CHECKING:
    from agents.interface import Agent
    from sim_suite.episodes.store.facts import Player
    from sim_suite.episodes.store.folder import Recording

EVALUATED = range(10_000, 30_000)
"""Seeds that the leaderboard judges by."""


@dataclass(frozen=True)
class Record:
    """Let an agent play and record its episodes, as `sim-suite drive` records a person's.

    examples:
      sim-suite episodes record sim_suite/CarRacing-v0 --agent car-racing-pursuit --episodes 20 --out data/expert
      sim-suite episodes record sim_suite/Driving-v0 --agent idm --episodes 5 --set map=crossroads --out data/idm
      sim-suite episodes record sim_suite/Driving-v0 --agent pdm --episodes 500 --worlds 64 --out data/pdm
      sim-suite episodes record CartPole-v1 --agent random --episodes 3 --seed 7 --out data/poles --json
    """

    env: Annotated[str, tyro.conf.Positional]
    """Environment (`sim-suite list envs`)."""
    agent: str
    """Who plays (`sim-suite list agents`, or whatever `play` takes)."""
    out: Path
    """Folder of episodes; a new one, or one to add to."""
    episodes: int = 1
    """How many."""
    seed: int = 0
    """Seed of the first; each further one has the next. 10,000 to 29,999 are the leaderboard's."""
    worlds: int = 1
    """Episodes that an expert of the driving world drives side by side; they are what they are one after the other, in another order."""
    set: tuple[str, ...] = ()
    """Arguments of the environment, as NAME=VALUE."""
    tag: tuple[str, ...] = ()
    """Words to give each episode."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip, whose format runs code of its maker."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the episodes as JSON."""


def record(arguments: Record) -> int:
    """Run the sub-command."""
    from sim_suite.episodes.store.facts import Player
    from sim_suite.episodes.store.folder import Recording

    if arguments.episodes < 1 or arguments.worlds < 1 or arguments.seed < 0:
        raise SuiteError(
            f"--episodes and --worlds must be 1 or more and --seed 0 or more, not {arguments.episodes}, {arguments.worlds} and "
            f"{arguments.seed}."
        )
    if set(EVALUATED) & set(range(arguments.seed, arguments.seed + arguments.episodes)):
        console.note(
            "note: seeds 10,000 to 29,999 are the leaderboard's. What learns from these cannot be judged by it."
        )
    kwargs = parse_settings(arguments.set)
    found = find(arguments.agent, trust=arguments.trust)
    agent = build(found, arguments.env, kwargs, seed=arguments.seed)
    refuse_mismatch(found, agent, arguments.env, kwargs)
    player = Player(found.name, found.fingerprint, expert=agent.interface.privileged)
    play = _play_all if arguments.worlds == 1 else _drive_worlds
    with Recording(arguments.out) as folder:
        before = len(folder.dataset)
        play(arguments, agent, player, kwargs, folder)
        made = folder.dataset.entries[before:]
    if arguments.json:
        console.print_json([entry.to_json() for entry in made])
    else:
        for entry in made:
            line = f"{entry.file}: seed {entry.seed}, return {entry.episode_return:.2f} in {entry.steps} steps"
            console.out.print(line, markup=False)
        console.next_step(f"sim-suite episodes info {arguments.out}")
    return 0


def _play_all(arguments: Record, agent: Agent, player: Player, kwargs: dict[str, Any], folder: Recording) -> None:
    """Play and keep every episode. Raises `SuiteError` where one went wrong; those before it stay."""
    from sim_suite.envs.making import drawn_by, look, make
    from sim_suite.episodes.recording.recorder import RecordEpisodes
    from sim_suite.leaderboard.episode import play

    view = agent.interface.observation
    drawn = drawn_by(card(arguments.env), view)  # what the environment does not draw itself lies on top
    with (
        RecordEpisodes(make(arguments.env, drawn, kwargs=kwargs), folder, agent=player, hold=True) as recorder,
        console.progress() as bar,
    ):
        env = look(recorder, card(arguments.env), view)
        task = bar.add_task("recording", total=arguments.episodes, note="")
        for episode in range(arguments.episodes):
            seed = arguments.seed + episode
            row = play(env, agent, task=arguments.env, entry=player.name, run=0, episode=episode, seed=seed)
            if row.outcome != "ok":
                recorder.stop()
                if recorder.undecided:
                    recorder.discard()
                raise SuiteError(
                    f"the episode of seed {seed} went wrong ({row.outcome}: {row.message}). {episode} episodes before it are kept."
                )
            recorder.keep(arguments.tag)
            bar.update(task, advance=1, note=f"return {row.episode_return:.1f}")
        recorder.wait()


def _drive_worlds(arguments: Record, agent: Agent, player: Player, kwargs: dict[str, Any], folder: Recording) -> None:
    """The same side by side. Raises `SuiteError` for agents that do not decide for many worlds at once."""
    from agents.experts.driving.batch import BatchedDriver
    from agents.experts.driving.recording import ENV, record_worlds

    if not isinstance(agent, BatchedDriver) or card(arguments.env).id != ENV:
        raise SuiteError(
            f"--worlds goes with {ENV} and agents that drive many worlds in one call (idm, pdm), not with {player.name} on "
            f"{arguments.env}: leave it out."
        )
    seeds = range(arguments.seed, arguments.seed + arguments.episodes)
    with console.progress() as bar:
        task = bar.add_task("recording", total=arguments.episodes, note="")

        def told(episodes: int) -> None:
            bar.update(task, completed=episodes)

        record_worlds(folder, agent, player, seeds, arguments.worlds, kwargs, arguments.tag, told)
