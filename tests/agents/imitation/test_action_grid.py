"""Grids: each action's class is the nearest point's, and back again."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.imitation.action_grid import GRIDS, ActionGrid, Axis, grid_for
from sim_suite.errors import SuiteError
from tests.agents.imitation.cloning_by_hand import CAR_ACTIONS

DRIVING = spaces.Box(-1, 1, (2,), np.float32)


def test_nearest_points_by_hand():
    grid = ActionGrid((Axis((0,), ((-1.0,), (0.0,), (1.0,))), Axis((1, 2), ((0.0, 0.0), (1.0, 0.0), (0.0, 0.8)))))
    actions = np.array([[-0.6, 0.4, 0.0], [0.4, 0.9, 0.1], [0.6, 0.1, 0.5]], np.float32)
    labels = grid.labels(actions)
    assert labels.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert np.allclose(grid.actions(labels), [[-1, 0, 0], [0, 1, 0], [1, 0, 0.8]])
    assert grid.labels(np.array([[0.5, 0.5, 0.0]]))[0].tolist() == [1, 0], "of equally near ones the first"


def test_a_mean_weighs_the_points():
    grid = ActionGrid((Axis((1,), ((0.0,), (1.0,))), Axis((0,), ((-1.0,), (0.0,), (1.0,)))))
    means = grid.means([np.array([[0.25, 0.75]]), np.array([[0.5, 0.5, 0.0]])])
    assert np.allclose(means, [[-0.5, 0.75]])
    assert means.dtype == np.float32


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("space", [CAR_ACTIONS, DRIVING, spaces.Discrete(5, start=2)], ids=["car", "driving", "keys"])
def test_every_point_is_an_action_and_its_own_class(space, name):
    grid = grid_for(space, name)
    labels = np.stack([column.ravel() for column in np.meshgrid(*map(np.arange, grid.sizes), indexing="ij")], axis=1)
    actions = grid.actions(labels)
    assert all(space.contains(action) for action in actions)
    assert np.array_equal(grid.labels(actions), labels)
    assert ActionGrid.from_dict(grid.to_dict()) == grid


def test_sizes_of_the_shipped_grids():
    assert grid_for(CAR_ACTIONS, "fine").sizes == (25, 9)
    assert grid_for(CAR_ACTIONS, "finer").sizes == grid_for(DRIVING, "finer").sizes == (25, 13)
    assert grid_for(CAR_ACTIONS, "textbook").sizes == (9,)
    assert grid_for(DRIVING, "fine").sizes == (25, 9)
    assert grid_for(spaces.Box(-2, 2, (1,), np.float32), "fine").sizes == (9,)


def test_the_gas_that_moves_a_standing_car_is_a_class_of_the_finer_grid():
    gentle = np.array([[0.0, 0.04, 0.0]], np.float32)
    fine, finer = grid_for(CAR_ACTIONS, "fine"), grid_for(CAR_ACTIONS, "finer")
    assert fine.actions(fine.labels(gentle)).tolist() == [[0.0, 0.0, 0.0]]
    assert np.array_equal(finer.actions(finer.labels(gentle)), gentle)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=2))
def test_no_point_is_nearer_than_the_one_chosen(action):
    grid = grid_for(DRIVING, "fine")
    chosen = grid.actions(grid.labels(np.array([action])))[0]
    for column, axis in enumerate(grid.axes):
        nearest = min(abs(point[0] - action[column]) for point in axis.points)
        assert abs(chosen[column] - action[column]) == pytest.approx(nearest, abs=1e-6)


def test_what_is_no_grid_is_refused():
    with pytest.raises(SuiteError, match="cover each column"):
        ActionGrid((Axis((0, 2), ((0.0, 0.0),)),))
    with pytest.raises(SuiteError, match="a number for each of its columns"):
        ActionGrid((Axis((0,), ((0.0, 1.0),)),))
    with pytest.raises(SuiteError, match="bounded row"):
        grid_for(spaces.Box(-np.inf, np.inf, (2,), np.float32), "fine")
    with pytest.raises(SuiteError, match="textbook's grid is for CarRacing"):
        grid_for(spaces.Box(-2, 2, (1,), np.float32), "textbook")
    with pytest.raises(SuiteError, match="no mean"):
        grid_for(spaces.Discrete(3), "fine").means([np.ones((1, 3)) / 3])
