"""One step of an optimiser, and how its size falls over a run. Source: ours."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def descend(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float, max_gradient: float) -> None:
    """One step of the optimiser with step size `rate`, on a gradient no longer than `max_gradient`."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([part for group in optimizer.param_groups for part in group["params"]], max_gradient)
    optimizer.step()


def annealed(rate: float, progress: float) -> float:
    """A step size, or another rate, that falls in a line to 0 at the end of the run."""
    return rate * max(0.0, 1.0 - progress)
