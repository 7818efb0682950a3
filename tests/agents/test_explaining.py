"""Agents opened for explanation: what is opened says what the agent does, and layers of it are layers of the agent."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from gymnasium import spaces
from torch import nn

from agents.explaining import Explainable, ExplainableAgent
from agents.imitation.action_grid import ActionGrid, Axis, grid_for
from agents.imitation.agent import CloneAgent
from agents.imitation.heads import HillHead, hill_shares
from agents.imitation.policy import PolicySpec
from agents.naming import build, find, task_of
from agents.sb3.agent import Sb3Agent
from agents.sb3.algorithms import ALGORITHMS
from agents.sb3.config import Sb3Config
from agents.sb3.learner import Sb3Learner
from agents.sb3.policy_file import PolicySpec as Sb3Spec
from agents.simple import RandomAgent
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

GREY = View("pixels", size=(48, 50), grey=True, stack=2)
WHEEL_AND_PEDALS = ("steer", "gas", "brake")
CAR = spaces.Box(np.array([-1, 0, 0], np.float32), np.array([1, 1, 1], np.float32))
CONTINUOUS = ("sb3-sac", "sb3-td3", "sb3-ddpg", "sb3-tqc", "sb3-ars")


def clone(head, act="mean", space=CAR, policy="textbook", **facts):
    """An untrained clone whose weights are large enough to tell pictures apart."""
    bounds = (tuple(space.low.tolist()), tuple(space.high.tolist())) if isinstance(space, spaces.Box) else ((), ())
    spec = PolicySpec(policy, head, GREY, (2, 48, 50), grid_for(space, "fine"), *bounds, act, **facts)
    torch.manual_seed(0)
    network = spec.network()
    for parameter in network.parameters():
        parameter.data.mul_(1.5)
    return CloneAgent(spec, network)


def pictures(count, view=(2, 48, 50)):
    return np.random.default_rng(1).integers(0, 256, (count, *view), np.uint8)


@pytest.mark.parametrize(
    ("head", "act", "policy"),
    [("classes", "mean", "textbook"), ("hill", "mean", "alvinn"), ("regression", "mean", "pilotnet")],
)
def test_opened_clones_say_the_action(head, act, policy):
    agent = clone(head, act, policy=policy)
    opened = agent.explainable(WHEEL_AND_PEDALS)
    shown = opened.prepare(pictures(5))
    assert shown.shape == (5, 2, 48, 50)
    assert (float(shown.min()), float(shown.max())) == (0.0, 1.0)
    said = opened.forward(shown).detach().numpy()
    did, _ = agent.predict(pictures(5), deterministic=True)
    assert opened.outputs == WHEEL_AND_PEDALS
    assert (opened.meaning, opened.choices, opened.colours) == ("action", (), 1)
    assert np.allclose(said.clip(CAR.low, CAR.high), did, atol=1e-5)
    assert len(np.unique(did)) > 3


def test_likeliest_classes_are_named_and_chosen_axis_by_axis():
    agent = clone("classes", "likeliest")
    opened = agent.explainable(WHEEL_AND_PEDALS)
    assert opened.outputs[0] == "steer -1"
    assert opened.outputs[25] == "gas 0, brake 0.9"
    assert [len(group) for group in opened.choices] == [25, 9]
    said = opened.forward(opened.prepare(pictures(4))).detach().numpy()
    did, _ = agent.predict(pictures(4), deterministic=True)
    assert opened.meaning == "logit"
    wheel = [opened.outputs[k] for k in said[:, :25].argmax(axis=1)]
    assert wheel == [f"steer {value:g}" for value in did[:, 0].tolist()]


def test_whole_numbers_are_named_by_their_choices():
    agent = clone("classes", "likeliest", spaces.Discrete(3))
    opened = agent.explainable(("none", "left", "right"))
    assert opened.outputs == ("none", "left", "right")
    assert opened.choices == ((0, 1, 2),)
    did, _ = agent.predict(pictures(6), deterministic=True)
    assert np.array_equal(opened.forward(opened.prepare(pictures(6))).argmax(dim=1).numpy(), did)


def test_columns_keep_their_order_though_axes_do_not():
    """An axis of column 1 before one of column 0: the action's first column is still the first output."""
    grid = ActionGrid((Axis((1,), ((10.0,), (20.0,))), Axis((0,), ((1.0,), (3.0,)))))
    spec = PolicySpec("alvinn", "classes", GREY, (2, 48, 50), grid, (0.0, 0.0), (30.0, 30.0))
    network = nn.Sequential(nn.Flatten(), nn.Linear(2 * 48 * 50, 4))
    nn.init.zeros_(network[1].weight)
    network[1].bias.data = torch.tensor([0.0, math.log(3), 0.0, 0.0])
    opened = CloneAgent(spec, network).explainable(("first", "second"))
    said = opened.forward(opened.prepare(pictures(1)))[0].tolist()
    assert said == pytest.approx([2.0, 17.5], rel=1e-6)


