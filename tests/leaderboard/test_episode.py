"""Playing one episode: whose fault a fault is, and that chance does not leak between agent and environment."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest

from agents.naming import build, find
from agents.simple import RandomAgent
from sim_suite.envs.making import make
from sim_suite.envs.views import VECTOR
from sim_suite.leaderboard.episode import agent_seed, checked_action, play

PLACE = {"task": "t", "entry": "e", "run": 0, "episode": 0}


def played(clumsy, cls, seed=1, env_id="CartPole-v1"):
    agent = build(find(f"{clumsy}:{cls}"), env_id, {}, 0)
    with make(env_id) as env:
        return play(env, agent, seed=seed, **PLACE)


def test_an_episode_is_what_stepping_by_hand_gives(clumsy):
    row = played(clumsy, "Steady")
    env = gym.make("CartPole-v1")
    observation, _ = env.reset(seed=1)
    total, length, over = 0.0, 0, False
    while not over:
        observation, reward, terminated, truncated, _ = env.step(int(observation[2] > 0))
        total, length, over = total + reward, length + 1, terminated or truncated
    assert (row.outcome, row.episode_return, row.length, row.terminated) == ("ok", total, length, terminated)


def test_an_agent_that_raises_is_an_agent_error_in_one_line(clumsy):
    row = played(clumsy, "Raises")
    assert row.outcome == "agent_error"
    assert row.message == "RuntimeError: two lines"
    assert row.length > 0


def test_an_action_outside_the_space_is_an_agent_error(clumsy):
    row = played(clumsy, "Outside")
    assert (row.outcome, row.length) == ("agent_error", 0)
    assert row.message == "ValueError: the action 7 is outside Discrete(2)"


class Faulty(gym.Wrapper):
    """An environment that faults on its third step."""

    def __init__(self, env, fault):
        super().__init__(env)
        self.fault, self.steps = fault, 0

    def step(self, action):
        self.steps += 1
        observation, reward, *rest = self.env.step(action)
        if self.steps == 3:
            if self.fault == "raises":
                raise OSError("emulator gone")
            reward = float(self.fault)
        return observation, reward, *rest


@pytest.mark.parametrize(
    ("fault", "message"),
    [("raises", "OSError: emulator gone"), ("nan", "the reward nan is not finite"), ("inf", "the reward inf")],
)
def test_an_environment_that_faults_is_an_env_error(fault, message):
    env = Faulty(make("CartPole-v1"), fault)
    row = play(env, RandomAgent(VECTOR, env.action_space, 0), seed=1, **PLACE)
    assert (row.outcome, row.length, row.episode_return) == ("env_error", 2, 2.0)
    assert message.split(" is ")[0] in row.message


def test_equal_seeds_give_equal_rows_and_other_seeds_others(clumsy):
    agent = RandomAgent(VECTOR, gym.spaces.Discrete(2), 0)
    rows = [play(make("CartPole-v1"), agent, seed=seed, **PLACE) for seed in (5, 6, 5)]
    assert rows[0] == rows[2]
    assert rows[0].actions_sha256 != rows[1].actions_sha256


def test_the_agents_stream_is_not_the_environments():
    """With equal seeds, a random agent's draws mirror the slips of the ice: the mean return of random play is then wrong."""
    agent = RandomAgent(VECTOR, gym.spaces.Discrete(4), 0)
    returns = [play(make("FrozenLake-v1"), agent, seed=seed, **PLACE).episode_return for seed in range(3000)]
    # 0.01394 by dynamic programming; the standard error over 3,000 episodes is 0.0021.
    assert abs(np.mean(returns) - 0.01394) < 4 * 0.0021
    assert agent_seed(7) != 7


@pytest.mark.parametrize(
    ("actions", "space", "message"),
    [
        (np.array(1), gym.spaces.Discrete(2), "leading batch axis"),
        (np.array([1, 1]), gym.spaces.Discrete(2), "leading batch axis"),
        (np.array([0.5]), gym.spaces.Discrete(2), "a discrete action is an integer, not float64"),
        (np.array([[np.nan]]), gym.spaces.Box(-1, 1, (1,)), "is outside"),
        (np.array([[1.5]]), gym.spaces.Box(-1, 1, (1,)), "is outside"),
        (np.array([[0.0, 0.0]]), gym.spaces.Box(-1, 1, (1,)), "is outside"),
    ],
)
def test_what_is_no_action(actions, space, message):
    with pytest.raises(ValueError, match=message):
        checked_action(actions, space)


def test_an_action_comes_in_the_spaces_own_type():
    action = checked_action(np.array([[0.25]], dtype=np.float64), gym.spaces.Box(-1, 1, (1,)))
    assert action.dtype == np.float32
    assert checked_action(np.array([1], dtype=np.uint8), gym.spaces.Discrete(2)) == 1


@pytest.mark.parametrize(("epsilon", "low", "high"), [(0.0, 0, 0), (0.3, 0.1, 0.2), (1.0, 0.45, 0.55)])
def test_epsilon_replaces_that_share_of_actions(epsilon, low, high):
    """Of random actions among two, half equal the agent's own: the share that differs is epsilon / 2."""

    class Counts(gym.Env):
        action_space, observation_space = gym.spaces.Discrete(2), gym.spaces.Discrete(1)
        ones = steps = 0

        def reset(self, *, seed=None, options=None):
            return 0, {}

        def step(self, action):
            self.ones += int(action)
            self.steps += 1
            return 0, 0.0, False, self.steps >= 2000, {}

    class Zero:
        interface = None

        def predict(self, observation, state=None, episode_start=None, deterministic=False):
            return np.array([0]), state

    env = Counts()
    rows = [play(env, Zero(), seed=3, epsilon=epsilon, **PLACE)]
    share = env.ones / env.steps
    assert low <= share <= high
    env.steps = 0
    rows.append(play(env, Zero(), seed=3, epsilon=epsilon, **PLACE))
    assert rows[0] == rows[1]


def test_epsilon_plays_environments_that_want_a_plain_number():
    agent = RandomAgent(VECTOR, gym.spaces.Discrete(4), 0)
    assert play(make("FrozenLake-v1"), agent, seed=3, epsilon=1.0, **PLACE).outcome == "ok"
