"""Every position of tic-tac-toe that can be reached, and what each of its moves is worth under perfect play.

5,478 positions, of which 4,520 are ongoing. Source: ours; the counts are well known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.game import ONGOING
from sim_suite.boards.games.tic_tac_toe import CELLS, PLIES, TIC_TAC_TOE
from sim_suite.boards.solvers.labels import ILLEGAL, LabelledPositions

Key = tuple[int, ...]


@dataclass(frozen=True)
class Solved:
    """The whole game."""

    values: dict[Key, int]
    """Of each reachable position, the row as a tuple, to whose turn it is (would be, where the game is over): 1, 0, -1."""
    ongoing: LabelledPositions
    """The positions [4520, 3] that are not over, in order of plies, and the values [4520, 9] of their moves."""


@cache
def solved() -> Solved:
    """Solve the game: backwards from its ends."""
    layers: list[set[Key]] = [{tuple(TIC_TAC_TOE.start().tolist())}]
    for _ in range(CELLS):
        layers.append({after for key in layers[-1] for after in _children(key).values()})
    known: dict[Key, int] = {}
    worths: dict[Key, NDArray[np.int8]] = {}
    for key in (key for layer in reversed(layers) for key in sorted(layer)):
        children = _children(key)
        if not children:
            result = TIC_TAC_TOE.outcome(np.array(key))
            known[key] = result if TIC_TAC_TOE.mover(np.array(key)) == 0 else -result
            continue
        worth = np.full(CELLS, ILLEGAL, np.int8)
        for move, after in children.items():
            worth[move] = -known[after]
        worths[key], known[key] = worth, int(worth.max())
    ordered = sorted(worths, key=lambda key: (key[PLIES], key))
    return Solved(known, LabelledPositions(np.array(ordered), np.array([worths[key] for key in ordered])))


def _children(key: Key) -> dict[int, Key]:
    """What each legal move leads to; nothing where the game is over."""
    position = np.array(key)
    if TIC_TAC_TOE.outcome(position) != ONGOING:
        return {}
    return {move: tuple(TIC_TAC_TOE.after(position, move).tolist()) for move in TIC_TAC_TOE.legal_moves(position)}
