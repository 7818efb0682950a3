"""Losses by hand: what counts, what is clipped, and where no gradient is left."""

from __future__ import annotations

import math

import pytest
import torch
from torch import tensor

from agents.policy_gradient.losses import clipped_policy_loss, clipped_value_loss, policy_gradient_loss, value_loss


def test_the_policy_gradient_is_the_advantage():
    log_probs = tensor([-1.0, -2.0], requires_grad=True)
    loss = policy_gradient_loss(log_probs, tensor([3.0, -4.0]))
    loss.backward()
    assert loss.item() == -(-3 + 8) / 2
    assert log_probs.grad.tolist() == [-1.5, 2.0]


def test_a_ratio_of_1_gives_the_mean_advantage():
    log_probs, advantages = tensor([-1.0, -0.5]), tensor([2.0, -1.0])
    assert float(clipped_policy_loss(log_probs, log_probs, advantages, 0.2)) == -0.5


@pytest.mark.parametrize(
    ("ratio", "advantage", "counts", "moves"),
    [
        (1.5, 2.0, 1.2 * 2.0, False),  # likelier by more than the clip, and good: no more of it
        (0.5, 2.0, 0.5 * 2.0, True),  # good, but made less likely: back
        (0.5, -2.0, 0.8 * -2.0, False),  # bad, and less likely by more than the clip
        (1.5, -2.0, 1.5 * -2.0, True),  # bad, but made likelier: back
        (1.1, 2.0, 1.1 * 2.0, True),
    ],
)
def test_the_surrogate_is_clipped_to_the_side_that_gains(ratio: float, advantage: float, counts: float, moves: bool):
    log_probs = tensor([math.log(ratio)], requires_grad=True)
    loss = clipped_policy_loss(log_probs, tensor([0.0]), tensor([advantage]), 0.2)
    loss.backward()
    assert loss.item() == pytest.approx(-counts)
    assert (float(log_probs.grad) != 0) == moves


def test_values_by_hand():
    values, targets = tensor([1.0, 5.0]), tensor([2.0, 2.0])
    assert float(value_loss(values, targets)) == (1 + 9) / 4
    # Held within 1 of the old ones the values are 1 and 3: errors 1 and 1; the larger of each pair are 1 and 9.
    assert float(clipped_value_loss(values, tensor([0.0, 2.0]), targets, 1.0)) == (1 + 9) / 4
    # Old 0: 1 stays 1. Old 9: 5 is held at 8, error 6.
    assert float(clipped_value_loss(values, tensor([0.0, 9.0]), targets, 1.0)) == (1 + 36) / 4


def test_a_value_that_has_gone_far_enough_towards_its_target_moves_no_further():
    values = tensor([1.5], requires_grad=True)
    clipped_value_loss(values, tensor([0.0]), tensor([4.0]), 1.0).backward()
    assert float(values.grad) == 0


def test_gradients_are_those_of_finite_differences():
    rng = torch.Generator().manual_seed(0)
    log_probs, old, advantages = torch.randn(3, 6, generator=rng, dtype=torch.float64)
    log_probs.requires_grad_(True)
    assert torch.autograd.gradcheck(lambda x: policy_gradient_loss(x, advantages), (log_probs,))
    assert torch.autograd.gradcheck(lambda x: clipped_policy_loss(x, old, advantages, 0.2), (log_probs,))
    assert torch.autograd.gradcheck(lambda x: clipped_value_loss(x, old, advantages, 0.2), (log_probs,))
