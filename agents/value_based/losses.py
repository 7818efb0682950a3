"""How far action values are from their targets, as one number to descend on."""

from __future__ import annotations

from typing import Final, Literal, get_args

from torch import Tensor
from torch.nn import functional

Loss = Literal["huber", "squared"]
LOSSES: Final[tuple[Loss, ...]] = get_args(Loss)


def td_loss(chosen: Tensor, targets: Tensor, weights: Tensor, kind: Loss) -> Tensor:
    """Weighted mean loss of the values of chosen actions. chosen, targets, weights: [B] float32; returns a scalar.

    huber: e^2 / 2 within |e| <= 1, |e| - 1/2 beyond: the error clipped to -1..1 of Mnih et al. 2015 (Nature 518, methods) as a loss;
    squared: e^2. Weights are those of importance sampling, Schaul et al. 2016 (arXiv:1511.05952), section 3.4.
    """
    apart = functional.huber_loss if kind == "huber" else functional.mse_loss
    return (weights * apart(chosen, targets, reduction="none")).mean()
