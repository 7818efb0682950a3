"""What a round of recurrent PPO makes of a rollout: values and chances step by step, whole sequences, and their gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from agents.policy_gradient.ascent import Material
from agents.policy_gradient.recurrent.learner import RecurrentLearner
from agents.policy_gradient.recurrent.sequences import Sequences
from tests.agents.policy_gradient import recalling

TIMES, ENVS, UNITS = 12, 3, 5


@pytest.fixture(params=["own", "shared", "none"])
def run(request, monkeypatch: pytest.MonkeyPatch) -> RecurrentLearner:
    """After a first rollout, so that the second begins in the midst of episodes; some of them are cut, others end."""
    learner = recalling.start(
        monkeypatch, "recurrent-ppo", 6, 5, envs=ENVS, rollout=TIMES, network={"hidden": [4]}, minibatches=2,
        memory={"units": UNITS, "critic": request.param},
    )  # fmt: skip
    with torch.no_grad():
        for parameter in learner._ascent.network.parameters():
            parameter.normal_()
    learner._begin()
    learner._player.steps(TIMES, learner._acting)
    return learner


def read(run: RecurrentLearner, length: int) -> tuple[Sequences, Material]:
    rollout = run._player.steps(TIMES, run._acting)
    assert not rollout.begun[0].all()
    assert (rollout.ended & ~rollout.terminated).any()
    assert rollout.terminated.any()
    material = run._ascent.material(rollout, rollout.rewards)
    return Sequences(run._ascent, material, length, 2), material


def step_by_step(run: RecurrentLearner, material: Material, length: int) -> Iterator[tuple]:
    """(step, environment, what the dense layers of policy and critic are shown, state) one by one; gradients end where sequences begin."""
    network, rollout = run._ascent.network, material.rollout
    for env in range(ENVS):
        state = torch.from_numpy(rollout.memory[env : env + 1])
        for time in range(TIMES):
            if time % length == 0:
                state = state.detach()
            if rollout.begun[time, env]:
                state = network.blank(1)
            policy, critic, state = one_step(network, material.seen[time * ENVS + env], state)
            yield time, env, policy, critic, state


def one_step(network, features: torch.Tensor, state: torch.Tensor):
    parts = [memory.step(features[None], state[:, k]) for k, memory in enumerate(network.memories)]
    critic = parts[-1][0] if network.critic_remembers else features[None]
    return parts[0][0], critic, torch.stack([kept for _, kept in parts], dim=1)


@pytest.mark.parametrize("length", [TIMES, 4])
def test_a_rollout_is_read_as_it_was_played(run: RecurrentLearner, length: int):
    reading, material = read(run, length)
    network, rollout = run._ascent.network, material.rollout
    with torch.no_grad():
        said, values = reading.before()
        logs, after = torch.zeros(TIMES * ENVS, 2), {}
        expected, cuts = torch.zeros(TIMES * ENVS + ENVS), {}
        for time, env, policy, critic, state in step_by_step(run, material, length):
            logs[time * ENVS + env] = network.distribution(policy).logs[0]
            expected[time * ENVS + env] = network.value(critic)
            if rollout.ended[time, env] and not rollout.terminated[time, env]:
                cuts[time, env] = state
            after[env] = network.blank(1) if rollout.ended[time, env] else state
        for env in range(ENVS):
            expected[TIMES * ENVS + env] = network.value(
                one_step(network, material.seen[TIMES * ENVS + env], after[env])[1]
            )
        rest = material.seen[TIMES * ENVS + ENVS :]
        assert len(rest) == len(cuts)
        cut_values = [
            network.value(one_step(network, seen, cuts[at])[1]) for seen, at in zip(rest, sorted(cuts), strict=True)
        ]
        torch.testing.assert_close(said.logs, logs, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(values, torch.cat([expected, *cut_values]), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(reading.policy().logs, said.logs, rtol=1e-4, atol=1e-5)


def test_what_was_played_is_what_is_learned_from(run: RecurrentLearner):
    """Its memory at the next rollout's begin is that to which the reading comes."""
    reading, material = read(run, TIMES)
    for _, env, _, _, state in step_by_step(run, material, TIMES):
        if env == ENVS - 1:
            last = state
    with torch.no_grad():
        reading.before()
    assert run._actor.memory[ENVS - 1] == pytest.approx(last[0].detach().numpy(), abs=1e-5)


def test_minibatches_are_of_whole_sequences_and_go_through_all(run: RecurrentLearner):
    reading, _ = read(run, 4)
    for _ in range(3):
        parts = reading.minibatches(run._mixing)
        assert sorted(np.concatenate(parts).tolist()) == list(range(TIMES * ENVS))
        assert [part.size for part in parts] == [5 * 4, 4 * 4]
        for part in parts:
            rows = part.reshape(4, -1)
            assert (rows[0] // ENVS % 4 == 0).all()
            assert (np.diff(rows, axis=0) == ENVS).all()
    assert not np.array_equal(parts[0], reading.minibatches(run._mixing)[0])


@pytest.mark.parametrize("length", [TIMES, 4])
def test_gradients_are_those_of_steps_taken_one_by_one(run: RecurrentLearner, length: int):
    reading, material = read(run, length)
    network = run._ascent.network
    with torch.no_grad():
        reading.before()
    steps = reading.minibatches(run._mixing)[0]
    weigh = torch.Generator().manual_seed(0)
    actions, gains, errors = material.actions, *torch.randn(2, TIMES * ENVS, generator=weigh)
    rows = torch.from_numpy(steps)
    said, values = reading.said(steps)
    found = (said.log_prob(actions[rows]) * gains[rows]).sum() + (values * errors[rows]).sum()
    expected = torch.zeros(())
    for time, env, policy, critic, _ in step_by_step(run, material, length):
        row = time * ENVS + env
        if row in steps:
            expected = expected + network.distribution(policy).log_prob(actions[row : row + 1])[0] * gains[row]
            expected = expected + network.value(critic)[0] * errors[row]
    assert found.item() == pytest.approx(expected.item(), rel=1e-4)
    parameters = list(network.parameters())
    for one, other in zip(
        torch.autograd.grad(found, parameters), torch.autograd.grad(expected, parameters), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3)
