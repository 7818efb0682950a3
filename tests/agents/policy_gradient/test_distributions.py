"""Log-probabilities, entropies and relative entropies against torch.distributions; deviations that are never 0; drawing by chance."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import distributions as oracle

from agents.policy_gradient.acting import chosen_by_chance
from agents.policy_gradient.distributions import Categorical, Gaussian, deviation_of, raw_of


def normal(*shape: int, seed: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def test_a_categorical_is_that_of_torch():
    logits, others = normal(7, 4, seed=0) * 3, normal(7, 4, seed=1)
    mine, theirs = Categorical.of(logits), oracle.Categorical(logits=logits)
    actions = torch.tensor([0, 1, 2, 3, 0, 1, 2])
    torch.testing.assert_close(mine.log_prob(actions), theirs.log_prob(actions))
    torch.testing.assert_close(mine.entropy(), theirs.entropy())
    expected = oracle.kl_divergence(theirs, oracle.Categorical(logits=others))
    torch.testing.assert_close(mine.kl(Categorical.of(others)), expected)
    assert Categorical.of(torch.zeros(1, 4)).entropy().tolist() == pytest.approx([np.log(4)])
    assert torch.equal(mine.rows(torch.tensor([2, 0])).logs, logits.log_softmax(1)[[2, 0]])


@pytest.mark.parametrize("of_state", [False, True])
def test_a_gaussian_is_that_of_torch(of_state: bool):
    shape = (5, 2) if of_state else (2,)
    mean, deviation = normal(5, 2, seed=0), normal(*shape, seed=1).exp()
    other_mean, other_deviation = normal(5, 2, seed=2), normal(*shape, seed=3).exp()
    mine, other = Gaussian(mean, deviation), Gaussian(other_mean, other_deviation)
    theirs, others = (oracle.Independent(oracle.Normal(m, s.expand(5, 2)), 1) for m, s in (mine, other))
    actions = normal(5, 2, seed=4)
    torch.testing.assert_close(mine.log_prob(actions), theirs.log_prob(actions))
    torch.testing.assert_close(mine.entropy(), theirs.entropy())
    torch.testing.assert_close(mine.kl(other), oracle.kl_divergence(theirs, others))
    chosen = torch.tensor([3, 3, 1])
    torch.testing.assert_close(mine.rows(chosen).log_prob(actions[chosen]), theirs.log_prob(actions)[chosen])


def test_a_policy_is_no_distance_from_itself():
    for said in (Categorical.of(normal(3, 4, seed=0)), Gaussian(normal(3, 2, seed=0), torch.tensor([0.5, 2.0]))):
        assert said.kl(said.detach()).abs().max() < 1e-6


@pytest.mark.parametrize("smallest", [1e-3, 0.1])
def test_a_deviation_is_never_below_its_smallest_and_begins_as_asked(smallest: float):
    raw = torch.tensor([-1000.0, -20.0, 0.0, 50.0])
    found = deviation_of(raw, smallest)
    assert found.min() >= smallest
    assert torch.isfinite(Gaussian(torch.zeros(1, 4), found).log_prob(torch.ones(1, 4))).all()
    for wanted in (0.5, 1.0, 30.0):
        assert float(deviation_of(torch.tensor(raw_of(wanted, smallest)), smallest)) == pytest.approx(wanted, rel=1e-5)


def test_actions_are_drawn_as_often_as_their_share():
    logits = np.tile(np.log(np.array([[0.1, 0.6, 0.3]], np.float32)) + 40, (30_000, 1))
    counts = np.bincount(chosen_by_chance(logits, np.random.default_rng(0)), minlength=3) / 30_000
    assert counts == pytest.approx([0.1, 0.6, 0.3], abs=0.01)  # a deviation over 30,000 draws is 0.003 at most


def test_an_action_without_a_chance_is_not_drawn():
    logits = np.tile(np.array([[-np.inf, 0.0, -np.inf]], np.float32), (1000, 1))
    assert set(chosen_by_chance(logits, np.random.default_rng(0)).tolist()) == {1}
