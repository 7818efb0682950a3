"""Our CarRacing is Gymnasium's world: rewards, ends and poses equal to the last bit, for the same seed and actions."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.box2d.car_racing import PLAYFIELD, CarRacing
from gymnasium.error import InvalidAction
from gymnasium.utils.env_checker import check_env

from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.errors import SuiteError


class Undrawn(CarRacing):
    """Gymnasium's world without its 5 ms of drawing, which touches nothing else."""

    def _render(self, mode):
        return None


def world(env):
    """All that moves or counts, as exact numbers."""
    hull, wheels = env.car.hull, env.car.wheels
    return [
        *(*hull.position, hull.angle, *hull.linearVelocity, hull.angularVelocity),
        *((*w.position, w.angle, w.omega, w.phase, w.gas, w.brake, w.joint.angle, w.joint.motorSpeed) for w in wheels),
        *(env.reward, env.prev_reward, env.tile_visited_count, env.t, env.new_lap, env.car.fuel_spent),
        [(p.grass, p.color, p.poly) for p in env.car.particles],
    ]


def assert_same_run(ours, theirs, seed, actions):
    """Step both and compare everything after each step."""
    ours.reset(seed=seed)
    theirs.reset(seed=seed)
    assert ours.track == theirs.track
    for action in actions:
        _, *mine = ours.step(action)
        _, *reference = theirs.step(action)
        assert mine == reference
        assert world(ours) == world(theirs)
        if mine[1]:
            break


def keyboard(seed, steps):
    """Held keys: full throttle, full lock, full brake, in stretches, so that the car skids, spins and leaves the road."""
    rng = np.random.default_rng(seed)
    rows = [
        rng.choice([(0, 1, 0), (-1, 1, 0), (1, 0.4, 0), (0.3, 0, 0.5), (0, 0, 1), (-0.1, 1, 0)]) for _ in range(steps)
    ]
    return np.repeat(np.array(rows, dtype=np.float32), 15, axis=0)[:steps]


@pytest.mark.parametrize("seed", range(6))
def test_continuous_world_is_gymnasiums_bit_for_bit(seed):
    assert_same_run(CarRacingEnv(), Undrawn(), seed, keyboard(seed, 400))


def test_gentle_driving_is_equal_too():
    rng = np.random.default_rng(0)
    actions = np.stack([rng.normal(0, 0.1, 500), rng.uniform(0, 0.4, 500), rng.uniform(0, 0.2, 500)], axis=1)
    assert_same_run(CarRacingEnv(), Undrawn(), 11, actions.astype(np.float32))


@pytest.mark.parametrize("seed", range(2))
def test_discrete_world_is_gymnasiums_bit_for_bit(seed):
    actions = np.repeat(np.random.default_rng(seed).integers(5, size=40), 10)
    assert_same_run(CarRacingEnv(continuous=False), Undrawn(continuous=False), seed, actions)


def test_the_drawn_gymnasium_world_is_the_same():
    assert_same_run(CarRacingEnv(), CarRacing(), 3, keyboard(3, 40))


def test_colours_are_drawn_from_the_same_random_numbers():
    ours, theirs = CarRacingEnv(domain_randomize=True), Undrawn(domain_randomize=True)
    assert_same_run(ours, theirs, 5, keyboard(5, 30))
    for options in (None, {"randomize": False}, {"randomize": True}):
        ours.reset(options=options)
        theirs.reset(options=options)
        for name in ("road_color", "bg_color", "grass_color"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


@pytest.mark.parametrize("visited", ["all but the last", "lap"])
def test_a_finished_lap_ends_the_episode_as_gymnasium_says(visited):
    runs = []
    for env in (CarRacingEnv(), Undrawn()):
        env.reset(seed=1)
        if visited == "lap":
            env.new_lap = True
        else:
            env.tile_visited_count = len(env.track)
        _, reward, terminated, truncated, info = env.step(np.zeros(3, np.float32))
        runs.append((reward, terminated, truncated, info))
    assert runs[0] == runs[1]
    assert runs[0][1:] == (True, False, {"lap_finished": True})


def test_leaving_the_playfield_costs_a_hundred():
    runs = []
    for env in (CarRacingEnv(), Undrawn()):
        env.reset(seed=1)
        env.car.hull.position = (PLAYFIELD + 50.0, 0.0)
        runs.append(env.step(np.zeros(3, np.float32))[1:])
    assert runs[0] == runs[1]
    assert runs[0] == (-100, True, False, {"lap_finished": False})


def test_gymnasiums_checker_finds_nothing():
    check_env(CarRacingEnv(), skip_render_check=True)
    check_env(CarRacingEnv(continuous=False), skip_render_check=True)


def test_observations_are_arrays_of_their_own():
    env = CarRacingEnv()
    first, _ = env.reset(seed=0)
    kept = first.copy()
    second, *_ = env.step(np.array([0, 1, 0], np.float32))
    assert second is not first
    np.testing.assert_array_equal(first, kept)


def test_rgb_array_is_gymnasiums_own_picture():
    ours, theirs = CarRacingEnv(render_mode="rgb_array"), CarRacing(render_mode="rgb_array")
    for env in (ours, theirs):
        env.reset(seed=2)
        for action in keyboard(2, 30):
            env.step(action)
    np.testing.assert_array_equal(ours.render(), theirs.render())


def test_arguments_are_checked_in_words():
    with pytest.raises(SuiteError, match="render_mode must be None or one of"):
        CarRacingEnv(render_mode="ansi")
    with pytest.raises(SuiteError, match=r"lap_complete_percent must lie in \(0, 1\]"):
        CarRacingEnv(lap_complete_percent=95)
    env = CarRacingEnv(continuous=False)
    env.reset(seed=0)
    with pytest.raises(InvalidAction, match="from 0 to 4"):
        env.step(7)


def test_made_by_name_it_is_truncated_after_a_thousand_steps():
    env = gym.make("sim_suite/CarRacing-v0")
    assert isinstance(env.unwrapped, CarRacingEnv)
    assert env.spec.max_episode_steps == 1000
