"""Play an environment yourself, watch an agent play it in a window, or film it.

Keys: arrows steer, accelerate and brake; space is fire; the digits choose a numbered action; escape ends.
At a board you play in the terminal against --agent: moves by name, `hint`, `back`, `moves`, `help`, `quit`.

examples:
  sim-suite play sim_suite/CarRacing-v0
  sim-suite play CartPole-v1 --agent cart-pole-lqr
  sim-suite play sim_suite/CarRacing-v0 --agent car-racing-pursuit --out lap.webm --seed 7
  sim-suite play sim_suite/Driving-v0 --agent idm --video trip.webm
  sim-suite play FrozenLake-v1 --agent zoo:frozen-lake-4x4-q-learning --values --out worth.webm
  sim-suite play connect_four --agent mcts-1000 --first random --seed 3
  sim-suite play connect_four --agent mcts-1000 --against random --out game.webm
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from agents.naming import build, find, refuse_mismatch
from sim_suite.cli import console
from sim_suite.envs.catalog import card, cards
from sim_suite.errors import SuiteError, UnknownNameError

if TYPE_CHECKING:
    import gymnasium as gym

    from agents.interface import Agent
    from sim_suite.boards.game import Game


@dataclass(frozen=True)
class Arguments:
    """What to play, and who plays."""

    env: Annotated[str, tyro.conf.Positional]
    """Environment (`sim-suite list envs`); a board game also by its own name, such as connect_four."""
    agent: str | None = None
    """Who plays; you, at the keyboard, if not given. At a board: who plays against you, mcts if not given."""
    against: str | None = None
    """At a board: the agent that plays against --agent in your place."""
    first: Literal["me", "agent", "random"] | None = None
    """At a board: who moves first; you, or --agent against another, if not given. random is drawn by the seed."""
    episodes: int = 1
    """How many episodes or games."""
    seed: int = 0
    """Seed of the first; each further one has the next."""
    out: Path | None = None
    """Film the first ten seconds of the first episode to this .webm file instead of opening a window."""
    video: Path | None = None
    """Film all of the first episode, up to five minutes of it, to this .webm file, larger and smoother than with --out."""
    values: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """With --out or --video: draw beside each frame what the agent holds each action to be worth."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip, whose format runs code of its maker."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the episodes as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    from sim_suite.boards.registry import GAMES
    from sim_suite.envs.boards.names import board_game_of

    game = board_game_of(arguments.env)
    if game is None and arguments.env not in cards():
        known = [*cards(), *GAMES]
        raise UnknownNameError("environment or board game", arguments.env, known, "`sim-suite list envs` shows all.")
    if arguments.episodes < 1 or arguments.seed < 0:
        raise SuiteError(
            f"--episodes must be 1 or more and --seed 0 or more, not {arguments.episodes} and {arguments.seed}."
        )
    for name, path in (("--out", arguments.out), ("--video", arguments.video)):
        if path is not None and path.suffix != ".webm":
            raise SuiteError(f"{name} must end in .webm, not {str(path)!r}.")
    if arguments.out is not None and arguments.video is not None:
        raise SuiteError("--out films ten seconds and --video all of an episode: give one of them.")
    if arguments.values and (arguments.agent is None or (arguments.out is None and arguments.video is None)):
        raise SuiteError("--values draws into a film of an agent: give --agent NAME and --out FILE.webm too.")
    if game is not None:
        return _at_a_board(arguments, game)
    if arguments.against is not None or arguments.first is not None:
        raise SuiteError(f"--against and --first are for board games; {arguments.env} is none.")
    rows = _by_hand(arguments) if arguments.agent is None else _by_agent(arguments, arguments.agent)
    if arguments.json:
        console.print_json(rows)
    else:
        for row in rows:
            console.out.print(
                f"seed {row['seed']}: return {row['return']:.2f} in {row['length']} steps{row['message']}", markup=False
            )
    return 0


def _at_a_board(arguments: Arguments, game: Game) -> int:
    from sim_suite.cli.board_game.command import OPPONENT, BoardGame, play_board

    if arguments.values:
        raise SuiteError("--values draws action values beside a film; at a board `hint` shows them.")
    asked = BoardGame(
        game, arguments.agent or OPPONENT, arguments.against, arguments.first, arguments.episodes, arguments.seed,
        arguments.out, arguments.video, arguments.trust, console.err if arguments.json else console.out,
    )  # fmt: skip
    rows = play_board(asked)
    if arguments.json:
        console.print_json(rows)
    return 0


