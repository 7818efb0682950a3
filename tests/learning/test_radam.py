"""RAdam in one pass: torch's own is the oracle."""

import pytest
import torch

from sim_suite.learning.radam import RAdam


def trained(kind, steps, dtype=torch.float32, **options):
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(7, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3)).to(dtype)
    optimizer = kind(network.parameters(), 0.01, **options)
    for step in range(steps):
        optimizer.zero_grad()
        shown = torch.randn(16, 7, generator=torch.Generator().manual_seed(step)).to(dtype)
        network(shown).square().mean().backward()
        optimizer.step()
    return network, optimizer


@pytest.mark.parametrize("steps", [1, 5, 6, 7, 60])
def test_it_is_torchs_radam_up_to_rounding(steps):
    (ours, our_optimizer), (theirs, their_optimizer) = trained(RAdam, steps), trained(torch.optim.RAdam, steps)
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-6)
        held, kept = our_optimizer.state[mine], their_optimizer.state[other]
        assert held.keys() == kept.keys()
        assert held["step"] == kept["step"] == steps
        torch.testing.assert_close(held["exp_avg_sq"], kept["exp_avg_sq"], rtol=1e-5, atol=1e-9)


def test_the_fused_step_is_taken_from_the_sixth_on(monkeypatch):
    taken = []
    monkeypatch.setattr(torch.optim.RAdam, "step", lambda self, closure=None: taken.append(1) or _torchs(self, closure))
    trained(RAdam, 20)
    assert len(taken) == 5


_torchs = torch.optim.RAdam.step


def test_a_large_epsilon_counts_as_in_torch():
    ours, theirs = (trained(kind, 40, torch.float64, eps=0.1)[0] for kind in (RAdam, torch.optim.RAdam))
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-12)


def test_state_goes_on_in_torchs_and_back():
    ours, optimizer = trained(RAdam, 10)
    other = torch.optim.RAdam(ours.parameters(), 0.01)
    other.load_state_dict(optimizer.state_dict())
    assert all(int(state["step"]) == 10 for state in other.state.values())


def test_weight_decay_is_torchs():
    ours, theirs = (trained(kind, 20, weight_decay=0.1)[0] for kind in (RAdam, torch.optim.RAdam))
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)
