"""The differentiable box: exact areas, the same in every direction, and gradients that finite differences confirm."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.imitation.chauffeurnet.nets.vehicle_raster import draw_vehicles


def drawn(row, column, heading, length, width, grid=(9, 9), edge=1.0):
    place, turn = torch.tensor([row, column], dtype=torch.float64), torch.tensor(heading, dtype=torch.float64)
    return draw_vehicles(place, turn, length, width, grid, edge)


def stretches(at, side, count):
    """Share of each cell i..i + 1 that at +- side / 2 covers."""
    return np.array([max(0.0, min(i + 1, at + side / 2) - max(i, at - side / 2)) for i in range(count)])


def test_a_box_by_hand():
    """1.5 long and 1 wide, up, at (1.25, 1.5): rows 0.5 to 2 of column 1."""
    assert drawn(1.25, 1.5, 0.0, 1.5, 1.0, (3, 3)).tolist() == [[0, 0.5, 0], [0, 1.0, 0], [0, 0, 0]]


@settings(max_examples=100, deadline=None)
@given(
    st.floats(-1, 8), st.floats(-1, 10), st.integers(-4, 4), st.floats(0.2, 6), st.floats(0.2, 4),
)  # fmt: skip
def test_areas_are_exact_for_boxes_that_are_not_turned(row, column, quarters, length, width):
    """Whole quarters of a turn; narrow boxes that lie within one cell, and boxes half outside, included."""
    if quarters % 2:
        tall, wide = width, length
    else:
        tall, wide = length, width
    exact = np.outer(stretches(row, tall, 7), stretches(column, wide, 9))
    assert np.allclose(drawn(row, column, quarters * math.pi / 2, length, width, (7, 9)).numpy(), exact, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.floats(10, 14), st.floats(10, 14), st.floats(-math.pi, math.pi), st.floats(2, 9), st.floats(1.5, 5))
def test_any_box_has_its_area_its_centre_and_its_direction(row, column, heading, length, width):
    """Against a polygon drawn on a grid 32 times as fine: no cell is off by more than a corner's share."""
    cover = drawn(row, column, heading, length, width, (24, 24)).numpy()
    fine = np.zeros((24 * 32, 24 * 32), np.uint8)
    ahead, left = np.array([-math.cos(heading), -math.sin(heading)]), np.array([math.sin(heading), -math.cos(heading)])
    corners = [
        np.array([row, column]) + a * ahead * length / 2 + b * left * width / 2
        for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))
    ]
    cv2.fillPoly(fine, [np.round(np.array(corners)[:, ::-1] * 32 - 0.5).astype(np.int32)], 1)
    exact = fine.reshape(24, 32, 24, 32).mean((1, 3))
    assert np.abs(cover - exact).max() < 0.27
    assert cover.sum() == pytest.approx(length * width, abs=0.12 * (length + width))
    centres = np.arange(24) + 0.5
    assert (cover.sum(1) @ centres) / cover.sum() == pytest.approx(row, abs=0.1)
    assert (cover.sum(0) @ centres) / cover.sum() == pytest.approx(column, abs=0.1)


def test_it_turns_counter_clockwise_from_up():
    """A long box at 45 degrees reaches up left and down right."""
    cover = drawn(4.5, 4.5, math.pi / 4, 7.0, 1.0)
    assert cover[2, 2] > 0.9
    assert cover[6, 6] > 0.9
    assert cover[2, 6] == cover[6, 2] == 0


@pytest.mark.parametrize("edge", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("heading", [0.3, -1.2, 2.0])
def test_gradients_are_those_of_finite_differences(heading, edge):
    """Of the place and of the heading, through a sum with weights that no symmetry cancels."""
    weights = torch.rand(9, 9, generator=torch.Generator().manual_seed(1), dtype=torch.float64)

    def collision(pose):
        return (draw_vehicles(pose[:2], pose[2], 4.2, 1.7, (9, 9), edge) * weights).sum()

    pose = torch.tensor([4.37, 4.81, heading], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(collision, pose)
    assert (torch.autograd.grad(collision(pose), pose)[0].abs() > 1e-3).all()


def test_an_obstacle_pushes_the_box_away_and_turns_it():
    """An obstacle at the right of the nose: less is covered by moving left, back, or turning left."""
    pose = torch.tensor([4.6, 4.4, 0.1], requires_grad=True)
    obstacle = torch.zeros(9, 9)
    obstacle[2:4, 5] = 1.0
    (draw_vehicles(pose[:2], pose[2], 5.0, 2.0, (9, 9)) * obstacle).sum().backward()
    row, column, heading = pose.grad.tolist()
    assert row < 0, "moving down, away, lowers the sum"
    assert column > 0
    assert heading < 0


def test_a_softer_edge_keeps_the_area_and_is_felt_farther_away():
    hard, soft = (drawn(4.5, 4.5, 0.0, 3.0, 3.0, edge=edge) for edge in (1.0, 3.0))
    assert float(soft.sum()) == pytest.approx(9.0)
    assert float(hard[2, 4]) == 0
    assert float(soft[2, 4]) > 0.2


def test_leading_axes_are_independent():
    places = torch.rand(2, 3, 2, generator=torch.Generator().manual_seed(0)) * 9
    headings = torch.rand(2, 3, generator=torch.Generator().manual_seed(1)) * 6
    together = draw_vehicles(places, headings, 4.0, 2.0, (9, 8))
    assert together.shape == (2, 3, 9, 8)
    assert torch.equal(together[1, 2], draw_vehicles(places[1, 2], headings[1, 2], 4.0, 2.0, (9, 8)))
