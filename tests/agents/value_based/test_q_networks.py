"""The networks: sizes as published, two streams by hand; what they are shown, and that they come back from disk as they were."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch

from agents.export import export_onnx
from agents.interface import Interface
from agents.learning.convolutions import PictureNorm
from agents.learning.picture_layout import channels_first_tensor
from agents.naming import task_of
from agents.value_based.agent import QAgent
from agents.value_based.networks import DuelingHead, QNetwork
from agents.value_based.spec import QSpec, spec_for
from sim_suite.envs.views import ATARI, VECTOR, View
from sim_suite.errors import DamagedFileError, SuiteError

BREAKOUT = "sim_suite/BreakoutDeterministic-v0"


def parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def agent_for(env_id: str, view: View = VECTOR, dueling: bool = False, layer_norm: bool = False) -> QAgent:
    spec = spec_for(task_of(env_id, {}), view, (16,), layer_norm, dueling)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return QAgent(spec, spec.network())


def test_the_networks_of_the_papers_have_the_known_sizes():
    """1,686,180 with four actions: Mnih et al. 2015; 1,729,444 with layer norms: CleanRL's PQN."""
    assert parameters(QNetwork((4, 84, 84), 4, (512,), layer_norm=False, dueling=False)) == 1_686_180
    assert parameters(QNetwork((4, 84, 84), 4, (512,), layer_norm=True, dueling=False)) == 1_729_444
    streams = 2 * (3136 * 512 + 512) + 512 + 1 + 512 * 4 + 4
    convolutions = 1_686_180 - (3136 * 512 + 512) - (512 * 4 + 4)
    assert parameters(QNetwork((4, 84, 84), 4, (512,), layer_norm=False, dueling=True)) == convolutions + streams
    assert parameters(QNetwork((4,), 2, (8, 6), layer_norm=False, dueling=False)) == 4 * 8 + 8 + 8 * 6 + 6 + 6 * 2 + 2


def test_two_streams_by_hand():
    head = DuelingHead(1, 3, 1, layer_norm=False)
    with torch.no_grad():
        for layer, weight in ((head.state[0], 1.0), (head.state[2], 10.0), (head.advantage[0], 1.0)):
            layer.weight.fill_(weight)
            layer.bias.zero_()
        head.advantage[2].weight.copy_(torch.tensor([[1.0], [2.0], [6.0]]))
        head.advantage[2].bias.zero_()
    # Features 2: worth 20, advantages 2, 4, 12, whose mean is 6.
    assert head(torch.tensor([[2.0]])).tolist() == [[16.0, 18.0, 26.0]]


def test_layer_norm_makes_features_alike_however_large_observations_are():
    network = QNetwork((4,), 2, (8,), layer_norm=True, dueling=False)
    with torch.no_grad():
        network.body[0].bias.zero_()
        # The norm's own 1e-5 beside the variance counts little at both sizes.
        hundreds = network(100 * torch.ones(1, 4)).numpy()
        assert network(10_000 * torch.ones(1, 4)).numpy() == pytest.approx(hundreds, abs=1e-4)
    plain = QNetwork((4,), 2, (8,), layer_norm=False, dueling=False)
    spread = (plain(10_000 * torch.ones(1, 4)) - plain(100 * torch.ones(1, 4))).abs().max()
    assert float(spread.detach()) > 1


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_the_norm_of_pictures_is_torchs_and_leaves_them_channels_last(layout):
    ours, theirs = PictureNorm([3, 5, 4]).double(), torch.nn.LayerNorm([3, 5, 4]).double()
    draws = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            other.copy_(mine.copy_(torch.randn(3, 5, 4, generator=draws)))
    seen = (
        torch.randn(2, 3, 5, 4, generator=draws, dtype=torch.float64).contiguous(memory_format=layout).requires_grad_()
    )
    normed, expected = ours(seen), theirs(seen)
    assert torch.allclose(normed, expected, atol=1e-12)
    assert normed.is_contiguous(memory_format=torch.channels_last)
    weights = torch.randn(normed.shape, generator=draws, dtype=torch.float64)
    gradients = [
        torch.autograd.grad((said * weights).sum(), (seen, *norm.parameters()))
        for said, norm in ((normed, ours), (expected, theirs))
    ]
    assert all(torch.allclose(mine, other, atol=1e-12) for mine, other in zip(*gradients, strict=True))


def test_numbers_are_shown_one_hot_and_pictures_between_zero_and_one():
    lake = agent_for("FrozenLake-v1").spec
    assert lake.states == 16
    assert lake.prepare(torch.tensor([0, 15])).tolist() == [[1.0] + [0.0] * 15, [0.0] * 15 + [1.0]]
    game = agent_for(BREAKOUT, ATARI).spec
    shown = game.prepare(torch.full((2, 4, 84, 84), 51, dtype=torch.uint8))
    assert shown.shape == (2, 4, 84, 84)
    assert shown.unique().tolist() == pytest.approx([0.2])
    assert shown.is_contiguous(memory_format=torch.channels_last)
    assert game.prepare(torch.full((1, 4, 84, 84), 255, dtype=torch.uint8), torch.bfloat16).dtype == torch.bfloat16
    colour = QSpec(View("pixels", size=(40, 36), stack=2), (2, 40, 36, 3), 0, 3, (8,), False, False)
    assert colour.prepare(colour.example()).shape == (1, 6, 40, 36)
    noise = torch.from_numpy(np.random.default_rng(0).integers(256, size=(3, 2, 40, 36, 3), dtype=np.uint8))
    assert torch.equal(colour.prepare(noise), channels_first_tensor(noise, colour.view).float() / 255)
    assert colour.network()(colour.prepare(colour.example())).shape == (1, 3)


