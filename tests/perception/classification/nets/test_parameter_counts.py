"""Classification networks have the parameters, and some the multiplications, that are published, and those that a formula by hand has."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import pytest
import torch
from torch import nn

from perception.classification.nets.classifier_network import Pictures, numbers_of
from perception.classification.nets.registry import NETWORKS, build

SMALL, LARGE = Pictures(3, 32, 32, 10), Pictures(3, 224, 224, 1000)
WIDE_VGG = {"width": 64, "hidden": 4096, "batch_norm": False}
BC, PLAIN_DENSE = {}, {"bottleneck": False, "compression": 1.0}
BASE = {"width": 768, "depth": 12, "heads": 12, "hidden": 3072}
LARGE_VIT = {"width": 1024, "depth": 24, "heads": 16, "hidden": 4096}
HUGE = {"width": 1280, "depth": 32, "heads": 16, "hidden": 5120}


class Published(NamedTuple):
    """Parameters, to the digit that is told."""

    network: str
    pictures: Pictures
    sizes: dict
    parameters: float
    digit: float
    source: str
    of: str = "all"  # or "without norms", "without scores"


IMAGENET_RESNET = {"width": 64, "imagenet": True}
TORCHVISION = "torchvision's pages of its models, num_params"
SLIM = "tensorflow/models, research/slim/nets/mobilenet, which counts without norms"
PUBLISHED = (
    Published("plain", SMALL, {"maps": [16, 32, 64], "layers": [7, 6, 6]}, 0.27e6, 1e4, "He 2016a, as ResNet-20, section 4.2"),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "A"}, 133e6, 1e6, "Simonyan 2015, table 2"),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "B"}, 133e6, 1e6, "Simonyan 2015, table 2"),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "C"}, 134e6, 1e6, "Simonyan 2015, table 2"),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "D"}, 138e6, 1e6, "Simonyan 2015, table 2"),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "E"}, 144e6, 1e6, "Simonyan 2015, table 2"),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "A"}, 132_863_336, 1, TORCHVISION),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "D"}, 138_357_544, 1, TORCHVISION),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "E"}, 143_667_240, 1, TORCHVISION),
    Published("vgg", LARGE, WIDE_VGG | {"configuration": "D", "batch_norm": True}, 138_365_992 - 4_224, 1, TORCHVISION + " less biases"),
    Published("resnet", SMALL, {"depth": 20}, 0.27e6, 1e4, "He 2016a, table 6"),
    Published("resnet", SMALL, {"depth": 32}, 0.46e6, 1e4, "He 2016a, table 6"),
    Published("resnet", SMALL, {"depth": 44}, 0.66e6, 1e4, "He 2016a, table 6"),
    Published("resnet", SMALL, {"depth": 56}, 0.85e6, 1e4, "He 2016a, table 6"),
    Published("resnet", SMALL, {"depth": 110}, 1.7e6, 1e5, "He 2016a, table 6"),
    Published("resnet", LARGE, IMAGENET_RESNET | {"depth": 18}, 11_689_512, 1, TORCHVISION),
    Published("resnet", LARGE, IMAGENET_RESNET | {"depth": 34}, 21_797_672, 1, TORCHVISION),
    Published("resnet", LARGE, IMAGENET_RESNET | {"depth": 50}, 25_557_032, 1, TORCHVISION),
    Published("resnet", LARGE, IMAGENET_RESNET | {"depth": 101}, 44_549_160, 1, TORCHVISION),
    Published("resnet", LARGE, IMAGENET_RESNET | {"depth": 152}, 60_192_808, 1, TORCHVISION),
    Published("resnet_v2", SMALL, {"depth": 164}, 1.7e6, 1e5, "Huang 2017, table 2"),
    Published("resnet_v2", SMALL, {"depth": 1001}, 10.2e6, 1e5, "Huang 2017, table 2", "without norms"),
    Published("densenet", SMALL, PLAIN_DENSE | {"depth": 40}, 1.0e6, 1e5, "Huang 2017, table 2"),
    Published("densenet", SMALL, PLAIN_DENSE | {"depth": 100}, 7.0e6, 1e5, "Huang 2017, table 2"),
    Published("densenet", SMALL, PLAIN_DENSE | {"depth": 100, "growth": 24}, 27.2e6, 1e5, "Huang 2017, table 2"),
    Published("densenet", SMALL, BC | {"depth": 100}, 0.8e6, 1e5, "Huang 2017, table 2"),
    Published("densenet", SMALL, BC | {"depth": 250, "growth": 24}, 15.3e6, 1e5, "Huang 2017, table 2"),
    Published("densenet", SMALL, BC | {"depth": 190, "growth": 40}, 25.6e6, 1e5, "Huang 2017, table 2"),
    Published("densenet", LARGE, {"depth": 121, "growth": 32, "imagenet": True}, 7_978_856, 1, TORCHVISION),
    Published("densenet", LARGE, {"depth": 169, "growth": 32, "imagenet": True}, 14_149_480, 1, TORCHVISION),
    Published("densenet", LARGE, {"depth": 201, "growth": 32, "imagenet": True}, 20_013_928, 1, TORCHVISION),
    Published("densenet", LARGE, {"depth": 161, "growth": 48, "imagenet": True}, 28_681_000, 1, TORCHVISION),
    Published("mobilenet", LARGE, {"multiplier": 1.0, "imagenet": True}, 4.2e6, 1e5, "Howard 2017, table 6"),
    Published("mobilenet", LARGE, {"multiplier": 0.75, "imagenet": True}, 2.6e6, 1e5, "Howard 2017, table 6"),
    Published("mobilenet", LARGE, {"multiplier": 0.5, "imagenet": True}, 1.3e6, 1e5, "Howard 2017, table 6"),
    Published("mobilenet", LARGE, {"multiplier": 0.25, "imagenet": True}, 0.5e6, 1e5, "Howard 2017, table 6"),
    Published("mobilenet_v2", LARGE, {"multiplier": 1.0, "imagenet": True}, 3_504_872, 1, TORCHVISION),
    Published("mobilenet_v2", LARGE, {"multiplier": 1.0, "imagenet": True}, 3.47e6, 1e4, SLIM, "without norms"),
    Published("mobilenet_v2", LARGE, {"multiplier": 1.4, "imagenet": True}, 6.06e6, 1e4, SLIM, "without norms"),
    Published("mobilenet_v2", LARGE, {"multiplier": 0.75, "imagenet": True}, 2.61e6, 1e4, SLIM, "without norms"),
    Published("mobilenet_v2", LARGE, {"multiplier": 0.5, "imagenet": True}, 1.95e6, 1e4, SLIM, "without norms"),
    Published("mobilenet_v2", LARGE, {"multiplier": 0.35, "imagenet": True}, 1.66e6, 1e4, SLIM, "without norms"),
    Published("vit", LARGE, BASE | {"patch": 16}, 86e6, 1e6, "Dosovitskiy 2021, table 1", "without scores"),
    Published("vit", LARGE, LARGE_VIT | {"patch": 32}, 307e6, 1e6, "Dosovitskiy 2021, table 1"),
    Published("vit", LARGE, HUGE | {"patch": 14}, 632e6, 1e6, "Dosovitskiy 2021, table 1"),
    Published("vit", LARGE, BASE | {"patch": 16}, 86_567_656, 1, TORCHVISION),
    Published("vit", LARGE, BASE | {"patch": 32}, 88_224_232, 1, TORCHVISION),
    Published("vit", LARGE, LARGE_VIT | {"patch": 16}, 304_326_632, 1, TORCHVISION),
    Published("vit", LARGE, LARGE_VIT | {"patch": 32}, 306_535_400, 1, TORCHVISION),
    Published("vit", LARGE, HUGE | {"patch": 14}, 632_045_800, 1, TORCHVISION),
)  # fmt: skip


def meta(name, pictures, sizes):
    """Without numbers in memory."""
    with torch.device("meta"):
        return build(name, pictures, sizes)


@pytest.mark.parametrize(
    "one", PUBLISHED, ids=lambda one: f"{one.network}-{one.sizes.get('depth', '')}-{one.parameters:g}"
)
def test_as_many_as_are_published(one):
    network = meta(one.network, one.pictures, one.sizes)
    count = numbers_of(network)
    if one.of == "without norms":
        count -= sum(numbers_of(part) for part in network.modules() if isinstance(part, nn.BatchNorm2d))
    elif one.of == "without scores":
        count -= numbers_of(network.score)
    assert round(count / one.digit) == round(one.parameters / one.digit)


def test_every_network_is_compared_with_what_is_published():
    assert {one.network for one in PUBLISHED} == set(NETWORKS)


def normed(maps_in, maps, kernel=3):
    """A convolution without bias, and a norm's two numbers a map."""
    return kernel * kernel * maps_in * maps + 2 * maps


