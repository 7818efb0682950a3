"""Breakout keeps the rules it promises: frame skip, determinism, raw points, starts, and a batch that equals its members."""

from __future__ import annotations

import copy
from itertools import pairwise

import gymnasium as gym
import numpy as np
import pytest
from ale_py.env import AtariEnv
from ale_py.vector_env import AtariVectorEnv
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, VectorEnv
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.envs.breakout.env import BreakoutEnv
from sim_suite.envs.breakout.start import SEED_LIMIT, StartDraws, ale_seed
from sim_suite.envs.breakout.vector import BreakoutVectorEnv
from sim_suite.envs.making import make
from sim_suite.envs.registration import register
from sim_suite.envs.views import ATARI, View
from sim_suite.errors import SuiteError

ID = "sim_suite/BreakoutDeterministic-v0"
# Addresses of Breakout's 128 bytes of memory, as in the Atari Annotated RAM Interface (arXiv:1906.08226) and seen in play.
RAM_PADDLE_X, RAM_SCORE_HUNDREDS, RAM_SCORE, RAM_BALL_X, RAM_BALL_Y = 72, 76, 77, 99, 101
NOOP, FIRE, RIGHT, LEFT = range(4)


def random_actions(count: int, seed: int = 0) -> list[int]:
    return np.random.default_rng(seed).integers(4, size=count).tolist()


def follow_ball(ram: np.ndarray) -> int:
    ball, paddle = int(ram[RAM_BALL_X]), int(ram[RAM_PADDLE_X])
    if ram[RAM_BALL_Y] == 0:
        return FIRE
    return RIGHT if ball > paddle + 8 else LEFT if ball < paddle + 2 else NOOP


def decimal(byte: int) -> int:
    return 10 * (byte >> 4) + (byte & 15)


def test_gymnasium_accepts_it(recwarn: pytest.WarningsRecorder) -> None:
    register()
    env = gym.make(ID)
    assert env.observation_space == gym.spaces.Box(0, 255, (210, 160, 3), np.uint8)
    assert env.unwrapped.get_action_meanings() == ["NOOP", "FIRE", "RIGHT", "LEFT"]
    check_env(env.unwrapped, skip_render_check=True)
    assert [str(w.message) for w in recwarn if "render" not in str(w.message)] == []


def test_a_step_is_four_frames() -> None:
    env = make(ID)
    _, info = env.reset(seed=1)
    frames = [info["episode_frame_number"]] + [env.step(a)[4]["episode_frame_number"] for a in random_actions(50)]
    assert {b - a for a, b in pairwise(frames)} == {4}


def play(env: gym.Env, seed: int, actions: list[int]) -> list[tuple[bytes, float, int]]:
    observation, info = env.reset(seed=seed)
    seen = [(observation.tobytes(), 0.0, info["lives"])]
    for action in actions:
        observation, reward, terminated, _, info = env.step(action)
        seen.append((observation.tobytes(), reward, info["lives"]))
        if terminated:
            break
    return seen


def test_the_same_seed_gives_the_same_episode_and_another_seed_another() -> None:
    actions = random_actions(150)
    first = play(make(ID), 3, actions)
    assert play(make(ID), 3, actions) == first
    assert play(make(ID), 4, actions) != first


def test_actions_are_not_sticky_unless_asked() -> None:
    actions = random_actions(150)

    def episodes(probability: float) -> list[list[tuple[bytes, float, int]]]:
        env = make(ID, kwargs={"noop_max": 0, "repeat_action_probability": probability})
        return [play(env, seed, actions) for seed in (0, 1)]

    first, second = episodes(0.0)
    assert first == second
    first, second = episodes(0.25)
    assert first != second


def test_without_the_start_it_is_the_old_environment() -> None:
    """BreakoutDeterministic-v4 was AtariEnv with these arguments."""
    old = AtariEnv("breakout", frameskip=4, repeat_action_probability=0.0)
    actions = random_actions(2000)
    ours = play(make(ID, kwargs={"noop_max": 0, "fire_reset": False}), 0, actions)
    assert ours == play(old, 0, actions)
    assert ours[-1][2] == 0, "the episode should have been played to its end"


def test_a_controller_scores_and_rewards_are_the_points_on_the_screen() -> None:
    env = make(ID)
    env.reset(seed=0)
    ale = env.unwrapped.ale
    total, rewards, terminated = 0.0, set(), False
    while not terminated:
        _, reward, terminated, _, info = env.step(follow_ball(ale.getRAM()))
        total += reward
        rewards.add(reward)
        ram = ale.getRAM()
        assert total == 100 * decimal(int(ram[RAM_SCORE_HUNDREDS])) + decimal(int(ram[RAM_SCORE]))
    assert info["lives"] == 0
    assert total >= 30
    assert {1.0, 4.0, 7.0} <= rewards


def test_the_time_limit_truncates() -> None:
    assert gym.spec(ID).max_episode_steps == 27000
    env = gym.make(ID, max_episode_steps=5)
    env.reset(seed=0)
    assert [env.step(0)[2:4] for _ in range(5)] == [(False, False)] * 4 + [(False, True)]


def test_a_copy_keeps_the_rules() -> None:
    env = BreakoutEnv(noop_max=3, fire_reset=False, repeat_action_probability=0.25)
    twin = copy.deepcopy(env)
    assert play(twin, 7, random_actions(60)) == play(env, 7, random_actions(60))


def test_starts_are_drawn_as_ale_py_draws_them() -> None:
    cpp = AtariVectorEnv("breakout", 1, reward_clipping=False)
    for seed in (0, 1, SEED_LIMIT - 1):
        starts = StartDraws(seed, 30)
        waits = [starts.draw() for _ in range(20)]
        frames = [cpp.reset(seed=seed)[1]] + [cpp.reset()[1] for _ in waits[1:]]
        assert [max(1, wait) for wait in waits] == [info["episode_frame_number"][0] for info in frames]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**40), st.integers(0, 100))
