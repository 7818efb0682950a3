"""Plays a board game with a trained network: by its policy alone, or by a search where it is shown the position.

Source: Silver et al. 2018 (Science 362): the most visited move, without noise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.advice import MoveAdvice, best_first
from agents.alphazero.evaluating import Evaluator
from agents.alphazero.networks import ResidualNetwork
from agents.alphazero.players import NetworkPlayer
from agents.alphazero.seen import boards_of
from agents.alphazero.spec import BoardSpec, read_policy, write_policy
from agents.alphazero.tasks import BOARD
from agents.interface import Batch, Interface
from sim_suite.boards.game import Position
from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.search.kinds import Flags, Reals

_TOGETHER: Final = 8
"""Boards that are looked at together, always so many: in another number the last bits would differ. A board alone then costs twice what it
must, and sixty-four a third more."""


class BoardAgent:
    """It draws nothing: equal boards have equal answers."""

    interface = Interface(BOARD, "discrete")

    def __init__(self, spec: BoardSpec, network: ResidualNetwork) -> None:
        """network: one of the spec's, used as it is now."""
        self.spec, self.network = spec, network
        self._game = spec.board_game()
        device = next(network.parameters()).device
        self._evaluator = Evaluator(self._game, network, _TOGETHER, device, "float32")
        self._player = NetworkPlayer(self._game, self._evaluator, spec.simulations, spec.rule)

    def predict(
        self,
        observation: Batch,
        state: Any | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[NDArray[Any], Any | None]:
        """Moves [B] int64, whether `deterministic` or not; 0 where the game is over.

        observation: of the view `board` (see `seen.boards_of`). With "position" it searches as the spec says; without, or with 0
        simulations, it plays the likeliest legal move of the policy.
        """
        shown = boards_of(observation, self._game)
        moves = np.zeros(len(shown.planes), np.int64)
        going_on = np.flatnonzero(shown.legal.any(axis=1))
        if shown.positions is None or self.spec.simulations == 0:
            moves[going_on] = self._policies(shown.planes[going_on], shown.legal[going_on]).argmax(axis=1)
        else:
            moves[going_on] = self._player.moves(shown.positions[going_on], keys_of(0, going_on, 0))
        return moves, state

    def policies(self, observation: Batch) -> Reals:
        """The network's own probability of each move, [B, A] float32, 0 for illegal ones; even where the game is over."""
        shown = boards_of(observation, self._game)
        return self._policies(shown.planes, shown.legal)

    def advise(self, position: Position) -> list[MoveAdvice]:
        """See `advice.Advisor`: what the policy gives each move, and the search that is played by."""
        planes, legal = np.empty((self._game.planes, *self._game.shape), np.float32), self._game.legal_moves(position)
        self._game.write_planes(position, planes)
        mask = np.zeros(self._game.actions, np.bool_)
        mask[legal] = True
        policy = self._policies(planes[None], mask[None])[0]
        search = self._player.search
        if search is None:
            return [
                MoveAdvice(move, float(policy[move]), None, 0) for move in sorted(legal, key=lambda one: -policy[one])
            ]
        best = int(self._player.moves(position[None], keys_of(0, [0], 0))[0])
        found = []
        for move in legal:
            visits = int(search.tree.visits[0, 0, move])
            value = float(search.tree.value_sum[0, 0, move]) / visits if visits else None
            found.append(MoveAdvice(move, float(policy[move]), value, visits))
        return best_first(found, best)

    def _policies(self, planes: Reals, legal: Flags) -> Reals:
        found = np.zeros(legal.shape, np.float32)
        for begin in range(0, len(planes), _TOGETHER):
            chosen = slice(begin, begin + _TOGETHER)
            part = planes[chosen]
            self._evaluator.planes[: len(part)] = part
            logits, _ = self._evaluator()
            masked = np.where(legal[chosen], logits[: len(part)], -np.inf)
            highest = masked.max(axis=1, keepdims=True)
            weights = np.exp(masked - np.where(np.isfinite(highest), highest, 0.0))
            found[chosen] = weights / np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return found

    def save(self, folder: Path) -> None:
        """Write model.safetensors and policy.json into an existing folder."""
        write_policy(folder, self.spec, self.network)

    @classmethod
    def load(cls, folder: Path, device: str = "cpu") -> BoardAgent:
        """Read what `save` wrote. Raises `DamagedFileError` when the files are not that."""
        spec, network = read_policy(folder)
        return cls(spec, network.to(torch.device(device)))
