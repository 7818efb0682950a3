"""Many driving worlds equal as many single ones, bit for bit, through ends and resets."""

from __future__ import annotations

from contextlib import closing

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, AutoresetMode

import sim_suite.envs  # noqa: F401  # registers
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.errors import SuiteError

FAST = {"map": "crossroads", "actors": 6, "route_m": (60.0, 80.0)}


def actions_of(steps, worlds, seed=0):
    random = np.random.default_rng(seed)
    actions = random.uniform(-0.3, 0.3, (steps, worlds, 2))
    actions[..., 1] += 0.4
    return actions.astype(np.float32)


def assert_equal_to_singles(vector, singles, actions, seed):
    """Step both side by side; singles are reset where the vector resets itself."""
    observations, infos = vector.reset(seed=seed)
    for i, single in enumerate(singles):
        first, info = single.reset(seed=seed + i)
        assert np.array_equal(first, observations[i])
        assert info["route_m"] == infos["route_m"][i]
    ended = 0
    for row in actions:
        observations, rewards, terminated, truncated, infos = vector.step(row)
        for i, single in enumerate(singles):
            observation, reward, end, cut, info = single.step(row[i])
            assert (reward, end, cut) == (rewards[i], terminated[i], truncated[i])
            if end or cut:
                ended += 1
                assert np.array_equal(observation, infos["final_obs"][i])
                assert infos["_final_obs"][i]
                assert info["metrics"]["route_completion"] == infos["final_info"]["metrics"]["route_completion"][i]
                observation, _ = single.reset()
            else:
                assert {name: infos["terms"][name][i] for name in info["terms"]} == info["terms"]
            assert np.array_equal(observation, observations[i])
    return ended


@pytest.mark.parametrize("worlds", [3, 260])
def test_a_vector_equals_singles_through_resets(worlds):
    arguments = FAST | {"limit_ticks": 60}
    vector = DrivingVectorEnv(worlds, **arguments)
    singles = [DrivingEnv(**arguments) for _ in range(worlds)]
    assert assert_equal_to_singles(vector, singles, actions_of(35, worlds), seed=11) >= worlds


def test_several_maps_are_dealt_out_in_turn():
    arguments = FAST | {"limit_ticks": 30}
    maps = ["crossroads", "t_junction"]
    vector = DrivingVectorEnv(5, **arguments | {"map": maps})
    singles = [DrivingEnv(**arguments | {"map": maps[i % 2]}) for i in range(5)]
    assert assert_equal_to_singles(vector, singles, actions_of(20, 5), seed=3) > 0
    names = [state.driving_map.road_map.name for state in vector.read_states()]
    assert names == ["crossroads", "t_junction", "crossroads", "t_junction", "crossroads"]


def test_rasters_of_many_worlds_equal_those_of_one():
    arguments = FAST | {"observation": "both", "limit_ticks": 12}
    vector, single = DrivingVectorEnv(3, **arguments), DrivingEnv(**arguments)
    observations, _ = vector.reset(seed=4)
    observation, _ = single.reset(seed=5)
    for row in actions_of(9, 3):
        assert np.array_equal(observations["raster"][1], observation["raster"])
        assert np.array_equal(observations["vector"][1], observation["vector"])
        observations, _, _, truncated, infos = vector.step(row)
        observation, *_ = single.step(row[1])
        if truncated[1]:
            assert np.array_equal(infos["final_obs"][1]["raster"], observation["raster"])
            observation, _ = single.reset()


def test_make_vec_gives_ours_with_the_registrations_limit():
    with closing(gym.make_vec("sim_suite/Driving-v0", num_envs=2, **FAST)) as vector:
        assert isinstance(vector, DrivingVectorEnv)
        assert vector.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP
        assert vector.reset(seed=0)[0] in vector.observation_space
        assert vector._fleets[0]._limit_ticks == 6000
    with closing(gym.make_vec("sim_suite/DrivingDiscrete-v0", num_envs=2, max_episode_steps=5, **FAST)) as vector:
        vector.reset(seed=0)
        for _ in range(5):
            *_, truncated, _ = vector.step(np.array([17, 34]))
        assert truncated.all()


def test_a_masked_reset_leaves_the_others_running():
    vector = DrivingVectorEnv(2, **FAST)
    first, _ = vector.reset(seed=0)
    moved = vector.step(np.array([[0.0, 1.0], [0.0, 1.0]], np.float32))[0]
    again, _ = vector.reset(seed=[0, None], options={"reset_mask": np.array([True, False])})
    assert np.array_equal(again[0], first[0])
    assert np.array_equal(again[1], moved[1])


