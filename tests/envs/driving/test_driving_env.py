"""The driving environment by Gymnasium's rules: spaces, seeds, ends, terms, metrics, pictures."""

from __future__ import annotations

import pickle
import re
import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import sim_suite.envs  # noqa: F401  # registers
from sim_suite.driving.sensors.vector_observation import observation_size
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import Control
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.fleet import COUNTS
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.rewards import TERMS, WEIGHTS
from sim_suite.envs.driving.state import DrivingState, read_state
from sim_suite.errors import SuiteError, UnknownNameError

FAST = {"map": "crossroads", "actors": 6, "route_m": (60.0, 80.0)}
EMPTY = FAST | {"vehicles_per_km": 0.0, "pedestrians_per_km": 0.0}


def drive(env, steps, seed=0, action=(0.0, 0.3)):
    """Everything that steps said, to the end of the episode at most."""
    observation, _ = env.reset(seed=seed)
    seen = [observation]
    for _ in range(steps):
        observation, reward, terminated, truncated, info = env.step(np.array(action, np.float32))
        seen.append((observation, reward, terminated, truncated, info))
        if terminated or truncated:
            break
    return seen


def follow_lane(env):
    """Steer at the route point 10 m ahead, hold 5 m/s."""
    observation, _ = env.reset(seed=3)
    for _ in range(600):
        speed, left = observation[0] * 30.0, observation[32 + 2 * 4 + 1] * 80.0
        action = np.array(
            [np.clip(2 * 2.58 * left / 100.0 / 0.61, -1, 1), np.clip(0.5 * (5.0 - speed), -1, 1)], np.float32
        )
        observation, reward, terminated, truncated, info = env.step(action)
        yield observation, reward, terminated, truncated, info
        if terminated or truncated:
            return


