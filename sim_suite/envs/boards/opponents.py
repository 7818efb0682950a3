"""Who an environment plays against: anything that is called with game, position and random numbers, and names a legal move.

Stronger ones are handed in as such objects: a search, a network, a person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from sim_suite.boards.game import Game, Position
from sim_suite.errors import SuiteError, UnknownNameError

Opponent = Callable[[Game, Position, np.random.Generator], int]
"""Called when it is its turn, with a copy of the position, int64 [S], and the episode's random numbers; returns a legal move."""


def random_move(game: Game, position: Position, random: np.random.Generator) -> int:
    """Any legal move, all equally likely."""
    return int(random.choice(game.legal_moves(position)))


def one_ply(game: Game, position: Position, random: np.random.Generator) -> int:
    """Wins where one move wins, else avoids what lets the other win with one move, else any legal move."""
    moves = game.legal_moves(position)
    after = {move: game.after(position, move) for move in moves}
    wins = [move for move in moves if _won_by(game, after[move], game.mover(position))]
    safe = wins or [move for move in moves if not _can_win(game, after[move])]
    return int(random.choice(safe or moves))


def _can_win(game: Game, position: Position) -> bool:
    """Whether the mover has a move that wins at once."""
    mover = game.mover(position)
    return any(_won_by(game, game.after(position, move), mover) for move in game.legal_moves(position))


def _won_by(game: Game, position: Position, player: int) -> bool:
    return game.outcome(position) == (1 if player == 0 else -1)


OPPONENTS: Final[dict[str, Opponent]] = {"random": random_move, "one_ply": one_ply}


def opponent_of(given: str | Opponent) -> Opponent:
    """An opponent by name, or the object itself. Raises `UnknownNameError` or `SuiteError`."""
    if isinstance(given, str):
        try:
            return OPPONENTS[given]
        except KeyError:
            raise UnknownNameError("opponent", given, OPPONENTS, "Or hand over a callable of your own.") from None
    if not callable(given):
        raise SuiteError(
            f"an opponent is one of {', '.join(OPPONENTS)}, or is called with (game, position, random); {given!r} cannot be."
        )
    return given


def move_of(opponent: Opponent, game: Game, position: Position, random: np.random.Generator) -> int:
    """The opponent's move in an ongoing position. Raises `SuiteError` where it is no legal one."""
    move = opponent(game, position.copy(), random)
    if move not in game.legal_moves(position):
        raise SuiteError(
            f"the opponent {opponent!r} answered {move!r}, which is not a legal move of {game.title} here."
        )
    return int(move)
