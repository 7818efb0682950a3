"""Segmentation networks: parameters and shapes as the papers' figures say, exact bilinear upsampling, learning."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from perception.segmentation.confusion import confusion, mean_iou
from perception.segmentation.losses import cross_entropy
from perception.segmentation.nets.building import build, prepared, refuse_size
from perception.segmentation.nets.fcn import Fcn
from perception.segmentation.nets.unet import UNet
from perception.segmentation.nets.upsampling import Upsampling, bilinear_kernel
from perception.segmentation.task import segment
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import seeded

NETWORKS = ("unet", "fcn32s", "fcn16s", "fcn8s")


def count(module):
    return sum(one.numel() for one in module.parameters())


@pytest.mark.parametrize("name", NETWORKS)
def test_scores_have_the_size_of_the_picture(name):
    network = build(name, classes=5, width=4, levels=4).eval()
    assert network(torch.zeros(2, 3, 64, 96)).shape == (2, 5, 64, 96)


def u_net_parameters(width):
    """Ronneberger's figure 1: convolutions without bias, two numbers a map of each norm, up-convolutions 2 x 2; two classes."""
    maps = [width * 2**level for level in range(5)]
    down = sum(9 * (a * b + b * b) + 4 * b for a, b in zip([3, *maps], maps, strict=False))
    up = sum(4 * 2 * b * b + b + 9 * (2 * b * b + b * b) + 4 * b for b in maps[:-1])
    return down + up + width * 2 + 2


def test_u_net_has_the_parameters_of_the_figure():
    assert u_net_parameters(64) == 31_037_698
    assert count(UNet(classes=2, width=8, levels=5)) == u_net_parameters(8)


def test_fcn_has_vgg_16_below_and_the_paper_s_head():
    def maps(width):
        return [width] * 2 + [2 * width] * 2 + [4 * width] * 3 + [8 * width] * 6

    def weights(width):
        return sum(9 * a * b for a, b in zip([3, *maps(width)], maps(width), strict=False))

    # VGG-16's convolutions have 14,714,688 parameters, 4,224 of them biases, which norms stand for here.
    assert weights(64) == 14_714_688 - 4_224
    network = Fcn(classes=21, width=4, stride=8)
    convolutions = [one for one in network.stages.modules() if isinstance(one, torch.nn.Conv2d)]
    assert [one.out_channels for one in convolutions] == maps(4)
    assert sum(one.weight.numel() for one in convolutions) == weights(4)
    head = [one for one in network.head if isinstance(one, torch.nn.Conv2d)]
    # A sixteenth of the paper's 512 maps below, and of its 4,096.
    assert [tuple(one.weight.shape) for one in head] == [(256, 32, 7, 7), (256, 256, 1, 1)]


@pytest.mark.parametrize(("name", "skips", "last"), [("fcn32s", 0, 32), ("fcn16s", 1, 16), ("fcn8s", 2, 8)])
def test_fcn_sums_as_many_skips_as_its_stride_says(name, skips, last):
    network = build(name, classes=3, width=4, levels=4)
    assert [one.in_channels for one in network.skips] == [32, 16][:skips]  # of pool 4, then of pool 3
    assert [one.stride for one in network.doublings] == [(2, 2)] * skips
    assert network.last.stride == (last, last)
    assert not network.last.weight.requires_grad
    assert all(one.weight.requires_grad for one in network.doublings)


def test_a_new_skip_changes_nothing_at_first():
    torch.manual_seed(0)
    network = build("fcn8s", classes=3, width=2, levels=4).eval()
    torch.nn.init.normal_(network.score.weight)
    picture = torch.randn(1, 3, 64, 64)
    seen = picture
    for stage in network.stages:
        seen = stage(seen)
    scores = network.score(network.head(seen))
    assert scores.std() > 0
    for upsampling in (*network.doublings, network.last):
        scores = upsampling(scores)
    assert torch.equal(network(picture), scores)


def test_the_bilinear_kernel_by_hand():
    side = torch.tensor([0.25, 0.75, 0.75, 0.25])
    assert torch.equal(bilinear_kernel(2), side[:, None] * side[None, :])
    # A coarse pixel's weights add up to the fine pixels it becomes.
    for factor in (2, 8, 16, 32):
        assert bilinear_kernel(factor).sum().item() == pytest.approx(factor**2)


@pytest.mark.parametrize("factor", [2, 8, 16])
def test_upsampling_is_bilinear_exactly(factor):
    coarse = torch.randn(2, 3, 5, 7, generator=torch.Generator().manual_seed(1))
    upsampling = Upsampling(3, factor)
    fine = upsampling(coarse)
    assert fine.shape == (2, 3, 5 * factor, 7 * factor)
    by_torch = functional.interpolate(coarse, scale_factor=factor, mode="bilinear", align_corners=False)
    half = factor // 2
    inside = (..., slice(half, -half), slice(half, -half))
    assert torch.allclose(fine[inside], by_torch[inside], atol=1e-6)
    # At the border nothing lies beyond: there it equals a picture with zeros around it.
    ringed = functional.interpolate(functional.pad(coarse, (1, 1, 1, 1)), scale_factor=factor, mode="bilinear")
    assert torch.allclose(fine, ringed[..., factor:-factor, factor:-factor], atol=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_parameter_that_is_learned_has_a_gradient(name):
    network = build(name, classes=3, width=2, levels=3)
    for part in (getattr(network, "score", None), *getattr(network, "skips", ())):
        torch.nn.init.normal_(part.weight)  # scores of 0 would keep gradients from what lies below
    (network(torch.randn(2, 3, 64, 64)) ** 2).mean().backward()
    for key, value in network.named_parameters():
        assert (value.grad is not None and bool(value.grad.abs().sum() > 0)) == value.requires_grad, key


def test_pictures_are_prepared_by_hand():
    pictures = torch.tensor([[[[0, 255, 51]]]], dtype=torch.uint8)
    assert prepared(pictures).tolist() == [[[[-1.0]], [[1.0]], [[pytest.approx(-0.6)]]]]


@pytest.mark.parametrize(("name", "levels", "multiple"), [("unet", 4, 8), ("unet", 6, 32), ("fcn8s", 2, 32)])
def test_pictures_that_cannot_be_halved_are_refused(name, levels, multiple):
    refuse_size(name, levels, 96, 96)
    with pytest.raises(SuiteError, match=f"multiples of {multiple}, not 96 x 100"):
        refuse_size(name, levels, 96, 100)


@pytest.mark.parametrize(("name", "least"), [("unet", 0.97), ("fcn8s", 0.8)])
def test_squares_are_learned_in_seconds(name, least):
    """Bright squares on dark ground; the network is judged on others than it learned from."""

    def squares(seed):
        dice = np.random.default_rng(seed)
        labels = np.zeros((4, 64, 64), np.uint8)
        for label in labels:
            row, col, side = *dice.integers(0, 36, 2), dice.integers(12, 28)
            label[row : row + side, col : col + side] = 1
        pictures = 60 + 90 * labels[..., None] + dice.integers(0, 60, (4, 64, 64, 3))
        return pictures.astype(np.uint8), labels

    with seeded(3):
        network = build(name, classes=2, width=4, levels=3)
        optimizer = torch.optim.AdamW(network.parameters(), 0.02)
        for number in range(40):
            pictures, labels = (torch.from_numpy(part) for part in squares(number))
            loss = cross_entropy(network(prepared(pictures)), labels.long())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    pictures, labels = squares(1000)
    said = segment(network.eval(), pictures, torch.device("cpu"))
    assert mean_iou(confusion(labels, said, 2)) > least
