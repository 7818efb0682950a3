"""The variational autoencoder as a network. Sources: Kingma and Welling 2014 (arXiv:1312.6114); with conditions, Sohn et al. 2015
(NeurIPS, "Learning Structured Output Representation using Deep Conditional Generative Models")."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from perception.generative.autoencoders.nets import NetworkName, build


class Vae(nn.Module):
    """Pictures to the mean and log variance of their latents, and latents to pictures.

    With K conditions both halves are told which one, as K numbers of which one is 1, beside the features and beside the latents.
    """

    def __init__(self, name: NetworkName, size: tuple[int, int], width: int, latents: int, conditions: int = 0) -> None:
        """conditions: K; 0 for a network that is told none. Raises `SuiteError` for a size that the network cannot take."""
        super().__init__()
        halves = build(name, size, width, latents + conditions)
        self.latents, self.conditions = latents, conditions
        self.encoder, self.decoder = halves.encoder, halves.decoder
        self.mean = nn.Linear(halves.features + conditions, latents)
        self.log_variance = nn.Linear(halves.features + conditions, latents)

    def encode(self, pictures: Tensor, conditions: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Mean and log variance, [B, Z] float32 each. pictures: [B, 3, H, W] in 0..1; conditions: [B] numbers, where there are any."""
        features = self._told(self.encoder(pictures), conditions)
        return self.mean(features).float(), self.log_variance(features).float()

    def decode(self, latents: Tensor, conditions: Tensor | None = None) -> Tensor:
        """[B, 3, H, W] float32 whose sigmoid is a picture. latents: [B, Z]."""
        logits: Tensor = self.decoder(self._told(latents, conditions))
        return logits.float()

    def forward(self, pictures: Tensor, conditions: Tensor | None = None) -> Tensor:
        """Pictures [B, 3, H, W] in 0..1 through the mean of their latents and back."""
        return self.decode(self.encode(pictures, conditions)[0], conditions).sigmoid()

    def _told(self, values: Tensor, conditions: Tensor | None) -> Tensor:
        if not self.conditions:
            return values
        assert conditions is not None, "this network was made with conditions"
        told = functional.one_hot(conditions.long(), self.conditions).to(values.dtype)
        return torch.cat([values, told], dim=1)
