"""The arithmetic that a network is trained in: the faster one, found without touching the network."""

from __future__ import annotations

import pytest
import torch

from sim_suite.learning.probing import faster_precision


class Said(torch.nn.Module):
    """A network of one number that remembers which arithmetic it was asked in."""

    def __init__(self):
        super().__init__()
        self.number = torch.nn.Linear(1, 1)
        self.asked = []

    def forward(self, batch):
        self.asked.append(torch.is_autocast_enabled("cpu"))
        return self.number(batch)


@pytest.mark.parametrize("slow", ["float32", "bfloat16"])
def test_the_faster_arithmetic_is_kept_and_the_network_left_as_it_is(slow):
    network, now, tried = Said(), [0.0], []
    ticks = {"float32": 1.0, "bfloat16": 1.0, slow: 2.0}
    calls = [0]

    def clock():
        # Two calls a pass; three passes of float32 come first.
        precision = "float32" if calls[0] < 6 else "bfloat16"
        calls[0] += 1
        now[0] += ticks[precision]
        return now[0]

    def forward(copy):
        tried.append(copy)
        return copy(torch.ones(4, 1)).float().sum()

    assert faster_precision(network, forward, torch.device("cpu"), clock) != slow
    assert tried[0].asked == [False] * 3 + [True] * 3
    assert network.asked == []
    assert network.number.weight.grad is None
