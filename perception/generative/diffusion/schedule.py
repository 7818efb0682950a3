"""How much noise a picture carries at each step, and what follows from it in closed form. Sources: Ho et al. 2020 (arXiv:2006.11239),
equations 2 to 15; Nichol and Dhariwal 2021 (arXiv:2102.09672), equation 17, for the cosine; Salimans and Ho 2022 (arXiv:2202.00512),
appendix D, for velocities.

Steps count from 0, the least noise, to T - 1; the papers' t is one more. Pictures and noise: [B, ...] float32; steps: [B] int64.
"""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

import torch
from torch import Tensor

ScheduleName = Literal["linear", "cosine"]
FIRST_BETA: Final = 1e-4
LAST_BETA: Final = 0.02
PAPER_STEPS: Final = 1000
"""Ho et al. 2020, section 4; with other numbers of steps betas are scaled, so that the last one hides as much."""
OFFSET: Final = 0.008
MOST_BETA: Final = 0.999
"""Nichol and Dhariwal 2021, section 3.2."""


class Schedule(NamedTuple):
    """Of T steps."""

    betas: Tensor
    """[T] float64: variance of the noise that each step adds."""
    kept: Tensor
    """[T] float64: the product of 1 - beta up to each step, alpha bar: the share of the picture's variance that is left."""

    @property
    def steps(self) -> int:
        """T."""
        return len(self.betas)

    def noised(self, pictures: Tensor, steps: Tensor, noise: Tensor) -> Tensor:
        """Drawn from q(x_t | x_0), equation 4. noise: of the pictures' shape, normal."""
        kept = _beside(self.kept[steps.cpu()], pictures)
        return kept.sqrt() * pictures + (1.0 - kept).sqrt() * noise

    def picture_of(self, noisy: Tensor, steps: Tensor, noise: Tensor) -> Tensor:
        """x_0 where `noise` is what the noisy pictures x_t carry, equation 15; the inverse of `noised`."""
        kept = _beside(self.kept[steps.cpu()], noisy)
        return (noisy - (1.0 - kept).sqrt() * noise) / kept.sqrt()

    def velocity(self, pictures: Tensor, steps: Tensor, noise: Tensor) -> Tensor:
        """What a network may tell in place of the noise: it says as much where next to nothing of the picture is left."""
        kept = _beside(self.kept[steps.cpu()], pictures)
        return kept.sqrt() * noise - (1.0 - kept).sqrt() * pictures

    def noise_of(self, noisy: Tensor, steps: Tensor, velocity: Tensor) -> Tensor:
        """The noise of x_t where `velocity` is that of its picture and its noise."""
        kept = _beside(self.kept[steps.cpu()], noisy)
        return (1.0 - kept).sqrt() * noisy + kept.sqrt() * velocity

    def posterior(self, pictures: Tensor, noisy: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance of q(x_(t-1) | x_t, x_0), equations 6 and 7; the variance is [B, 1, ...], 0 at step 0."""
        steps = steps.cpu()
        kept, beta = self.kept[steps], self.betas[steps]
        before = torch.where(steps > 0, self.kept[(steps - 1).clamp(min=0)], torch.ones_like(kept))
        of_picture = before.sqrt() * beta / (1.0 - kept)
        of_noisy = (1.0 - beta).sqrt() * (1.0 - before) / (1.0 - kept)
        mean = _beside(of_picture, noisy) * pictures + _beside(of_noisy, noisy) * noisy
        return mean, _beside((1.0 - before) / (1.0 - kept) * beta, noisy)


def schedule(name: ScheduleName, steps: int) -> Schedule:
    """linear: betas in a line, Ho et al. 2020; cosine: alpha bar falls as a squared cosine, Nichol and Dhariwal 2021."""
    if name == "linear":
        scale = PAPER_STEPS / steps
        betas = torch.linspace(scale * FIRST_BETA, min(scale * LAST_BETA, MOST_BETA), steps, dtype=torch.float64)
    else:
        places = torch.arange(steps + 1, dtype=torch.float64) / steps
        falling = ((places + OFFSET) / (1.0 + OFFSET) * math.pi / 2).cos().square()
        betas = (1.0 - falling[1:] / falling[:-1]).clamp(max=MOST_BETA)
    return Schedule(betas, (1.0 - betas).cumprod(dim=0))


def _beside(values: Tensor, pictures: Tensor) -> Tensor:
    """[B, 1, ...] of numbers [B], to be multiplied with pictures [B, ...]."""
    return values.to(pictures.device, pictures.dtype).view(-1, *[1] * (pictures.ndim - 1))
