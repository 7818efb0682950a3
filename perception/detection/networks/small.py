"""A YOLO v3 for small pictures on processors: three scales as in the paper, at strides 4, 8 and 16 rather than 8, 16 and 32. Source: ours.

In 128 x 128 pixels of a street most road users are 4 to 30 pixels high, so that a map of stride 32 would have little to say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from perception.detection.decoding import OBJECTNESS, Scale
from perception.detection.losses.yolo_v3 import LossOptions
from perception.detection.networks.blocks import Residual, convolution
from perception.detection.networks.yolo_network import ScaledNetwork
from sim_suite.errors import SuiteError

STRIDES: Final = (4, 8, 16)
ANCHORS_PER_SCALE: Final = 3
_PRIOR: Final = 0.01
"""How likely a place holds an object before anything is learned: Lin et al. 2017 (arXiv:1708.02002), section 3.3."""


@dataclass(frozen=True)
class SmallSizes:
    """Channels and blocks; the defaults have 484,323 parameters for six classes."""

    widths: tuple[int, ...] = (16, 32, 64, 128)
    """Channels at strides 2, 4, 8 and 16, even."""
    blocks: tuple[int, ...] = (1, 2, 2)
    """Residual blocks at strides 4, 8 and 16."""
    neck: tuple[int, ...] = (48, 64, 96)
    """Channels that predictions of each scale are made from."""

    def __post_init__(self) -> None:
        for name, count in (("widths", 4), ("blocks", 3), ("neck", 3)):
            values = tuple(getattr(self, name))
            object.__setattr__(self, name, values)
            if len(values) != count or min(values) < (0 if name == "blocks" else 1):
                raise SuiteError(f"{name} must be {count} numbers, not {values}.")
        if any(width % 2 for width in self.widths):
            raise SuiteError(f"widths must be even, for blocks halve them; not {self.widths}.")


class SmallYolo(ScaledNetwork):
    """Down to stride 16 by residual blocks; up again, joining what was seen on the way; predictions at each scale, finest first."""

    coarsest_stride = STRIDES[-1]

    def __init__(
        self,
        num_classes: int,
        anchors: tuple[tuple[float, float], ...],
        sizes: SmallSizes | None = None,
        loss_options: LossOptions | None = None,
    ) -> None:
        """anchors: nine (width, height) in pixels of the input, by rising area; the first three are the finest scale's."""
        super().__init__()
        sizes = sizes or SmallSizes()
        if len(anchors) != ANCHORS_PER_SCALE * len(STRIDES):
            raise SuiteError(f"a small YOLO has {ANCHORS_PER_SCALE * len(STRIDES)} anchors, not {len(anchors)}.")
        self.num_classes = num_classes
        self.loss_options = loss_options or LossOptions()
        self.scales = tuple(
            Scale(tuple(anchors[begin : begin + ANCHORS_PER_SCALE]))
            for begin in range(0, len(anchors), ANCHORS_PER_SCALE)
        )
        self.stem = convolution(3, sizes.widths[0], stride=2)
        self.down = nn.ModuleList(
            nn.Sequential(convolution(before, after, stride=2), *(Residual(after) for _ in range(count)))
            for (before, after), count in zip(pairwise(sizes.widths), sizes.blocks, strict=True)
        )
        coarser = (*sizes.neck[1:], 0)
        self.join = nn.ModuleList(
            convolution(width + extra, neck, 1)
            for width, extra, neck in zip(sizes.widths[1:], coarser, sizes.neck, strict=True)
        )
        self.look = nn.ModuleList(convolution(neck, neck) for neck in sizes.neck)
        self.say = nn.ModuleList(nn.Conv2d(neck, ANCHORS_PER_SCALE * (5 + num_classes), 1) for neck in sizes.neck)
        for layer in self.say:
            assert isinstance(layer, nn.Conv2d)
            assert layer.bias is not None
            with torch.no_grad():
                layer.bias.view(ANCHORS_PER_SCALE, -1)[:, OBJECTNESS] = math.log(_PRIOR / (1 - _PRIOR))

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """[B, 3, H, W], sides multiples of 16 -> maps at strides 4, 8, 16."""
        levels, seen = [], self.stem(pictures)
        for layer in self.down:
            seen = layer(seen)
            levels.append(seen)
        maps: list[Tensor] = []
        above: Tensor | None = None
        for join, look, say, level in zip(
            reversed(self.join), reversed(self.look), reversed(self.say), reversed(levels), strict=True
        ):
            if above is not None:
                level = torch.cat([functional.interpolate(above, scale_factor=2.0, mode="nearest"), level], dim=1)
            above = look(join(level))
            maps.append(say(above))
        return tuple(reversed(maps))