def test_draws_stay_in_range_and_seeds_repeat_above_the_limit(seed: int, noop_max: int) -> None:
    wait = StartDraws(ale_seed(seed), noop_max).draw()
    assert 0 <= wait <= max(noop_max - 1, 0)
    assert ale_seed(seed) == ale_seed(seed + SEED_LIMIT)


@pytest.mark.parametrize("bad", [{"noop_max": -1}, {"repeat_action_probability": 1.5}, {"frameskip": 2}])
def test_bad_arguments_are_refused(bad: dict) -> None:
    with pytest.raises(SuiteError):
        make(ID, kwargs=bad)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SuiteError, match="seed"):
        BreakoutVectorEnv(2).reset(seed=-3)


@pytest.mark.parametrize(
    ("view", "sticky", "limit"),
    [(ATARI, 0.0, 27000), (ATARI, 0.25, 60), (View("pixels", (40, 30), False, 2), 0.0, 60)],
    ids=["grey", "sticky-truncated", "colour-truncated"],
)
def test_each_member_of_a_batch_equals_the_environment_alone(view: View, sticky: float, limit: int) -> None:
    rules = {"repeat_action_probability": sticky, "max_episode_steps": limit}
    batch = BreakoutVectorEnv(3, size=view.size, grey=view.grey, stack=view.stack, **rules)
    alone = [make(ID, view, kwargs=rules) for _ in range(3)]
    observations, info = batch.reset(seed=11)
    singles = [env.reset(seed=11 + i) for i, env in enumerate(alone)]
    assert batch.single_observation_space == alone[0].observation_space
    assert batch.single_action_space == alone[0].action_space
    endings = 0
    for step in range(260):
        for i, (observation, single_info) in enumerate(singles):
            assert np.array_equal(observations[i], observation), f"step {step}, environment {i}"
            assert info["episode_frame_number"][i] == single_info["episode_frame_number"]
            assert info["lives"][i] == single_info["lives"]
        actions = random_actions(3, seed=step)
        observations, reward, terminated, truncated, info = batch.step(actions)
        assert reward.dtype == np.float64
        for i, env in enumerate(alone):
            observation, *outcome, single_info = env.step(actions[i])
            assert outcome == [reward[i], terminated[i], truncated[i]]
            if terminated[i] or truncated[i]:
                assert info["_final_obs"][i]
                assert np.array_equal(info["final_obs"][i], observation)
                observation, single_info = env.reset()
                endings += 1
            singles[i] = (observation, single_info)
    assert endings >= 3


def test_gymnasium_makes_the_batch() -> None:
    register()
    untouched = dict(VectorEnv.metadata)
    batch = gym.make_vec(ID, num_envs=2, vectorization_mode="vector_entry_point", max_episode_steps=4)
    batch.reset(seed=0)
    assert [batch.step(np.zeros(2, int))[3].tolist() for _ in range(5)] == [[False] * 2] * 3 + [[True] * 2, [False] * 2]
    assert batch.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    assert untouched == VectorEnv.metadata, "ale-py's class writes its mode into Gymnasium's"
    assert batch.observation_space.shape == (2, 4, 84, 84)


@pytest.mark.parametrize("as_termination", [False, True])
def test_a_lost_life_is_told_from_a_lost_game(as_termination: bool) -> None:
    batch = BreakoutVectorEnv(1, life_loss_info=as_termination)
    batch.reset(seed=0)
    lost = 0
    while True:
        observation, _, terminated, _, info = batch.step([FIRE])
        assert terminated[0] == (info["game_over"][0] or (as_termination and info["life_lost"][0]))
        assert ("_final_obs" in info) == bool(terminated[0])
        if info["game_over"][0]:
            assert not info["life_lost"][0]
            assert not np.array_equal(info["final_obs"][0], observation[0])
            break
        if info["life_lost"][0]:
            lost += 1
            assert info["lives"][0] == 5 - lost
            if as_termination:
                assert np.array_equal(info["final_obs"][0], observation[0])
    assert lost == 4


def test_seeds_may_be_listed_and_some_environments_left_alone() -> None:
    batch = BreakoutVectorEnv(3)
    listed, _ = batch.reset(seed=[9, 4, 9])
    assert np.array_equal(listed[0], listed[2])
    played = batch.step([RIGHT, RIGHT, RIGHT])[0]
    part, info = batch.reset(seed=[9], options={"reset_mask": np.array([False, False, True])})
    assert np.array_equal(part[:2], played[:2])
    assert np.array_equal(part[2], listed[2])
    assert info["lives"].tolist() == [5, 5, 5]
    with pytest.raises(SuiteError, match="one seed for each of 3"):
        batch.reset(seed=[1, 2])


@pytest.mark.parametrize("actions", [[0, 4], [-1, 0], [0], [0.0, 1.0]])
def test_actions_out_of_range_are_refused_rather_than_waited_for(actions: list) -> None:
    batch = BreakoutVectorEnv(2)
    batch.reset(seed=0)
    with pytest.raises(SuiteError, match="action"):
        batch.step(actions)
    batch.step([0, 0])


@pytest.mark.parametrize(
    "bad", [{"stack": 0}, {"size": (84,)}, {"size": (0, 84)}, {"num_threads": -1}, {"noop_max": -1}]
)
def test_a_bad_batch_is_refused(bad: dict) -> None:
    with pytest.raises(SuiteError):
        BreakoutVectorEnv(2, **bad)
