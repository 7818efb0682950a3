"""The privileged state, read from our world and from Gymnasium's."""

import math

import gymnasium as gym
import numpy as np
import pytest

from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.errors import SuiteError


@pytest.fixture
def env():
    env = CarRacingEnv()
    env.reset(seed=4)
    return env


def move(env, *, position, angle, velocity):
    """Put the hull somewhere, without a step of physics."""
    env.car.hull.position, env.car.hull.angle, env.car.hull.linearVelocity = position, angle, velocity


def test_heading_north_is_a_yaw_of_a_quarter_turn(env):
    move(env, position=(3.0, 4.0), angle=0.0, velocity=(-2.0, 7.0))
    state = read_state(env)
    assert (state.x_m, state.y_m) == (3.0, 4.0)
    assert state.yaw_rad == pytest.approx(math.pi / 2)
    assert state.forward_mps == pytest.approx(7.0)
    # West is to the left of a car that heads north.
    assert state.left_mps == pytest.approx(2.0)


def test_speeds_turn_with_the_car(env):
    move(env, position=(0.0, 0.0), angle=-math.pi / 2, velocity=(5.0, 1.0))
    state = read_state(env)
    assert state.yaw_rad == pytest.approx(0.0, abs=1e-6)
    assert (state.forward_mps, state.left_mps) == pytest.approx((5.0, 1.0), abs=1e-5)


def test_centres_lie_in_driving_order_in_the_middle_of_their_tiles(env):
    state = read_state(env)
    for centre, tile in zip(state.centre, env.road, strict=True):
        np.testing.assert_allclose(centre, np.mean(tile.fixtures[0].shape.vertices, axis=0), atol=1e-4)
    assert read_state(env).centre is state.centre
    ahead = state.centre[1] - state.centre[0]
    assert ahead @ (math.cos(state.yaw_rad), math.sin(state.yaw_rad)) > 0
    assert math.dist(state.centre[0], state.centre[-1]) < 8
    with pytest.raises(ValueError, match="read-only"):
        state.centre[0] = 0
    env.reset(seed=5)
    assert read_state(env).centre is not state.centre


def test_half_width_is_that_of_the_tiles(env):
    vertices = np.array(env.road_poly[0][0])
    assert math.dist(vertices[0], vertices[1]) / 2 == pytest.approx(read_state(env).half_width_m)


def test_visits_steering_and_time_follow_the_drive(env):
    start = read_state(env)
    assert start.tick == 0
    for _ in range(60):
        env.step(np.array([-0.3, 0.5, 0], np.float32))
    state = read_state(env)
    assert state.tick == 60
    # Negative action steers left, which is positive here.
    assert state.steer_rad > 0.1
    assert state.yaw_rate_rps > 0
    assert state.visited.sum() == env.tile_visited_count > start.visited.sum()
    # The rear wheels are driven: they turn no slower than the front ones.
    assert min(state.wheel_omega_rps[2:]) >= max(state.wheel_omega_rps[:2])


def test_gymnasiums_own_environment_reads_the_same():
    ours, theirs = gym.make("sim_suite/CarRacing-v0"), gym.make("CarRacing-v3")
    for env in (ours, theirs):
        env.reset(seed=8)
        for _ in range(5):
            env.step(np.array([0.2, 0.5, 0], np.float32))
    a, b = read_state(ours), read_state(theirs)
    for name in a.__slots__:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def test_a_world_without_a_car_is_refused():
    for env in (CarRacingEnv(), gym.make("CartPole-v1")):
        with pytest.raises(SuiteError, match="reset it first"):
            read_state(env)