def scores(features, classes):
    return features * classes + classes


def by_hand_plain(c, k):
    """Defaults: 24, 48, 96 maps of two layers each."""
    return (
        normed(c, 24)
        + normed(24, 24)
        + normed(24, 48)
        + normed(48, 48)
        + normed(48, 96)
        + normed(96, 96)
        + scores(96, k)
    )


def by_hand_vgg(c, k):
    """Configuration A at width 16, 1 x 1 at the end, two dense layers of 128."""
    maps = [c, 16, 32, 64, 64, 128, 128, 128, 128]
    return sum(normed(a, b) for a, b in itertools.pairwise(maps)) + 2 * (128 * 128 + 128) + scores(128, k)


def by_hand_resnet(c, k):
    """20 layers: three blocks of two in each stage; shortcuts have none."""
    stages = sum(normed(a, b) + 5 * normed(b, b) for a, b in ((16, 16), (16, 32), (32, 64)))
    return normed(c, 16) + stages + scores(64, k)


def by_hand_resnet_v2(c, k):
    """20 layers: two bottlenecks a stage; a norm belongs to what comes before a convolution."""
    total = 9 * c * 16
    for before, narrow in ((16, 16), (64, 32), (128, 64)):
        for given in (before, 4 * narrow):
            total += 2 * given + given * narrow + 2 * narrow + 9 * narrow * narrow + 2 * narrow + 4 * narrow * narrow
        total += before * 4 * narrow  # the projection of the first
    return total + 2 * 256 + scores(256, k)


