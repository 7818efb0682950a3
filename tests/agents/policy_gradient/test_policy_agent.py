"""A policy as an agent: bounds, chances, what comes back from disk, what is exported and explained, what is refused."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import onnxruntime
import pytest
import torch
from gymnasium import spaces

from agents.export import export_onnx
from agents.interface import Interface
from agents.naming import task_of
from agents.policy_gradient.agent import PolicyAgent
from agents.policy_gradient.options import DeviationOptions, FeatureOptions, NetworkOptions, ScaleOptions
from agents.policy_gradient.spec import spec_for
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.studies.explain.layers import layers_of

BREAKOUT = "sim_suite/BreakoutDeterministic-v0"
VIEWS = {BREAKOUT: View("pixels", size=(36, 36), grey=True, stack=2)}
HILL = ScaleOptions("fixed", (-0.3, 0.0), (0.5, 0.035))
NETWORKS = {
    "CartPole-v1": NetworkOptions((8,), "relu", ScaleOptions("running")),
    "FrozenLake-v1": NetworkOptions((8,)),
    "MountainCarContinuous-v0": NetworkOptions((), scale=HILL, features=FeatureOptions("fourier", 10)),
    BREAKOUT: NetworkOptions((8,)),
    "Pendulum-v1": NetworkOptions((8, 8), scale=ScaleOptions("bounds"), deviation=DeviationOptions(0.5, kind="state")),
}


def agent_for(env_id: str, network: NetworkOptions | None = None) -> PolicyAgent:
    spec = spec_for(task_of(env_id, {}), VIEWS.get(env_id, VECTOR), network or NETWORKS[env_id], critic=True)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        agent = PolicyAgent(spec, spec.module())
        for parameter in agent.network.parameters():  # policies begin almost alike for all states
            torch.nn.init.normal_(parameter, std=0.3 if parameter.dim() == 4 else 1.0)
    return agent


def observations_of(agent: PolicyAgent, count: int = 9) -> np.ndarray:
    rng = np.random.default_rng(0)
    if agent.spec.states:
        return rng.integers(0, agent.spec.states, count)
    if agent.spec.view.kind == "pixels":
        return rng.integers(0, 256, (count, *agent.spec.shape), np.uint8)
    return rng.normal(size=(count, *agent.spec.shape)).astype(np.float32)


@pytest.mark.parametrize("env_id", NETWORKS)
def test_an_agent_comes_back_from_disk_as_it_was(tmp_path, env_id):
    agent = agent_for(env_id)
    agent.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.safetensors", "policy.json"]
    again, shown = PolicyAgent.load(tmp_path), observations_of(agent)
    assert again.spec == agent.spec
    assert (
        again.interface
        == agent.interface
        == Interface(agent.spec.view, "discrete" if agent.spec.choices else "continuous")
    )
    for deterministic in (True, False):
        agent.seed(5), again.seed(5)
        actions, state = agent.predict(shown, "kept", deterministic=deterministic)
        assert np.array_equal(again.predict(shown, deterministic=deterministic)[0], actions)
        assert state == "kept"
        space = task_of(env_id, {}).action_space
        assert all(space.contains(action) for action in actions)


@pytest.mark.parametrize("env_id", NETWORKS)
def test_an_exported_file_acts_as_the_agent(tmp_path, env_id):
    agent = agent_for(env_id)
    session = onnxruntime.InferenceSession(
        export_onnx(agent, tmp_path / "agent.onnx").read_bytes(), providers=["CPUExecutionProvider"]
    )
    shown = observations_of(agent)
    actions, _ = session.run(None, {session.get_inputs()[0].name: shown})
    assert actions == pytest.approx(agent.predict(shown, deterministic=True)[0], abs=1e-5)


def test_the_likeliest_action_and_chances():
    agent, states = agent_for("FrozenLake-v1"), np.arange(16)
    chances = agent.probabilities(states)
    assert chances.sum(axis=1) == pytest.approx(np.ones(16))
    assert agent.predict(states, deterministic=True)[0].tolist() == chances.argmax(axis=1).tolist()
    many = np.stack([agent.predict(states)[0] for _ in range(4000)])
    assert np.mean(many == 2, axis=0) == pytest.approx(chances[:, 2], abs=0.04)  # deviations of 0.008 at most


def test_continuous_actions_are_in_the_environments_unit_and_within_its_bounds():
    """Pendulum takes -2..2."""
    agent = agent_for("Pendulum-v1")
    with torch.no_grad():
        for parameter in agent.network.policy.parameters():
            parameter.zero_()
        agent.network.policy[-1].bias.fill_(0.25)
    shown = observations_of(agent, 400)
    assert agent.predict(shown, deterministic=True)[0] == pytest.approx(np.full((400, 1), 0.5))
    drawn, _ = agent.predict(shown)
    assert drawn.dtype == np.float32
    assert np.abs(drawn).max() == 2.0
    assert drawn.std() > 0.3
    assert agent.spec.bounded(np.array([[0.5], [-3.0]], np.float32)).tolist() == [[1.0], [-2.0]]


def test_one_deviation_for_all_states_or_one_for_each():
    for kind in ("free", "state"):
        network = NetworkOptions((4,), deviation=DeviationOptions(0.7, kind=kind))
        spec = spec_for(task_of("Pendulum-v1", {}), VECTOR, network, critic=False)
        module = spec.module()
        said = module.distribution(module.encode(torch.randn(6, 3)))
        assert said.deviation.shape == ((6, 1) if kind == "state" else (1,))
        assert said.deviation.detach().numpy().ravel() == pytest.approx(0.7, abs=0.02)
        assert module.critic is None


def test_bounds_of_the_space_become_the_scale():
    spec = spec_for(task_of("MountainCarContinuous-v0", {}), VECTOR, NetworkOptions(scale=ScaleOptions("bounds")), True)
    assert spec.network.scale.centre == pytest.approx((-0.3, 0.0))
    assert spec.network.scale.spread == pytest.approx((0.9, 0.07))


@pytest.mark.parametrize("env_id", NETWORKS)
def test_what_is_explained_is_what_it_acts_by(env_id):
    agent = agent_for(env_id)
    names = [f"action {k}" for k in range(agent.spec.outputs)]
    opened, shown = agent.explainable(names), observations_of(agent)
    said = opened.forward(opened.prepare(shown)).detach().numpy()
    actions, _ = agent.predict(shown, deterministic=True)
    if agent.spec.choices:
        assert (opened.meaning, opened.choices) == ("logit", (tuple(range(agent.spec.choices)),))
        assert said.argmax(axis=1).tolist() == actions.tolist()
    else:
        assert (opened.meaning, opened.choices) == ("mean", ())
        assert said.clip(agent.spec.low, agent.spec.high) == pytest.approx(actions, abs=1e-5)
    layers = [layer.name for layer in layers_of(opened, opened.prepare(shown))]
    dense = [f"dense {number}" for number in range(1, len(agent.spec.network.hidden) + 1)]
    assert layers == [*(f"convolution {number}" for number in (1, 2, 3) if env_id == BREAKOUT), *dense]
    assert opened.colours == (1 if env_id == BREAKOUT else 0)
    with pytest.raises(SuiteError, match="so that 7 names do not fit"):
        agent.explainable(list("abcdefg"))


def test_files_that_hold_no_policy_are_named(tmp_path):
    agent_for("CartPole-v1").save(tmp_path)
    text = (tmp_path / "policy.json").read_text()
    (tmp_path / "policy.json").write_text(text.replace('"choices": 2', '"choices": 3'))
    with pytest.raises(DamagedFileError, match=r"model\.safetensors does not hold this network's numbers"):
        PolicyAgent.load(tmp_path)
    for damaged in (
        text.replace('"format": 1', '"format": 7'),
        text.replace('"tanh"', '"x"').replace('"relu"', '"x"'),
        "[]",
    ):
        (tmp_path / "policy.json").write_text(damaged)
        with pytest.raises(DamagedFileError, match="describes no policy"):
            PolicyAgent.load(tmp_path)


def test_observations_of_another_kind_are_refused():
    with pytest.raises(SuiteError, match=r"knows the numbers 0 to 15; seen: \[3, 16\]"):
        agent_for("FrozenLake-v1").predict(np.array([3, 16]))
    with pytest.raises(SuiteError, match=r"shape \(4,\), not \(5,\)"):
        agent_for("CartPole-v1").predict(np.zeros((1, 5), np.float32))
    with pytest.raises(SuiteError, match="continuous actions has no probabilities"):
        agent_for("Pendulum-v1").probabilities(np.zeros((1, 3), np.float32))


@pytest.mark.parametrize(
    ("env_id", "network", "message"),
    [
        (
            "CartPole-v1",
            NetworkOptions(scale=ScaleOptions("bounds")),
            "has no bounds to scale by: set scale.kind to 'running'",
        ),
        ("CartPole-v1", NetworkOptions(scale=HILL), "shows 4 components, so that a centre of 2 does not fit"),
        (
            "FrozenLake-v1",
            NetworkOptions(scale=HILL),
            r"vectors are scaled; FrozenLake-v1 shows Discrete\(16\): set scale.kind to 'none'",
        ),
        (
            "FrozenLake-v1",
            NetworkOptions(features=FeatureOptions("fourier")),
            "features are made of vectors; FrozenLake-v1",
        ),
    ],
)
def test_networks_that_do_not_fit_what_is_seen_are_refused(env_id, network, message):
    with pytest.raises(SuiteError, match=message):
        spec_for(task_of(env_id, {}), VECTOR, network, critic=True)


def test_pictures_are_neither_scaled_nor_made_features_of_nor_too_small():
    task, view = task_of(BREAKOUT, {}), VIEWS[BREAKOUT]
    with pytest.raises(SuiteError, match="vectors are scaled; sim_suite/BreakoutDeterministic-v0 shows Box"):
        spec_for(task, view, NetworkOptions(scale=ScaleOptions("running")), critic=True)
    with pytest.raises(SuiteError, match="features are made of vectors; sim_suite/BreakoutDeterministic-v0 shows Box"):
        spec_for(task, view, NetworkOptions(features=FeatureOptions("fourier")), critic=True)
    with pytest.raises(SuiteError, match="pictures of 36 x 36 or more, not 20 x 84"):
        spec_for(task, View("pixels", size=(20, 84), grey=True, stack=2), NetworkOptions(), critic=True).module()


def test_policy_and_critic_share_convolutions_of_the_known_size():
    """Mnih et al. 2015: with a layer of 512 on their 3,136 features, and four actions, there are 1,686,180 parameters."""
    view = View("pixels", size=(84, 84), grey=True, stack=4)
    module = spec_for(task_of(BREAKOUT, {}), view, NetworkOptions(()), critic=True).module()
    convolved = 1_686_180 - (3136 * 512 + 512) - (512 * 4 + 4)
    assert sum(parameter.numel() for parameter in module.parameters()) == convolved + 3136 * 4 + 4 + 3136 + 1


def test_actions_of_another_kind_are_refused(monkeypatch):
    class Dice(gym.Env):
        observation_space = spaces.Discrete(2)
        action_space = spaces.MultiDiscrete([2, 2])

    monkeypatch.setattr("agents.learning.observing.make", lambda *_, **__: Dice())
    with pytest.raises(SuiteError, match="or act by a vector within bounds; CartPole-v1 has MultiDiscrete"):
        spec_for(task_of("CartPole-v1", {}), VECTOR, NetworkOptions(), critic=True)
