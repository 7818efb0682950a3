"""The parts of TRPO: pure functions that find the best step of a policy within a distance, told by the relative entropy.

Sources: Schulman et al. 2015 (arXiv:1502.05477), section 6 and appendix C; Hestenes and Stiefel 1952 for conjugate gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]
_SOLVED: Final = 1e-10
"""Squared length of what is left to solve at which conjugate gradients end, as in OpenAI Baselines."""


def flat_gradient(value: Tensor, parameters: Sequence[Tensor], keep: bool = False) -> Tensor:
    """Gradient of a scalar by all parameters, one behind another, [P]. keep: whether it can be differentiated again."""
    parts = torch.autograd.grad(value, parameters, create_graph=keep, retain_graph=True)
    return torch.cat([part.reshape(-1) for part in parts])


def fisher_product(divergence: Tensor, parameters: Sequence[Tensor], damping: float) -> Product:
    """The function v -> (F + damping) v, F being the Fisher matrix [P, P], which is never built: the second derivative of the divergence.

    divergence: mean KL(old | new), a scalar with a gradient, at new = old; damping: 0 or more. Appendix C.1.
    """
    gradient = flat_gradient(divergence, parameters, keep=True)

    def product(vector: Tensor) -> Tensor:
        return flat_gradient(gradient @ vector, parameters) + damping * vector

    return product


def conjugate_gradient(product: Product, goal: Tensor, steps: int) -> Tensor:
    """x with product(x) = goal, nearly, for a symmetric positive definite product; exactly after P steps. goal: [P] -> [P]."""
    found = torch.zeros_like(goal)
    left = goal.clone()
    direction = goal.clone()
    length = left @ left
    for _ in range(steps):
        if length < _SOLVED:
            break
        changed = product(direction)
        share = length / (direction @ changed)
        found += share * direction
        left -= share * changed
        before, length = length, left @ left
        direction = left + (length / before) * direction
    return found


def longest_step(direction: Tensor, product: Product, kl_limit: float) -> Tensor:
    """The direction at the length at which the quadratic estimate of the divergence is the limit: sqrt(2 limit / (d F d)) d."""
    curved = float(direction @ product(direction))
    return direction * math.sqrt(2 * kl_limit / curved) if curved > 0 else torch.zeros_like(direction)


def line_search(tried: Callable[[float], tuple[float, float]], kl_limit: float, shrink: float, tries: int) -> float:
    """The first of the shares 1, shrink, shrink^2, ... of a step that gains and keeps to the limit; 0 where none does.

    tried: share -> (how much better the surrogate gets, the divergence).
    """
    for number in range(tries):
        share = shrink**number
        gain, divergence = tried(share)
        if gain > 0 and divergence <= kl_limit:
            return share
    return 0.0
