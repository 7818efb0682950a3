"""What action values are moved towards: pure functions of rewards and of the values of what came next.

A `discount` is gamma to the power of the steps in between, and 0 where the episode terminated there; where it was truncated the
value of its true last observation counts. n-step returns come from the replay memory (replay/transitions.py).
"""

from __future__ import annotations

import torch
from torch import Tensor


def dqn_targets(returns: Tensor, discounts: Tensor, next_target: Tensor) -> Tensor:
    """Return plus the discounted highest value by the target network. Mnih et al. 2015 (Nature 518), methods, the loss of eq. 2.

    returns, discounts: [B] float32; next_target: [B, A] float32, the target network's values of the next observations -> [B].
    """
    return returns + discounts * next_target.amax(dim=1)


def double_dqn_targets(returns: Tensor, discounts: Tensor, next_online: Tensor, next_target: Tensor) -> Tensor:
    """The online network chooses the next action, the target network says its worth. Van Hasselt et al. 2016 (arXiv:1509.06461), eq. 4.

    returns, discounts: [B] float32; next_online, next_target: [B, A] float32 values of the next observations -> [B].
    """
    chosen = next_online.argmax(dim=1, keepdim=True)
    return returns + discounts * next_target.gather(1, chosen).squeeze(1)


def lambda_returns(rewards: Tensor, discounts: Tensor, goes_on: Tensor, next_best: Tensor, decay: float) -> Tensor:
    """Peng's Q(lambda) over T steps of E environments, from the last step back. Gallici et al. 2024 (arXiv:2407.04811), section 4.

    G_t = r_t + d_t * (decay * G_t+1 + (1 - decay) * max Q(s_t+1)) while the episode goes on within the T steps,
    G_t = r_t + d_t * max Q(s_t+1) where it ended, and at the last of the T.

    rewards: [T, E] float32; discounts: [T, E] float32, gamma or 0 where the step terminated; goes_on: [T, E] bool, False where the
    episode ended or was cut after the step; next_best: [T, E] float32, the highest value of the true next observation;
    decay: lambda, 0 to 1 -> [T, E] float32.
    """
    found = torch.empty_like(rewards)
    found[-1] = rewards[-1] + discounts[-1] * next_best[-1]
    for t in range(len(rewards) - 2, -1, -1):
        carried = decay * found[t + 1] + (1 - decay) * next_best[t]
        found[t] = rewards[t] + discounts[t] * torch.where(goes_on[t], carried, next_best[t])
    return found
