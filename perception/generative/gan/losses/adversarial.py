"""What generator and critic play for: a loss for each, of the critic's scores. Goodfellow et al. 2014 (arXiv:1406.2661), section 3."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class AdversarialLoss(Protocol):
    """Scores are float32 of any shape, one for each example or for each patch of one; losses are scalars, means over scores."""

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """Falls as real examples score higher than made ones."""

    def generator(self, fake: Tensor) -> Tensor:
        """Falls as made examples score higher."""
