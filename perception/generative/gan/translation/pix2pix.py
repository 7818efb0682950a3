"""pix2pix: a picture from labels or another picture, learned from pairs. Source: Isola et al. 2017 (arXiv:1611.07004) eq. 1 to 4."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from perception.generative.gan.losses.adversarial import AdversarialLoss
from perception.training.task import Loss


class Pix2Pix(nn.Module):
    """generator: [B, C, H, W] -> [B, 3, H, W]; critic: both beside each other, [B, C + 3, H, W], to scores of patches."""

    def __init__(self, generator: nn.Module, critic: nn.Module) -> None:
        super().__init__()
        self.generator, self.critic = generator, critic


def critic_loss(network: Pix2Pix, adversarial: AdversarialLoss, shown: Tensor, true: Tensor) -> Loss:
    """Of shown [B, C, H, W] with its true picture [B, 3, H, W], and with the one that is made: eq. 1, the critic's part."""
    with torch.no_grad():
        made = network.generator(shown).float()
    of_real, of_made = (network.critic(torch.cat([shown, picture], dim=1)) for picture in (true, made))
    return adversarial.critic(of_real, of_made), {"gap": (of_real.mean() - of_made.mean()).detach()}


def generator_loss(network: Pix2Pix, adversarial: AdversarialLoss, l1: float, shown: Tensor, true: Tensor) -> Loss:
    """Eq. 4: the generator's part of eq. 1, and l1 times the mean absolute difference (eq. 3)."""
    made = network.generator(shown)
    fooled = adversarial.generator(network.critic(torch.cat([shown, made], dim=1)))
    apart = (made.float() - true).abs().mean()
    return fooled + l1 * apart, {"adversarial": fooled.detach(), "l1": apart.detach()}
