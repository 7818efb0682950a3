"""The parts of TRPO: conjugate gradients against numpy, the Fisher product against a Fisher matrix written out, the line search by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.policy_gradient.distributions import Categorical, Distribution, Gaussian
from agents.policy_gradient.trust_region import (
    conjugate_gradient,
    fisher_product,
    flat_gradient,
    line_search,
    longest_step,
)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 6), st.integers(0, 1000))
def test_conjugate_gradients_solve_what_numpy_solves(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    root, goal = rng.normal(size=(size, size)), rng.normal(size=size)
    matrix = root @ root.T + 0.5 * np.eye(size)
    found = conjugate_gradient(lambda v: torch.from_numpy(matrix) @ v, torch.from_numpy(goal), 3 * size)
    assert found.numpy() == pytest.approx(np.linalg.solve(matrix, goal), abs=1e-4)


def test_nothing_to_solve_is_solved_at_once() -> None:
    assert conjugate_gradient(lambda v: v, torch.zeros(3), 5).tolist() == [0, 0, 0]


def policy(continuous: bool) -> tuple[list[torch.Tensor], torch.Tensor]:
    """A linear policy of two outputs on three observations of two components, with its deviation where actions are continuous."""
    rng = torch.Generator().manual_seed(0)
    weights = torch.randn(2, 2, generator=rng, dtype=torch.float64, requires_grad=True)
    deviation = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    return [weights, deviation] if continuous else [weights], torch.randn(3, 2, generator=rng, dtype=torch.float64)


def said_by(parameters: list[torch.Tensor], shown: torch.Tensor) -> Distribution:
    said = shown @ parameters[0]
    return Gaussian(said, parameters[1]) if len(parameters) == 2 else Categorical.of(said)


def fisher_matrix(parameters: list[torch.Tensor], shown: torch.Tensor) -> np.ndarray:
    """E[score score^T] over states and actions: exact for numbered ones; of a normal distribution by its known information,
    1 / s^2 of a mean and 2 / s^2 of a deviation (Bishop 2006, exercise 2.38)."""
    total = np.zeros((sum(p.numel() for p in parameters),) * 2)
    for row in shown:
        if len(parameters) == 1:
            logs = said_by(parameters, row[None]).logs[0]
            for log in logs:
                score = flat_gradient(log, parameters).numpy()
                total += float(log.detach().exp()) * np.outer(score, score)
        else:
            spread = parameters[1].detach().numpy()
            jacobian = np.zeros((2, 6))
            for k in range(2):
                jacobian[k, [k, 2 + k]] = row.numpy()  # the weights lie row by row
            total += jacobian.T @ np.diag(1 / spread**2) @ jacobian + np.diag([0, 0, 0, 0, *(2 / spread**2)])
    return total / len(shown)


@pytest.mark.parametrize("continuous", [False, True])
def test_the_fisher_product_is_that_of_the_matrix(continuous: bool) -> None:
    parameters, shown = policy(continuous)
    said = said_by(parameters, shown)
    product = fisher_product(said.detach().kl(said).mean(), parameters, damping=0.1)
    matrix = fisher_matrix(parameters, shown) + 0.1 * np.eye(6 if continuous else 4)
    for vector in np.eye(len(matrix)):
        assert product(torch.from_numpy(vector)).detach().numpy() == pytest.approx(matrix @ vector, abs=1e-10)


def test_the_longest_step_reaches_the_limit_by_the_quadratic_estimate() -> None:
    matrix = torch.tensor([[2.0, 0.5], [0.5, 1.0]])
    step = longest_step(torch.tensor([3.0, -1.0]), lambda v: matrix @ v, 0.01)
    assert float(0.5 * step @ matrix @ step) == pytest.approx(0.01)
    assert step.tolist() == pytest.approx([float(step[0]), -float(step[0]) / 3])
    assert longest_step(torch.zeros(2), lambda v: matrix @ v, 0.01).tolist() == [0, 0]


def test_a_step_is_shortened_until_it_gains_within_the_limit() -> None:
    tried = []

    def try_share(share: float) -> tuple[float, float]:
        tried.append(share)
        return {1.0: (5.0, 0.3), 0.5: (-1.0, 0.05), 0.25: (0.5, 0.1)}[share]

    assert line_search(try_share, kl_limit=0.1, shrink=0.5, tries=5) == 0.25
    assert tried == [1.0, 0.5, 0.25]
    assert line_search(lambda share: (0.0, 0.0), 0.1, 0.5, 3) == 0.0