def test_rows_that_a_clone_does_not_see_are_not_shown():
    opened = clone("classes", hidden_rows=4).explainable(WHEEL_AND_PEDALS)
    assert opened.prepare(pictures(1)).shape == (1, 2, 44, 50)


def test_shares_of_a_hill_by_hand():
    """Highest in the middle of three: all count. Highest at the end: it alone."""
    raw = torch.logit(torch.tensor([[0.2, 0.5, 0.3], [0.9, 0.5, 0.1]]))
    assert hill_shares(raw)[0].tolist() == pytest.approx([0.2, 0.5, 0.3])
    assert hill_shares(raw)[1].tolist() == [1.0, 0.0, 0.0]
    grid = ActionGrid((Axis((0,), ((-1.0,), (0.0,), (1.0,))),))
    assert HillHead(grid).act(raw, None).flatten().tolist() == pytest.approx([0.1, -1.0])


@pytest.mark.parametrize("name", [name for name, row in ALGORITHMS.items() if not row.recurrent])
def test_every_sb3_policy_says_what_its_action_is_chosen_from(name):
    continuous = name in CONTINUOUS
    settings = {"net_arch": (8,)}
    if ALGORITHMS[name].family == "off-policy":
        settings["hyperparameters"] = {"buffer_size": 64}
    if ALGORITHMS[name].family == "search":
        settings["hyperparameters"] = {"zero_policy": False}
    env_id = "Pendulum-v1" if continuous else "CartPole-v1"
    agent = Sb3Learner(ALGORITHMS[name], task_of(env_id, {}), Sb3Config(**settings), 5, "cpu").agent
    opened = agent.explainable(("torque",) if continuous else ("left", "right"))
    observations = np.random.default_rng(0).normal(size=(16, 3 if continuous else 4)).astype(np.float32)
    said = opened.forward(opened.prepare(observations)).detach()
    did, _ = agent.predict(observations, deterministic=True)
    module, _ = agent.torch_module()
    assert torch.equal(said, module(torch.from_numpy(observations))[1])
    if continuous:
        assert (opened.meaning, opened.choices) == ("mean", ())
        assert np.allclose(module.ending(said).detach().numpy(), did, atol=1e-6)
    else:
        assert opened.meaning == ("action value" if name in ("sb3-dqn", "sb3-qrdqn") else "logit")
        assert np.array_equal(said.argmax(dim=1).numpy(), did)


def test_sb3_pictures_are_shown_channels_first_in_0_to_1():
    view = View("pixels", size=(36, 40), grey=True, stack=2)
    space = spaces.Box(0, 255, (2, 36, 40), np.uint8)
    spec = Sb3Spec(ALGORITHMS["sb3-ppo"], "CnnPolicy", view, space, spaces.Discrete(3))
    agent = Sb3Agent(spec, spec.build())
    opened = agent.explainable(("none", "left", "right"))
    shown = opened.prepare(pictures(4, (2, 36, 40)))
    assert opened.colours == 1
    assert np.allclose(shown.numpy(), pictures(4, (2, 36, 40)) / 255)
    did, _ = agent.predict(pictures(4, (2, 36, 40)), deterministic=True)
    assert np.array_equal(opened.forward(shown).argmax(dim=1).numpy(), did)


def test_states_by_number_become_one_hot():
    agent = Sb3Learner(ALGORITHMS["sb3-ppo"], task_of("FrozenLake-v1", {}), Sb3Config(net_arch=(8,)), 0, "cpu").agent
    opened = agent.explainable(("left", "down", "right", "up"))
    assert torch.equal(opened.prepare(np.array([3, 0])), torch.eye(16)[[3, 0]])


def test_recurrent_policies_are_refused():
    config = Sb3Config(net_arch=(8,), policy={"lstm_hidden_size": 8})
    agent = Sb3Learner(ALGORITHMS["sb3-recurrent-ppo"], task_of("CartPole-v1", {}), config, 0, "cpu").agent
    with pytest.raises(SuiteError, match="depends on its memory"):
        agent.explainable(("left", "right"))


@pytest.mark.parametrize("name", ["zoo:cart-pole-ppo", "zoo:car-racing-bc"])
def test_names_that_do_not_fit_are_refused(name):
    agent = build(find(name), "", {}, 0)
    with pytest.raises(SuiteError, match="4 names do not fit"):
        agent.explainable(("a", "b", "c", "d"))


def test_an_agent_without_a_network_is_none_that_can_be_explained():
    assert not isinstance(RandomAgent.for_task(task_of("CartPole-v1", {}), 0), ExplainableAgent)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"outputs": ()}, "names of their own"),
        ({"outputs": ("a", "a")}, "names of their own"),
        ({"choices": ((0, 2),)}, "by their numbers, 0 to 1"),
        ({"choices": ((),)}, "by their numbers"),
        ({"colours": 2}, "1 or 3 channels"),
    ],
)
def test_senseless_facts_are_refused(facts, message):
    given = {"outputs": ("a", "b"), "meaning": "logit"} | facts
    with pytest.raises(SuiteError, match=message):
        Explainable(nn.Identity(), torch.as_tensor, nn.Identity(), **given)
