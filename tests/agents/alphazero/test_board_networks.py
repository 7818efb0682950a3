"""The network: shapes, the same function with folded norms and in any arithmetic, losses by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from agents.alphazero.evaluating import Evaluator, faster
from agents.alphazero.losses import entropy, policy_loss, value_loss
from agents.alphazero.networks import ConvNorm, ResidualNetwork, Sizes
from sim_suite.errors import SuiteError
from sim_suite.learning.folding import folded
from tests.agents.alphazero.boards import FOUR, TINY

CPU = torch.device("cpu")


def trained_a_little(sizes=TINY):
    """A network whose norms have seen something and whose value head says something."""
    torch.manual_seed(0)
    network = ResidualNetwork(FOUR.planes, FOUR.shape, FOUR.actions, sizes)
    for _ in range(5):
        network(torch.rand(64, FOUR.planes, *FOUR.shape) * 2)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 2.0)
            torch.nn.init.normal_(module.bias)
    torch.nn.init.normal_(network.value.weight)
    return network.eval()


def test_the_network_of_the_paper_has_its_parts():
    """64 channels, 4 blocks: one convolution of the planes, eight of 64 x 64 x 9, and two heads."""
    network = ResidualNetwork(2, (6, 7), 7, Sizes(64, 4, 32, 64))
    convolutions = [module.conv for module in network.modules() if isinstance(module, ConvNorm)]
    shapes = [tuple(conv.weight.shape) for conv in convolutions]
    assert shapes == [(64, 2, 3, 3), *[(64, 64, 3, 3)] * 8, *[(32, 64, 1, 1)] * 2]
    logits, values = network(torch.zeros(5, 2, 6, 7))
    assert (logits.shape, values.shape) == ((5, 7), (5,))
    assert (values == 0).all(), "it begins by calling everything a draw"
    with pytest.raises(SuiteError, match="channels must be at least 1"):
        Sizes(channels=0)


def test_folding_changes_nothing_that_is_said():
    network = trained_a_little()
    shown = torch.rand(9, FOUR.planes, *FOUR.shape)
    with torch.no_grad():
        logits, values = network(shown)
        same_logits, same_values = folded(network)(shown)
    assert torch.allclose(logits, same_logits, atol=1e-4)
    assert torch.allclose(values, same_values, atol=1e-4)
    assert values.abs().max() > 0.05
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in folded(network).modules())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_an_evaluator_says_what_the_network_says_of_the_planes_in_its_buffer(precision):
    network = trained_a_little()
    evaluator = Evaluator(FOUR, network, 6, CPU, precision)
    shown = np.random.default_rng(0).random((6, FOUR.planes, *FOUR.shape), np.float32)
    evaluator.planes[...] = shown
    logits, values = evaluator()
    with torch.no_grad():
        expected_logits, expected_values = network(torch.from_numpy(shown))
    tolerance = 1e-4 if precision == "float32" else 0.1
    assert (logits.dtype, values.dtype) == (np.float32, np.float32)
    assert logits == pytest.approx(expected_logits.numpy(), abs=tolerance)
    assert values == pytest.approx(expected_values.numpy(), abs=tolerance)
    with torch.no_grad():
        network.policy.bias += 1.0
    assert evaluator()[0] == pytest.approx(logits, abs=1e-6), "it has numbers of its own"
    evaluator.follow(network)
    assert evaluator()[0] == pytest.approx(logits + 1.0, abs=tolerance)


def test_the_faster_arithmetic_is_the_one_that_took_less_time():
    network = trained_a_little()
    for slow in ("float32", "bfloat16"):
        now, asked = 0.0, []

        def clock(slow=slow, asked=asked):
            nonlocal now
            asked.append(now)
            first = len(asked) <= 4  # float32 is timed first, twice
            now += 2.0 if first == (slow == "float32") else 1.0
            return now

        assert faster(FOUR, network, 2, CPU, clock) == ({"float32", "bfloat16"} - {slow}).pop()


def test_the_value_loss_by_hand():
    assert value_loss(torch.tensor([0.5, -1.0]), torch.tensor([1.0, 1.0])).item() == pytest.approx((0.25 + 4.0) / 2)


def test_the_policy_loss_by_hand():
    """Two legal moves with logits 0 and log 3: p = 1/4, 3/4. The illegal one has the highest logit and no say."""
    logits = torch.tensor([[0.0, 50.0, math.log(3.0)]])
    legal = torch.tensor([[True, False, True]])
    target = torch.tensor([[0.5, 0.0, 0.5]])
    expected = -(0.5 * math.log(0.25) + 0.5 * math.log(0.75))
    assert policy_loss(logits, legal, target).item() == pytest.approx(expected)
    right = torch.tensor([[0.25, 0.0, 0.75]])
    assert policy_loss(logits, legal, right).item() == pytest.approx(entropy(right).item())


def test_the_policy_loss_has_the_gradient_of_a_softmax():
    logits = torch.tensor([[0.0, 9.0, math.log(3.0)]], dtype=torch.float64, requires_grad=True)
    legal, target = torch.tensor([[True, False, True]]), torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64)
    policy_loss(logits, legal, target).backward()
    assert logits.grad.tolist()[0] == pytest.approx([0.25 - 1.0, 0.0, 0.75])


def test_the_entropy_by_hand():
    assert entropy(torch.tensor([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])).item() == pytest.approx(math.log(2.0) / 2)
