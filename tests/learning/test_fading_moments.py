"""Moments of Adam that have faded are put at 0, at times, and no step that counts is another for it."""

from __future__ import annotations

import torch

from sim_suite.learning.descent import FADED, FADING, forget_faded


def stepped(gradients: list[float]) -> tuple[torch.Tensor, torch.optim.Adam]:
    weights = torch.nn.Parameter(torch.ones(len(gradients)))
    optimizer = torch.optim.Adam([weights], 0.1)
    weights.grad = torch.tensor(gradients)
    optimizer.step()
    return weights, optimizer


def test_only_faded_moments_are_forgotten_and_only_when_it_is_time() -> None:
    weights, optimizer = stepped([1e-36, -1e-36, 1.0, -1.0])
    moments = optimizer.state[weights]
    moments["exp_avg_sq"][0] = FADED["exp_avg_sq"] / 2
    before = {name: moments[name].clone() for name in FADED}
    forget_faded(optimizer, FADING + 1)
    assert all(torch.equal(moments[name], before[name]) for name in FADED)
    forget_faded(optimizer, 2 * FADING)
    assert moments["exp_avg"][:2].tolist() == [0.0, 0.0]
    assert moments["exp_avg_sq"][:2].tolist() == [0.0, 0.0]
    assert all(torch.equal(moments[name][2:], before[name][2:]) for name in FADED)
    assert moments["step"] == 1


def test_a_moment_that_nothing_feeds_is_never_subnormal() -> None:
    weights, optimizer = stepped([1.0, 1.0])
    least = torch.finfo(torch.float32).tiny
    seen = False
    for update in range(1, 1300):
        weights.grad = torch.tensor([0.0, 1.0])
        optimizer.step()
        forget_faded(optimizer, update)
        first = optimizer.state[weights]["exp_avg"]
        seen |= float(first[0]) == 0.0
        assert first[0] == 0.0 or first[0] >= least
        assert first[1] > 0.1
    assert seen
