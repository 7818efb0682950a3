"""Targets, losses, schedules and exploration, by hand; Q(lambda) also against its definition as a sum."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.value_based.exploring import epsilon_greedy
from agents.value_based.losses import td_loss
from agents.value_based.schedules import EpsilonSchedule
from agents.value_based.targets import double_dqn_targets, dqn_targets, lambda_returns
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.learning.descent import annealed

tensor = torch.tensor


def test_the_plain_target_takes_the_highest_value_of_the_target_network():
    values = tensor([[1.0, 4.0, 2.0], [9.0, 8.0, 7.0], [-3.0, -2.0, -5.0]])
    # Goes on after one step; terminated; truncated after three steps, so that what comes after counts.
    found = dqn_targets(tensor([1.0, 1.0, 2.5]), tensor([0.9, 0.0, 0.729]), values)
    assert found.tolist() == pytest.approx([1 + 0.9 * 4, 1.0, 2.5 - 0.729 * 2])


def test_the_double_target_asks_the_target_network_what_the_online_networks_choice_is_worth():
    target = tensor([[1.0, 4.0, 2.0], [9.0, 8.0, 7.0], [-3.0, -2.0, -5.0]])
    online = tensor([[0.0, 1.0, 2.0], [0.0, 5.0, 1.0], [3.0, 1.0, 2.0]])
    returns, discounts = tensor([1.0, 1.0, 2.5]), tensor([0.9, 0.0, 0.729])
    found = double_dqn_targets(returns, discounts, online, target)
    assert found.tolist() == pytest.approx([1 + 0.9 * 2, 1.0, 2.5 - 0.729 * 3])
    assert (found <= dqn_targets(returns, discounts, target)).all()


def test_both_estimators_agree_where_one_network_is_both():
    values = torch.randn(64, 5, generator=torch.Generator().manual_seed(1))
    returns, discounts = torch.ones(64), torch.full((64,), 0.9)
    assert torch.equal(double_dqn_targets(returns, discounts, values, values), dqn_targets(returns, discounts, values))


def test_q_lambda_by_hand():
    """Two environments, three steps. The first terminates after its second step; the second is truncated after its first."""
    rewards = tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    discounts = tensor([[0.5, 0.5], [0.0, 0.5], [0.5, 0.5]])
    goes_on = tensor([[True, False], [False, True], [True, True]])
    best = tensor([[4.0, 40.0], [100.0, 50.0], [6.0, 60.0]])
    found = lambda_returns(rewards, discounts, goes_on, best, 0.25)
    last = (3 + 0.5 * 6, 30 + 0.5 * 60)
    middle = (2.0, 20 + 0.5 * (0.25 * last[1] + 0.75 * 50))
    first = (1 + 0.5 * (0.25 * middle[0] + 0.75 * 4), 10 + 0.5 * 40)
    assert found.tolist() == [pytest.approx(first), pytest.approx(middle), pytest.approx(last)]


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6), st.floats(0, 1), st.randoms(use_true_random=False))
def test_q_lambda_is_the_mean_of_all_n_step_returns_weighed_by_lambda(steps, decay, random):
    rewards = [random.uniform(-2, 2) for _ in range(steps)]
    best = [random.uniform(-2, 2) for _ in range(steps)]
    ends = [random.choice(["goes on", "goes on", "terminated", "truncated"]) for _ in range(steps)]
    discounts = [0.0 if end == "terminated" else 0.9 for end in ends]

    def n_step(first: int, count: int) -> float:
        """Rewards of `count` steps from `first` on, then the best value of what came after."""
        total, factor = 0.0, 1.0
        for t in range(first, first + count):
            total += factor * rewards[t]
            factor *= discounts[t]
        return total + factor * best[first + count - 1]

    def longest(first: int) -> int:
        """Steps until the episode or what was played ends."""
        return next((t for t in range(first, steps) if ends[t] != "goes on"), steps - 1) - first + 1

    expected = [
        sum((1 - decay) * decay ** (n - 1) * n_step(t, n) for n in range(1, longest(t)))
        + decay ** (longest(t) - 1) * n_step(t, longest(t))
        for t in range(steps)
    ]
    column = lambda values: tensor(values, dtype=torch.float64)[:, None]  # noqa: E731
    goes_on = tensor([end == "goes on" for end in ends])[:, None]
    found = lambda_returns(column(rewards), column(discounts), goes_on, column(best), decay)
    assert found[:, 0].tolist() == pytest.approx(expected)


def test_the_losses_by_hand():
    chosen, targets = tensor([1.0, 0.0, 5.0]), tensor([1.5, 3.0, 5.0])
    weights = tensor([1.0, 0.5, 1.0])
    assert float(td_loss(chosen, targets, weights, "squared")) == pytest.approx((0.25 + 0.5 * 9 + 0) / 3)
    assert float(td_loss(chosen, targets, weights, "huber")) == pytest.approx((0.125 + 0.5 * 2.5 + 0) / 3)


def test_beyond_one_the_gradient_of_huber_is_that_of_a_clipped_error():
    chosen = tensor([0.0, 0.0, 0.0], requires_grad=True)
    td_loss(chosen, tensor([0.25, 4.0, -4.0]), torch.ones(3), "huber").backward()
    assert chosen.grad.tolist() == pytest.approx([-0.25 / 3, -1 / 3, 1 / 3])


def test_epsilon_falls_as_asked():
    linear = EpsilonSchedule("linear", 1.0, 0.1, 0.5)
    assert [linear.at(p) for p in (0, 0.25, 0.5, 1)] == pytest.approx([1.0, 0.55, 0.1, 0.1])
    exponential = EpsilonSchedule("exponential", 1.0, 0.01, 0.5)
    assert [exponential.at(p) for p in (0, 0.25, 0.5, 1)] == pytest.approx([1.0, 0.1, 0.01, 0.01])
    constant = EpsilonSchedule("constant", 0.2)
    assert [constant.at(p) for p in (0, 0.5, 1)] == [0.2, 0.2, 0.2]
    assert EpsilonSchedule("linear", 1.0, 0.1, 0.0).at(0.0) == 0.1
    assert [annealed(0.5, p) for p in (0, 0.5, 1, 1.01)] == [0.5, 0.25, 0.0, 0.0]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"kind": "linaer"}, UnknownNameError, "Did you mean 'linear'"),
        ({"start": 1.5}, SuiteError, r"start must lie in 0.0 to 1.0, not be 1.5"),
        ({"kind": "exponential", "end": 0.0}, SuiteError, "neither may be 0, as 1.0 and 0.0"),
    ],
)
def test_schedules_that_make_no_sense_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        EpsilonSchedule(**arguments)


def test_epsilon_greedy_takes_the_first_of_the_best_and_explores_all_actions_alike():
    values = np.array([[0.0, 2.0, 2.0], [3.0, 1.0, 2.0]])
    assert epsilon_greedy(values, 0.0, np.random.default_rng(0)).tolist() == [1, 0]
    many = epsilon_greedy(np.tile([[0.0, 1.0, 0.0]], (30_000, 1)), 0.3, np.random.default_rng(0))
    # 0.1 for each other action; its deviation over 30,000 draws is 0.0017.
    assert np.bincount(many)[[0, 2]] / 30_000 == pytest.approx([0.1, 0.1], abs=0.01)


def test_epsilon_greedy_draws_as_many_numbers_whatever_the_values_are():
    one, other = np.random.default_rng(5), np.random.default_rng(5)
    epsilon_greedy(np.zeros((4, 3)), 0.0, one)
    epsilon_greedy(np.ones((4, 3)), 1.0, other)
    assert one.random() == other.random()
