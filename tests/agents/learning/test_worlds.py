"""The environments of a run: true last observations, ends told apart, lost lives, and episodes taken up in their midst."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import SyncVectorEnv

from agents.learning.episode_seeds import episode_seed
from agents.learning.worlds import Worlds
from agents.naming import task_of
from sim_suite.envs.breakout.vector import BreakoutVectorEnv
from sim_suite.envs.car_racing.pixel_vector import CarRacingPixelVector
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.envs.making import make
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import SuiteError

BREAKOUT = "sim_suite/BreakoutDeterministic-v0"
SMALL = View("pixels", size=(36, 36), grey=True, stack=2)
DRIVING = {"map": "crossroads", "actors": 4, "route_m": (60.0, 80.0), "limit_ticks": 50}


def worlds_of(env_id: str, view: View = VECTOR, count: int = 3, life_loss: bool = False, **kwargs) -> Worlds:
    return Worlds(task_of(env_id, kwargs), view, count, 7, life_loss)


def driving_actions(steps: int, count: int = 3) -> np.ndarray:
    return np.random.default_rng(4).uniform((-0.3, -0.1), (0.3, 0.8), (steps, count, 2)).astype(np.float32)


def drive(worlds: Worlds, actions: np.ndarray) -> list:
    return [worlds.step(row) for row in actions]


def test_worlds_are_single_environments_each_episode_with_a_seed_of_its_own():
    actions = np.random.default_rng(0).integers(0, 2, (120, 3))
    worlds = worlds_of("CartPole-v1")
    worlds.begin()
    singles, episodes, earned = [make("CartPole-v1", VECTOR) for _ in range(3)], [0, 0, 0], [0.0, 0.0, 0.0]
    shown = [env.reset(seed=episode_seed(7, i, 0))[0] for i, env in enumerate(singles)]
    finished = []
    for row in actions:
        assert np.array_equal(worlds.observations, shown)
        outcome = worlds.step(row)
        for i, env in enumerate(singles):
            shown[i], reward, terminated, truncated, _ = env.step(row[i])
            earned[i] += reward
            assert np.array_equal(outcome.next_observations[i], shown[i])
            assert (outcome.rewards[i], outcome.terminated[i], outcome.truncated[i]) == (reward, terminated, truncated)
            if terminated or truncated:
                finished.append((earned[i], int(earned[i])))
                episodes[i], earned[i] = episodes[i] + 1, 0.0
                shown[i], _ = env.reset(seed=episode_seed(7, i, episodes[i]))
        assert np.array_equal(outcome.observations, shown)
    assert min(episodes) > 1
    assert list(worlds.latest) == finished


def test_a_time_limit_is_told_from_a_true_end():
    worlds = worlds_of("sim_suite/SixStates-v0", count=2)
    worlds.begin()
    going_left_and_right = [worlds.step(np.array([t % 2, 1])) for t in range(100)]
    last = going_left_and_right[-1]
    assert last.truncated.tolist()[0] == (not last.terminated[0])
    ends = np.array([outcome.terminated for outcome in going_left_and_right])
    cuts = np.array([outcome.truncated for outcome in going_left_and_right])
    assert ends[:, 1].sum() > 10
    assert not (ends & cuts).any()


@pytest.mark.parametrize("follow", [2, 16])
def test_batched_breakout_is_the_single_game_with_the_same_seeds(monkeypatch, follow):
    monkeypatch.setattr("agents.learning.batched.FOLLOW", follow)
    actions = np.random.default_rng(3).integers(0, 4, (900, 2))
    worlds = worlds_of(BREAKOUT, SMALL, count=2)
    assert isinstance(worlds._envs, BreakoutVectorEnv)
    worlds.begin()
    single = make(BREAKOUT, SMALL)
    shown, _ = single.reset(seed=episode_seed(7, 1, 0))
    episode, earned = 0, 0.0
    for row in actions:
        assert np.array_equal(worlds.observations[1], shown)
        outcome = worlds.step(row)
        shown, reward, terminated, truncated, _ = single.step(row[1])
        earned += float(reward)
        assert np.array_equal(outcome.next_observations[1], shown)
        assert (outcome.rewards[1], outcome.terminated[1], outcome.truncated[1]) == (reward, terminated, truncated)
        if terminated or truncated:
            episode += 1
            shown, _ = single.reset(seed=None if episode % follow else episode_seed(7, 1, episode))
    assert episode > 2
    assert earned > 0


@pytest.mark.parametrize("env_id", [BREAKOUT, "ALE/Breakout-v5"])
def test_a_lost_life_terminates_for_learning_and_the_game_goes_on(env_id):
    actions = np.random.default_rng(1).integers(0, 4, (260, 1))
    with_lives, without = worlds_of(env_id, SMALL, 1, life_loss=True), worlds_of(env_id, SMALL, 1)
    with_lives.begin(), without.begin()
    lost = ended = 0
    for row in actions:
        one, other = with_lives.step(row), without.step(row)
        assert np.array_equal(one.next_observations, other.next_observations)
        assert np.array_equal(one.observations, other.observations)
        ended += int(other.terminated[0])
        lost += int(one.terminated[0])
    assert ended > 0
    assert 4 * ended + ended <= lost <= 4 * ended + ended + 4
    assert len(with_lives.latest) == ended


def test_lives_where_there_are_none_are_refused():
    with pytest.raises(SuiteError, match="CartPole-v1 tells of no lives: leave life_loss out"):
        worlds_of("CartPole-v1", life_loss=True).begin()


@pytest.mark.parametrize("reward", ["terms", "carl"])
def test_driving_worlds_are_the_single_environment_with_the_same_seeds_and_tell_what_became_of_them(reward):
    kwargs = DRIVING | {"reward": reward}
    worlds = worlds_of("sim_suite/Driving-v0", count=3, **kwargs)
    assert isinstance(worlds._envs, DrivingVectorEnv)
    worlds.begin()
    single, episode, told, earned = make("sim_suite/Driving-v0", VECTOR, kwargs=kwargs), 0, [], 0.0
    shown, _ = single.reset(seed=episode_seed(7, 1, 0))
    for row in driving_actions(80):
        assert np.array_equal(worlds.observations[1], shown)
        outcome = worlds.step(row)
        shown, reward, terminated, truncated, info = single.step(row[1])
        earned += reward
        assert np.array_equal(outcome.next_observations[1], shown)
        assert (outcome.rewards[1], outcome.terminated[1], outcome.truncated[1]) == (reward, terminated, truncated)
        if terminated or truncated:
            told.append((earned, info["metrics"]["route_completion"]))
            episode, earned = episode + 1, 0.0
            shown, _ = single.reset(seed=episode_seed(7, 1, episode))
    assert episode > 1
    assert {earned for earned, _ in told} <= {earned for earned, _ in worlds.latest}
    figures = np.array(worlds._figures._rows)[:, worlds._figures._names.index("route_completion")]
    assert {completed for _, completed in told} <= set(figures.tolist())
    assert worlds.metrics()["route_completion"] == pytest.approx(figures.mean())


def test_several_maps_of_stored_routes_are_stepped_one_after_another():
    worlds = worlds_of("sim_suite/Driving-v0", count=1, routes="driving", limit_ticks=4)
    assert isinstance(worlds._envs, SyncVectorEnv)
    worlds.begin()
    drive(worlds, np.zeros((3, 1, 2), np.float32))
    assert worlds.metrics()["episode_length"] == 2.0
    assert 0.0 <= worlds.metrics()["route_completion"] <= 100.0


@pytest.mark.parametrize("before", [0, 53])
@pytest.mark.parametrize("metrics", ["counts", "all"])
def test_driving_worlds_are_taken_up_in_their_midst(before, metrics):
    """By what they are, or by repeating actions where trips are recorded."""
    kwargs = DRIVING | {"reward": "carl", "metrics": metrics}
    straight = worlds_of("sim_suite/Driving-v0", **kwargs)
    straight.begin()
    actions = driving_actions(before + 40)
    drive(straight, actions[:before])
    kept = {name: array.copy() for name, array in straight.arrays().items()}
    assert ("actions" in kept) == (metrics == "all")
    resumed = worlds_of("sim_suite/Driving-v0", **kwargs)
    assert resumed.take_up(kept)
    for one, other in zip(drive(straight, actions[before:]), drive(resumed, actions[before:]), strict=True):
        assert all(np.array_equal(mine, yours) for mine, yours in zip(one, other, strict=True))
    assert (resumed.latest, resumed.metrics()) == (straight.latest, straight.metrics())


def test_driving_worlds_that_changed_since_begin_anew():
    worlds = worlds_of("sim_suite/Driving-v0", **DRIVING)
    worlds.begin()
    drive(worlds, driving_actions(5))
    resumed = worlds_of("sim_suite/Driving-v0", **DRIVING | {"actors": 5})
    assert not resumed.take_up(worlds.arrays())
    assert resumed.arrays()["lengths"].tolist() == [0, 0, 0]
    assert resumed.arrays()["episode"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("env_id", "view", "kwargs"),
    [
        ("CartPole-v1", VECTOR, {}),
        ("FrozenLake-v1", VECTOR, {}),
        (BREAKOUT, SMALL, {"repeat_action_probability": 0.25}),
        (BREAKOUT, SMALL, {}),
    ],
)
@pytest.mark.parametrize("before", [0, 1, 53, 700])
def test_open_episodes_are_taken_up_in_their_midst(env_id, view, kwargs, before):
    straight = worlds_of(env_id, view, life_loss=env_id == BREAKOUT, **kwargs)
    straight.begin()
    actions = np.random.default_rng(2).integers(0, 2, (before + 60, 3))
    drive(straight, actions[:before])
    resumed = worlds_of(env_id, view, life_loss=env_id == BREAKOUT, **kwargs)
    assert resumed.take_up({name: array.copy() for name, array in straight.arrays().items()})
    for one, other in zip(drive(straight, actions[before:]), drive(resumed, actions[before:]), strict=True):
        assert all(np.array_equal(mine, yours) for mine, yours in zip(one, other, strict=True))
    assert resumed.latest == straight.latest


def test_environments_that_do_not_repeat_themselves_begin_anew(monkeypatch):
    worlds = worlds_of("CartPole-v1")
    worlds.begin()
    drive(worlds, np.ones((5, 3), np.int64))
    monkeypatch.setattr(
        "agents.learning.episode_seeds.FIRST_TRAINING_SEED", 2_000_000
    )  # as if the environment had changed since
    resumed = worlds_of("CartPole-v1")
    assert not resumed.take_up(worlds.arrays())
    expected, _ = gym.make("CartPole-v1").reset(seed=episode_seed(7, 2, 1))
    assert np.array_equal(resumed.observations[2], expected)
    assert resumed.arrays()["lengths"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("env_id", ["sim_suite/CarRacing-v0", "sim_suite/CarRacingDiscrete-v0"])
def test_many_racing_cars_are_single_environments_and_taken_up_in_their_midst(env_id: str):
    limit = {"max_episode_steps": 5}  # so that episodes end
    runs = [worlds_of(env_id, SMALL, count=2, **limit) for _ in range(2)]
    assert all(isinstance(run._envs, CarRacingPixelVector) for run in runs)
    singles, space = [make(env_id, SMALL, kwargs=limit) for _ in range(2)], task_of(env_id, {}).action_space
    space.seed(0)
    runs[0].begin()
    episode = 0
    shown = [env.reset(seed=episode_seed(7, i, 0))[0] for i, env in enumerate(singles)]
    for time in range(1, 13):
        assert np.array_equal(runs[0].observations, shown)
        actions = np.stack([space.sample() for _ in range(2)])
        outcome = runs[0].step(actions)
        answers = [env.step(action) for env, action in zip(singles, actions, strict=True)]
        assert np.array_equal(outcome.next_observations, [answer[0] for answer in answers])
        assert outcome.rewards.tolist() == [answer[1] for answer in answers]
        assert outcome.truncated.tolist() == [time % 5 == 0] * 2
        shown = [answer[0] for answer in answers]
        if time % 5 == 0:
            episode += 1
            shown = [env.reset(seed=episode_seed(7, i, episode))[0] for i, env in enumerate(singles)]
    assert runs[1].take_up(runs[0].arrays())
    actions = np.stack([space.sample() for _ in range(2)])
    one, other = (run.step(actions) for run in runs)
    assert np.array_equal(one.observations, other.observations)
    for run in runs:
        run._envs.close()
