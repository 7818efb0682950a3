"""The benchmark `policy_gradient`: both sides do equal work, and a smallest run tells all."""

from __future__ import annotations

import pytest

from tests.benchmarks import policy_gradient
from tests.benchmarks.policy_gradient import DUELS, ENVS, Duel


@pytest.mark.parametrize("duel", [DUELS[0], DUELS[3], DUELS[4]], ids=lambda duel: f"{duel.method} {duel.rollout}")
def test_both_sides_have_the_same_network_and_update_as_often(duel: Duel) -> None:
    ours, theirs = policy_gradient.ours(duel, 40), policy_gradient.theirs(duel, 40)
    sizes = [
        sum(part.numel() for part in network.parameters()) for network in (ours.agent.network, theirs._model.policy)
    ]
    assert sizes[0] == sizes[1]
    model = theirs._model
    assert (model.n_envs, model.n_steps, model.gamma) == (ENVS, duel.rollout, 0.99)
    for name in ("vf_coef", "max_grad_norm", "ent_coef"):
        mine = {"vf_coef": "value_weight", "max_grad_norm": "max_gradient", "ent_coef": "entropy_weight"}[name]
        assert getattr(model, name) == getattr(ours._config, mine)
    if duel.method == "ppo":
        assert ours._config.epochs == model.n_epochs
        assert ENVS * duel.rollout / ours._config.minibatches == model.batch_size
        assert model.clip_range(1.0) == ours._config.clip


def test_a_smallest_run_tells_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        policy_gradient, "DUELS", (Duel("a2c", "CartPole-v1", 5, 0.0), Duel("ppo", "Pendulum-v1", 5, 0.0))
    )
    told = list(policy_gradient.rows(steps=40, rounds=1))
    assert [row.name for row in told] == ["a2c, CartPole-v1, 8 x 5 steps", "ppo, Pendulum-v1, 8 x 5 steps"]
    assert all(row.value > 0 and row.peer_value > 0 and row.ratio > 0 and row.holds for row in told)
