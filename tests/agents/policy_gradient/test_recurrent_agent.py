"""A policy that remembers as an agent: whose memory it is, what comes back from disk, what is exported, what is refused."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch

from agents.export import export_onnx
from agents.naming import task_of
from agents.policy_gradient.agent import PolicyAgent
from agents.policy_gradient.options import MemoryOptions, NetworkOptions
from agents.policy_gradient.recurrent.agent import RecurrentAgent
from agents.policy_gradient.recurrent.spec import recurrent_spec_for
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import DamagedFileError, SuiteError

BREAKOUT = "sim_suite/BreakoutDeterministic-v0"
VIEWS = {BREAKOUT: View("pixels", size=(36, 36), grey=True)}
ENVS = ["CartPole-v1", "FrozenLake-v1", "Pendulum-v1", BREAKOUT]
UNITS = 6


def agent_for(env_id: str, critic: str = "own") -> RecurrentAgent:
    memory = MemoryOptions(UNITS, critic)
    spec = recurrent_spec_for(task_of(env_id, {}), VIEWS.get(env_id, VECTOR), NetworkOptions((8,)), memory)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        agent = RecurrentAgent(spec, spec.module())
        for parameter in agent.network.parameters():  # policies begin almost alike for all states
            torch.nn.init.normal_(parameter, std=2 / parameter[0].numel() ** 0.5)
    return agent


def steps_of(agent: RecurrentAgent, times: int, count: int) -> np.ndarray:
    """Observations [T, B, ...]."""
    rng = np.random.default_rng(0)
    if agent.spec.states:
        return rng.integers(0, agent.spec.states, (times, count))
    if agent.spec.view.kind == "pixels":
        return rng.integers(0, 256, (times, count, *agent.spec.shape), np.uint8)
    return rng.normal(size=(times, count, *agent.spec.shape)).astype(np.float32)


@pytest.mark.parametrize("env_id", ENVS)
def test_an_agent_comes_back_from_disk_as_it_was(tmp_path, env_id):
    agent = agent_for(env_id)
    agent.save(tmp_path)
    again = RecurrentAgent.load(tmp_path)
    assert again.spec == agent.spec
    assert again.interface == agent.interface
    for deterministic in (True, False):
        agent.seed(5), again.seed(5)
        states = [None, None]
        for shown in steps_of(agent, 4, 9):
            actions, states[0] = agent.predict(shown, states[0], deterministic=deterministic)
            same, states[1] = again.predict(shown, states[1], deterministic=deterministic)
            assert np.array_equal(actions, same)
            assert np.array_equal(*states)
        space = task_of(env_id, {}).action_space
        assert all(space.contains(action) for action in actions)
    (tmp_path / "policy.json").write_text((tmp_path / "policy.json").read_text().replace('"units": 6', '"units": 7'))
    with pytest.raises(DamagedFileError, match="does not hold this network's numbers"):
        RecurrentAgent.load(tmp_path)
    with pytest.raises(DamagedFileError, match="describes no policy"):
        PolicyAgent.load(tmp_path)


def test_an_episode_that_begins_is_as_if_nothing_had_been_seen_and_the_others_go_on():
    agent = agent_for("Pendulum-v1")
    with torch.no_grad():
        agent.network.policy[-1].weight.mul_(0.1)  # within the bounds
    first, second = steps_of(agent, 2, 3)
    fresh, blank = agent.predict(second, deterministic=True)
    _, held = agent.predict(first, deterministic=True)
    assert held.dtype == np.float32
    assert held.shape == (3, 2, UNITS)
    went_on, kept = agent.predict(second, held, np.zeros(3, bool), deterministic=True)
    assert (went_on != fresh).all()
    begun = np.array([False, True, False])
    actions, state = agent.predict(second, held, begun, deterministic=True)
    assert np.array_equal(actions, np.where(begun[:, None], fresh, went_on))
    assert np.array_equal(state, np.where(begun[:, None, None], blank, kept))
    assert np.array_equal(agent.predict(second, held, deterministic=True)[0], went_on)  # nobody said that one begins


def test_what_is_remembered_is_that_of_the_row_and_lies_in_the_state_alone():
    agent = agent_for("Pendulum-v1")
    shown = steps_of(agent, 5, 4)
    together = None
    for row in shown:
        actions, together = agent.predict(row, together, deterministic=True)
    for index in range(4):
        alone = None
        for row in shown:
            action, alone = agent.predict(row[index : index + 1], alone, deterministic=True)
        assert action[0] == pytest.approx(actions[index], abs=1e-5)
        assert alone[0] == pytest.approx(together[index], abs=1e-5)


@pytest.mark.parametrize("env_id", ENVS)
@pytest.mark.parametrize("critic", ["own", "none"])
def test_an_exported_file_acts_as_the_agent_step_by_step(tmp_path, env_id, critic):
    agent = agent_for(env_id, critic)
    path = export_onnx(agent, tmp_path / "agent.onnx")
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    names = [item.name for item in session.get_inputs()]
    assert names == ["observation", "hidden", "cell", "episode_start"]
    hidden = cell = np.zeros((3, UNITS), np.float32)
    state = None
    for step, shown in enumerate(steps_of(agent, 5, 3)):
        start = np.array([step == 0, step == 3, False])
        expected, state = agent.predict(shown, state, start, deterministic=True)
        inputs = (shown, hidden, cell, start.astype(np.float32))
        actions, _, hidden, cell = session.run(None, dict(zip(names, inputs, strict=True)))
        assert actions == pytest.approx(expected, abs=1e-5)
        assert np.stack([hidden, cell], axis=1) == pytest.approx(state, abs=1e-5)


def test_chances_are_those_of_an_episode_that_begins():
    agent = agent_for("FrozenLake-v1")
    chances = agent.probabilities(np.arange(16))
    assert chances.sum(axis=1) == pytest.approx(np.ones(16))
    assert chances.argmax(axis=1).tolist() == agent.predict(np.arange(16), deterministic=True)[0].tolist()


def test_what_cannot_be_is_refused():
    agent = agent_for("CartPole-v1")
    shown = steps_of(agent, 1, 3)[0]
    with pytest.raises(SuiteError, match=r"3 observations go with a state of shape \(3, 2, 6\), not \(2, 2, 6\)"):
        agent.predict(shown, np.zeros((2, 2, 6), np.float32))
    with pytest.raises(
        SuiteError, match=r"depends on its memory, not on the observation alone\. Train ppo with a stack"
    ):
        agent.explainable(["left", "right"])
    with pytest.raises(SuiteError, match=r"shape \(4,\), not \(5,\)"):
        agent.predict(np.zeros((1, 5), np.float32))
