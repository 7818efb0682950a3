"""The residual network of AlphaZero, with a head for the policy and one for the value.

Source: Silver et al. 2017 (Nature 550), methods, "Neural network architecture"; heads of 32 maps as AlphaZero.jl has them for Connect
Four, where the paper has two and one.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from sim_suite.learning.fusing import joined
from sim_suite.refusals import refuse_less


@dataclass(frozen=True)
class Sizes:
    """Of the network."""

    channels: int = 64
    """Maps of each convolution of the tower. AlphaZero: 256."""
    blocks: int = 4
    """Residual blocks. AlphaZero: 19."""
    head_planes: int = 32
    """Maps of each head."""
    value_hidden: int = 64
    """Units of the value head's dense layer. AlphaZero: 256."""

    def __post_init__(self) -> None:
        refuse_less(self, {"channels": 1, "blocks": 0, "head_planes": 1, "value_hidden": 1})


class ResidualNetwork(nn.Module):
    """Planes [B, P, rows, columns] -> (logits [B, A], values [B] in [-1, 1], both as the mover sees them)."""

    def __init__(self, planes: int, shape: tuple[int, int], actions: int, sizes: Sizes) -> None:
        """planes: P; shape: (rows, columns). Weights come from torch's global generator; the value head begins at 0, a draw."""
        super().__init__()
        cells, channels = shape[0] * shape[1], sizes.channels
        self.stem = ConvNorm(planes, channels, 3, relu=True)
        self.tower = nn.Sequential(*(ResidualBlock(channels) for _ in range(sizes.blocks)))
        self.policy_maps = ConvNorm(channels, sizes.head_planes, 1, relu=True)
        self.policy = nn.Linear(sizes.head_planes * cells, actions)
        self.value_maps = ConvNorm(channels, sizes.head_planes, 1, relu=True)
        self.value_hidden = nn.Linear(sizes.head_planes * cells, sizes.value_hidden)
        self.value = nn.Linear(sizes.value_hidden, 1)
        nn.init.zeros_(self.value.weight)
        nn.init.zeros_(self.value.bias)

    def forward(self, planes: Tensor) -> tuple[Tensor, Tensor]:
        """planes: [B, P, rows, columns], of the network's own dtype."""
        features = self.tower(self.stem(planes))
        logits = self.policy(self.policy_maps(features).flatten(1))
        hidden = functional.relu(self.value_hidden(self.value_maps(features).flatten(1)))
        return logits, self.value(hidden).squeeze(1).tanh()


class ResidualBlock(nn.Module):
    """Two convolutions and the way past them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels, 3, relu=True)
        self.second = ConvNorm(channels, channels, 3, relu=False)

    def forward(self, features: Tensor) -> Tensor:
        """[B, C, rows, columns] -> the same shape."""
        return joined(self.second, self.first(features), features)


class ConvNorm(nn.Sequential):
    """A convolution that keeps the board's size, a batch norm, a ReLU: [B, inputs, rows, columns] -> [B, outputs, rows, columns]."""

    def __init__(self, inputs: int, outputs: int, kernel: int, relu: bool) -> None:
        """relu: whether one follows."""
        convolution = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        layers: OrderedDict[str, nn.Module] = OrderedDict(conv=convolution, norm=nn.BatchNorm2d(outputs))
        super().__init__(layers | {"relu": nn.ReLU(inplace=True)} if relu else layers)
