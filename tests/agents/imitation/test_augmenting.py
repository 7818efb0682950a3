"""Displaced pictures: what another place of the car would show, and the wheel that leads back."""

from __future__ import annotations

import math

import numpy as np
import torch

from agents.imitation.augmenting import CAR_RACING, Correction, Ground, displaced, mirrored
from sim_suite.envs.making import make

GROUND = Ground(2.0, 2.0, 10.0, 15.0)
CORRECTION = Correction(0.1, 0.5)
NOTHING = torch.zeros(1)


def test_a_mirror_turns_picture_and_wheel():
    pictures = torch.arange(12).reshape(2, 1, 2, 3).to(torch.uint8)
    actions = torch.tensor([[0.2, 1.0], [0.3, 0.5]])
    seen, turned = mirrored(pictures, actions, torch.tensor([True, False]))
    assert seen[0, 0].tolist() == [[2, 1, 0], [5, 4, 3]]
    assert torch.equal(seen[1], pictures[1])
    assert torch.equal(turned, torch.tensor([[-0.2, 1.0], [0.3, 0.5]]))
    assert torch.equal(actions, torch.tensor([[0.2, 1.0], [0.3, 0.5]])), "what was given is not changed"


def test_a_car_that_stands_where_it_stood_sees_the_same():
    pictures, actions = torch.rand(2, 3, 20, 20), torch.tensor([[0.2, 1.0], [-0.3, 0.5]])
    zeros = torch.zeros(2)
    seen, corrected = displaced(pictures, actions, zeros, zeros, GROUND, CORRECTION)
    assert torch.allclose(seen, pictures, atol=1e-4)
    assert torch.equal(corrected, actions)


def test_a_car_further_left_sees_the_road_further_right():
    """Two metres are four pixels; the edge is repeated; the wheel turns right by 0.2 and no further than 1."""
    pictures = torch.arange(20.0).expand(1, 1, 20, 20)
    seen, corrected = displaced(pictures, torch.tensor([[0.9, 0.0]]), torch.tensor([2.0]), NOTHING, GROUND, CORRECTION)
    assert torch.allclose(seen[0, 0, 3], torch.tensor([0.0] * 4 + list(range(16))), atol=1e-4)
    assert corrected.tolist() == [[1.0, 0.0]]


def test_a_car_turned_left_sees_the_road_turned_right_about_itself():
    """A quarter turn: what was ahead lies to the right, as far away as before."""
    pictures = torch.zeros(1, 1, 20, 20)
    pictures[0, 0, 15 - 6, 10] = 1.0
    seen, corrected = displaced(pictures, torch.zeros(1, 1), NOTHING, torch.tensor([math.pi / 2]), GROUND, CORRECTION)
    row, column = divmod(int(seen[0, 0].argmax()), 20)
    assert abs(row - 15) <= 1
    assert abs(column - 16) <= 1
    assert corrected[0, 0] == np.float32(0.5 * math.pi / 2)


def test_the_ground_of_car_racing_is_where_the_car_is():
    """The red of the car lies around the place that it is said to stand at."""
    with make("sim_suite/CarRacing-v0") as env:
        env.reset(seed=1)
        for _ in range(60):
            picture = env.step(np.array([0, 0.02, 0], np.float32))[0]
    red = (picture[:80, :, 0] > 150) & (picture[:80, :, 1] < 60)
    rows, columns = np.nonzero(red)
    assert abs(rows.mean() + 0.5 - CAR_RACING.car_row) < 3
    assert abs(columns.mean() + 0.5 - CAR_RACING.car_column) < 1.5
