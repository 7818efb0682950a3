"""The tabular worlds obey Gymnasium's contract, and their tables say what the textbooks say."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from sim_suite.envs.tabular.grid_world import GridWorldEnv
from sim_suite.envs.tabular.six_states import SixStatesEnv
from sim_suite.envs.tabular.world import TabularEnv
from sim_suite.errors import SuiteError

WORLDS = [SixStatesEnv, GridWorldEnv]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("world", WORLDS)
def test_obeys_gymnasium(world: type[TabularEnv]) -> None:
    spec_id = f"TestOnly{world.__name__}-v0"
    gym.register(spec_id, f"{world.__module__}:{world.__name__}", max_episode_steps=100)
    try:
        check_env(gym.make(spec_id, render_mode="rgb_array").unwrapped)
    finally:
        gym.registry.pop(spec_id)


@pytest.mark.parametrize("world", WORLDS)
def test_rows_of_the_table_are_distributions_and_ends_are_absorbing(world: type[TabularEnv]) -> None:
    env = world()  # type: ignore[call-arg]
    assert env.initial_state_distrib.sum() == pytest.approx(1.0)
    for rows in env.P.values():
        for outcomes in rows.values():
            assert sum(outcome[0] for outcome in outcomes) == pytest.approx(1.0)
            for _, arrived, _, terminated in outcomes:
                if terminated:
                    assert all(end == [(1.0, arrived, 0.0, True)] for end in env.P[arrived].values())
                    assert env.initial_state_distrib[arrived] == 0.0


@pytest.mark.parametrize("world", WORLDS)
def test_step_plays_the_table(world: type[TabularEnv]) -> None:
    env = world()  # type: ignore[call-arg]
    for state in range(int(env.observation_space.n)):
        for action in range(int(env.action_space.n)):
            env.reset(seed=0, options={"state": state})
            arrived, reward, terminated, truncated, info = env.step(np.int64(action))
            assert [(info["prob"], int(arrived), reward, terminated)] == env.P[state][action]
            assert not truncated


def test_six_states_by_hand() -> None:
    table = SixStatesEnv().P
    assert table[1][0] == [(1.0, 0, 1.0, True)]
    assert table[4][1] == [(1.0, 5, 5.0, True)]
    assert table[4][0] == [(1.0, 3, 0.0, False)]
    assert table[2][1] == [(1.0, 3, 0.0, False)]


def test_grid_world_by_hand() -> None:
    table = GridWorldEnv().P
    assert table[1][0] == [(1.0, 0, -1.0, True)]
    assert table[14][2] == [(1.0, 15, -1.0, True)]
    assert table[3][3] == table[3][2] == [(1.0, 3, -1.0, False)], "a step off the board stays"
    assert table[5][1] == [(1.0, 9, -1.0, False)]


def test_starts() -> None:
    starts = {int(SixStatesEnv().reset(seed=seed)[0]) for seed in range(40)}
    assert starts == {1, 2, 3, 4}
    assert {int(SixStatesEnv(start=3).reset(seed=seed)[0]) for seed in range(10)} == {3}
    assert {int(GridWorldEnv().reset(seed=seed)[0]) for seed in range(300)} == set(range(1, 15))


@pytest.mark.parametrize("make", [lambda: SixStatesEnv(start=0), lambda: SixStatesEnv(start=5)])
def test_a_terminal_start_is_refused(make: Any) -> None:
    with pytest.raises(SuiteError, match="start must be a place from 1 to 4"):
        make()


def test_wrong_calls_are_explained() -> None:
    env = SixStatesEnv()
    with pytest.raises(gym.error.ResetNeeded):
        env.step(np.int64(0))
    env.reset(seed=0)
    with pytest.raises(SuiteError, match="whole number below 2, not"):
        env.step(np.int64(2))
    with pytest.raises(SuiteError, match="render_mode"):
        env.render()
    with pytest.raises(SuiteError, match="below 6, not 6"):
        env.reset(options={"state": 6})
    with pytest.raises(SuiteError, match="'human'"):
        GridWorldEnv(render_mode="human")


def test_text() -> None:
    six = SixStatesEnv(render_mode="ansi")
    six.reset(options={"state": 2})
    assert six.render() == "B . R . . C\n"
    grid = GridWorldEnv(render_mode="ansi")
    grid.reset(options={"state": 6})
    assert grid.render() == "T . . .\n. . R .\n. . . .\n. . . T\n"


@pytest.mark.parametrize(("world", "shape"), [(SixStatesEnv, (64, 384, 3)), (GridWorldEnv, (256, 256, 3))])
def test_the_picture_shows_the_agent_where_it_is(world: type[Any], shape: tuple[int, ...]) -> None:
    env = world(render_mode="rgb_array")
    columns = shape[1] // 64
    env.reset(options={"state": 1})
    before = env.render()
    env.reset(options={"state": 2})
    after = env.render()
    assert before.shape == after.shape == shape
    assert before.dtype == np.uint8
    changed = np.any(before != after, axis=2).reshape(shape[0] // 64, 64, columns, 64).any(axis=(1, 3)).ravel()
    assert np.flatnonzero(changed).tolist() == [1, 2]
