"""Network files of Darknet: read as written, defaults as Darknet's, what is wrong named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.detection.darknet.cfg import format_cfg, parse_cfg, read_cfg
from perception.detection.darknet.layers import (
    ACTIVATIONS,
    Convolutional,
    Maxpool,
    Net,
    Network,
    Route,
    Shortcut,
    Upsample,
    Yolo,
)
from perception.detection.darknet.yolov3 import yolov3, yolov3_tiny
from sim_suite.errors import SuiteError

AS_PEOPLE_WRITE = """
[net]
# Testing
batch=1
width=416
height=320
momentum=0.9
steps=400000,450000

  [convolutional]
batch_normalize=1
filters = 32   # a remark
size=3
stride=1
pad=1
activation=leaky

; Downsample
[maxpool]
size=2
stride=2
[conv]
filters=18
activation = linear

[yolo]
anchors = 10,14,  23,27,  37.5,58
classes=1
num=3
jitter=.3
ignore_thresh = .7
"""


def test_a_file_as_people_write_them():
    network = parse_cfg(AS_PEOPLE_WRITE)
    assert network == Network(
        Net(416, 320, 3),
        (
            Convolutional(32, 3, 1, 1, 1, True, "leaky"),
            Maxpool(2, 2, 1),
            Convolutional(18, 1, 1, 0, 1, False, "linear"),
            Yolo(((10, 14), (23, 27), (37.5, 58)), (0, 1, 2), 1),
        ),
    )


COUNTS = st.integers(1, 2000)
SIDES = st.floats(0.5, 2000, width=32)
ANCHORS = st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=9).map(tuple)


@st.composite
def layers(draw):
    """Any layer, whether or not it fits onto others."""
    kind = draw(st.sampled_from([Convolutional, Shortcut, Route, Upsample, Maxpool, Yolo]))
    activation = draw(st.sampled_from(ACTIVATIONS))
    sources = st.integers(-100, 100)
    if kind is Convolutional:
        groups = draw(st.integers(1, 8))
        filters, padding = draw(COUNTS) * groups, draw(st.integers(0, 9))
        return Convolutional(filters, draw(COUNTS), draw(COUNTS), padding, groups, draw(st.booleans()), activation)
    if kind is Shortcut:
        return Shortcut(draw(sources), activation)
    if kind is Route:
        groups = draw(st.integers(1, 4))
        chosen = draw(st.lists(sources, min_size=1, max_size=5))
        return Route(tuple(chosen), groups, draw(st.integers(0, groups - 1)))
    if kind is Upsample:
        return Upsample(draw(COUNTS))
    if kind is Maxpool:
        return Maxpool(draw(COUNTS), draw(COUNTS), draw(st.integers(0, 20)))
    anchors = draw(ANCHORS)
    mask = draw(st.lists(st.integers(0, len(anchors) - 1), min_size=1, max_size=5))
    return Yolo(anchors, tuple(mask), draw(COUNTS), draw(st.floats(1, 2, width=32)))


NETWORKS = st.builds(
    lambda net, before, last: Network(net, (*before, last)),
    st.builds(Net, COUNTS, COUNTS, COUNTS),
    st.lists(layers(), max_size=8),
    st.builds(lambda anchors: Yolo(anchors, (0,)), ANCHORS),
)


@given(NETWORKS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_as_the_same(network):
    assert parse_cfg(format_cfg(network)) == network


@given(NETWORKS, st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_read_or_refused_in_one_line(network, data):
    """Whatever single characters become, there is a network or one line that names the file."""
    text = format_cfg(network)
    place = data.draw(st.integers(0, len(text) - 1))
    text = text[:place] + data.draw(st.sampled_from("=[]#,-x7\n")) + text[place + 1 :]
    try:
        parse_cfg(text, "my.cfg")
    except SuiteError as error:
        said = str(error)
    else:
        said = "my.cfg"
    assert said.startswith("my.cfg")
    assert "\n" not in said


@pytest.mark.parametrize("network", [yolov3(80), yolov3_tiny(4)], ids=["yolov3", "tiny"])
def test_our_own_networks_are_files_too(network, tmp_path):
    path = tmp_path / "net.cfg"
    path.write_text(format_cfg(network))
    assert read_cfg(path) == network


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "my.cfg begins with no section at all"),
        ("[convolutional]\n", r"my.cfg begins with \[convolutional\]"),
        ("width=3\n[net]", "my.cfg:1: width= stands before any section"),
        ("[net]\nwidth=3\nheight=3\n", r"my.cfg has no \[yolo\] layer"),
        ("[net]\nheight=3\n[yolo]\nanchors=1,1", r"my.cfg:1: \[net\] has no width="),
        ("[net]\nwidth=3\nheight=x\n[yolo]\nanchors=1,1", r"my.cfg:1: height=x in \[net\] is not a number"),
        ("[net]\nwidth=3\nheight=0\n[yolo]\nanchors=1,1", "my.cfg:1: height must be 1 or more, not 0"),
        ("[net]\nwidth=3\nheight=3\n[gru]\n", r"my.cfg:4: layers of kind \[gru\] are not known"),
        ("[net\nwidth=3", r"my.cfg:1: '\[net' is no section"),
        ("[net]\nwidth\n", "my.cfg:2: 'width' is neither"),
        ("[net]\nwidth=3\nheight=3\n[yolo]\nanchors=1,1,2", "my.cfg:4: anchors=1,1,2"),
        ("[net]\nwidth=3\nheight=3\n[yolo]\nanchors=1,1\nmask=1", r"my.cfg:4: mask \(1,\) names other anchors"),
        (
            "[net]\nwidth=3\nheight=3\n[convolutional]\nactivation=lekay",
            "my.cfg:4: unknown activation 'lekay'. Did you mean 'leaky'",
        ),
        (
            "[net]\nwidth=3\nheight=3\n[convolutional]\nfilters=3\ngroups=2",
            "my.cfg:4: 3 filters are not 2 equal groups",
        ),
        ("[net]\nwidth=3\nheight=3\n[route]\nlayers=-1\ngroups=2\ngroup_id=2", "my.cfg:4: group_id 2 of 2 groups"),
        ("[net]\nwidth=3\nheight=3\n[shortcut]\n", r"my.cfg:4: \[shortcut\] has no from="),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_its_place(text, message):
    with pytest.raises(SuiteError, match=message) as caught:
        parse_cfg(text, "my.cfg")
    assert "\n" not in str(caught.value)


def test_files_that_are_not_there_or_no_text(tmp_path):
    with pytest.raises(SuiteError, match="does not exist"):
        read_cfg(tmp_path / "none.cfg")
    (tmp_path / "bytes.cfg").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SuiteError, match="is not text"):
        read_cfg(tmp_path / "bytes.cfg")
