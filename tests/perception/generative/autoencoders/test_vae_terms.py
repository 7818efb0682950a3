"""The VAE's bound: by hand, and against torch's own distributions."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from perception.generative.autoencoders.vae_terms import (
    bernoulli_nats,
    gaussian_nats,
    kl_nats,
    sampled,
    warmed_up,
    with_free_bits,
)


def test_the_kl_by_hand():
    # N(1, 1): 1/2. N(0, 4): (4 - 1 - ln 4) / 2. N(0, 1): 0.
    said = kl_nats(torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.0, math.log(4.0), 0.0]]))
    assert said[0].tolist() == pytest.approx([0.5, 1.5 - math.log(2.0), 0.0])


def test_the_kl_is_that_of_torch():
    dice = torch.Generator().manual_seed(0)
    mean, log_variance = (torch.randn((5, 7), generator=dice, dtype=torch.float64) for _ in range(2))
    there = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(torch.zeros(()).double(), 1.0))
    torch.testing.assert_close(kl_nats(mean, log_variance), there)


def test_likelihoods_are_those_of_torch():
    dice = torch.Generator().manual_seed(1)
    pictures, means = (torch.rand((4, 3, 2, 5), generator=dice, dtype=torch.float64) for _ in range(2))
    gaussian = -Normal(means, 0.2).log_prob(pictures).flatten(1).sum(1)
    torch.testing.assert_close(gaussian_nats(pictures, means, 0.2), gaussian)
    bits = (pictures > 0.5).double()
    bernoulli = -Bernoulli(logits=means).log_prob(bits).flatten(1).sum(1)
    torch.testing.assert_close(bernoulli_nats(bits, means), bernoulli)


def test_likelihoods_by_hand():
    one = torch.ones((1, 1, 1, 1))
    # exp(-(1 - 0.5)^2 / (2 * 0.25)) / (0.5 sqrt(2 pi))
    assert gaussian_nats(one, 0.5 * one, 0.5).item() == pytest.approx(0.5 + math.log(0.5 * math.sqrt(2 * math.pi)))
    assert bernoulli_nats(one, 0.0 * one).item() == pytest.approx(math.log(2.0))


def test_free_bits_leave_small_latents_alone():
    mean = torch.tensor([[0.1, 2.0], [0.1, 0.0]], requires_grad=True)
    total = with_free_bits(kl_nats(mean, torch.zeros((2, 2))), 0.5)
    assert total.item() == pytest.approx(0.5 + 1.0)  # 0.005 is lifted to 0.5; the mean of 2 and 0 stays
    total.backward()
    assert mean.grad.tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert with_free_bits(torch.tensor([[0.25, 1.0]]), 0.0).item() == 1.25


def test_latents_are_drawn_from_what_is_said():
    torch.manual_seed(0)
    mean, log_variance = torch.full((20_000, 1), 3.0), torch.full((20_000, 1), math.log(0.25))
    drawn = sampled(mean, log_variance)
    assert drawn.mean().item() == pytest.approx(3.0, abs=0.02)
    assert drawn.std().item() == pytest.approx(0.5, abs=0.02)


def test_the_kl_is_warmed_up():
    assert [warmed_up(number, 4) for number in range(6)] == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    assert warmed_up(0, 0) == 1.0
