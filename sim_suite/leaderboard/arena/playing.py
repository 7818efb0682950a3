"""Plays one game between two agents and says how it went: a function of rules, agents, opening and seed alone. Source: ours.

A fault is told apart by whose it was: an agent that raises, or whose answer is no legal move. It is no result, and counts for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim_suite.boards.game import ONGOING, Game, Position
from sim_suite.leaderboard.arena.seat import AgentFault, Seat, seat_seed


@dataclass(frozen=True)
class PlayedGame:
    """How a game went."""

    moves: tuple[int, ...]
    result: int | None
    """1, 0, -1 as the first player sees it; None after a fault."""
    faulty: int | None = None
    """The side whose fault it was: 0 moved first."""
    message: str = ""


def play(
    seats: tuple[Seat, Seat],
    moves: Sequence[int],
    *,
    seed: int,
    opening: int,
    watch: Callable[[Position, int | None], None] = lambda position, last: None,
) -> PlayedGame:
    """Play a game to its end.

    seats: who moves first, and second; moves: those of the opening; seed, opening: of `seat_seed`. watch: called with each position from
    the opening's end on, and the move that led to it.
    """
    game = seats[0].game
    played = list(moves)
    position = game.after(game.start(), *played)
    watch(position, played[-1] if played else None)
    side = 0
    try:
        for side in (0, 1):
            seats[side].begin(seat_seed(seed, opening, side))
        while game.outcome(position) == ONGOING:
            side = game.mover(position)
            move = seats[side].move(position)
            game.play(position, move)
            played.append(move)
            watch(position, move)
    except AgentFault as fault:
        return PlayedGame(tuple(played), None, side, str(fault))
    return PlayedGame(tuple(played), game.outcome(position))


def result_of(game: Game, moves: Sequence[int]) -> int:
    """What recorded moves lead to by the rules: `game.ONGOING`, or 1, 0, -1. Raises `SuiteError` at an illegal one."""
    return game.outcome(game.after(game.start(), *moves))


def positions_of(game: Game, moves: Sequence[int]) -> list[Position]:
    """The beginning, and the position after each of the moves."""
    found = [game.start()]
    for move in moves:
        found.append(game.after(found[-1], move))
    return found