@pytest.mark.parametrize(
    ("env_id", "view", "observations"),
    [
        ("FrozenLake-v1", VECTOR, np.arange(16)),
        ("CartPole-v1", VECTOR, np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)),
        (BREAKOUT, ATARI, np.random.default_rng(0).integers(0, 256, (3, 4, 84, 84), np.uint8)),
    ],
)
@pytest.mark.parametrize("dueling", [False, True])
def test_an_agent_comes_back_from_disk_as_it_was(tmp_path, env_id, view, observations, dueling):
    agent = agent_for(env_id, view, dueling, layer_norm=dueling)
    agent.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.safetensors", "policy.json"]
    again = QAgent.load(tmp_path)
    assert again.spec == agent.spec
    assert again.interface == agent.interface == Interface(view, "discrete")
    values = agent.q_values(observations)
    assert values.dtype == np.float32
    assert np.array_equal(again.q_values(observations), values)
    actions, state = again.predict(observations, "kept")
    assert actions.tolist() == values.argmax(axis=1).tolist()
    assert actions.dtype == np.int64
    assert state == "kept"
    assert not agent.interface.privileged


@pytest.mark.parametrize(
    ("env_id", "view", "observations"),
    [
        ("FrozenLake-v1", VECTOR, np.arange(16)),
        ("CartPole-v1", VECTOR, np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)),
        (BREAKOUT, View("pixels", size=(36, 36), grey=True, stack=2), np.full((3, 2, 36, 36), 200, np.uint8)),
    ],
)
def test_an_exported_file_acts_as_the_agent(tmp_path, env_id, view, observations):
    agent = agent_for(env_id, view, dueling=True, layer_norm=True)
    path = export_onnx(agent, tmp_path / "agent.onnx")
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    actions, values = session.run(None, {session.get_inputs()[0].name: observations})
    assert np.array_equal(actions, agent.predict(observations)[0])
    assert values == pytest.approx(agent.q_values(observations), abs=1e-5)


def test_a_file_that_is_no_q_network_is_named(tmp_path):
    agent_for("CartPole-v1").save(tmp_path)
    (tmp_path / "policy.json").write_text(
        (tmp_path / "policy.json").read_text().replace('"actions": 2', '"actions": 3')
    )
    with pytest.raises(DamagedFileError, match=r"model\.safetensors does not hold this network's numbers"):
        QAgent.load(tmp_path)
    (tmp_path / "policy.json").write_text('{"format": 7}')
    with pytest.raises(DamagedFileError, match="describes no Q-network"):
        QAgent.load(tmp_path)


def test_observations_of_another_kind_are_refused():
    with pytest.raises(SuiteError, match=r"knows the numbers 0 to 15; seen: \[3, 16\]"):
        agent_for("FrozenLake-v1").predict(np.array([3, 16]))
    with pytest.raises(SuiteError, match=r"shape \(4,\), not \(5,\)"):
        agent_for("CartPole-v1").predict(np.zeros((1, 5), np.float32))


@pytest.mark.parametrize(
    ("env_id", "view", "message"),
    [
        ("Pendulum-v1", VECTOR, "choose among actions numbered from 0; Pendulum-v1 has Box"),
        (BREAKOUT, View("pixels", size=(20, 84), grey=True, stack=4), "pictures of 36 x 36 or more, not 20 x 84"),
    ],
)
def test_what_no_q_network_fits_is_refused(env_id, view, message):
    with pytest.raises(SuiteError, match=message):
        agent_for(env_id, view)


@pytest.mark.parametrize(
    ("env_id", "view", "colours"), [("CartPole-v1", VECTOR, 0), ("FrozenLake-v1", VECTOR, 0), (BREAKOUT, ATARI, 1)]
)
def test_what_is_explained_is_what_it_acts_by(env_id, view, colours):
    agent = agent_for(env_id, view)
    names = [f"action {k}" for k in range(agent.spec.actions)]
    opened = agent.explainable(names)
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 16, 5) if agent.spec.states else rng.integers(0, 200, (5, *agent.spec.shape))
    shown = shown.astype(np.uint8 if colours else np.int64 if agent.spec.states else np.float32)
    np.testing.assert_allclose(
        opened.forward(opened.prepare(shown)).detach().numpy(), agent.q_values(shown), rtol=1e-5, atol=1e-6
    )
    assert (opened.outputs, opened.choices, opened.colours) == (tuple(names), (tuple(range(len(names))),), colours)
    with pytest.raises(SuiteError, match="so that 1 names do not fit"):
        agent.explainable(names[:1])
