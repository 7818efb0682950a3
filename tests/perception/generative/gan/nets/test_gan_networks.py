"""Generators and critics: shapes, what a patch sees to the pixel, norms, and how weights begin."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from perception.generative.gan.nets.dcgan import Critic, Generator
from perception.generative.gan.nets.initial import DEVIATION
from perception.generative.gan.nets.patch import HALVINGS, PatchCritic
from perception.generative.gan.nets.resnet import ResnetGenerator
from perception.generative.gan.nets.unet import StridedUNet
from sim_suite.errors import SuiteError


@pytest.mark.parametrize("side", [8, 32, 64])
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_dcgan_makes_and_judges_pictures(side, norm):
    generator, critic = Generator(5, 3, side, 2), Critic(3, 4, side, 2, norm)
    made = generator(torch.randn(2, 8))
    assert made.shape == (2, 3, side, side)
    assert made.abs().max() <= 1.0
    said = critic(made, torch.eye(3)[:2])
    assert said.score.shape == (2,)
    assert said.extra.shape == (2, 4)
    assert any(isinstance(part, nn.BatchNorm2d) for part in critic.modules()) == (norm == "batch" and side > 8)


def test_a_generator_of_the_papers_width_has_its_layers():
    """Figure 1 for 64 x 64: 1024, 512, 256 and 128 maps from 4 x 4 on; convolutions of 4 x 4 here."""
    generator = Generator(100, 0, 64, 128)
    assert [part.out_channels for part in generator.modules() if isinstance(part, nn.ConvTranspose2d)] == [
        1024, 512, 256, 128, 3,
    ]  # fmt: skip
    weights = 100 * 1024 * 16 + 16 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 3) + 3
    norms = 2 * (1024 + 512 + 256 + 128)
    assert sum(one.numel() for one in generator.parameters()) == weights + norms


@pytest.mark.parametrize("side", [4, 12, 48, 0])
def test_sides_that_cannot_be_halved_are_refused(side):
    with pytest.raises(SuiteError, match=f"a side of 8, 16, 32, 64 or so, not {side}"):
        Generator(4, 0, side, 2)


def test_what_is_shown_decides_what_is_said():
    critic, picture = Critic(2, 0, 8, 4, "none"), torch.randn(1, 3, 8, 8)
    first, second = (critic(picture, shown[None]).score.item() for shown in torch.eye(2))
    assert first != second


@pytest.mark.parametrize("patch", sorted(HALVINGS))
def test_a_patch_sees_so_many_pixels_and_no_more(patch):
    """By the gradient of one score, with norms that look at the whole picture left out."""
    critic = PatchCritic(1, 1, patch)
    for part in critic.modules():
        for name, child in list(part.named_children()):
            if isinstance(child, nn.InstanceNorm2d):
                setattr(part, name, nn.Identity())
        if isinstance(part, nn.Conv2d):
            nn.init.ones_(part.weight)
    picture = torch.ones(1, 1, 3 * patch, 3 * patch, requires_grad=True)
    scores = critic(picture)
    middle = scores.shape[2] // 2
    scores[0, 0, middle, middle].backward()
    rows, columns = (torch.nonzero(picture.grad[0, 0].abs().sum(axis) > 0.0).flatten() for axis in (1, 0))
    assert len(rows) == len(columns) == int(rows[-1] - rows[0]) + 1 == patch


def test_the_papers_critic_has_its_layers():
    critic = PatchCritic(6, 64, 70)
    convolutions = [part for part in critic.modules() if isinstance(part, nn.Conv2d)]
    assert [part.out_channels for part in convolutions] == [64, 128, 256, 512, 1]
    assert [part.stride[0] for part in convolutions] == [2, 2, 2, 1, 1]
    assert critic(torch.zeros(1, 6, 256, 256)).shape == (1, 1, 30, 30)


def test_a_unet_keeps_the_side_and_refuses_others():
    network = StridedUNet(9, 4, 3).eval()
    made = network(torch.randn(2, 9, 24, 16))
    assert made.shape == (2, 3, 24, 16)
    with pytest.raises(SuiteError, match=r"multiples of 8, not \[20, 16\]"):
        network(torch.zeros(1, 9, 20, 16))
    assert sum(isinstance(part, nn.Dropout2d) for part in network.modules()) == 2


def test_a_unets_first_level_reaches_its_end():
    """Though all below says nothing."""
    network = StridedUNet(3, 4, 4).eval()
    with torch.no_grad():
        for up in list(network.up)[:-1]:
            up[1].weight.zero_()
    one, other = torch.zeros(1, 3, 32, 32), torch.ones(1, 3, 32, 32)
    assert not torch.equal(network(one), network(other))


def test_the_papers_residual_generator_has_its_size():
    """11.378 million parameters with 9 blocks (appendix 7.2), as its authors' program counts; biases before norms are left out here."""
    network = ResnetGenerator(64, 9)
    without = 64 + 128 + 256 + 9 * 2 * 256 + 128 + 64
    assert sum(one.numel() for one in network.parameters()) == 11_378_179 - without
    small = ResnetGenerator(2, 1)
    assert small(torch.zeros(1, 3, 16, 20)).shape == (1, 3, 16, 20)


def test_a_picture_is_translated_by_itself():
    network, pictures = ResnetGenerator(4, 1), torch.randn(3, 3, 16, 16)
    assert torch.allclose(network(pictures)[1], network(pictures[1:2])[0], atol=1e-5)


def test_weights_begin_small():
    network = Generator(64, 0, 32, 16)
    weight = network.layers[0].weight
    assert weight.std().item() == pytest.approx(DEVIATION, rel=0.05)
    assert network.layers[1].weight.mean().item() == pytest.approx(1.0, abs=0.02)
