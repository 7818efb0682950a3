"""A critic within a box, so that it is nowhere too steep. Source: Arjovsky et al. 2017 (arXiv:1701.07875), algorithm 1, line 7."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from perception.generative.gan.losses.regularising import Scoring


@dataclass(frozen=True)
class Clipping:
    """See `Regulariser`."""

    clip: float
    """Greatest absolute value of each parameter, c in the paper."""

    def penalty(self, scoring: Scoring, real: Tensor, fake: Tensor) -> Tensor | None:
        """None."""
        return None

    def moved(self, critic: nn.Module) -> None:
        """Brings each parameter back into [-clip, clip]."""
        for parameter in critic.parameters():
            parameter.clamp_(-self.clip, self.clip)
