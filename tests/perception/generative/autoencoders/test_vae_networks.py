"""The VAE's networks: the paper's size, shapes, and what a condition changes."""

from __future__ import annotations

import pytest
import torch

from perception.classification.nets.classifier_network import numbers_of
from perception.generative.autoencoders.vae import Vae
from sim_suite.errors import SuiteError


def test_the_network_of_world_models_has_the_papers_parameters():
    assert numbers_of(Vae("world_models", (64, 64), 0, 32)) == 4_348_547  # Ha and Schmidhuber 2018, appendix A


@pytest.mark.parametrize(
    ("name", "size"), [("small", (64, 64)), ("small", (32, 32)), ("small", (48, 64)), ("world_models", (64, 64))]
)
def test_pictures_come_back_in_their_size(name, size):
    network = Vae(name, size, 4, 5)
    mean, log_variance = network.encode(torch.rand((2, 3, *size)))
    assert mean.shape == log_variance.shape == (2, 5)
    assert network.decode(mean).shape == (2, 3, *size)
    shown = network(torch.rand((2, 3, *size)))
    assert 0.0 < shown.min() < shown.max() < 1.0


def test_a_condition_is_told_to_both_halves():
    torch.manual_seed(0)
    network = Vae("small", (32, 32), 4, 3, conditions=2)
    pictures, one, other = torch.rand((2, 3, 32, 32)), torch.tensor([0, 0]), torch.tensor([0, 1])
    (mean, _), (changed, _) = network.encode(pictures, one), network.encode(pictures, other)
    assert torch.equal(mean[0], changed[0])
    assert not torch.equal(mean[1], changed[1])
    latents = torch.zeros((2, 3))
    assert not torch.equal(network.decode(latents, one)[1], network.decode(latents, other)[1])
    plain = Vae("small", (32, 32), 4, 3)
    assert (
        numbers_of(network) - numbers_of(plain) == 2 * 2 * 3 + 2 * 32 * 2 * 2
    )  # both heads, and the decoder's first layer


def test_pictures_that_do_not_fit_are_refused():
    with pytest.raises(SuiteError, match="world_models takes pictures of 64 x 64, not 32 x 32"):
        Vae("world_models", (32, 32), 0, 32)
    with pytest.raises(SuiteError, match="small needs rows and columns in multiples of 16, not 40 x 64"):
        Vae("small", (40, 64), 4, 3)
