"""The networks: the papers' sizes, and outputs of the shape asked for."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from agents.imitation.networks import NETWORKS, YUV, Alvinn, PilotNet, TextbookCnn
from sim_suite.errors import SuiteError


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_pilotnet_has_the_papers_parameters():
    assert (
        parameters(PilotNet(3, (66, 200), 1, 0.0)) == 252_219
    )  # Bojarski et al. 2016: "about 250 thousand parameters"


def test_pilotnet_has_the_papers_layers():
    """Figure 4: 24 maps of 31 x 98 down to 64 of 1 x 18, then 100, 50 and 10 units."""
    network, shapes = PilotNet(3, (66, 200), 1, 0.0), []
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(lambda _, __, out: shapes.append(tuple(out.shape[1:])))
    network(torch.zeros(1, 3, 66, 200))
    assert shapes == [(24, 31, 98), (36, 14, 47), (48, 5, 22), (64, 3, 20), (64, 1, 18), (100,), (50,), (10,), (1,)]


def test_alvinn_has_the_papers_units():
    """30 x 32 inputs, 29 hidden units, 45 directions, with a bias each."""
    assert parameters(Alvinn(1, (96, 96), 45, 0.0)) == (30 * 32 + 1) * 29 + (29 + 1) * 45


def test_the_textbook_network_counted_by_hand():
    """Convolutions, batch norms (two numbers a map), and two dense layers over 64 maps of 3 x 4."""
    maps = (4 * 49 + 1) * 32 + (32 * 25 + 1) * 64 + (64 * 9 + 1) * 64 + 2 * (32 + 64 + 64)
    assert parameters(TextbookCnn(4, (84, 96), 34, 0.5)) == maps + (64 * 3 * 4 + 1) * 256 + 257 * 34
    kinds = [type(layer) for layer in TextbookCnn(4, (84, 96), 34, 0.5).modules()]
    assert [kinds.count(kind) for kind in (nn.Conv2d, nn.ELU, nn.BatchNorm2d, nn.Dropout2d, nn.Linear)] == [
        3,
        4,
        3,
        3,
        2,
    ]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("channels", "size"), [(1, (43, 52)), (4, (84, 96)), (12, (96, 96))])
def test_any_picture_gives_its_outputs_alone(name, channels, size):
    network = NETWORKS[name](channels, size, 7, 0.5).eval()
    pictures = torch.rand(3, channels, *size)
    together = network(pictures)
    assert together.shape == (3, 7)
    assert torch.allclose(together[1:2], network(pictures[1:2]), atol=1e-5)


def test_small_pictures_are_refused_by_the_textbook_network():
    with pytest.raises(SuiteError, match="43 x 43 or more, not 42 x 50"):
        TextbookCnn(1, (42, 50), 3, 0.0)


def test_grey_is_grey_in_yuv():
    assert torch.allclose(YUV @ torch.ones(3), torch.tensor([1.0, 0.0, 0.0]), atol=1e-4)
