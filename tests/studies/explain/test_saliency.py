"""Gradients: exact for networks known by hand, and averaged as SmoothGrad says."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks_by_hand import OnePixel, dense

from sim_suite.studies.explain.saliency import gradient, saliency_map, shares_by_frame, smooth_gradient


def test_saliency_of_a_linear_network_is_its_weights():
    network = dense([[1.5, -2.0, 0.25], [0.0, 4.0, -1.0]])
    found = gradient(network, torch.rand(3, 3), torch.tensor([0, 1, 0]))
    assert found.tolist() == [[1.5, -2.0, 0.25], [0.0, 4.0, -1.0], [1.5, -2.0, 0.25]]


def test_noise_leaves_the_gradient_of_a_linear_network_as_it_is():
    network = dense([[1.5, -2.0, 0.25]])
    found = smooth_gradient(network, torch.rand(2, 3), torch.zeros(2, dtype=torch.int64), torch.ones(3), 8, seed=3)
    assert torch.equal(found, torch.tensor([[1.5, -2.0, 0.25]]).expand(2, 3))


def test_smooth_gradient_of_a_square_is_that_of_the_mean_copy():
    """d(x^2)/dx = 2x, so its mean over copies x + n is 2x + 2 mean(n); the noise of a row is that of its seed and number."""
    shown, spread = torch.tensor([[1.0], [-2.0]]), torch.tensor([0.5])
    found = smooth_gradient(lambda x: x**2, shown, torch.zeros(2, dtype=torch.int64), spread, 4, seed=7)
    for number in range(2):
        dice = torch.Generator().manual_seed(int(np.random.SeedSequence([7, number]).generate_state(1)[0]))
        mean = torch.randn((4, 1), generator=dice).mul(0.5).mean()
        assert found[number, 0].item() == pytest.approx(2 * (shown[number, 0] + mean).item(), rel=1e-6)


def test_a_step_has_no_gradient_until_it_is_smoothed():
    """A unit that is off says nothing of its input; its noisy copies, some of which turn it on, do."""

    def unit(x):
        return torch.relu(x)

    off, column = torch.tensor([[-0.1]]), torch.tensor([0])
    assert gradient(unit, off, column).item() == 0.0
    assert 0.2 < smooth_gradient(unit, off, column, torch.tensor([1.0]), 400, seed=0).item() < 0.7


@given(seed=st.integers(0, 2**31 - 1), rows=st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_a_rows_smooth_gradient_depends_on_no_other_row(seed, rows):
    shown = torch.linspace(-1, 1, 2 * rows).reshape(rows, 2)
    columns, spread = torch.zeros(rows, dtype=torch.int64), torch.full((2,), 0.3)
    together = smooth_gradient(torch.sin, shown, columns, spread, 5, seed)
    alone = smooth_gradient(torch.sin, shown[:1], columns[:1], spread, 5, seed)
    assert torch.equal(together[:1], alone)


def test_map_of_a_pixel_is_that_pixel():
    found = saliency_map(gradient(OnePixel(2, 5), torch.rand(1, 4, 6, 7), torch.tensor([0])))
    expected = torch.zeros(1, 6, 7)
    expected[0, 2, 5] = 3.0
    assert torch.equal(found, expected)


def test_map_takes_the_largest_magnitude_over_channels():
    slopes = torch.tensor([[[[1.0, -2.0]], [[-3.0, 0.5]]]])
    assert saliency_map(slopes).tolist() == [[[3.0, 2.0]]]


def test_shares_by_frame_count_all_colours_of_a_frame():
    slopes = torch.zeros(2, 6, 1, 1)
    slopes[0, :3, 0, 0] = torch.tensor([1.0, -1.0, 1.0])
    slopes[0, 5, 0, 0] = -9.0
    assert shares_by_frame(slopes, 3).tolist() == [[0.25, 0.75], [0.0, 0.0]]
