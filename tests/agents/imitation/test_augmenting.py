"""Displaced pictures: what another place of the car would show, and the wheel that leads back."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from agents.experts.car_racing import DriverSettings, drive
from agents.experts.racing_line import RacingLine
from agents.imitation.augmenting import (
    CAR_RACING,
    Ground,
    correction,
    displaced,
    mirrored,
    shown_otherwise,
    speed_mps,
)
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.making import make
from sim_suite.envs.views import View

GROUND = Ground(2.0, 2.0, 10.0, 15.0)
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
    seen, corrected = displaced(pictures, actions, zeros, zeros, GROUND, zeros)
    assert torch.allclose(seen, pictures, atol=1e-4)
    assert torch.equal(corrected, actions)


def test_a_car_further_left_sees_the_road_further_right():
    """Two metres are four pixels; the edge is repeated; the wheel turns right by 0.2 and no further than 1."""
    pictures = torch.arange(20.0).expand(1, 1, 20, 20)
    seen, corrected = displaced(
        pictures, torch.tensor([[0.9, 0.0]]), torch.tensor([2.0]), NOTHING, GROUND, torch.tensor([0.2])
    )
    assert torch.allclose(seen[0, 0, 3], torch.tensor([0.0] * 4 + list(range(16))), atol=1e-4)
    assert corrected.tolist() == [[1.0, 0.0]]


def test_a_car_turned_left_sees_the_road_turned_right_about_itself():
    """A quarter turn: what was ahead lies to the right, as far away as before."""
    pictures = torch.zeros(1, 1, 20, 20)
    pictures[0, 0, 15 - 6, 10] = 1.0
    seen, corrected = displaced(
        pictures, torch.zeros(1, 1), NOTHING, torch.tensor([math.pi / 2]), GROUND, torch.tensor([-0.25])
    )
    row, column = divmod(int(seen[0, 0].argmax()), 20)
    assert abs(row - 15) <= 1
    assert abs(column - 16) <= 1
    assert corrected[0, 0] == -0.25


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


def test_the_speed_is_read_from_the_instruments():
    with make("sim_suite/CarRacing-v0", View("pixels", grey=True, stack=2)) as env:
        seen = [env.reset(seed=3)[0]]
        true = [0.0]
        for _ in range(110):
            seen.append(env.step(np.array([0, 1, 0], np.float32))[0])
            true.append(read_state(env.unwrapped).forward_mps)
    read = speed_mps(torch.from_numpy(np.stack(seen[::5]))).numpy()
    assert np.abs(read - true[::5]).max() < 2.5


@pytest.mark.parametrize("speed", [20.0, 40.0, 60.0, 80.0, 100.0])
@pytest.mark.parametrize(
    ("left_m", "left_rad"), [(1.0, 0.0), (4.0, 0.0), (0.0, 0.1), (2.0, -0.1), (-2.0, 0.1), (0.0, -0.3)]
)
def test_the_correction_is_the_experts(speed, left_m, left_rad):
    """On a straight line, at that speed, the expert turns the wheel so; a quarter more or less, or 0.01, is near enough."""
    line = RacingLine(
        np.column_stack([np.arange(400.0), np.zeros(400)]), np.zeros(400), np.zeros(400), np.full(400, speed)
    )
    with make("sim_suite/CarRacing-v0") as env:
        env.reset(seed=1)
        moment = replace(
            read_state(env.unwrapped), x_m=50.0, y_m=left_m, yaw_rad=left_rad, forward_mps=speed, left_mps=0.0, yaw_rate_rps=0.0,
        )  # fmt: skip
    wanted = drive(moment, line, 50, DriverSettings())[0]
    found = float(correction(torch.tensor([left_m]), torch.tensor([left_rad]), torch.tensor([speed])))
    assert found == pytest.approx(wanted, rel=0.25, abs=0.01)


class Shifted:
    """Adds a number of the dice to all that it is shown."""

    def vary(self, pictures, dice):
        assert pictures.shape[-1] == 3
        return pictures + dice.integers(1, 100, (len(pictures), 1, 1, 1)).astype(np.uint8)


@pytest.mark.parametrize("colours", [1, 3])
def test_all_frames_of_a_stack_are_shown_otherwise_in_the_same_way(colours):
    before = (
        torch.arange(6, dtype=torch.uint8).repeat(50, 2, 2, 1)[..., :2].permute(0, 3, 1, 2).repeat(1, colours, 1, 1)
    )
    before = before.contiguous()[:, : 2 * colours]
    after = shown_otherwise(before, colours, Shifted(), 0.5, [3, 8])
    added = (after.int() - before.int()).flatten(1)
    assert (added == added[:, :1]).all()
    assert 10 < (added[:, 0] > 0).sum() < 40
    assert len(set(added[:, 0].tolist())) > 5
    assert torch.equal(after, shown_otherwise(before, colours, Shifted(), 0.5, [3, 8]))
    assert not torch.equal(after, shown_otherwise(before, colours, Shifted(), 0.5, [3, 9]))
    assert shown_otherwise(before, colours, Shifted(), 0.0, [3, 8]) is before
