"""The same learning for an environment that publishes no table: it is stepped through Gymnasium, an episode at a time.

Source: ours. The updates are those of the compiled loops; only the world is another. Each episode's seed is a function
of the run's seed and the episode's number, so a run that is stopped between episodes goes on exactly.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.tabular.memory import ENDED, EPISODES, STEPS, Memory, Schedule, choose_action, epsilon_at
from agents.tabular.monte_carlo import learn_episode, tail_value
from agents.tabular.temporal_difference import act, advance


def episode_seed(seed: int, episode: int) -> int:
    """The seed that the environment is reset with for one episode of a run."""
    return int(np.random.SeedSequence([seed, episode]).generate_state(1)[0])


def difference_learn_by_stepping(
    rule: int,
    env: gym.Env[Any, Any],
    seed: int,
    limit: int,
    memory: Memory,
    schedule: Schedule,
    policy: NDArray[np.float64],
    until: int,
    sums: NDArray[np.float64],
) -> None:
    """Whole episodes of temporal-difference learning until `until` steps are done; see `temporal_difference`."""
    while memory.counters[STEPS] < until:
        state = int(env.reset(seed=episode_seed(seed, int(memory.counters[EPISODES])))[0])
        action = act(rule, memory, schedule, policy, state)
        time, over = 0, False
        while not over and time < limit:
            observation, reward, terminated, truncated, _ = env.step(action)
            memory.counters[STEPS] += 1
            time += 1
            over = terminated or truncated
            state, action = advance(
                rule, memory, schedule, policy, sums, state, action, float(reward), int(observation), terminated
            )
        memory.counters[EPISODES] += 1
        sums[ENDED] += 1


def monte_carlo_learn_by_stepping(
    first_visit: bool,
    env: gym.Env[Any, Any],
    seed: int,
    limit: int,
    memory: Memory,
    schedule: Schedule,
    until: int,
    sums: NDArray[np.float64],
) -> None:
    """Whole episodes of epsilon-greedy Monte Carlo until `until` steps are done; see `monte_carlo`."""
    while memory.counters[STEPS] < until:
        epsilon = epsilon_at(schedule, int(memory.counters[STEPS]))
        state = int(env.reset(seed=episode_seed(seed, int(memory.counters[EPISODES])))[0])
        states: list[int] = []
        actions: list[int] = []
        rewards: list[float] = []
        terminated = truncated = False
        while not terminated and not truncated and len(states) < limit:
            states.append(state)
            actions.append(choose_action(memory, state, epsilon))
            observation, reward, terminated, truncated, _ = env.step(actions[-1])
            rewards.append(float(reward))
            state = int(observation)
        memory.counters[STEPS] += len(states)
        tail = 0.0 if terminated else tail_value(memory, state, epsilon)
        learn_episode(first_visit, memory, schedule, np.array(states), np.array(actions), np.array(rewards), tail, sums)
