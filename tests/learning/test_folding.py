"""Norms are folded where they follow a convolution, and nothing that is said changes."""

from __future__ import annotations

import torch
from torch import nn

from sim_suite.learning.folding import folded


def test_norms_that_follow_convolutions_are_folded_and_no_others():
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Sequential(nn.Conv2d(2, 3, 3, bias=False), nn.BatchNorm2d(3), nn.ReLU()),
        nn.Conv2d(3, 3, 1),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.BatchNorm2d(3),
    )
    for _ in range(3):
        network(torch.randn(8, 2, 6, 6) + 1.0)
    shown = torch.randn(4, 2, 6, 6)
    copied = folded(network)
    kinds = [type(module).__name__ for module in copied.modules() if not isinstance(module, nn.Sequential)]
    assert kinds == ["Conv2d", "Identity", "ReLU", "Conv2d", "Identity", "ReLU", "BatchNorm2d"]
    assert network.training, "the network is left as it is"
    torch.testing.assert_close(copied(shown), network.eval()(shown), atol=1e-5, rtol=1e-5)
