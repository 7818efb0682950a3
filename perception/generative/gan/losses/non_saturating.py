"""Cross-entropy, and a generator that raises log D. Source: Goodfellow et al. 2014 (arXiv:1406.2661) eq. 1 and the end of section 3."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class NonSaturating:
    """Scores are logits: D = sigmoid(score)."""

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """-E log D(x) - E log(1 - D(G(z)))."""
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor) -> Tensor:
        """-E log D(G(z)), whose gradient is strong where the critic is sure: not the E log(1 - D(G(z))) of eq. 1."""
        return softplus(-fake).mean()
