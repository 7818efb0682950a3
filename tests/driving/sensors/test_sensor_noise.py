"""Noise of sensors: distributions against SciPy, walks by their definition, and that nothing but the question decides the answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim_suite.driving.sensors import sensor_noise
from sim_suite.driving.sensors.sensor_noise import four_normals, four_walks
from sim_suite.driving.sensors.solids import actor_solids, scenery
from sim_suite.driving.world import random


def walks(ticks, actors=(3,), draw=0):
    """[actors, ticks, 4]"""
    return np.array([[four_walks(7, 0, 16, int(t), int(a), draw) for t in ticks] for a in actors])


def test_normals_are_normal_and_independent():
    drawn = np.array([four_normals(11, 2, 16, tick, 5, 0) for tick in range(4000)])
    assert stats.kstest(drawn.ravel(), "norm").pvalue > 0.01
    assert np.abs(np.corrcoef(drawn.T) - np.eye(4)).max() < 0.05
    # From tick to tick, too.
    assert abs(np.corrcoef(drawn[1:, 0], drawn[:-1, 0])[0, 1]) < 0.05


@pytest.mark.parametrize(("place", "value"), [(0, 12), (1, 3), (2, 17), (3, 10), (4, 6), (5, 1)])
def test_each_part_of_the_question_counts(place, value):
    question = [11, 2, 16, 9, 5, 0]
    other = [*question[:place], value, *question[place + 1 :]]
    assert not set(four_normals(*question)) & set(four_normals(*other))


def test_steps_of_a_walk_are_independent_and_of_variance_one():
    path = walks(range(4097))[0]
    assert path[0].tolist() == [0.0] * 4
    steps = np.diff(path, axis=0)
    assert stats.kstest(steps.ravel(), "norm").pvalue > 0.01
    assert np.abs(np.corrcoef(steps.T) - np.eye(4)).max() < 0.05
    # Neighbours on both sides of a power of two, where the walk is drawn by other means.
    across = np.array([np.diff(walks((255, 256, 257), actors=[a])[0], axis=0) for a in range(500)])
    assert across[:, 0].var() == pytest.approx(1.0, abs=0.1)
    assert abs(np.corrcoef(across[:, 0].ravel(), across[:, 1].ravel())[0, 1]) < 0.07


def test_a_walk_spreads_as_the_root_of_time():
    there = walks((1, 100, 12_000), actors=range(400))
    assert there.var(axis=(0, 2)) == pytest.approx([1.0, 100.0, 12_000.0], rel=0.12)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2**31 - 1))
def test_a_walk_is_the_same_whenever_it_is_asked(tick):
    there = four_walks(1, 2, 16, tick, 4, 0)
    four_walks(1, 2, 16, max(tick - 1, 1), 4, 0)
    assert four_walks(1, 2, 16, tick, 4, 0) == there
    assert np.isfinite(there).all()


def test_streams_of_sensors_are_nobody_elses():
    own = {sensor_noise.GNSS, sensor_noise.IMU, sensor_noise.ODOMETRY, sensor_noise.LIDAR, sensor_noise.RADAR}
    worlds = {random.SPAWN, random.FORK, random.TRAFFIC_MIND, random.WALK, random.WORLD_STREAM}
    worlds |= {actor_solids.LOOKS, scenery.LOOKS}
    assert len(own) == 5
    assert not own & worlds
