"""What a player sees of a position: planes and mask, as PettingZoo's classic games hand them out, and their spaces."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from sim_suite.boards.game import Game, Position

Seen = dict[str, Any]
"""{"observation": float32 [P, rows, columns], "action_mask": int8 [A]}"""


def seen_by(game: Game, position: Position, player: int) -> Seen:
    """The game's planes and which moves are legal. Whoever is not to move has plane 0 and 1 exchanged, so that 0 shows its own
    stones, the further planes as the mover sees them, and no legal move."""
    planes = np.zeros((game.planes, *game.shape), np.float32)
    mask = np.zeros(game.actions, np.bool_)
    game.write_planes(position, planes)
    if player == game.mover(position):
        game.legal(position, mask)
    else:
        planes[[0, 1]] = planes[[1, 0]]
    return {"observation": planes, "action_mask": mask.astype(np.int8)}


def space_of(game: Game) -> spaces.Dict:
    """The space of `seen_by`."""
    return spaces.Dict(
        {
            "observation": spaces.Box(0.0, 1.0, (game.planes, *game.shape), np.float32),
            "action_mask": spaces.Box(0, 1, (game.actions,), np.int8),
        }
    )
