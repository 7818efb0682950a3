"""Vision transformer: patches of a picture as the words of a text. Source: Dosovitskiy et al. 2021 (arXiv:2010.11929), eq. 1 to 4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside

EPSILON: Final = 1e-6
"""Of the norms, as in the authors' code."""
DEVIATION: Final = 0.02
"""Of positions at the start, as in the authors' code."""


@dataclass(frozen=True)
class VitSizes:
    """Defaults: a small one for crops of 32 pixels. The paper's Base: patch 16, width 768, depth 12, heads 12, hidden 3072."""

    patch: int = 4
    """Pixels of a patch's side."""
    width: int = 96
    """Numbers for each patch; the paper's D."""
    depth: int = 6
    """Layers."""
    heads: int = 4
    hidden: int = 192
    """Of each layer's two dense layers."""
    dropout: float = 0.0
    """0 to 0.9."""

    def __post_init__(self) -> None:
        refuse_less(self, {"patch": 1, "width": 1, "depth": 1, "heads": 1, "hidden": 1})
        refuse_outside(self, "dropout", 0.0, 0.9)
        if self.width % self.heads:
            raise SuiteError(f"width must be a multiple of heads, not {self.width} for {self.heads}.")


class Patches(nn.Module):
    """Eq. 1: [B, C, H, W] -> [B, 1 + N, D]: the class's word, then a word for each patch, with their learned positions."""

    def __init__(self, channels: int, count: int, sizes: VitSizes) -> None:
        super().__init__()
        self.embedding = nn.Conv2d(channels, sizes.width, sizes.patch, sizes.patch)
        self.class_word = nn.Parameter(torch.zeros(1, 1, sizes.width))
        self.positions = nn.Parameter(torch.empty(1, 1 + count, sizes.width).normal_(std=DEVIATION))
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        words = self.embedding(pictures).flatten(2).transpose(1, 2)
        words = torch.cat([self.class_word.expand(len(words), -1, -1), words], dim=1)
        placed: Tensor = self.dropout(words + self.positions)
        return placed


class Layer(nn.Module):
    """Eq. 2 and 3: attention, then two dense layers, each on normed words and added to them. [B, 1 + N, D] -> the same."""

    def __init__(self, sizes: VitSizes) -> None:
        super().__init__()
        self.heads = sizes.heads
        self.before_attention = nn.LayerNorm(sizes.width, EPSILON)
        self.asked_offered_told = nn.Linear(sizes.width, 3 * sizes.width)
        self.joined = nn.Linear(sizes.width, sizes.width)
        self.before_dense = nn.LayerNorm(sizes.width, EPSILON)
        self.dense = nn.Sequential(
            nn.Linear(sizes.width, sizes.hidden),
            nn.GELU(),
            nn.Dropout(sizes.dropout),
            nn.Linear(sizes.hidden, sizes.width),
        )
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, words: Tensor) -> Tensor:
        """See the class."""
        words = words + self.dropout(self._attended(self.before_attention(words)))
        thought: Tensor = words + self.dropout(self.dense(self.before_dense(words)))
        return thought

    def _attended(self, words: Tensor) -> Tensor:
        """Appendix A, eq. 5 to 8."""
        batch, count, width = words.shape
        split = self.asked_offered_told(words).view(batch, count, 3, self.heads, width // self.heads)
        asked, offered, told = split.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(asked, offered, told)
        joined: Tensor = self.joined(seen.transpose(1, 2).reshape(batch, count, width))
        return joined


class ClassWord(nn.Module):
    """Eq. 4: the first word, normed. [B, 1 + N, D] -> [B, D]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, EPSILON)

    def forward(self, words: Tensor) -> Tensor:
        """See the class."""
        first: Tensor = self.norm(words[:, 0])
        return first


def vit(pictures: Pictures, sizes: VitSizes) -> ClassifierNetwork:
    """A block for the patches, one for each layer, and one for the last norm. Raises `SuiteError` where patches do not fit."""
    if pictures.rows % sizes.patch or pictures.columns % sizes.patch:
        raise SuiteError(
            f"patches of {sizes.patch} pixels do not fill {pictures.rows} x {pictures.columns}. Choose a patch that divides both."
        )
    count = (pictures.rows // sizes.patch) * (pictures.columns // sizes.patch)
    layers = [Layer(sizes) for _ in range(sizes.depth)]
    network = ClassifierNetwork(
        [Patches(pictures.channels, count, sizes), *layers, ClassWord(sizes.width)], sizes.width, pictures.classes
    )
    for layer in layers:
        for part in (layer.asked_offered_told, layer.joined, *layer.dense):
            if isinstance(part, nn.Linear):
                nn.init.xavier_uniform_(part.weight)
                nn.init.zeros_(part.bias)
    return network
