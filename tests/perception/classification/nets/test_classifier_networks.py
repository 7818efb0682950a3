"""Networks of classification, over the registry: shapes, gradients, freezing; and what is particular to one."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from perception.classification.nets.classifier_network import Pictures
from perception.classification.nets.mobilenet_v2 import divisible
from perception.classification.nets.registry import NETWORKS, build
from perception.classification.nets.resnet import Padded
from perception.classification.nets.resnet_v2 import PreActivated
from sim_suite.errors import SuiteError, UnknownNameError

SHOWN = Pictures(3, 32, 32, 5)


def fresh(name, pictures=SHOWN, **sizes):
    torch.manual_seed(0)
    return build(name, pictures, sizes)


def pictures(count, channels=3):
    return torch.randn(count, channels, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", NETWORKS)
def test_scores_for_each_picture_and_class(name):
    network = fresh(name).eval()
    with torch.inference_mode():
        scores = network(pictures(3))
    assert scores.shape == (3, 5)
    assert scores.dtype == torch.float32
    assert bool(torch.isfinite(scores).all())
    assert scores.std() > 1e-3


@pytest.mark.parametrize("name", NETWORKS)
def test_grey_pictures_have_networks_too(name):
    with torch.inference_mode():
        assert fresh(name, Pictures(1, 32, 32, 2)).eval()(pictures(2, 1)).shape == (2, 2)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_gradient_reaches_every_parameter(name):
    network = fresh(name)
    nn.functional.cross_entropy(network(pictures(8)), torch.arange(8) % 5).backward()
    for key, value in network.named_parameters():
        assert value.grad is not None, key
        assert bool(value.grad.abs().sum() > 0), key


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_said_of_a_picture_does_not_depend_on_the_others(name):
    network = fresh(name).eval()
    with torch.inference_mode():
        together, alone = network(pictures(4)), network(pictures(4)[2:3])
    assert torch.allclose(together[2:3], alone, atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_frozen_blocks_stay_as_they_are(name):
    network = fresh(name)
    network.freeze(2)
    network.train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    optimizer = torch.optim.SGD([one for one in network.parameters() if one.requires_grad], 0.1)
    nn.functional.cross_entropy(network(pictures(8)), torch.arange(8) % 5).backward()
    optimizer.step()
    after = network.state_dict()
    moved = {key for key, value in after.items() if not torch.equal(value, before[key])}
    assert not [key for key in moved if key.startswith(("blocks.0.", "blocks.1."))]
    assert any(key.startswith("blocks.2.") or "positions" in key for key in moved) or name == "densenet"
    assert {"score.weight", "score.bias"} <= moved
    network.freeze(0)
    assert all(one.requires_grad for one in network.parameters())


def test_no_more_blocks_are_frozen_than_there_are():
    network = fresh("plain")
    network.freeze(len(network.blocks))
    assert [key for key, value in network.named_parameters() if value.requires_grad] == ["score.weight", "score.bias"]
    with pytest.raises(SuiteError, match="freeze must be 0 to 4, the blocks of this network, not 5"):
        network.freeze(5)


def test_a_shortcut_without_parameters_by_hand():
    seen = torch.arange(16.0).view(1, 1, 4, 4)
    shown = Padded(2)(seen)
    assert shown.shape == (1, 3, 2, 2)
    assert shown[0, 0].tolist() == [[0.0, 2.0], [8.0, 10.0]]
    assert shown[0, 1:].abs().sum() == 0


def test_version_2_leaves_the_path_that_is_added_to_alone():
    """With changes of 0 it is the identity, negative numbers too; version 1 rectifies."""
    block = PreActivated(16, 4, 1)
    nn.init.zeros_(block.change[-1].weight)
    seen = pictures(2, 16)
    assert torch.equal(block(seen), seen)
    residual = fresh("resnet").blocks[1].eval()
    nn.init.zeros_(residual.change[-1].weight)
    assert torch.equal(residual(seen), seen.relu())


def test_densenet_hands_on_what_it_was_given():
    block = fresh("densenet").blocks[1].eval()
    seen = pictures(1, 24)
    with torch.inference_mode():
        grown = block(seen)
    assert grown.shape[1] == 24 + 6 * 12
    assert torch.equal(grown[:, :24], seen)


def test_patches_are_places_in_reading_order():
    """Only the word of the patch that was changed differs, before attention."""
    embed = fresh("vit").blocks[0].eval()
    shown, other = torch.zeros(1, 3, 32, 32), torch.zeros(1, 3, 32, 32)
    other[:, :, 4:8, 8:12] = 1.0  # row 1, column 2 of 8 x 8 patches
    with torch.inference_mode():
        differs = (embed(shown) != embed(other)).any(dim=2)[0]
    assert differs.nonzero().flatten().tolist() == [1 + 8 + 2]


@pytest.mark.parametrize(
    ("maps", "kept"), [(32 * 0.35, 16), (24 * 0.35, 8), (32 * 1.4, 48), (1280 * 1.4, 1792), (3, 8)]
)
def test_maps_are_multiples_of_8_as_in_the_authors_code(maps, kept):
    assert divisible(maps) == kept


@pytest.mark.parametrize(
    ("name", "sizes", "message"),
    [
        ("plain", {"maps": [8, 16], "layers": [1]}, "maps and layers"),
        ("vgg", {"dropout": 0.95}, "dropout"),
        ("vgg", {"configuration": "F"}, "configuration"),
        ("resnet", {"depth": 21}, "6 n \\+ 2"),
        ("resnet", {"depth": 20, "imagenet": True}, "18, 34, 50"),
        ("resnet_v2", {"depth": 21}, "9 n \\+ 2"),
        ("densenet", {"depth": 41}, "6 n \\+ 4"),
        ("densenet", {"depth": 41, "bottleneck": False}, "3 n \\+ 4"),
        ("densenet", {"depth": 40, "imagenet": True}, "121, 169"),
        ("densenet", {"compression": 0.0}, "compression"),
        ("mobilenet", {"multiplier": 0.0}, "multiplier"),
        ("mobilenet_v2", {"last": 4}, "last"),
        ("vit", {"width": 97}, "multiple of heads"),
        ("vit", {"patch": 5}, "do not fill 32 x 32"),
        ("vit", {"deptth": 5}, "depth"),
    ],
)
def test_sizes_are_refused_by_name(name, sizes, message):
    with pytest.raises(SuiteError, match=message):
        build(name, SHOWN, sizes)


def test_pictures_that_a_network_cannot_halve_are_refused():
    with pytest.raises(SuiteError, match="multiples of 32, not 28 x 28"):
        build("vgg", Pictures(1, 28, 28, 10), {})
    with pytest.raises(UnknownNameError, match="densenet"):
        build("desnet", SHOWN, {})
