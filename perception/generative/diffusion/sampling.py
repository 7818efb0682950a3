"""Pictures out of noise. Sources: Ho et al. 2020 (arXiv:2006.11239), algorithm 2; Song et al. 2021 (arXiv:2010.02502), equations 12 and 16;
Ho and Salimans 2022 (arXiv:2207.12598), equation 6, for guidance."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from perception.generative.diffusion.schedule import Schedule

Teller = Callable[[Tensor, Tensor], Tensor]
"""Noisy pictures [B, 3, H, W] and their steps [B] int64 to the noise that they carry."""


def ancestral(teller: Teller, schedule: Schedule, noise: Tensor, draws: torch.Generator) -> Tensor:
    """[B, 3, H, W] in -1..1 by all T steps, each drawn from the posterior of what the picture seems to be. noise: normal, of this shape;
    draws: for the noise of each step."""
    noisy = noise
    for step in reversed(range(schedule.steps)):
        steps = torch.full((len(noisy),), step, dtype=torch.int64, device=noisy.device)
        mean, variance = schedule.posterior(_seeming(teller, schedule, noisy, steps)[0], noisy, steps)
        noisy = mean + variance.sqrt() * torch.randn(noisy.shape, generator=draws).to(noisy.device) if step else mean
    return noisy


def ddim(
    teller: Teller,
    schedule: Schedule,
    noise: Tensor,
    count: int,
    eta: float = 0.0,
    draws: torch.Generator | None = None,
) -> Tensor:
    """[B, 3, H, W] in -1..1 by `count` of the T steps, evenly chosen; the noise decides all where eta is 0, and 1 is the ancestral way.

    draws: for eta above 0.
    """
    chosen = evenly(schedule.steps, count)
    noisy = noise
    for place in reversed(range(count)):
        steps = torch.full((len(noisy),), chosen[place], dtype=torch.int64, device=noisy.device)
        picture, told = _seeming(teller, schedule, noisy, steps)
        if place == 0:
            return picture
        kept, before = float(schedule.kept[chosen[place]]), float(schedule.kept[chosen[place - 1]])
        deviation = eta * ((1.0 - before) / (1.0 - kept) * (1.0 - kept / before)) ** 0.5
        noisy = before**0.5 * picture + (1.0 - before - deviation**2) ** 0.5 * told
        if deviation > 0.0:
            noisy = noisy + deviation * torch.randn(noisy.shape, generator=draws).to(noisy.device)
    raise AssertionError("the loop ends at place 0")


def guided(conditional: Teller, free: Teller, weight: float) -> Teller:
    """What the condition adds to the noise that is told, `weight` times more of it; 0 takes it as it is."""
    if weight == 0.0:
        return conditional

    def tell(noisy: Tensor, steps: Tensor) -> Tensor:
        return (1.0 + weight) * conditional(noisy, steps) - weight * free(noisy, steps)

    return tell


def evenly(steps: int, count: int) -> list[int]:
    """`count` rising numbers from 0 to steps - 1, as evenly as they go."""
    return [round(place) for place in torch.linspace(0, steps - 1, count, dtype=torch.float64).tolist()]


def _seeming(teller: Teller, schedule: Schedule, noisy: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
    """What the picture seems to be, kept within -1..1, and the noise that makes it so."""
    picture = schedule.picture_of(noisy, steps, teller(noisy, steps)).clamp(-1.0, 1.0)
    kept = schedule.kept[steps.cpu()].to(noisy.device, noisy.dtype).view(-1, 1, 1, 1)
    return picture, (noisy - kept.sqrt() * picture) / (1.0 - kept).sqrt()
