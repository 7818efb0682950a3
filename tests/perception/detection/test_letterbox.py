"""Letterboxes: Darknet's numbers by hand and by its own loops, and boxes that come back to where they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.detection.letterbox import GREY, Letterbox, resized
from sim_suite.errors import SuiteError

SIDES = st.integers(1, 60)


@pytest.mark.parametrize(
    ("picture", "size", "inner"),
    [
        ((424, 640), (416, 416), (275, 416)),
        ((640, 424), (416, 416), (416, 275)),
        ((100, 100), (32, 64), (32, 32)),
        ((3, 500), (32, 32), (1, 32)),
    ],
)
def test_sides_are_rounded_down(picture, size, inner):
    assert Letterbox(picture, size).inner == inner


def test_a_picture_of_the_inputs_size_is_itself():
    picture = np.random.default_rng(0).integers(0, 256, (8, 6, 3), np.uint8)
    put = Letterbox((8, 6), (8, 6)).put(picture)
    np.testing.assert_array_equal(put, picture.transpose(2, 0, 1).astype(np.float32) / np.float32(255))


def test_grey_lies_beside_it():
    put = Letterbox((2, 4), (8, 8)).put(np.zeros((2, 4, 3), np.uint8))
    assert put.shape == (3, 8, 8)
    assert (put[:, 2:6] == 0).all()
    assert (put[:, :2] == GREY).all()
    assert (put[:, 6:] == GREY).all()


def darknets_resize(picture, columns, rows):
    """resize_image of Darknet, first along rows, then along columns; [h, w, C]."""
    h, w, channels = picture.shape
    part = np.zeros((h, columns, channels))
    w_scale, h_scale = (w - 1) / max(columns - 1, 1), (h - 1) / max(rows - 1, 1)
    for c in range(columns):
        if c == columns - 1 or w == 1:
            part[:, c] = picture[:, w - 1]
        else:
            ix = int(c * w_scale)
            dx = c * w_scale - ix
            part[:, c] = (1 - dx) * picture[:, ix] + dx * picture[:, ix + 1]
    out = np.zeros((rows, columns, channels))
    for r in range(rows):
        iy = int(r * h_scale)
        dy = r * h_scale - iy
        out[r] = (1 - dy) * part[iy]
        if not (r == rows - 1 or h == 1):
            out[r] += dy * part[iy + 1]
    return out


@pytest.mark.parametrize(("rows", "columns"), [(7, 5), (3, 17), (20, 20), (9, 2)])
def test_resizing_is_darknets(rows, columns):
    picture = np.random.default_rng(1).random((9, 11, 2))
    ours = resized(picture.astype(np.float32), rows, columns)
    np.testing.assert_allclose(ours, darknets_resize(picture, columns, rows), atol=2e-6)


def test_boxes_come_back_as_correct_yolo_boxes_says():
    """640 x 424 in 416 x 416: 275 rows, moved by 70.5. The box's middle (208, 208) is the picture's."""
    box = Letterbox((424, 640), (416, 416))
    back = box.back(np.array([[104.0, 139.25, 312.0, 276.75], [-50, 0, 500, 416]]))
    np.testing.assert_allclose(back, [[160, 106, 480, 318], [0, 0, 640, 424]], atol=1e-3)


@given(SIDES, SIDES, SIDES, SIDES)
@settings(max_examples=60, deadline=None)
def test_any_picture_fits_and_its_corners_come_back(rows, columns, height, width):
    box = Letterbox((rows, columns), (height, width))
    put = box.put(np.full((rows, columns, 3), 255, np.uint8))
    assert put.shape == (3, height, width)
    inner = box.inner
    assert (put == 1).sum() == 3 * inner[0] * inner[1]
    assert inner[0] == height or inner[1] == width
    begin = np.array([width - inner[1], height - inner[0]]) / 2
    whole = np.concatenate([begin, begin + inner[::-1]])[None]
    np.testing.assert_allclose(box.back(whole), [[0, 0, columns, rows]], atol=1e-4)


def test_empty_pictures_and_others_than_said_are_refused():
    with pytest.raises(SuiteError, match="all sides are 1 or more"):
        Letterbox((0, 5), (8, 8))
    with pytest.raises(SuiteError, match=r"the picture is \(4, 4\)"):
        Letterbox((4, 4), (8, 8)).put(np.zeros((4, 4), np.uint8))