@pytest.mark.parametrize("arguments", [{}, {"action": "discrete"}, {"action": "waypoints"}, {"observation": "both"}])
def test_gymnasiums_checker_has_nothing_to_say(arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(DrivingEnv(**FAST, **arguments), skip_render_check=True)


def test_gymnasiums_checker_sees_every_way_to_render(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    env = gym.make("sim_suite/Driving-v0", render_mode="rgb_array", disable_env_checker=True, **FAST)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)


def test_stable_baselines_checker_has_nothing_to_say():
    from stable_baselines3.common.env_checker import check_env as check_sb3

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_sb3(DrivingEnv(**FAST))


def test_a_route_can_be_driven_to_its_end_and_is_scored():
    env = DrivingEnv(**EMPTY, metrics="all")
    steps = list(follow_lane(env))
    _, _, terminated, truncated, info = steps[-1]
    assert terminated
    assert not truncated
    assert info["terms"]["route_done"] == 1.0
    assert info["metrics"]["route_done"] == 1.0
    assert info["metrics"]["route_completion"] == pytest.approx(100.0)
    assert info["metrics"]["driving_score_1_0"] == pytest.approx(100.0 * 0.7 ** info["metrics"]["red_lights"])
    assert set(COUNTS) <= set(info["metrics"])
    gained = sum(step[4]["terms"]["progress"] for step in steps)
    assert gained == pytest.approx(env._fleet.route_length_m(0), abs=3.0)
    assert sum(step[1] for step in steps) > 10.0
    with pytest.raises(SuiteError, match="Call reset first"):
        env.step(np.zeros(2, np.float32))


def test_the_tracker_drives_through_waypoints_to_the_end_of_the_route():
    env = DrivingEnv(**EMPTY, action="waypoints")
    observation, _ = env.reset(seed=3)
    for _ in range(600):
        # Where the route is 2.5, 5, 7.5 and 10 m ahead: 5 m/s.
        points = np.concatenate([np.zeros((1, 2)), observation[32:72].reshape(10, 4)[:3, :2] * 80.0])
        ahead = [0.0, 2.0, 5.0, 10.0]
        waypoints = np.stack([np.interp([2.5, 5.0, 7.5, 10.0], ahead, points[:, axis]) for axis in (0, 1)], axis=1)
        observation, _, terminated, _, info = env.step((waypoints / 60.0).reshape(-1).astype(np.float32))
        assert abs(observation[7]) * 5.0 < 1.0, "more than a metre beside the route"
        if terminated:
            break
    assert info["terms"]["route_done"] == 1.0
    assert env.metrics()["off_road"] == 0.0


def test_the_reward_is_its_terms_times_their_weights():
    for _, reward, _, _, info in drive(DrivingEnv(**FAST), 40)[1:]:
        assert list(info["terms"]) == list(TERMS)
        assert reward == pytest.approx(sum(WEIGHTS[name] * value for name, value in info["terms"].items()), abs=1e-5)
    changed = DrivingEnv(**FAST, weights={name: 0.0 for name in WEIGHTS if name != "time"} | {"time": 1.0})
    assert drive(changed, 3)[-1][1] == pytest.approx(0.1)


def test_equal_seeds_are_equal_to_the_last_bit_and_others_are_not():
    a, b, c = (drive(DrivingEnv(**FAST), 60, seed)[-1] for seed in (5, 5, 6))
    assert np.array_equal(a[0], b[0])
    assert a[1:4] == b[1:4]
    assert a[4]["terms"] == b[4]["terms"]
    assert not np.array_equal(a[0], c[0])


def test_what_was_played_before_does_not_matter():
    env = DrivingEnv(**FAST)
    drive(env, 25, seed=9, action=(1.0, 1.0))
    again, fresh = drive(env, 30, seed=5), drive(DrivingEnv(**FAST), 30, seed=5)
    assert np.array_equal(again[-1][0], fresh[-1][0])


def test_leaving_the_route_and_standing_for_long_end_an_episode():
    steps = drive(DrivingEnv(**EMPTY), 600, action=(0.1, 0.5))
    assert steps[-1][2]
    assert steps[-1][4]["metrics"]["route_deviation"] == 1.0
    steps = drive(DrivingEnv(**EMPTY), 2000, action=(0.0, -1.0))
    assert len(steps) - 1 == pytest.approx(1800, abs=2)
    assert steps[-1][4]["metrics"]["blocked"] == 1.0


def test_the_limit_truncates_and_any_event_can_end():
    steps = drive(DrivingEnv(**EMPTY, limit_ticks=20), 100)
    assert len(steps) - 1 == 10
    assert steps[-1][2:4] == (False, True)
    assert "metrics" in steps[-1][4]
    ended = drive(DrivingEnv(**EMPTY, ends=("off_road",)), 600, action=(0.4, 0.5))[-1]
    assert ended[2]
    assert ended[4]["metrics"]["off_road"] == 1.0


def test_steer_left_turns_left_and_negative_drive_brakes():
    env = DrivingEnv(**EMPTY)
    drive(env, 30, action=(0.0, 0.5))
    fast = env.speed_mps
    left = env.step(np.array([0.3, 0.0], np.float32))[0]
    assert left[3] > 0.0
    assert left[5] == pytest.approx(0.3)
    env.step(np.array([0.0, -1.0], np.float32))
    assert env.speed_mps < fast - 0.5


def test_more_ticks_a_step_are_fewer_steps_over_the_same_way():
    two, four = DrivingEnv(**EMPTY), DrivingEnv(**EMPTY, ticks_per_step=4)
    a, b = drive(two, 20), drive(four, 10)
    assert np.array_equal(a[-1][0], b[-1][0])


def test_the_state_is_a_copy_that_nobody_can_write():
    env = gym.make("sim_suite/Driving-v0", **FAST)
    env.reset(seed=0)
    state = read_state(env)
    assert isinstance(state, DrivingState)
    assert (state.tick, state.slot, state.ticks_per_step) == (0, EGO, 2)
    place = state.world.body[0, EGO].copy()
    for _ in range(20):
        env.step(np.array([0.0, 1.0], np.float32))
    assert np.array_equal(state.world.body[0, EGO], place)
    assert read_state(env).tick == 40
    assert state.driving_map is read_state(env).driving_map
    with pytest.raises(ValueError, match="read-only"):
        state.world.body[0, 0, 0] = 1.0
    with pytest.raises(SuiteError, match="no driving environment"):
        read_state(gym.make("CartPole-v1"))


def test_options_of_a_reset_hold_for_one_episode():
    env = DrivingEnv(**FAST)
    env.reset(
        seed=0, options={"weather": "fog", "vehicles_per_km": 0.0, "pedestrians_per_km": 0.0, "route_m": (40, 45)}
    )
    state = read_state(env)
    assert state.world.weather[0, col.VISIBILITY] == 50.0
    assert int((state.world.mind[0, :, col.CONTROL] != Control.NONE).sum()) == 1
    assert 40.0 <= env._fleet.route_length_m(0) <= 45.0
    _, info = env.reset(seed=0)
    state = read_state(env)
    assert state.world.weather[0, col.VISIBILITY] == 300.0
    assert int((state.world.mind[0, :, col.CONTROL] != Control.NONE).sum()) > 1
    assert info["route_m"] >= 60.0
    with pytest.raises(UnknownNameError, match="unknown option of reset 'wether'"):
        env.reset(options={"wether": "fog"})


def test_a_route_can_be_given_by_its_ends():
    env = DrivingEnv(**EMPTY)
    env.reset(seed=4)
    terrain, own = env._fleet.map.ground.terrain, read_state(env).world
    legs = own.legs[0, EGO][own.legs[0, EGO] >= 0]
    ends = [terrain.point[terrain.lane[lane, 0] + 5, :2].tolist() for lane in (legs[0], legs[-1])]
    _, info = env.reset(seed=8, options={"start": ends[0], "goal": ends[1]})
    body = read_state(env).world.body[0, EGO]
    assert np.hypot(body[col.X] - ends[0][0], body[col.Y] - ends[0][1]) < 0.5
    assert info["route_m"] > 20.0
    with pytest.raises(SuiteError, match="farther than 30 m from any driving lane; the map spans"):
        env.reset(options={"start": [1e5, 0], "goal": ends[1]})


def test_a_pickled_environment_is_made_anew_with_its_arguments():
    env = pickle.loads(pickle.dumps(DrivingEnv(**FAST, weather="fog")))
    assert (env.options.weather, env.options.actors) == ("fog", 6)
    assert np.array_equal(env.reset(seed=1)[0], DrivingEnv(**FAST, weather="fog").reset(seed=1)[0])


def test_several_maps_take_turns_by_seed():
    env = DrivingEnv(**FAST | {"map": ["crossroads", "t_junction"]})
    names = []
    for seed in range(8):
        env.reset(seed=seed)
        names.append(read_state(env).driving_map.road_map.name)
    assert set(names) == {"crossroads", "t_junction"}
    env.reset(seed=0, options={"map": "t_junction"})
    assert read_state(env).driving_map.road_map.name == "t_junction"


@pytest.mark.parametrize("action", [np.zeros(3, np.float32), np.array([0.0, np.nan], np.float32), 0.5])
def test_actions_that_are_none_are_refused(action):
    env = DrivingEnv(**FAST)
    env.reset(seed=0)
    with pytest.raises(SuiteError, match="an action is 2 finite numbers"):
        env.step(action)
    discrete = DrivingEnv(**FAST, action="discrete")
    discrete.reset(seed=0)
    with pytest.raises(SuiteError, match="whole number from 0 to 34"):
        discrete.step(35)


def test_rasters_show_the_map():
    env = DrivingEnv(**FAST, observation="both")
    observation, _ = env.reset(seed=0)
    assert observation in env.observation_space
    assert observation["raster"].any()
    alone = DrivingEnv(**FAST, observation="raster")
    raster, _ = alone.reset(seed=0)
    assert np.array_equal(raster, observation["raster"])
    kept = raster.copy()
    moved = alone.step(np.array([0.0, 1.0], np.float32))[0]
    assert np.array_equal(raster, kept), "an observation must not change when the next is made"
    assert moved.shape == raster.shape


def test_who_is_hidden_is_in_neither_observation():
    arguments = {"map": "village", "actors": 24, "observation": "both", "raster": "small"}
    aware, blind = DrivingEnv(**arguments, occlusion=False), DrivingEnv(**arguments)
    fewer, darker = 0, 0
    for seed in range(8):
        everybody, seen = aware.reset(seed=seed)[0], blind.reset(seed=seed)[0]
        missing = everybody["vector"][72::16].sum() - seen["vector"][72::16].sum()
        assert missing >= 0.0
        assert (everybody["raster"] >= seen["raster"]).all()
        fewer, darker = fewer + (missing > 0.0), darker + (everybody["raster"] != seen["raster"]).any()
    assert fewer > 0
    assert darker > 0


def test_pictures_of_every_tick_and_of_the_moment():
    env = gym.make("sim_suite/Driving-v0", render_mode="rgb_array", **FAST)
    env.reset(seed=0)
    picture = env.render()
    assert (picture.dtype, picture.ndim, picture.shape[2]) == (np.uint8, 3, 3)
    assert picture.std() > 5.0
    assert env.metadata["render_fps"] == 10
    film = gym.make("sim_suite/Driving-v0", render_mode="rgb_array_list", **FAST)
    film.reset(seed=0)
    assert len(film.render()) == 1
    for _ in range(3):
        film.step(np.array([0.0, 0.5], np.float32))
    assert len(film.render()) == 6
    assert film.render() == []
    assert film.metadata["render_fps"] == 20
    with pytest.raises(SuiteError, match="render_mode must be None or one of"):
        DrivingEnv(render_mode="ansi")


def test_drawing_changes_nothing():
    plain, drawn = drive(DrivingEnv(**FAST), 30), drive(DrivingEnv(**FAST, render_mode="rgb_array"), 30)
    assert np.array_equal(plain[-1][0], drawn[-1][0])
    assert plain[-1][4] == drawn[-1][4]


def test_a_person_sees_a_window(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    env = DrivingEnv(**FAST, render_mode="human")
    env.reset(seed=0)
    env.step(np.array([0.0, 0.5], np.float32))
    assert env.render() is None
    env.close()


def test_the_documentation_tells_of_every_number():
    text = DrivingEnv.__doc__ or ""
    table = [int(index) for index in re.findall(r"^    \| (\d+) \| .* \| .* \|$", text, re.MULTILINE)]
    assert table == [0, 1, *range(32)], "two rows of actions, then 32 of the observation"
    assert str(observation_size(8)) in text
    for heading in ("Description", "Action Space", "Observation Space", "Rewards", "Starting State", "Episode End"):
        assert f"## {heading}\n" in text
