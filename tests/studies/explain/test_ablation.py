"""Layers: found in the order in which they work, put out of action and back, and what an agent scores without them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from networks_by_hand import Balancer, dense, opened
from torch import nn

from agents.imitation.networks import TextbookCnn
from sim_suite.studies.explain.ablation import ablate, episodes_of
from sim_suite.studies.explain.episode import Place, episode_return
from sim_suite.studies.explain.layers import layers_of, mean_activations, parts, put_out


def test_layers_of_the_textbook_network_in_order():
    network = TextbookCnn(4, (84, 96), 34, 0.5)
    found = layers_of(opened(network, [str(k) for k in range(34)]), torch.rand(1, 4, 84, 96))
    assert [(layer.name, layer.path, layer.shape) for layer in found] == [
        ("convolution 1", "maps.0", (32, 20, 23)),
        ("convolution 2", "maps.4", (64, 8, 10)),
        ("convolution 3", "maps.8", (64, 3, 4)),
        ("dense 1", "dense.0", (256,)),
    ]
    assert [type(layer.ends_in) for layer in found] == [nn.Dropout2d, nn.Dropout2d, nn.Dropout2d, nn.Dropout]


def test_a_layer_that_works_twice_is_left_out():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.same, self.other, self.last = nn.Linear(3, 3), nn.Linear(3, 5), nn.Linear(5, 2)

        def forward(self, x):
            return self.last(self.other(self.same(self.same(x))))

    assert [layer.path for layer in layers_of(opened(Twice()), torch.rand(1, 3))] == ["other"]


def test_mean_activations_are_those_of_all_rows():
    network = nn.Sequential(dense([[1.0], [-1.0]]), nn.ReLU(), dense([[1.0, 1.0]]))
    agent = opened(network, ("only",))
    rows = torch.tensor([[1.0], [-2.0], [4.0]])
    (mean,) = mean_activations(agent, layers_of(agent, rows), iter([rows[:2], rows[2:]]))
    assert mean.tolist() == pytest.approx([5 / 3, 2 / 3])


def test_what_is_put_out_says_the_same_whatever_it_is_told_and_comes_back():
    network = nn.Sequential(dense([[1.0], [10.0]]), nn.ReLU(), dense([[1.0, 1.0]]))
    agent = opened(network, ("only",))
    (layer,) = layers_of(agent, torch.zeros(1, 1))
    told = torch.tensor([[1.0], [2.0]])
    with put_out(layer, range(1, 2), torch.tensor([100.0, 7.0])):
        assert network(told).flatten().tolist() == [8.0, 9.0]
    assert network(told).flatten().tolist() == [11.0, 22.0]
    with pytest.raises(ZeroDivisionError), put_out(layer, range(0, 1), torch.zeros(2)):
        raise ZeroDivisionError
    assert network(told).flatten().tolist() == [11.0, 22.0]


@given(channels=st.integers(1, 300), groups=st.integers(1, 40))
def test_parts_cover_all_channels_once_and_evenly(channels, groups):
    found = parts(channels, groups)
    assert [k for part in found for k in part] == list(range(channels))
    assert len(found) == min(channels, groups)
    assert max(map(len, found)) - min(map(len, found)) <= 1


def test_returns_are_paired_by_seed_by_hand():
    """Scores that depend on seed and network: whole 10 s, without the first unit 10 s - s, without the second as whole."""
    network = nn.Sequential(dense([[1.0], [1.0]]), nn.ReLU(), dense([[1.0, 0.0]]))
    agent = opened(network, ("only",))
    found = layers_of(agent, torch.ones(1, 1))
    played = []

    def play(seed):
        return float(9 * seed + seed * network(torch.ones(1, 1)).item())

    result = ablate(play, found, [torch.zeros(2)], (1, 2, 3), 2, lambda: played.append(1))
    assert result.whole == (10.0, 20.0, 30.0)
    assert [loss.returns for loss in result.losses] == [(9.0, 18.0, 27.0), (10.0, 20.0, 30.0)]
    first, second = result.losses
    assert first.differences.tolist() == [-1.0, -2.0, -3.0]
    assert first.change.point == -2.0
    assert first.change.low < -2.0 < first.change.high
    assert (second.change.low, second.change.point, second.change.high) == (0.0, 0.0, 0.0)
    assert [loss.name for loss in result.losses] == ["dense 1: 0", "dense 1: 1"]
    assert len(played) == episodes_of(found, 3, 2) == 9


def test_a_dead_part_changes_nothing_and_a_live_one_much():
    agent, place = Balancer(), Place("CartPole-v1", {})
    inside = agent.explainable(("left", "right"))
    found = layers_of(inside, torch.zeros(1, 4))
    result = ablate(lambda seed: episode_return(place, agent, seed), found, [torch.zeros(4)], (0, 1), 2, lambda: None)
    live, dead = result.losses
    assert dead.returns == result.whole
    assert dead.change.point == dead.change.low == dead.change.high == 0.0
    assert max(live.returns) < 20 < min(result.whole)
    assert np.array_equal(live.differences, np.subtract(live.returns, result.whole))
