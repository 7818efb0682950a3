"""One step of an optimiser, and how its size falls over a run. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn

FADING: Final = 100
"""Updates between two looks for moments that fade: with the 0.9 of Adam they shrink to 3e-5 meanwhile."""
FADED: Final = {"exp_avg": 1e-30, "exp_avg_sq": 1e-34}
"""Adam's moments below these are none: the least normal number is 1.2e-38, and a step with such moments is 1e-22 of the rate, as Adam adds
1e-8 below the fraction line (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1)."""


def descend(
    optimizer: torch.optim.Optimizer,
    loss: Tensor,
    rate: float,
    max_gradient: float,
    hand_over: Callable[[], None] | None = None,
) -> None:
    """One step of the optimiser with step size `rate`, on a gradient no longer than `max_gradient`.

    hand_over: gives its parameters their gradients, where others calculated the loss (value_based/arithmetic.py).
    """
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    if hand_over is not None:
        hand_over()
    _shorten([part for group in optimizer.param_groups for part in group["params"]], max_gradient)
    optimizer.step()


def forget_faded(optimizer: torch.optim.Optimizer, update: int) -> None:
    """Put Adam's moments at 0 where they have faded, once in `FADING` updates.

    update: how many are done. Where a weight hears of no gradient any more, its moments go through the subnormal numbers on their way
    to 0, which take some processors a hundred times as long as others: a step of Adam for the network of Mnih et al. 2015, learning
    Breakout, took 2.4 ms with them and 1.3 ms without (two cores of an Intel Xeon, 2026-11-30).
    """
    if update % FADING:
        return
    with torch.no_grad():
        for moments in optimizer.state.values():
            for name, least in FADED.items():
                if name in moments:
                    moments[name].masked_fill_(moments[name].abs() < least, 0.0)


def annealed(rate: float, progress: float) -> float:
    """A step size, or another rate, that falls in a line to 0 at the end of the run."""
    return rate * max(0.0, 1.0 - progress)


def warmed_up(update: int, warm_up: int, updates: int) -> float:
    """Share of the greatest learning rate at an update, from 0 on: straight up over the warm-up, then down along half a cosine."""
    if update < warm_up:
        return (update + 1) / warm_up
    return 0.5 * (1.0 + math.cos(math.pi * (update - warm_up) / max(updates - warm_up, 1)))


def _shorten(parameters: list[nn.Parameter], longest: float) -> None:
    """Shorten the gradient to this norm over all parameters.

    One that is short enough is left alone, unless to ask would keep a GPU waiting: to multiply it by one took 0.2 ms for the network of
    Mnih et al. 2015 on one core.
    """
    length = nn.utils.get_total_norm([part.grad for part in parameters if part.grad is not None])
    if length.is_cuda or length > longest:
        nn.utils.clip_grads_with_norm_(parameters, longest, length)
