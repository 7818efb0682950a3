"""The mixture density: by hand, against torch's own mixture, its gradient, and its temperature."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Categorical, MixtureSameFamily, Normal

from agents.world_models.mixture import Mixture, drawn, log_likelihood, mixture_of, tempered


def mixture(weights, means, deviations):
    parts = [torch.tensor(part, dtype=torch.float64) for part in (weights, means, deviations)]
    return Mixture(parts[0].log(), parts[1], parts[2].log())


def test_one_gaussian_by_hand():
    one = mixture([[1.0]], [[2.0]], [[0.5]])
    expected = -0.5 * ((3.0 - 2.0) / 0.5) ** 2 - math.log(0.5) - 0.5 * math.log(2 * math.pi)
    assert log_likelihood(one, torch.tensor([3.0], dtype=torch.float64)).item() == pytest.approx(expected, abs=1e-12)


def test_two_gaussians_by_hand():
    """p(0) = 0.25 N(0; -1, 1) + 0.75 N(0; 2, 2)."""
    two = mixture([[0.25, 0.75]], [[-1.0, 2.0]], [[1.0, 2.0]])
    density = 0.25 * math.exp(-0.5) / math.sqrt(2 * math.pi) + 0.75 * math.exp(-0.5) / (2 * math.sqrt(2 * math.pi))
    found = log_likelihood(two, torch.zeros(1, dtype=torch.float64)).item()
    assert found == pytest.approx(math.log(density), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 4), st.integers(1, 5))
def test_it_is_torchs_mixture(seed, latents, gaussians):
    generator = torch.Generator().manual_seed(seed)
    said = torch.randn(3, 2, latents * gaussians * 3, generator=generator, dtype=torch.float64)
    seen = torch.randn(3, 2, latents, generator=generator, dtype=torch.float64)
    own = mixture_of(said, latents)
    theirs = MixtureSameFamily(Categorical(logits=own.log_weights), Normal(own.means, own.log_deviations.exp()))
    assert torch.allclose(log_likelihood(own, seen), theirs.log_prob(seen), atol=1e-10)
    assert torch.allclose(own.log_weights.exp().sum(-1), torch.ones(3, 2, latents, dtype=torch.float64))


def test_its_gradient():
    said = torch.randn(2, 2 * 3 * 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    seen = torch.tensor([[0.3, -1.0], [2.0, 0.1]], dtype=torch.float64)
    said.requires_grad_()
    assert torch.autograd.gradcheck(lambda raw: log_likelihood(mixture_of(raw, 2), seen), said)


def test_far_latents_have_a_likelihood_and_a_gradient():
    """Densities that underflow as numbers do not as logarithms."""
    said = torch.zeros(1, 6, requires_grad=True)
    found = log_likelihood(mixture_of(said, 1), torch.full((1, 1), 1000.0))
    found.sum().backward()
    assert found.item() == pytest.approx(-500_000.0, rel=1e-4)
    assert torch.isfinite(said.grad).all()


def test_temperature_divides_logits_and_stretches_deviations_by_its_root():
    cold = tempered(mixture([[0.2, 0.8]], [[1.0, 5.0]], [[1.0, 3.0]]), 0.25)
    weights = torch.tensor([0.2**4, 0.8**4], dtype=torch.float64)
    assert torch.allclose(cold.log_weights.exp()[0], weights / weights.sum())
    assert torch.allclose(cold.log_deviations.exp()[0], torch.tensor([0.5, 1.5], dtype=torch.float64))
    assert cold.means.tolist() == [[1.0, 5.0]]


def test_nearly_frozen_it_draws_the_likeliest_mean():
    one = tempered(mixture([[0.4, 0.6]], [[1.0, 5.0]], [[1.0, 1.0]]), 1e-6)
    assert drawn(one, torch.Generator().manual_seed(0)).item() == pytest.approx(5.0, abs=0.01)


def test_draws_have_the_mixtures_mean_and_variance():
    """Mean 0.25 * -1 + 0.75 * 2 = 1.25; variance 0.25 * (1 + 2.25^2) + 0.75 * (0.25 + 0.75^2) = 2.125."""
    many = Mixture(
        *(part.float().expand(20_000, 1, 2) for part in mixture([[0.25, 0.75]], [[-1.0, 2.0]], [[1.0, 0.5]]))
    )
    found = drawn(many, torch.Generator().manual_seed(5))
    assert found.shape == (20_000, 1)
    assert found.mean().item() == pytest.approx(1.25, abs=0.05)
    assert found.var().item() == pytest.approx(2.125, abs=0.08)


def test_draws_follow_from_the_generator_alone():
    many = mixture_of(torch.randn(5, 12, generator=torch.Generator().manual_seed(2)), 2)
    first, second = (drawn(many, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first, second)
