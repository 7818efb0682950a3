"""An exported file acts as its agent, from observation to action; and an export that would not is not written."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from agents import checkpoint, export
from agents.checkpoint import Description
from agents.export import export_onnx, read_facts, verify
from agents.interface import Interface
from agents.naming import task_of
from agents.sb3.agent import Sb3Agent
from agents.sb3.algorithms import ALGORITHMS
from agents.sb3.config import Sb3Config
from agents.sb3.learner import Sb3Learner
from agents.simple import RandomAgent
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError
from sim_suite.files import sha256


def agent_of(name: str, env_id: str, warm: int = 0, **config) -> Sb3Agent:
    """An agent whose weights are large enough to tell observations apart; `warm` steps fill its statistics."""
    row = ALGORITHMS[name]
    if row.family == "off-policy":
        config = {"hyperparameters": {"buffer_size": 64}} | config
    if name == "sb3-ars":
        config = {"hyperparameters": {"zero_policy": False}} | config
    run = Sb3Learner(row, task_of(env_id, {}), Sb3Config(steps=max(1, warm), **config), 5, "cpu")
    if warm:
        list(run.run())
    for parameter in run._model.policy.parameters():
        parameter.data.mul_(3)
    return run.agent


def run_file(path: Path, *inputs: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    names = [item.name for item in session.get_inputs()]
    return session.run(None, dict(zip(names, inputs, strict=True)))


MLP = {"net_arch": (16, 16)}


@pytest.mark.parametrize(
    ("name", "env_id"),
    [
        ("sb3-ppo", "CartPole-v1"),
        ("sb3-dqn", "CartPole-v1"),
        ("sb3-qrdqn", "CartPole-v1"),
        ("sb3-ars", "CartPole-v1"),
        ("sb3-dqn", "FrozenLake-v1"),
        ("sb3-a2c", "Pendulum-v1"),
        ("sb3-sac", "Pendulum-v1"),
        ("sb3-td3", "Pendulum-v1"),
        ("sb3-tqc", "Pendulum-v1"),
        ("sb3-ars", "Pendulum-v1"),
    ],
)
def test_the_file_acts_as_the_agent_for_any_batch(name: str, env_id: str, tmp_path: Path) -> None:
    agent = agent_of(name, env_id, **MLP)
    path = export_onnx(agent, tmp_path / "agent.onnx")
    for batch in (1, 7):
        generator = np.random.default_rng(batch)
        space = agent.spec.observation_space
        observations = (
            generator.integers(0, 16, batch)
            if env_id == "FrozenLake-v1"
            else generator.normal(size=(batch, *space.shape))
        )
        observations = observations.astype(space.dtype)
        expected, _ = agent.predict(observations, deterministic=True)
        action, raw = run_file(path, observations)
        np.testing.assert_allclose(action, expected, rtol=0, atol=1e-5)
        assert action.dtype == expected.dtype
        assert action.shape == expected.shape
        assert raw.shape[0] == batch
        if expected.dtype.kind == "i":
            assert np.array_equal(raw.argmax(axis=1), expected)


def test_scaling_and_clipping_are_in_the_graph(tmp_path: Path) -> None:
    agent = agent_of("sb3-a2c", "Pendulum-v1", warm=60, normalize_observations=True, **MLP)
    agent.network.action_net.weight.data.mul_(200)
    path = export_onnx(agent, tmp_path / "agent.onnx")
    observations = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32) * [1, 1, 50]
    observations = observations.astype(np.float32)
    action, raw = run_file(path, observations)
    expected, _ = agent.predict(observations, deterministic=True)
    np.testing.assert_allclose(action, expected, rtol=1e-5, atol=1e-5)
    assert {action.min(), action.max()} == {-2, 2}
    assert np.abs(raw).max() > 2
    agent.scale = None
    assert not np.allclose(agent.predict(observations, deterministic=True)[0], expected, atol=0.1)


def test_pictures_go_in_as_the_view_shows_them(tmp_path: Path) -> None:
    view = View("pixels", (40, 40), stack=2)
    agent = agent_of("sb3-ppo", "CarRacing-v3", view=view, hyperparameters={"n_steps": 8, "batch_size": 8})
    path = export_onnx(agent, tmp_path / "agent.onnx")
    pictures = np.random.default_rng(0).integers(0, 256, (5, 2, 40, 40, 3), np.uint8)
    action, _ = run_file(path, pictures)
    np.testing.assert_allclose(action, agent.predict(pictures, deterministic=True)[0], rtol=0, atol=1e-5)


def test_a_memory_goes_through_the_graph(tmp_path: Path) -> None:
    agent = agent_of("sb3-recurrent-ppo", "CartPole-v1", policy={"lstm_hidden_size": 8}, **MLP)
    path = export_onnx(agent, tmp_path / "agent.onnx")
    generator = np.random.default_rng(0)
    hidden = cell = np.zeros((3, 1, 8), np.float32)
    state = None
    for step in range(5):
        observations = generator.normal(size=(3, 4)).astype(np.float32)
        start = np.array([step == 0, step == 3, False])
        expected, state = agent.predict(observations, state, start, deterministic=True)
        action, _, hidden, cell = run_file(path, observations, hidden, cell, start.astype(np.float32))
        assert np.array_equal(action, expected)
        np.testing.assert_allclose(hidden.swapaxes(0, 1), state[0], rtol=0, atol=1e-5)
        np.testing.assert_allclose(cell.swapaxes(0, 1), state[1], rtol=0, atol=1e-5)


def test_the_file_says_where_it_comes_from(tmp_path: Path) -> None:
    agent = agent_of("sb3-ppo", "CartPole-v1", **MLP)
    description = Description("sb3-ppo", "CartPole-v1", {"a": 1}, agent.interface, {})
    checkpoint.save(tmp_path / "saved", agent, description)
    path = export_onnx(agent, tmp_path / "agent.onnx", description, tmp_path / "saved")
    facts = read_facts(path)
    assert facts["agent"] == "sb3-ppo"
    assert facts["env_id"] == "CartPole-v1"
    assert facts["env_kwargs"] == '{"a":1}'
    assert facts["checkpoint_sha256"] == sha256(tmp_path / "saved" / "agent.json")
    assert facts["verified_batch"] == "64"
    assert float(facts["verified_largest_difference"]) <= export.TOLERANCE
    assert facts["verified_different_choices"] == "0"
    assert {item.name for item in tmp_path.iterdir()} == {"saved", "agent.onnx"}
    onnx.checker.check_model(str(path))


class Drifting(nn.Module):
    """Computes something else outside the trace than inside it, as a careless module does."""

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        factor = 1.0 if torch.jit.is_tracing() else 1.01
        return observation * factor


class Choosing(nn.Module):
    """Two values a hair apart, in an order that only the trace changes."""

    def __init__(self, gap: float) -> None:
        super().__init__()
        self.gap = gap

    def forward(self, observation: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        sign = 1.0 if torch.jit.is_tracing() else -1.0
        values = torch.cat([observation[:, :1] * 0, observation[:, :1] * 0 + sign * self.gap], dim=1)
        return values.argmax(dim=1), values


class Careless:
    interface = Interface()

    def __init__(self, module: nn.Module) -> None:
        self.module = module

    def torch_module(self) -> tuple[nn.Module, torch.Tensor]:
        return self.module, torch.zeros(1, 3)


def test_a_graph_that_acts_otherwise_is_not_written(tmp_path: Path) -> None:
    for module in (Drifting(), Choosing(0.1)):
        with pytest.raises(SuiteError, match="does not act as the agent does"):
            export_onnx(Careless(module), tmp_path / "agent.onnx")
    assert not (tmp_path / "agent.onnx").exists()


def test_a_tie_within_the_tolerance_is_no_difference(tmp_path: Path) -> None:
    module = Choosing(1e-7)
    path = export_onnx(Careless(module), tmp_path / "agent.onnx")
    report = verify(path.read_bytes(), module, (torch.zeros(1, 3),))
    assert report.holds
    assert 0 < report.largest_difference < 1e-6


def test_an_agent_without_a_network_is_refused(tmp_path: Path) -> None:
    agent = RandomAgent.for_task(task_of("CartPole-v1", {}), 0)
    with pytest.raises(SuiteError, match="RandomAgent cannot be exported"):
        export_onnx(agent, tmp_path / "agent.onnx")


def test_a_missing_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnx" else find(name))
    with pytest.raises(SuiteError, match=r'pip install "sim-suite\[export\]"'):
        export_onnx(Careless(Drifting()), tmp_path / "agent.onnx")


def test_what_is_no_onnx_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"no protobuf at all")
    with pytest.raises(SuiteError, match="is no ONNX file"):
        read_facts(tmp_path / "a.onnx")
    with pytest.raises(SuiteError, match="does not exist"):
        read_facts(tmp_path / "b.onnx")
