"""Darknet's weights in our network: what comes out is what plain numpy makes of the same two files; YOLO v3 is as large as published."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import torch

from perception.detection.darknet.cfg import format_cfg, parse_cfg
from perception.detection.darknet.layers import Yolo
from perception.detection.darknet.network import DarknetNetwork
from perception.detection.darknet.weights import Header, numbers_of, read_weights, write_weights
from perception.detection.darknet.yolov3 import yolov3, yolov3_tiny
from sim_suite.errors import DamagedFileError, SuiteError
from tests.perception.detection.darknet.plain_darknet import plain_forward

EVERYTHING = """
[net]
width = 16
height = 12
[convolutional]
batch_normalize=1
filters=8
size=3
pad=1
activation=mish
[maxpool]
size=2
stride=2
[convolutional]
filters=8
size=3
stride=1
padding=1
groups=4
activation=swish
[shortcut]
from=-2
activation=relu
[maxpool]
size=2
stride=1
[maxpool]
size=5
stride=1
[route]
layers=-1,-3
groups=2
group_id=1
[convolutional]
batch_normalize=1
filters=6
size=3
stride=2
pad=1
activation=leaky
[upsample]
stride=2
[convolutional]
filters=14
size=1
activation=linear
[yolo]
mask=0,1
anchors=3,4, 8,6, 9,9
classes=2
[route]
layers=-4
[convolutional]
filters=7
size=1
activation=logistic
[yolo]
mask=2
anchors=3,4, 8,6, 9,9
classes=2
"""


def synthetic_bytes(network, seed=0):
    """A weights file of version 0.2.5 with random numbers: variances above 0, all others about it."""
    dice = np.random.default_rng(seed)
    parts = [struct.pack("<iiiQ", 0, 2, 5, 32013312)]
    tensors = list(numbers_of(network))
    for number, tensor in enumerate(tensors):
        values = dice.normal(0, 0.5, tensor.numel())
        is_variance = any(
            layer.norm is not None and tensor is layer.norm.running_var for layer in network.modules_of.values()
        )
        parts.append((np.abs(values) + 0.1 if is_variance else values).astype("<f4").tobytes())
        assert number < len(tensors)
    return b"".join(parts)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (EVERYTHING, (12, 16)),
        (format_cfg(yolov3(2, (32, 32), filters=2, blocks=(1, 1, 2, 1, 1))), (32, 32)),
        (format_cfg(yolov3_tiny(2, (32, 64), filters=2)), (32, 64)),
    ],
    ids=["every layer", "yolov3", "yolov3-tiny"],
)
def test_the_forward_pass_is_that_of_plain_numpy(text, size, tmp_path):
    network = DarknetNetwork(parse_cfg(text)).eval()
    data = synthetic_bytes(network)
    (tmp_path / "net.weights").write_bytes(data)
    assert read_weights(tmp_path / "net.weights", network) == Header(0, 2, 5, 32013312)
    picture = np.random.default_rng(1).random((3, *size), np.float32)
    with torch.no_grad():
        maps = network(torch.from_numpy(picture)[None])
    expected = plain_forward(text, data, picture)
    assert len(maps) == len(expected) == len(network.scales)
    for ours, theirs in zip(maps, expected, strict=True):
        np.testing.assert_allclose(ours[0].numpy(), theirs, rtol=1e-4, atol=1e-4 * np.abs(theirs).max())


@pytest.mark.parametrize(
    ("network", "convolutions", "num_bytes"),
    [(yolov3(80), 75, 248_007_048), (yolov3_tiny(80), 13, 35_434_956)],
    ids=["yolov3", "yolov3-tiny"],
)
def test_published_files_fit(network, convolutions, num_bytes):
    """Lengths of yolov3.weights and yolov3-tiny.weights as their authors give them."""
    with torch.device("meta"):
        built = DarknetNetwork(network)
    assert len(built.modules_of) == convolutions
    assert Header().num_bytes + 4 * sum(each.numel() for each in numbers_of(built)) == num_bytes


def test_yolov3_is_the_published_one():
    network = yolov3(80)
    assert len(network.layers) == 107
    assert [number for number, layer in enumerate(network.layers) if isinstance(layer, Yolo)] == [82, 94, 106]
    with torch.device("meta"):
        built = DarknetNetwork(network)
    assert sum(each.numel() for each in built.parameters()) == 61_949_149
    maps = built(torch.zeros(1, 3, 416, 416, device="meta"))
    assert [tuple(each.shape) for each in maps] == [(1, 255, 13, 13), (1, 255, 26, 26), (1, 255, 52, 52)]


@pytest.fixture
def small():
    return DarknetNetwork(yolov3_tiny(2, (32, 32), filters=1)).eval()


@pytest.mark.parametrize(
    ("version", "bytes_of_seen"), [((0, 1, 0), 4), ((0, 2, 0), 8), ((1, 0, 0), 8), ((1001, 0, 0), 4)]
)
def test_headers_of_all_versions(small, tmp_path, version, bytes_of_seen):
    body = synthetic_bytes(small)[20:]
    seen = struct.pack("<I" if bytes_of_seen == 4 else "<Q", 77)
    path = tmp_path / "a.weights"
    path.write_bytes(struct.pack("<iii", *version) + seen + body)
    header = read_weights(path, small)
    assert header == Header(*version, 77)
    write_weights(tmp_path / "b.weights", small, header)
    assert (tmp_path / "b.weights").read_bytes() == path.read_bytes()


def test_files_of_another_length_or_with_broken_numbers_are_refused(small, tmp_path):
    data, path = synthetic_bytes(small), tmp_path / "w.weights"
    for wrong, message in (
        (data[:-4], "shorter than"),
        (data + b"\0" * 4, "longer than"),
        (data[:7], "7 bytes, too few"),
        (b"", "0 bytes, too few"),
        (data[:-4] + struct.pack("<f", float("nan")), "not finite"),
    ):
        path.write_bytes(wrong)
        before = [each.clone() for each in numbers_of(small)]
        with pytest.raises(DamagedFileError, match=message):
            read_weights(path, small)
        assert all(torch.equal(a, b) for a, b in zip(before, numbers_of(small), strict=True))
    with pytest.raises(SuiteError, match="does not exist"):
        read_weights(tmp_path / "none.weights", small)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("filters=14", "filters=13"), r"layer 10 \[yolo\].*13 channels; 2 anchors of 2 classes need 14"),
        (("from=-2", "from=-9"), r"layer 3 \[shortcut\].*reads layer -6; only 0 to 2"),
        (("from=-2", "from=0"), "8 x 6 x 8 and 8 x 12 x 16 cannot be added"),
        (("layers=-4", "layers=-12"), r"layer 11 \[route\].*reads layer -1; only 0 to 10"),
        (("layers=-1,-3", "layers=-1,0"), "cannot be laid behind each other"),
        (("groups=4", "groups=8"), None),
        (("classes=2\n[route]", "classes=2\nscale_x_y=1.05\n[route]"), None),
        (("size=3\npad=1\nactivation=mish", "size=13\nactivation=mish"), "nothing is left of a picture of 16 x 12"),
    ],
)
def test_layers_that_do_not_fit_are_named(change, message):
    assert change[0] in EVERYTHING
    network = parse_cfg(EVERYTHING.replace(*change, 1))
    if message is None:
        DarknetNetwork(network)
    else:
        with pytest.raises(SuiteError, match=message):
            DarknetNetwork(network)


def test_scales_must_tell_the_same_classes():
    begin, end = EVERYTHING.rsplit("classes=2", 1)
    text = begin.replace("filters=7", "filters=8") + "classes=3" + end
    with pytest.raises(SuiteError, match="2, 3 classes"):
        DarknetNetwork(parse_cfg(text))
