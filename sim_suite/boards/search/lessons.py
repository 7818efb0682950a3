"""Positions as a network is taught them: planes, legal moves and policies, all turned by the same symmetry of the board. Source: ours; that
symmetries multiply what a game teaches: Silver et al. 2017 (Nature 550), methods.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.compiling_for import compiled_for
from sim_suite.boards.game import Game
from sim_suite.boards.search.kinds import Flags, Positions, Reals
from sim_suite.compiling import noticed, shared


def write_lessons(
    game: Game,
    positions: Positions,
    policies: Reals,
    symmetries: NDArray[np.int64],
    planes: Reals,
    legal: Flags,
    targets: Reals,
) -> None:
    """Fill planes [n, P, rows, columns] float32 in any layout, legal [n, A] bool and targets [n, A] float32.

    positions: [n, S] int64, ongoing; policies: [n, A] float32; symmetries: [n] int64, which row of the game's tables turns each.
    """
    with noticed(f"the lessons of {game.title}"):
        write = _kernel(game)
    rows, columns = game.shape
    scratch = np.zeros((game.planes, rows, columns), np.float32)
    mask = np.zeros(game.actions, np.bool_)
    write(positions, policies, symmetries, game.cells, game.moves, scratch, mask, planes, legal, targets)


@cache
def _kernel(game: Game) -> Callable[..., Any]:
    legal_moves, write_planes = game.legal, game.write_planes
    columns = game.shape[1]

    @compiled_for(game, shared)
    def write(
        positions: Positions,
        policies: Reals,
        symmetries: NDArray[np.int64],
        cells: NDArray[np.int64],
        moves: NDArray[np.int64],
        scratch: Reals,
        mask: Flags,
        planes: Reals,
        legal: Flags,
        targets: Reals,
    ) -> None:
        for i in range(len(positions)):
            write_planes(positions[i], scratch)
            legal_moves(positions[i], mask)
            turned, led = cells[symmetries[i]], moves[symmetries[i]]
            for plane in range(len(scratch)):
                for cell in range(len(turned)):
                    source = turned[cell]
                    planes[i, plane, cell // columns, cell % columns] = scratch[
                        plane, source // columns, source % columns
                    ]
            for action in range(len(led)):
                legal[i, action] = mask[led[action]]
                targets[i, action] = policies[i, led[action]]

    return write
