"""Autoencoders as networks: through few numbers, or as a correction of what is shown. Sources: Hinton and Salakhutdinov 2006 (Science 313);
for corrections Zhang et al. 2017 (arXiv:1608.03981), DnCNN's residual learning, here by a U-Net."""

from __future__ import annotations

from torch import Tensor, nn

from perception.generative.autoencoders.nets import NetworkName, build
from perception.segmentation.nets.unet import UNet


class Autoencoder(nn.Module):
    """Pictures [B, 3, H, W] in 0..1 to the like, through Z numbers."""

    def __init__(self, name: NetworkName, size: tuple[int, int], width: int, latents: int) -> None:
        """latents: Z. Raises `SuiteError` for a size that the network cannot take."""
        super().__init__()
        halves = build(name, size, width, latents)
        self.encoder, self.decoder = halves.encoder, halves.decoder
        self.latents = nn.Linear(halves.features, latents)

    def encode(self, pictures: Tensor) -> Tensor:
        """[B, Z]."""
        code: Tensor = self.latents(self.encoder(pictures))
        return code

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        logits: Tensor = self.decoder(self.encode(pictures))
        return logits.float().sigmoid()


class Corrector(nn.Module):
    """Pictures [B, 3, H, W] in 0..1 to the like, not clipped: what a U-Net says is added to them."""

    def __init__(self, width: int, levels: int) -> None:
        """See `UNet`. At first it adds nothing."""
        super().__init__()
        self.unet = UNet(3, width, levels)
        nn.init.zeros_(self.unet.score.weight)
        assert self.unet.score.bias is not None
        nn.init.zeros_(self.unet.score.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        correction: Tensor = self.unet(2.0 * pictures - 1.0)
        return pictures + correction.float()
