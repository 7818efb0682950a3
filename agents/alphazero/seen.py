"""What agents of board games are shown, as arrays: planes, legal moves and positions of B boards. Source: ours; the view `board`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from agents.interface import Batch
from sim_suite.boards.game import Game
from sim_suite.boards.search.kinds import Flags, Positions, Reals
from sim_suite.errors import SuiteError


class Boards(NamedTuple):
    """B boards as their movers see them."""

    planes: Reals
    """[B, P, rows, columns] float32."""
    legal: Flags
    """[B, A] bool; none where the game is over."""
    positions: Positions | None
    """[B, S] int64, or None where only planes are shown."""


def boards_of(observation: Batch, game: Game) -> Boards:
    """An observation of the view `board`: a list of B dictionaries, or a dictionary of stacked arrays.

    "observation": planes, "action_mask": legal moves, "position": optional. Raises `SuiteError` for those of another game.
    """
    shown = observation if isinstance(observation, dict) else _stacked(observation)
    if not {"observation", "action_mask"} <= set(shown):
        raise SuiteError(f"a board is shown as 'observation' and 'action_mask', not as {sorted(map(str, shown))}.")
    planes, legal = np.asarray(shown["observation"], np.float32), np.asarray(shown["action_mask"]).astype(np.bool_)
    positions = None if shown.get("position") is None else np.asarray(shown["position"], np.int64)
    if planes.shape[1:] != (game.planes, *game.shape) or legal.shape != (len(planes), game.actions):
        raise SuiteError(
            f"this agent plays {game.title}: planes [B, {game.planes}, {game.shape[0]}, {game.shape[1]}] and {game.actions} moves, not "
            f"planes {list(planes.shape)} and a mask {list(legal.shape)}."
        )
    if positions is not None and positions.shape != (len(planes), game.words):
        raise SuiteError(f"a position of {game.title} has {game.words} numbers, not {list(positions.shape)[1:]}.")
    return Boards(planes, legal, positions)


def _stacked(observation: Any) -> dict[str, Any]:
    if not len(observation) or not all(isinstance(one, dict) for one in observation):
        raise SuiteError("a board is shown as a dictionary of 'observation' and 'action_mask' (the view 'board').")
    return {key: np.stack([one[key] for one in observation]) for key in observation[0]}