def _by_hand(arguments: Arguments) -> list[dict[str, object]]:
    from sim_suite.cli.window import play_by_hand

    if arguments.out is not None or arguments.video is not None:
        raise SuiteError("--out and --video film an agent: name one with --agent.")
    return play_by_hand(arguments.env, arguments.episodes, arguments.seed)


def _by_agent(arguments: Arguments, name: str) -> list[dict[str, object]]:
    from sim_suite.envs.making import make
    from sim_suite.files import write_atomic
    from sim_suite.leaderboard.episode import play
    from sim_suite.leaderboard.jobs import quiet_process

    target = arguments.video or arguments.out
    if target is not None:
        quiet_process()
    found = find(name, trust=arguments.trust)
    agent = build(found, arguments.env, {}, seed=arguments.seed)
    refuse_mismatch(found, agent, arguments.env, {})
    rows: list[dict[str, object]] = []
    with make(arguments.env, agent.interface.observation, render_mode=_render_mode(arguments)) as env:
        viewer = _viewer(arguments, env)
        seen = _with_values(arguments.env, env, agent, name, viewer) if arguments.values else (env, agent, viewer.watch)
        for episode in range(arguments.episodes):
            seed = arguments.seed + episode
            place, player, watch = seen if target is None or episode == 0 else (env, agent, None)
            row = play(place, player, task=arguments.env, entry=name, run=0, episode=episode, seed=seed, watch=watch)
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
            if viewer.closed():
                break
    if target is not None:
        write_atomic(target, viewer.film())
        console.note(f"clip: {target}")
    return rows


@dataclass(frozen=True)
class _Viewer:
    """Who looks at an agent: a person at a window, or a camera."""

    watch: Callable[[gym.Env[Any, Any]], bool]
    """What an episode calls after its reset and each step."""
    closed: Callable[[], bool] = lambda: False
    """Whether the person has closed the window."""
    film: Callable[[], bytes] = bytes
    """The file."""


def _with_values(
    env_id: str, env: gym.Env[Any, Any], agent: Agent, name: str, viewer: _Viewer
) -> tuple[gym.Env[Any, Any], Agent, None]:
    """Environment and agent of a film with action values; the agent looks into the camera itself, so that the episode need not."""
    import gymnasium as gym

    from agents.valuing import valuer_of
    from sim_suite.envs.names import action_names
    from sim_suite.leaderboard.valued import Telling, ValueBars

    if not isinstance(env.action_space, gym.spaces.Discrete):
        raise SuiteError(f"--values wants numbered actions; {env_id} has {env.action_space}. Leave it out.")
    names = action_names(card(env_id), env.action_space)
    bars = ValueBars(env, names)
    return bars, Telling(agent, valuer_of(agent, name, names), bars, viewer.watch), None


def _viewer(arguments: Arguments, env: gym.Env[Any, Any]) -> _Viewer:
    if arguments.video is not None:
        from sim_suite.leaderboard.filming import FILM_BITRATE, FILM_WIDTH, Film, film_fps
        from sim_suite.leaderboard.report.clips import WebmWriter

        writer = WebmWriter(film_fps(env), FILM_WIDTH, FILM_BITRATE)
        return _Viewer(Film(env, writer.add).note, film=writer.finish)
    if arguments.out is not None:
        from sim_suite.leaderboard.filming import FILM_WIDTH, Camera
        from sim_suite.leaderboard.report.clips import WIDTH, encode_webm

        camera, width = Camera(env), FILM_WIDTH if arguments.values else WIDTH
        return _Viewer(camera.note, film=lambda: encode_webm(camera.frames, fps=camera.fps, width=width))
    from sim_suite.cli.window import Window

    window = Window(env)
    return _Viewer(window.watch, closed=lambda: window.closed)


def _render_mode(arguments: Arguments) -> str:
    """For a film every frame that the environment can draw."""
    from sim_suite.envs.making import make

    if arguments.video is None:
        return "rgb_array"
    with make(arguments.env) as env:
        modes = env.metadata["render_modes"]
    return "rgb_array_list" if "rgb_array_list" in modes else "rgb_array"
