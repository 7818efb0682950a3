"""Layers that several networks of classification share. Norms: Ioffe and Szegedy 2015 (arXiv:1502.03167)."""

from __future__ import annotations

from torch import Tensor, nn


def normed(
    maps_in: int, maps: int, kernel: int = 3, stride: int = 1, groups: int = 1, act: nn.Module | None = None
) -> list[nn.Module]:
    """A convolution that keeps rows and columns at stride 1, batch norm, and `act` behind it. Without a bias: the norm has one."""
    convolution = nn.Conv2d(maps_in, maps, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(maps), *([] if act is None else [act])]


class GlobalAverage(nn.Module):
    """Mean over rows and columns (Lin et al. 2014, arXiv:1312.4400, section 3.2): [B, C, H, W] -> [B, C]."""

    def forward(self, seen: Tensor) -> Tensor:
        """See the class."""
        return seen.mean(dim=(2, 3))


def he_normal(network: nn.Module) -> None:
    """Weights of convolutions and of rectified layers drawn as He et al. 2015 (arXiv:1502.01852) eq. 10 has it; biases 0."""
    for part in network.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
            if part.bias is not None:
                nn.init.zeros_(part.bias)


def stem(channels: int, maps: int, large: bool) -> nn.Sequential:
    """The first layers of residual and dense networks: for ImageNet a 7 x 7 convolution and pooling, a quarter of rows and columns
    (He et al. 2016, table 1); for small pictures a 3 x 3 convolution (section 4.2)."""
    if not large:
        return nn.Sequential(*normed(channels, maps, act=nn.ReLU(inplace=True)))
    return nn.Sequential(*normed(channels, maps, 7, 2, act=nn.ReLU(inplace=True)), nn.MaxPool2d(3, 2, 1))
