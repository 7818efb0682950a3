"""One update by hand: a network of one layer, its target network, and the first steps of Adam."""

from __future__ import annotations

import pytest
import torch

from agents.value_based.config import DqnConfig
from agents.value_based.descent import Descent
from agents.value_based.replay import Transitions
from agents.value_based.spec import QSpec
from sim_suite.envs.views import VECTOR

SPEC = QSpec(VECTOR, (1,), states=0, actions=2, hidden=(), layer_norm=False, dueling=False)
RATE = 0.125


def descent_of(double: bool, **settings) -> Descent:
    """Values [x, 2 x] online; [3 x, x] by the target network, where there is one."""
    found = Descent(SPEC, DqnConfig(**{"hidden": (), "target_every": 2} | settings), double, seed=0, device="cpu")
    with torch.no_grad():
        found.target.values.bias.zero_()
        found.target.values.weight.copy_(torch.tensor([[3.0], [1.0]]))
        found.network.values.bias.zero_()
        found.network.values.weight.copy_(torch.tensor([[1.0], [2.0]]))
    return found


def batch_of(discounts: list[float], weights: list[float]) -> Transitions:
    """Action 0 in state 1 earns 0.5 and leads to state 2."""
    count = len(discounts)
    return Transitions(
        observations=torch.ones(count, 1),
        actions=torch.zeros(count, dtype=torch.int64),
        returns=torch.full((count,), 0.5),
        discounts=torch.tensor(discounts),
        next_observations=torch.full((count, 1), 2.0),
        rows=torch.arange(count),
        weights=torch.tensor(weights),
    )


@pytest.mark.parametrize(
    ("double", "settings", "error"),
    [
        (False, {}, 0.5 + 0.5 * 6 - 1),  # the target network's best: 3 * 2
        (True, {}, 0.5 + 0.5 * 2 - 1),  # the online network would take action 1: 1 * 2 by the target network
        (False, {"target_every": 0}, 0.5 + 0.5 * 4 - 1),  # its own best: 2 * 2
    ],
)
def test_td_errors_by_hand(double: bool, settings: dict, error: float) -> None:
    update = descent_of(double, **settings).learn(batch_of([0.5, 0.0], [1.0, 0.5]), RATE)
    assert update.td_errors.tolist() == [error, 0.5 - 1]  # the second transition terminated
    huber = error - 0.5 if error > 1 else error**2 / 2
    assert float(update.loss) == pytest.approx((huber + 0.5 * 0.125) / 2)
    assert float(update.value) == 1.0


def test_the_first_step_of_adam_is_the_rate_towards_the_target_and_no_other_action_moves() -> None:
    descent = descent_of(double=True)
    descent.learn(batch_of([0.5], [1.0]), RATE)
    assert descent.network.values.weight.flatten().tolist() == pytest.approx([1 + RATE, 2])
    assert descent.network.values.bias.tolist() == pytest.approx([RATE, 0])
    assert descent.target.values.weight.flatten().tolist() == [3, 1]
    descent.learn(batch_of([0.5], [1.0]), RATE)
    assert torch.equal(descent.target.values.weight, descent.network.values.weight)
    assert descent.updates == 2


def test_a_long_gradient_is_shortened() -> None:
    """Adam divides its step by the gradient's length, so its memory of the gradient is looked at."""
    descent = descent_of(double=False, loss="squared", max_gradient=0.5)
    descent.learn(batch_of([0.5], [1.0]), RATE)
    mean = torch.cat([descent.optimizer.state[part]["exp_avg"].flatten() for part in descent.network.parameters()])
    assert float(mean.norm()) == pytest.approx(0.1 * 0.5, rel=1e-4)  # a tenth of the gradient, by Adam's beta of 0.9


def test_the_arithmetic_is_chosen_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("agents.value_based.descent.faster_precision", lambda *_: asked.append(1) or "bfloat16")
    descent = descent_of(double=True, precision="auto")
    for _ in range(3):
        descent.learn(batch_of([0.5], [1.0]), RATE)
    assert (descent.precision, len(asked)) == ("bfloat16", 1)


@pytest.mark.parametrize("target_every", [2, 0])
def test_in_bfloat16_copies_calculate_and_the_networks_stay_float32(target_every: int) -> None:
    """A step of 1e-3 is lost on a weight of 1 in bfloat16, whose numbers are 2^-7 apart there; the network keeps it."""
    descent = descent_of(double=True, precision="bfloat16", target_every=target_every)
    descent.calculate_in("bfloat16")
    for _ in range(2):
        descent.learn(batch_of([0.5], [1.0]), 1e-3)
    for network, calculating in ((descent.network, descent.online), (descent.target, descent._aim)):
        assert all(part.dtype == torch.float32 for part in network.parameters())
        for mine, theirs in zip(calculating.module.parameters(), network.parameters(), strict=True):
            assert torch.equal(mine, theirs.to(torch.bfloat16))
    assert descent.network.values.weight.flatten().tolist() == pytest.approx([1 + 2e-3, 2], abs=2e-5)
    assert descent.online.module.values.weight.flatten().tolist() == [1, 2]
    assert (descent._aim is descent.online) == (target_every == 0)


@pytest.mark.parametrize("double", [False, True])
def test_bfloat16_learns_what_float32_learns_to_its_own_precision(double: bool) -> None:
    """bfloat16 has 8 significant bits."""
    updates = []
    for precision in ("float32", "bfloat16"):
        descent = descent_of(double, precision=precision)
        descent.calculate_in(precision)
        updates.append(descent.learn(batch_of([0.5, 0.0], [1.0, 0.5]), RATE))
    assert updates[1].td_errors.tolist() == pytest.approx(updates[0].td_errors.tolist(), rel=2**-7)
    assert float(updates[1].loss) == pytest.approx(float(updates[0].loss), rel=2**-6)
