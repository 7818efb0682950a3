"""Heads: losses by hand, weights by hand, and actions from outputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from gymnasium import spaces

from agents.imitation.action_grid import ActionGrid, Axis, grid_for
from agents.imitation.heads import ClassesHead, HillHead, RegressionHead, balanced
from sim_suite.errors import SuiteError

GRID = ActionGrid((Axis((0,), ((-1.0,), (0.0,), (1.0,))), Axis((1,), ((0.0,), (1.0,)))))
WHEEL = ActionGrid((Axis((0,), tuple((x / 10,) for x in range(-10, 11))),))


def test_cross_entropy_by_hand():
    """Scores of log 1, log 2, log 5 are shares of 1/8, 2/8, 5/8; of log 1, log 3: 1/4, 3/4."""
    head = ClassesHead(GRID, "mean")
    assert head.outputs == 5
    raw = torch.tensor([[0.0, math.log(2), math.log(5), 0.0, math.log(3)]])
    targets = head.targets(np.array([[0.9, 0.2]]))
    assert targets.tolist() == [[2, 0]]
    assert float(head.loss(raw, targets)) == pytest.approx(-math.log(5 / 8) - math.log(1 / 4))
    assert np.allclose(head.act(raw, None), [[4 / 8, 3 / 4]])
    assert np.allclose(ClassesHead(GRID, "likeliest").act(raw, None), [[1.0, 1.0]])


def test_weighted_cross_entropy_by_hand():
    """A step weighs as its class: (1 * log 2 + 3 * log 4) / (1 + 3) for shares of 1/2 and 1/4."""
    grid = ActionGrid((Axis((0,), ((0.0,), (1.0,))),))
    head = ClassesHead(grid, "likeliest", [torch.tensor([1.0, 3.0])])
    raw = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]])
    loss = head.loss(raw, head.targets(np.array([[0.0], [1.0]])))
    assert float(loss) == pytest.approx((math.log(2) + 3 * math.log(4)) / 4)


def test_balanced_weights_by_hand():
    """Of 6 steps 4 have class 0, 2 class 2 and none class 1: 6 / (2 * 4) and 6 / (2 * 2); at power 1/2 their roots; at 0 ones."""
    actions = np.array([[-1, 0], [-1, 0], [-1, 0], [-1, 1], [1, 1], [1, 1]], np.float32)
    assert balanced(GRID, actions, 1.0)[0].tolist() == pytest.approx([0.75, 0.0, 1.5])
    assert balanced(GRID, actions, 1.0)[1].tolist() == pytest.approx([1.0, 1.0])
    assert balanced(GRID, actions, 0.5)[0].tolist() == pytest.approx([math.sqrt(0.75), 0.0, math.sqrt(1.5)])
    assert balanced(GRID, actions, 0.0)[0].tolist() == [1.0, 0.0, 1.0]


def test_classes_are_drawn_by_their_shares():
    head = ClassesHead(GRID, "mean")
    raw = torch.tensor([[0.0, math.log(2), math.log(5), 0.0, math.log(3)]]).repeat(4000, 1)
    drawn = head.act(raw, torch.Generator().manual_seed(1))
    shares = [float((drawn[:, 0] == wheel).mean()) for wheel in (-1, 0, 1)]
    assert shares == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=0.03)
    assert np.array_equal(drawn, head.act(raw, torch.Generator().manual_seed(1)))


def test_whole_numbers():
    grid = grid_for(spaces.Discrete(3), "fine")
    head = ClassesHead(grid, "likeliest")
    assert head.act(torch.tensor([[0.0, 1.0, 0.5]]), None).tolist() == [1]
    assert head.act(torch.tensor([[0.0, 1.0, 0.5]]), None).dtype == np.int64
    with pytest.raises(SuiteError, match="whole numbers have no mean"):
        ClassesHead(grid, "mean")
    with pytest.raises(SuiteError, match="neighbours are alike"):
        HillHead(grid)


def test_regression_by_hand():
    head = RegressionHead(np.array([-1, 0], np.float32), np.array([1, 1], np.float32))
    raw, targets = torch.tensor([[0.5, -0.5]]), head.targets(np.array([[1.0, 0.5]], np.float32))
    assert float(head.loss(raw, targets)) == pytest.approx((0.25 + 1.0) / 2)
    assert head.act(torch.tensor([[0.5, -0.5]]), None).tolist() == [[0.5, 0.0]]


def test_the_hill_is_pomerleaus_and_its_mass_lies_at_the_action():
    head = HillHead(WHEEL)
    hill = head.targets(np.array([[0.2]]))[0]
    assert hill[8:17].tolist() == pytest.approx([0.10, 0.32, 0.61, 0.89, 1.00, 0.89, 0.61, 0.32, 0.10])
    assert float(hill.sum()) == pytest.approx(4.84)
    raw = torch.logit(hill.clamp(1e-6, 1 - 1e-6))[None]
    assert head.act(raw, None)[0, 0] == pytest.approx(0.2, abs=1e-4)
    assert float(head.loss(raw, hill[None])) == pytest.approx(0, abs=1e-6)
    between = torch.logit(torch.tensor([[1e-6] * 10 + [0.9, 0.9] + [1e-6] * 9]))
    assert head.act(between, None)[0, 0] == pytest.approx(0.05, abs=1e-3), "two units alike: half way"


def test_half_a_hill_at_the_end_of_the_axis_means_the_end():
    head = HillHead(WHEEL)
    raw = torch.logit(head.targets(np.array([[1.0]])).clamp(1e-6, 1 - 1e-6))
    assert head.act(raw, None).tolist() == [[1.0]]
