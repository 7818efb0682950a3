"""What all networks of classification have in common: blocks in a row, then one linear layer of scores. Source: ours.

Transfer keeps the blocks and gives them other scores; blocks may be frozen from the first on.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Self

from torch import Tensor, nn

from sim_suite.errors import SuiteError

SCORES: Final = "score."
"""Begins the names of the last layer's numbers."""


class Pictures(NamedTuple):
    """What is shown to a network, and told by it."""

    channels: int
    rows: int
    columns: int
    classes: int


class ClassifierNetwork(nn.Module):
    """Pictures [B, C, H, W] float32 to scores [B, classes] float32."""

    def __init__(self, blocks: list[nn.Module], features: int, classes: int) -> None:
        """blocks: each takes what the one before gives, the last one gives [B, features]."""
        super().__init__()
        self.blocks = nn.Sequential(*blocks)
        self.score = nn.Linear(features, classes)
        self._frozen = 0

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        scores: Tensor = self.score(self.blocks(pictures))
        return scores

    def freeze(self, count: int) -> None:
        """Let the first so many blocks as they are: no gradients, and norms that keep their statistics.

        Raises `SuiteError` where there are not so many.
        """
        if not 0 <= count <= len(self.blocks):
            raise SuiteError(f"freeze must be 0 to {len(self.blocks)}, the blocks of this network, not {count}.")
        self._frozen = count
        for number, block in enumerate(self.blocks):
            block.requires_grad_(number >= count)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """As torch has it; frozen blocks stay in their evaluating mode."""
        super().train(mode)
        for number in range(self._frozen):
            self.blocks[number].eval()
        return self


def numbers_of(network: nn.Module) -> int:
    """How many parameters a network has; statistics of norms do not count."""
    return sum(one.numel() for one in network.parameters())
