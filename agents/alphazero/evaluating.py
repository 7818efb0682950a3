"""A network as a search asks it: one buffer of planes that kernels write into, norms folded, in the arithmetic that is fastest here.

Source: ours. On processors with bfloat16 units 64 channels x 4 blocks took half the time in bfloat16 with channels last: 6,900
positions a second instead of 3,300 on one core with avx512_bf16, 128 at once. On others it is slower, so both are timed once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.alphazero.networks import ResidualNetwork
from sim_suite.boards.game import Game
from sim_suite.boards.search.kinds import Reals
from sim_suite.learning.folding import folded
from sim_suite.learning.fusing import fused

PASSES: Final = 2
"""That are timed in each arithmetic, after one that is not; the faster one counts."""


class Evaluator:
    """Looks at B positions at once."""

    def __init__(
        self,
        game: Game,
        network: ResidualNetwork,
        games: int,
        device: torch.device,
        precision: str,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """games: B; precision: float32, bfloat16, or auto for the faster one. The network is copied: see `follow`."""
        shape = (games, game.planes, *game.shape)
        self._buffer = torch.empty(shape, memory_format=torch.channels_last).zero_()
        self.planes: NDArray[np.float32] = self._buffer.numpy()
        """[B, P, rows, columns] float32, to be written into; a position's channels lie together."""
        self._device = device
        self.precision = faster(game, network, games, device, clock) if precision == "auto" else precision
        self.follow(network)

    def follow(self, network: ResidualNetwork) -> None:
        """Take over a network's numbers."""
        self._network = prepared(network, self._device, self.precision)

    def __call__(self) -> tuple[Reals, Reals]:
        """Logits [B, A] and values [B] float32 of what stands in the planes."""
        with torch.inference_mode():
            shown = self._buffer.to(self._device, _dtype(self.precision))
            logits, values = self._network(shown)
            return logits.float().cpu().numpy(), values.float().cpu().numpy()


def prepared(network: ResidualNetwork, device: torch.device, precision: str) -> ResidualNetwork:
    """A copy on the device, in an arithmetic, channels last: norms are folded, what follows convolutions is fused."""
    copied = folded(network).to(device, _dtype(precision))
    return fused(copied.to(memory_format=torch.channels_last))  # type: ignore[call-overload,no-any-return]  # torch's stubs lack it


def faster(game: Game, network: ResidualNetwork, games: int, device: torch.device, clock: Callable[[], float]) -> str:
    """Either "float32" or "bfloat16": in which a batch of so many games took less time."""
    return min(("float32", "bfloat16"), key=lambda name: _time(game, network, games, device, name, clock))


def _time(
    game: Game, network: ResidualNetwork, games: int, device: torch.device, precision: str, clock: Callable[[], float]
) -> float:
    evaluator = Evaluator(game, network, games, device, precision)
    evaluator()
    best = float("inf")
    for _ in range(PASSES):
        begin = clock()
        evaluator()
        best = min(best, clock() - begin)
    return best


def _dtype(precision: str) -> torch.dtype:
    return torch.bfloat16 if precision == "bfloat16" else torch.float32
