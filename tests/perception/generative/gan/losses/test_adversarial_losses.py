"""Adversarial losses by hand, what keeps a critic smooth, and slopes against small differences."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from perception.generative.gan.losses.clipping import Clipping
from perception.generative.gan.losses.gradient_penalty import GradientPenalty, steepness
from perception.generative.gan.losses.least_squares import LeastSquares
from perception.generative.gan.losses.non_saturating import NonSaturating
from perception.generative.gan.losses.regularising import Unregularised
from perception.generative.gan.losses.wasserstein import Wasserstein

REAL, FAKE = torch.tensor([1.0, 3.0]), torch.tensor([[-2.0], [0.0]])
LOSSES = (NonSaturating(), LeastSquares(), Wasserstein())


def test_cross_entropy_by_hand():
    def sigmoid(score):
        return 1.0 / (1.0 + math.exp(-score))

    real = -(math.log(sigmoid(1.0)) + math.log(sigmoid(3.0))) / 2
    fake = -(math.log(1.0 - sigmoid(-2.0)) + math.log(1.0 - sigmoid(0.0))) / 2
    assert NonSaturating().critic(REAL, FAKE).item() == pytest.approx(real + fake)
    assert NonSaturating().generator(FAKE).item() == pytest.approx(-(math.log(sigmoid(-2.0)) + math.log(0.5)) / 2)


def test_least_squares_by_hand():
    assert LeastSquares().critic(REAL, FAKE).item() == pytest.approx(0.5 * (0 + 4) / 2 + 0.5 * (4 + 0) / 2)
    assert LeastSquares().generator(FAKE).item() == pytest.approx(0.5 * (9 + 1) / 2)
    pearson = LeastSquares(a=-1.0, b=1.0, c=0.0)
    assert pearson.critic(REAL, FAKE).item() == pytest.approx(0.5 * (0 + 4) / 2 + 0.5 * (1 + 1) / 2)
    assert pearson.generator(FAKE).item() == pytest.approx(0.5 * (4 + 0) / 2)


def test_the_earth_movers_distance_by_hand():
    assert Wasserstein().critic(REAL, FAKE).item() == -1.0 - 2.0
    assert Wasserstein().generator(FAKE).item() == 1.0


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.1, 0.9), min_size=2, max_size=5))
def test_the_critic_pulls_scores_apart_and_the_generator_raises_its_own(loss, scores):
    """Between the numbers that least squares draw to."""
    real, fake = (torch.tensor(scores, dtype=torch.float64, requires_grad=True) for _ in range(2))
    loss.critic(real, fake).backward()
    assert (real.grad < 0.0).all()
    assert (fake.grad > 0.0).all()
    fake.grad = None
    loss.generator(fake).backward()
    assert (fake.grad < 0.0).all()


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
def test_gradients_are_those_of_small_differences(loss):
    real, fake = (torch.randn(3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(loss.critic, (real, fake))
    assert torch.autograd.gradcheck(loss.generator, fake)


def test_a_plane_is_as_steep_everywhere():
    """Slope 5 of 3 x + 4 y."""
    places = torch.randn(6, 2)
    assert steepness(lambda x: x @ torch.tensor([3.0, 4.0]), places).item() == pytest.approx(16.0)
    penalty = GradientPenalty(10.0).penalty(lambda x: x @ torch.tensor([0.6, 0.8]), places, places + 1.0)
    assert penalty.item() == pytest.approx(0.0, abs=1e-9)


def test_the_penalty_is_taken_between_real_and_made():
    """Of the score |x|^2 / 2 the slope at x is |x|: between (1, 0) and (3, 0) on average E (x - 1)^2 = 4 / 3 for x evenly from 1 to 3."""
    torch.manual_seed(0)
    real, made = torch.tensor([[1.0, 0.0]]).expand(20_000, 2), torch.tensor([[3.0, 0.0]]).expand(20_000, 2)
    penalty = GradientPenalty(2.0).penalty(lambda x: 0.5 * x.square().sum(1), real, made)
    assert penalty.item() == pytest.approx(2.0 * 4.0 / 3.0, rel=0.03)


def test_the_penaltys_gradient_is_that_of_small_differences():
    torch.manual_seed(1)
    first, second = (torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in ((3, 5), (5,)))
    places = torch.randn(4, 3, dtype=torch.float64)

    def penalty(first, second):
        return steepness(lambda x: torch.tanh(x @ first) @ second, places)

    assert torch.autograd.gradcheck(penalty, (first, second))


def test_the_penalty_is_exact_under_autocast():
    torch.manual_seed(2)
    critic, places = nn.Linear(8, 1), torch.randn(4, 8)
    exact = steepness(lambda x: critic(x)[:, 0], places)
    with torch.autocast("cpu", torch.bfloat16):
        assert steepness(lambda x: critic(x)[:, 0], places).item() == exact.item()


def test_clipping_bounds_every_parameter():
    critic = nn.Linear(3, 2)
    before = critic.weight.detach().clone()
    with torch.no_grad():
        Clipping(0.1).moved(critic)
    assert torch.equal(critic.weight, before.clamp(-0.1, 0.1))
    assert critic.bias.abs().max() <= 0.1
    for without in (Clipping(0.1), Unregularised()):
        assert without.penalty(critic, REAL, FAKE) is None