def by_hand_densenet(c, k):
    """BC, 40 layers, growth 12: three blocks of six layers of two convolutions."""
    maps, total = 24, 9 * c * 24
    for block in range(3):
        for _ in range(6):
            total += 2 * maps + 48 * maps + 2 * 48 + 9 * 48 * 12
            maps += 12
        if block < 2:
            total += 2 * maps + maps * (maps // 2)
            maps //= 2
    return total + 2 * maps + scores(maps, k)


def by_hand_mobilenet(c, k):
    """A quarter of 32, 64, 128, 128, 256, 256, six times 512, twice 1024."""
    maps = [8, 16, 32, 32, 64, 64, *[128] * 6, 256, 256]
    pairs = itertools.pairwise(maps)
    return normed(c, 8) + sum(9 * a + 2 * a + normed(a, b, 1) for a, b in pairs) + scores(256, k)


def by_hand_mobilenet_v2(c, k):
    """0.35 of table 2, to multiples of 8: 16 first, then 8, 8, 16, 24, 32, 56, 112; the last stays 1280."""
    maps = [16, 8, 8, 8, 16, 16, 16, *[24] * 4, *[32] * 3, *[56] * 3, 112]
    total = normed(c, 16)
    for number, (a, b) in enumerate(itertools.pairwise(maps)):
        wide = a if number == 0 else 6 * a
        total += (0 if number == 0 else normed(a, wide, 1)) + 9 * wide + 2 * wide + normed(wide, b, 1)
    return total + normed(112, 1280, 1) + scores(1280, k)


def by_hand_vit(c, k):
    """Patches of 4 of 32 pixels: 64 words and the class's, of 96 numbers; six layers with 192 in between."""
    layer = 4 * 96 + 3 * (96 * 96 + 96) + (96 * 96 + 96) + (96 * 192 + 192) + (192 * 96 + 96)
    return (16 * c * 96 + 96) + 96 + 65 * 96 + 6 * layer + 2 * 96 + scores(96, k)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("channels", "classes"), [(3, 16), (1, 10)])
def test_defaults_have_what_a_formula_by_hand_has(name, channels, classes):
    by_hand = globals()[f"by_hand_{name}"](channels, classes)
    assert numbers_of(meta(name, Pictures(channels, 32, 32, classes), {})) == by_hand


def multiplications(name, sizes):
    """Of one large picture, in convolutions and dense layers."""
    network, told = meta(name, LARGE, sizes), []

    def tell(part, given, said):
        places = said.shape[2] * said.shape[3] if said.ndim == 4 else 1
        told.append(part.weight.numel() * places)

    for part in network.modules():
        if isinstance(part, nn.Conv2d | nn.Linear):
            part.register_forward_hook(tell)
    network.eval()(torch.zeros(1, 3, 224, 224, device="meta"))
    return sum(told)


@pytest.mark.parametrize(
    ("name", "sizes", "published", "digit"),
    [
        ("resnet", IMAGENET_RESNET | {"depth": 18}, 1.8e9, 1e8),  # He 2016a, table 1
        ("mobilenet", {"multiplier": 1.0, "imagenet": True}, 569e6, 1e6),  # Howard 2017, table 6
        ("mobilenet", {"multiplier": 0.5, "imagenet": True}, 149e6, 1e6),
        ("mobilenet_v2", {"multiplier": 1.0, "imagenet": True}, 300e6, 1e6),  # Sandler 2018, table 4
    ],
)
def test_strides_are_those_of_the_paper_for_as_much_is_multiplied(name, sizes, published, digit):
    assert abs(multiplications(name, sizes) - published) <= digit
