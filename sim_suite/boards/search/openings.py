"""How games of self-play begin: with some random moves, as a function of their key. Source: ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_suite.boards.game import ONGOING, Game
from sim_suite.boards.search.draws import OPENING, word
from sim_suite.boards.search.kinds import Keys
from sim_suite.boards.search.proving import pick


def random_opening(game: Game, key: Keys, most: int) -> NDArray[np.int64]:
    """A position [S] after 0 to `most` random moves, each number alike, in which the game goes on. key: [4] uint32."""
    draw = 0
    while True:
        position, plies = game.start(), pick(word(key, OPENING, draw), most + 1)
        for ply in range(plies):
            moves = game.legal_moves(position)
            if moves:
                game.play(position, moves[pick(word(key, OPENING, draw + 1 + ply), len(moves))])
        if game.outcome(position) == ONGOING:
            return position
        draw += 1 + most
