"""CycleGAN's generator: residual blocks at a quarter of the side. Source: Zhu et al. 2017 (arXiv:1703.10593), appendix 7.2, after Johnson
et al. 2016 (arXiv:1603.08155)."""

from __future__ import annotations

from typing import Final

from torch import Tensor, nn

from perception.generative.gan.nets.initial import begin

MULTIPLE: Final = 4
"""That rows and columns must be of."""


class ResnetGenerator(nn.Module):
    """Pictures [B, 3, H, W] in -1..1 to others of the same form; H and W are multiples of MULTIPLE."""

    def __init__(self, width: int, blocks: int) -> None:
        """width: maps at full side (the paper's 64); blocks: the paper's 6 for 128 x 128."""
        super().__init__()
        wide = 4 * width
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(3),
            *_normed(nn.Conv2d(3, width, 7, bias=False), width),
            *_normed(nn.Conv2d(width, 2 * width, 3, 2, 1, bias=False), 2 * width),
            *_normed(nn.Conv2d(2 * width, wide, 3, 2, 1, bias=False), wide),
            *(_Block(wide) for _ in range(blocks)),
            *_normed(nn.ConvTranspose2d(wide, 2 * width, 3, 2, 1, output_padding=1, bias=False), 2 * width),
            *_normed(nn.ConvTranspose2d(2 * width, width, 3, 2, 1, output_padding=1, bias=False), width),
            nn.ReflectionPad2d(3),
            nn.Conv2d(width, 3, 7),
            nn.Tanh(),
        )
        begin(self)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        made: Tensor = self.layers(pictures)
        return made


class _Block(nn.Module):
    """Two convolutions beside what they are given."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            *_normed(nn.Conv2d(maps, maps, 3, bias=False), maps),
            nn.ReflectionPad2d(1),
            nn.Conv2d(maps, maps, 3, bias=False),
            nn.InstanceNorm2d(maps),
        )

    def forward(self, seen: Tensor) -> Tensor:
        out: Tensor = seen + self.layers(seen)
        return out


def _normed(convolution: nn.Module, maps: int) -> list[nn.Module]:
    return [convolution, nn.InstanceNorm2d(maps), nn.ReLU(inplace=True)]
