"""One step of an optimiser, and how its size falls over a run. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn


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
