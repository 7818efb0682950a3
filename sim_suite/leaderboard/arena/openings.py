"""Openings of matches: distinct random beginnings of a game, in which nothing is decided yet. Source: ours.

Deterministic agents repeat one game for ever unless openings differ; so no two openings are the same position, not even as
mirror images or turns of each other, and each is played from both sides, so that none favours anybody.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from sim_suite.boards.game import ONGOING, Game, Position
from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.boards.random_play import random_games
from sim_suite.boards.solvers.tic_tac_toe import solved
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.arena.suite import GameSpec

_BLOCK: Final = 64
"""Random games drawn at a time."""
_MOST_BLOCKS: Final = 200
"""After so many without enough openings there are too few: 12,800 draws find each of tic-tac-toe's."""
_SHIFT: Final = np.uint64(32)

Moves = tuple[int, ...]


@cache
def openings(spec: GameSpec) -> tuple[Moves, ...]:
    """The moves of each opening, in order. Equal suites give equal openings; fewer are the first of more.

    Raises `SuiteError` where there are not so many.
    """
    game, found = spec.game, dict[bytes, Moves]()
    lengths = range(spec.least_plies, spec.most_plies + 1)
    for block in range(_MOST_BLOCKS):
        for number in range(block * _BLOCK, (block + 1) * _BLOCK):
            seed = (np.uint64(spec.seed) << _SHIFT) + np.uint64(number)
            plies = lengths[number % len(lengths)]
            positions, moves = random_games(game, np.array([seed]), plies)
            if undecided(game, positions[0]):
                found.setdefault(one_of_alike(game, positions[0]), tuple(int(move) for move in moves[0, :plies]))
            if len(found) == spec.openings:
                return tuple(found.values())
    raise SuiteError(
        f"{spec.name} has only {len(found)} openings of {spec.least_plies} to {spec.most_plies} plies in which nothing is decided, "
        f"not {spec.openings}. Ask for fewer, or for longer ones (most_plies)."
    )


def undecided(game: Game, position: Position) -> bool:
    """Whether the game goes on and nobody has it won in one move, nor lost in one. In tic-tac-toe, which is solved, whether it is drawn."""
    if game.outcome(position) != ONGOING:
        return False
    if game is TIC_TAC_TOE:
        return solved().values[tuple(position.tolist())] == 0
    mover = game.mover(position)
    after = [game.after(position, move) for move in game.legal_moves(position)]
    if any(_won_by(game, one, mover) for one in after):
        return False
    return not all(_wins_in_one(game, one, 1 - mover) for one in after)


def one_of_alike(game: Game, position: Position) -> bytes:
    """Equal for positions that are images of each other under the board's symmetries, with the same player to move."""
    stones = game.stones(position).reshape(-1)
    images: list[bytes] = [stones[cells].tobytes() for cells in game.cells]
    return min(images) + bytes([game.mover(position)])


def _wins_in_one(game: Game, position: Position, player: int) -> bool:
    """Whether it is the player's turn, and some move wins at once."""
    if game.outcome(position) != ONGOING or game.mover(position) != player:
        return _won_by(game, position, player)
    return any(_won_by(game, game.after(position, move), player) for move in game.legal_moves(position))


def _won_by(game: Game, position: Position, player: int) -> bool:
    return game.outcome(position) == (1 if player == 0 else -1)
