"""How the weights of adversaries begin. Source: Radford et al. 2016 (arXiv:1511.06434), section 4; pix2pix and CycleGAN do the same."""

from __future__ import annotations

from typing import Final

from torch import nn

DEVIATION: Final = 0.02


def begin(network: nn.Module) -> None:
    """Weights of convolutions and dense layers from N(0, DEVIATION), biases 0, factors of batch norms from N(1, DEVIATION)."""
    for part in network.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(part.weight, 0.0, DEVIATION)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.BatchNorm2d):
            nn.init.normal_(part.weight, 1.0, DEVIATION)
            nn.init.zeros_(part.bias)
