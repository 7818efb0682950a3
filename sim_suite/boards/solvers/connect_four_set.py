"""Connect Four positions with the value of every move: what a player's moves are judged by. Source: ours.

`connect_four_positions.npz` holds 120 positions of each band of plies, from random play by seed, in which the choice
matters: some moves keep what the position is worth, others do not. No two are equal or mirror images.
To make the file anew (some minutes on one core):

    python -m sim_suite.boards.solvers.connect_four_set sim_suite/boards/solvers/connect_four_positions.npz
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.game import ONGOING, Position
from sim_suite.boards.games.connect_four import CONNECT_FOUR, PLIES
from sim_suite.boards.random_play import random_games
from sim_suite.boards.solvers.connect_four import new_table, values
from sim_suite.boards.solvers.labels import ILLEGAL, LabelledPositions
from sim_suite.files import write_atomic

FILE: Final = Path(__file__).with_name("connect_four_positions.npz")
BANDS: Final = ((8, 11), (12, 15), (16, 19), (20, 26))
"""First and last number of plies played."""
PER_BAND: Final = 120
SEED: Final = 20_000
"""Seeds of random games count upwards from here, band after band."""
_SEEDS_A_BAND: Final = 100_000
_GAMES_AT_ONCE: Final = 64
_MAKING_TABLE_BITS: Final = 24


@cache
def labelled_positions() -> LabelledPositions:
    """The positions that are shipped."""
    with np.load(FILE, allow_pickle=False) as file:
        return LabelledPositions(file["positions"], file["values"])


def by_band(moves: NDArray[np.integer[Any]]) -> dict[str, float]:
    """The share of value-keeping moves in each band of plies: {"8-11": 0.9, ...}. moves: [480] whole numbers 0..6, a move
    for each of the shipped positions."""
    labelled = labelled_positions()
    kept, plies = labelled.keeps(moves), labelled.positions[:, PLIES]
    return {f"{first}-{last}": float(kept[(first <= plies) & (plies <= last)].mean()) for first, last in BANDS}


def make() -> LabelledPositions:
    """Draw and solve the positions of the file."""
    made = []
    for number, (first, last) in enumerate(BANDS):
        made.append(make_band(first, last, PER_BAND, SEED + _SEEDS_A_BAND * number))
        print(f"plies {first} to {last}: {PER_BAND} positions", file=sys.stderr, flush=True)
    return LabelledPositions(
        np.concatenate([band.positions for band in made]), np.concatenate([band.values for band in made])
    )


def make_band(first: int, last: int, count: int, seed: int) -> LabelledPositions:
    """So many positions after `first` to `last` plies; equal arguments give equal positions."""
    table = new_table(_MAKING_TABLE_BITS)
    kept: list[tuple[Position, NDArray[np.int8]]] = []
    seen: set[tuple[int, int]] = set()
    for position in _drawn(seed, first, last):
        worth = values(position, table)
        legal = worth[worth != ILLEGAL]
        if legal.min() < legal.max() and seen.isdisjoint(_both_ways(position)):
            seen |= _both_ways(position)
            kept.append((position, worth))
            if len(kept) == count:
                break
    positions, worths = zip(*kept, strict=True)
    return LabelledPositions(np.array(positions), np.array(worths))


def _drawn(seed: int, first: int, last: int) -> Iterator[Position]:
    """Ongoing positions of random games, broken off after first, first + 1, ... last plies in turn."""
    for begin in range(seed, seed + _SEEDS_A_BAND, _GAMES_AT_ONCE):
        for plies in range(first, last + 1):
            seeds = np.arange(begin + plies - first, begin + _GAMES_AT_ONCE, last - first + 1).astype(np.uint64)
            for position in random_games(CONNECT_FOUR, seeds, plies)[0]:
                if CONNECT_FOUR.outcome(position) == ONGOING:
                    yield position


def _both_ways(position: Position) -> set[tuple[int, int]]:
    """The position and its mirror image, as the stones of both players."""
    stones = CONNECT_FOUR.stones(position)
    pictures = ((stones == player) for player in (1, 2))
    both = [(picture.tobytes(), picture[:, ::-1].tobytes()) for picture in pictures]
    return {(int.from_bytes(first), int.from_bytes(second)) for first, second in zip(*both, strict=True)}


def save(labelled: LabelledPositions, path: Path) -> None:
    """Write the file that `labelled_positions` reads."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, positions=labelled.positions, values=labelled.values)
    write_atomic(path, buffer.getvalue())


if __name__ == "__main__":
    save(make(), Path(sys.argv[1]))
