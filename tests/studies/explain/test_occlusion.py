"""Occlusion: lights where the network looks and nowhere else, hides every pixel, and asks the network in batches."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks_by_hand import OnePixel, dense

from sim_suite.errors import SuiteError
from sim_suite.studies.explain.occlusion import AT_ONCE, filled, hide_inputs, hide_patches, patches, spread_over_pixels


def test_a_network_that_reads_one_pixel_lights_there_alone():
    picture, masks = torch.full((1, 2, 5, 6), 0.75), patches(5, 6, 1, 1)
    lost = hide_patches(OnePixel(3, 4), picture, filled(picture, "grey"), masks)
    heat = spread_over_pixels(lost, masks)[0, 0]
    expected = torch.zeros(5, 6)
    expected[3, 4] = 3.0 * (0.75 - 0.5)
    assert torch.allclose(heat, expected, atol=1e-6)


def test_larger_squares_light_within_their_reach_alone():
    picture, masks = torch.ones(1, 1, 12, 12), patches(12, 12, 3, 1)
    lost = hide_patches(OnePixel(6, 5), picture, filled(picture, "grey"), masks)
    heat = spread_over_pixels(lost, masks)[0, 0]
    assert (heat != 0).nonzero().tolist() == [[y, x] for y in range(4, 9) for x in range(3, 8)]
    assert heat[6, 5] == heat.max() == pytest.approx(1.5)
    assert heat[4, 3].item() == pytest.approx(1.5 / 9)  # one of the nine squares over that corner reaches the pixel


def test_masks_by_hand():
    """Width 5, side 2, stride 2: at 0, 2 and, up to the edge, 3."""
    assert patches(2, 5, 2, 2)[:, 0].int().tolist() == [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 1]]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_pixel_is_hidden_by_whole_squares(data):
    height, width = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 20))
    side = data.draw(st.integers(1, min(height, width)))
    masks = patches(height, width, side, data.draw(st.integers(1, side)))
    assert masks.any(dim=0).all()
    assert (masks.flatten(1).sum(dim=1) == side * side).all()
    assert len(torch.unique(masks, dim=0)) == len(masks)


def test_a_square_larger_than_the_picture_is_refused():
    with pytest.raises(SuiteError, match="a patch of 9 pixels does not fit a picture of 8 x 20"):
        patches(8, 20, 9, 4)


def test_blur_keeps_what_is_even_and_grey_is_grey():
    even = torch.full((1, 5, 10, 12), 0.3)
    assert torch.allclose(filled(even, "blur"), even, atol=1e-6)
    assert torch.equal(filled(even, "grey"), torch.full_like(even, 0.5))
    edge = torch.zeros(1, 1, 9, 20)
    edge[..., 10:] = 1.0
    blurred = filled(edge, "blur")
    assert blurred.shape == edge.shape
    assert 0.4 < blurred[0, 0, 4, 9] < 0.5 < blurred[0, 0, 4, 10] < 0.6


def test_the_network_is_asked_in_batches():
    sizes = []

    def forward(pictures):
        sizes.append(len(pictures))
        return pictures.flatten(1).sum(dim=1, keepdim=True)

    picture, masks = torch.rand(1, 1, 24, 24), patches(24, 24, 4, 1)
    hide_patches(forward, picture, filled(picture, "grey"), masks)
    assert len(masks) == 21 * 21
    assert sizes == [1, AT_ONCE, 21 * 21 - AT_ONCE]


def test_hidden_inputs_of_a_linear_network_lose_weight_times_distance():
    network = dense([[2.0, -1.0, 0.0], [0.0, 3.0, 5.0]])
    shown, usual = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]), torch.tensor([0.5, 0.0, 3.0])
    lost = hide_inputs(network, shown, usual)
    assert lost[0].tolist() == [[1.0, 0.0], [-2.0, 6.0], [0.0, 0.0]]
    assert lost[1].tolist() == [[-1.0, 0.0], [0.0, 0.0], [0.0, -15.0]]
