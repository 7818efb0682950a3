"""What policy-gradient methods descend on: pure functions of log-probabilities, advantages and values, each [B] float32."""

from __future__ import annotations

import torch
from torch import Tensor


def policy_gradient_loss(log_probs: Tensor, advantages: Tensor) -> Tensor:
    """Makes actions likelier by their advantage; returns a scalar.

    With returns in place of advantages it is REINFORCE (Williams 1992; Sutton and Barto 2018, section 13.3), with returns less a baseline
    section 13.4, with TD errors the one-step actor-critic of section 13.5, with n-step advantages A2C (Mnih et al. 2016, arXiv:1602.01783).
    All steps of an episode weigh alike: Sutton and Barto's factor gamma^t is left out, as is usual.
    """
    return -(log_probs * advantages).mean()


def clipped_policy_loss(log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip: float) -> Tensor:
    """PPO's clipped surrogate, Schulman et al. 2017 (arXiv:1707.06347), eq. 7, negated; returns a scalar."""
    ratio = (log_probs - old_log_probs).exp()
    return -torch.min(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages).mean()


def value_loss(values: Tensor, targets: Tensor) -> Tensor:
    """Half the mean squared error; returns a scalar."""
    return 0.5 * (values - targets).square().mean()


def clipped_value_loss(values: Tensor, old_values: Tensor, targets: Tensor, clip: float) -> Tensor:
    """The larger of the error and that of a value held within `clip` of the old one, as OpenAI Baselines' PPO2 has it.

    Half the mean square, a scalar. Engstrom et al. 2020 (arXiv:2005.12729), section 2.
    """
    held = old_values + (values - old_values).clamp(-clip, clip)
    return 0.5 * torch.max((values - targets).square(), (held - targets).square()).mean()