def test_copies_are_kept_and_without_them_memory_is_shared():
    row = np.array([[0.0, 1.0]], np.float32)
    kept = DrivingVectorEnv(1, **FAST)
    first, _ = kept.reset(seed=0)
    before = first.copy()
    assert kept.step(row)[0] is not first
    assert np.array_equal(first, before)
    shared = DrivingVectorEnv(1, copy=False, **FAST)
    first, _ = shared.reset(seed=0)
    assert np.shares_memory(first, shared.step(row)[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DrivingVectorEnv(0, **FAST), "num_envs and max_episode_steps must be at least 1"),
        (lambda: DrivingVectorEnv(1, render_mode="rgb_array", **FAST), "many worlds have no picture"),
        (lambda: DrivingVectorEnv(2, **FAST).step(np.zeros((3, 2), np.float32)), "must have the shape"),
        (lambda: DrivingVectorEnv(2, **FAST).step(np.full((2, 2), np.nan)), "must be finite"),
        (lambda: DrivingVectorEnv(1, action="discrete", **FAST).step(np.array([35])), "within Discrete"),
        (lambda: DrivingVectorEnv(2, **FAST).reset(seed=[1]), "2 worlds take as many seeds"),
        (lambda: DrivingVectorEnv(2, **FAST).reset(options={"map": "crossroads"}), "keep their maps"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(call, message):
    with pytest.raises(SuiteError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def _single():
    return gym.make("sim_suite/Driving-v0", map="crossroads", actors=6, route_m=(60.0, 80.0))


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_gymnasiums_own_processes_work(context):
    together = DrivingVectorEnv(2, **FAST)
    with closing(AsyncVectorEnv([_single, _single], context=context)) as vector:
        observations, _ = vector.reset(seed=7)
        assert np.array_equal(observations, together.reset(seed=7)[0])
        for row in actions_of(5, 2):
            observations, rewards, *_ = vector.step(row)
            expected, expected_rewards, *_ = together.step(row)
            assert np.array_equal(observations, expected)
            assert np.array_equal(rewards, expected_rewards)


def test_worlds_that_do_not_begin_anew_wait_for_a_reset_and_tell_what_became_of_them():
    arguments = FAST | {"limit_ticks": 20, "map": ["crossroads", "t_junction"]}
    waiting = DrivingVectorEnv(5, autoreset_mode=AutoresetMode.DISABLED, **arguments)
    singles = [DrivingEnv(**arguments | {"map": arguments["map"][i % 2]}) for i in range(5)]
    assert waiting.metadata["autoreset_mode"] is AutoresetMode.DISABLED
    waiting.reset(seed=8)
    firsts = [single.reset(seed=8 + i)[0] for i, single in enumerate(singles)]
    for row in actions_of(10, 5):
        observations, rewards, _, truncated, infos = waiting.step(row)
        ends = [single.step(row[i]) for i, single in enumerate(singles)]
        assert [end[1] for end in ends] == rewards.tolist()
    assert truncated.all()
    assert all(
        np.array_equal(end[0], observations[i]) for i, end in enumerate(ends)
    )  # not yet the next episode's first
    assert "final_obs" not in infos
    for i, (*_, info) in enumerate(ends):
        assert {name: infos["metrics"][name][i] for name in info["metrics"]} == info["metrics"]
    mask = np.array([False, True, False, False, True])
    observations, _ = waiting.reset(seed=[None, 9, None, None, 12], options={"reset_mask": mask})
    assert [np.array_equal(observations[i], firsts[i]) for i in range(5)] == mask.tolist()


@pytest.mark.parametrize("reward", ["terms", "carl"])
def test_worlds_go_on_from_a_snapshot_bit_for_bit(reward):
    arguments = {
        "map": ["crossroads", "t_junction"], "actors": 8, "vehicles_per_km": 30.0, "reward": reward,
        "autoreset_mode": AutoresetMode.DISABLED,
    }  # fmt: skip
    actions = actions_of(40, 4, seed=2)
    straight = DrivingVectorEnv(4, **arguments)
    straight.reset(seed=1)
    for row in actions[:20]:
        straight.step(row)
    kept = {name: array.copy() for name, array in straight.snapshot().items()}
    other = DrivingVectorEnv(4, **arguments)
    other.reset(seed=500)
    other.restore(kept)
    for row in actions[20:]:
        for mine, its in zip(straight.step(row)[:4], other.step(row)[:4], strict=True):
            assert np.array_equal(mine, its)


def test_snapshots_of_other_worlds_and_of_recorded_trips_are_refused():
    one, many = DrivingVectorEnv(1, **FAST), DrivingVectorEnv(2, **FAST)
    one.reset(seed=0)
    with pytest.raises(SuiteError, match="that snapshot is of other worlds than these 2 on 'crossroads'"):
        many.restore(one.snapshot())
    with pytest.raises(SuiteError, match="cannot be taken up in their midst"):
        DrivingVectorEnv(1, **FAST, metrics="all").snapshot()
    with pytest.raises(SuiteError, match=r"must be SAME_STEP or DISABLED, not AutoresetMode\.NEXT_STEP"):
        DrivingVectorEnv(1, **FAST, autoreset_mode=AutoresetMode.NEXT_STEP)
