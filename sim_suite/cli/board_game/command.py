"""`sim-suite play` on a board: a person against an agent, or two agents, with a film of the first game on request. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from rich.console import Console

from agents.interface import Agent
from agents.naming import build, find, refuse_mismatch
from sim_suite.boards.game import Game
from sim_suite.cli import console
from sim_suite.cli.board_game.drawing import board_text
from sim_suite.cli.board_game.table import Table
from sim_suite.cli.board_game.talk import Lines, lines, talk
from sim_suite.envs.boards.names import env_of
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic
from sim_suite.leaderboard.arena.films import film
from sim_suite.leaderboard.arena.playing import play
from sim_suite.leaderboard.arena.seat import AgentFault, Seat
from sim_suite.leaderboard.entries import default_label
from sim_suite.leaderboard.filming import FILM_WIDTH
from sim_suite.leaderboard.report.clips import WIDTH

First = Literal["me", "agent", "random"]
OPPONENT: Final = "mcts"
"""Who plays where nobody is named."""
_DRAW: Final = 0xF1257
"""Keeps who begins apart from what agents draw by the same seed."""


@dataclass(frozen=True)
class BoardGame:
    """What was asked for."""

    game: Game
    agent: str
    against: str | None
    """A second agent; None: a person."""
    first: First | None
    """Who moves first; None: the person, or `agent` where there is none."""
    games: int
    seed: int
    out: Path | None
    video: Path | None
    trust: bool
    shown: Console
    """Where boards and results are printed."""


def play_board(asked: BoardGame) -> list[dict[str, Any]]:
    """Play, and return a row a game. Raises `SuiteError` for what does not fit together."""
    if asked.against is None and (asked.out is not None or asked.video is not None):
        raise SuiteError(
            "--out and --video film two agents at a board: name the other with --against, such as --against random."
        )
    if asked.against is not None and asked.first == "me":
        raise SuiteError(
            "--first me wants a person at the board: leave --against out, or let --first be agent or random."
        )
    agent = _seated(asked, asked.agent)
    if asked.against is not None:
        return _agents(asked, agent, _seated(asked, asked.against))
    console.note(f"{asked.game.title} against {agent.label}: write a move, or hint, back, moves, help, quit.")
    said = lines("your move: ")
    rows: list[dict[str, Any]] = []
    for seed in range(asked.seed, asked.seed + asked.games):
        rows.append(_by_hand(asked, agent, said, seed))
        if rows[-1]["result"] is None:
            break
    return rows


class _Seated(NamedTuple):
    """An agent that plays."""

    agent: Agent
    label: str
    """What it is called at the board."""
    name: str
    """As it was named."""


def _seated(asked: BoardGame, name: str) -> _Seated:
    found, env = find(name, trust=asked.trust), env_of(asked.game.name)
    agent = build(found, env, {}, seed=asked.seed)
    refuse_mismatch(found, agent, env, {})
    return _Seated(agent, default_label(found), name)


def _other_begins(asked: BoardGame, seed: int) -> bool:
    """Whether the second of (person, agent) or of (agent, against) moves first."""
    if asked.first == "random":
        return bool(np.random.default_rng([seed, _DRAW]).integers(2))
    return asked.first == "agent" and asked.against is None


def _by_hand(asked: BoardGame, seated: _Seated, said: Lines, seed: int) -> dict[str, Any]:
    game, person = asked.game, int(_other_begins(asked, seed))
    table = Table(game, Seat(game, seated.agent), person, seed)
    asked.shown.print(f"you are {game.symbols[1 + person]} and move {('first', 'second')[person]}", markup=False)
    try:
        finished = talk(table, seated.agent, seated.label, said, asked.shown)
    except AgentFault as fault:
        raise SuiteError(f"{seated.label} broke the game off: {fault}.") from fault
    if finished:
        verdict = {1: "you won", 0: "drawn", -1: f"{seated.label} won"}[table.points]
        asked.shown.print(f"{verdict} after {len(table.moves)} plies", markup=False)
    else:
        console.note(f"left after {len(table.moves)} plies.")
    sides = ["you", seated.name] if person == 0 else [seated.name, "you"]
    return _row(game, seed, sides, table.moves, game.outcome(table.position) if finished else None)


def _agents(asked: BoardGame, one: _Seated, other: _Seated) -> list[dict[str, Any]]:
    game, rows = asked.game, []
    for seed in range(asked.seed, asked.seed + asked.games):
        first, second = (other, one) if _other_begins(asked, seed) else (one, other)
        played = play((Seat(game, first.agent), Seat(game, second.agent)), (), seed=seed, opening=0)
        if played.faulty is not None:
            raise SuiteError(f"{(first, second)[played.faulty].label} broke the game off: {played.message}.")
        asked.shown.print(board_text(game, game.after(game.start(), *played.moves), played.moves[-1]))
        winner = {1: f"{first.label} (first) won", 0: "drawn", -1: f"{second.label} (second) won", None: ""}
        asked.shown.print(f"seed {seed}: {winner[played.result]} after {len(played.moves)} plies", markup=False)
        rows.append(_row(game, seed, [first.name, second.name], list(played.moves), played.result))
        if seed == asked.seed:
            _film(asked, played.moves)
    return rows


def _film(asked: BoardGame, moves: tuple[int, ...]) -> None:
    for path, width in ((asked.out, WIDTH), (asked.video, FILM_WIDTH)):
        if path is not None:
            write_atomic(path, film(asked.game, moves, width))
            console.note(f"clip: {path}")


def _row(game: Game, seed: int, sides: list[str], moves: list[int], result: int | None) -> dict[str, Any]:
    """result: 1, 0, -1 as the first player sees it; None where the person left."""
    names = [game.move_names[move] for move in moves]
    return {"seed": seed, "first": sides[0], "second": sides[1], "moves": names, "result": result}
