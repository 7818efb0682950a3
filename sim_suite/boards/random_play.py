"""Games of uniformly random legal moves, each a function of its own seed. Source: ours.

What a random player does is the floor under every other, and the rules' speed is measured by it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.compiling_for import compiled_for
from sim_suite.boards.game import Game
from sim_suite.compiling import borrowing, noticed, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.world.random import philox

_LOW: Final = np.uint64(0xFFFFFFFF)
_SHIFT: Final = np.uint64(32)
RANDOM_PLAY: Final = 0
"""The stream of random numbers that these moves are drawn from."""


def random_games(
    game: Game, seeds: NDArray[np.uint64], plies: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """Play one game for each seed, to its end or to `plies` moves.

    seeds: uint64 [B]. Returns the last positions, int64 [B, S], and the moves, int16 [B, most plies], -1 after the last.
    """
    count = len(seeds)
    positions = np.tile(game.start(), (count, 1))
    moves = np.full((count, game.most_plies), -1, np.int16)
    masks = np.zeros((count, game.actions), np.bool_)
    most = game.most_plies if plies is None else min(plies, game.most_plies)
    with noticed(f"random games of {game.title}"):
        run = _kernel(game)
        share(lambda _, begin, end: run(seeds, positions, masks, moves, most, begin, end), count, least=64)
    return positions, moves


@borrowing
def pick(seed: int, ply: int, stream: int, bound: int) -> int:
    """A number in 0..bound-1, a function of seed, ply and stream; its bias is below bound / 2**32."""
    low, high = np.uint32(np.uint64(seed) & _LOW), np.uint32(np.uint64(seed) >> _SHIFT)
    word, _, _, _ = philox(np.uint32(ply), np.uint32(0), np.uint32(stream), np.uint32(0), low, high)
    return int((np.uint64(word) * np.uint64(bound)) >> _SHIFT)


@borrowing
def nth_legal(mask: NDArray[np.bool_], rank: int) -> int:
    """The legal move with `rank` legal ones before it."""
    for move in range(len(mask)):
        rank -= mask[move]
        if rank < 0:
            return move
    return -1


@cache
def _kernel(game: Game) -> Callable[..., Any]:
    legal, play = game.legal, game.play

    @compiled_for(game, shared)
    def run(
        seeds: NDArray[np.uint64],
        positions: NDArray[np.int64],
        masks: NDArray[np.bool_],
        moves: NDArray[np.int16],
        most: int,
        first: int,
        last: int,
    ) -> None:
        for i in range(first, last):
            position, mask = positions[i], masks[i]
            for ply in range(most):
                count = legal(position, mask)
                if count == 0:
                    break
                move = nth_legal(mask, pick(seeds[i], ply, RANDOM_PLAY, count))
                moves[i, ply] = move
                play(position, move)

    return run


def outcomes_of(game: Game, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The outcome of each position: positions int64 [B, S], returns int64 [B]; `ONGOING` where the game is not over."""
    return np.array([game.outcome(position) for position in positions], np.int64).reshape(len(positions))
