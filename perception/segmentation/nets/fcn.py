"""Fully convolutional networks: FCN-32s, FCN-16s, FCN-8s. Source: Long, Shelhamer and Darrell 2015 (arXiv:1411.4038), sections 3 and 4.

Five stages, each halved by pooling as VGG-16's are, a wide head, and scores that are summed with those of earlier stages (skips).
Ours: batch norm in place of ImageNet's weights, sizes by choice, and convolutions that keep the picture's size in place of a border of
100 pixels that is cropped again.
"""

from __future__ import annotations

from typing import Final

from torch import Tensor, nn

from perception.segmentation.nets.blocks import convolution, convolutions
from perception.segmentation.nets.upsampling import Upsampling

STAGES: Final = ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3))
"""Maps, in multiples of the first stage's, and convolutions of each: VGG-16 (Simonyan and Zisserman 2015), configuration D."""
HEAD_MAPS: Final = 64
"""Of the head, in multiples of the first stage's: VGG-16's 4,096 over 64."""
HEAD_KERNEL: Final = 7
"""Of its first convolution, as VGG-16's first dense layer becomes."""
DROPOUT: Final = 0.5
SKIPS: Final = {32: 0, 16: 1, 8: 2}
"""Stride of the finest scores to the number of earlier stages that are summed."""


class Fcn(nn.Module):
    """Pictures [B, 3, H, W] float32 to scores [B, classes, H, W]; H and W are multiples of 32."""

    def __init__(self, classes: int, width: int = 16, stride: int = 8) -> None:
        """width: maps of the first stage (the paper's 64); stride: 32, 16 or 8."""
        super().__init__()
        self.stages = nn.ModuleList()
        maps_in = 3
        for multiple, count in STAGES:
            self.stages.append(nn.Sequential(*convolutions(maps_in, multiple * width, count), nn.MaxPool2d(2)))
            maps_in = multiple * width
        head = HEAD_MAPS * width
        self.head = nn.Sequential(
            *convolution(maps_in, head, HEAD_KERNEL),
            nn.Dropout2d(DROPOUT),
            *convolution(head, head, 1),
            nn.Dropout2d(DROPOUT),
        )
        self.score = _scores(head, classes)
        skipped = [STAGES[-2 - number][0] * width for number in range(SKIPS[stride])]
        self.skips = nn.ModuleList(_scores(maps, classes) for maps in skipped)
        self.doublings = nn.ModuleList(Upsampling(classes, 2) for _ in skipped)
        self.last = Upsampling(classes, stride, learned=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        pooled = []
        seen = pictures
        for stage in self.stages:
            seen = stage(seen)
            pooled.append(seen)
        scores = self.score(self.head(seen))
        for number, (skip, doubling) in enumerate(zip(self.skips, self.doublings, strict=True)):
            scores = doubling(scores) + skip(pooled[-2 - number])
        upsampled: Tensor = self.last(scores)
        return upsampled


def _scores(maps: int, classes: int) -> nn.Conv2d:
    """Begins at 0, so that a new skip changes nothing at first (section 4.1)."""
    layer = nn.Conv2d(maps, classes, 1)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # it has one
    return layer
