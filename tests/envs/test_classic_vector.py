"""Classic control, many at once: each world is Gymnasium's single environment to the last bit."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest

from sim_suite.envs.classic_vector import CLASSIC

COUNT = 3


def actions_of(env_id: str, rng: np.random.Generator, shown: np.ndarray) -> np.ndarray:
    """Pushes that reach every kind of end: after the speed, at times against it or not at all."""
    if env_id == "CartPole-v1":
        balance = (shown[:, 2] + 0.5 * shown[:, 3] > 0).astype(np.int64)
        return np.where(np.arange(COUNT) == 0, balance, rng.integers(0, 2, COUNT))
    force = np.sign(shown[:, 1]) * rng.choice([1.0, 0.3, -1.0], COUNT, p=[0.8, 0.1, 0.1])
    return np.where(np.arange(COUNT) == 0, rng.uniform(-1, 1, COUNT), force).astype(np.float32)[:, None]


@pytest.mark.parametrize("env_id", CLASSIC)
def test_each_world_is_the_single_environment(env_id: str) -> None:
    worlds, singles = CLASSIC[env_id](COUNT), [gym.make(env_id) for _ in range(COUNT)]
    assert worlds.single_action_space == singles[0].action_space
    assert worlds.single_observation_space == singles[0].observation_space
    seeds, rng = [11, 12, 13], np.random.default_rng(0)
    shown, _ = worlds.reset(seed=seeds, options={"reset_mask": np.ones(COUNT, bool)})
    assert np.array_equal(shown, [env.reset(seed=seed)[0] for env, seed in zip(singles, seeds, strict=True)])
    terminations = truncations = 0
    for _ in range(1100):
        actions = actions_of(env_id, rng, shown)
        shown, rewards, terminated, truncated, _ = worlds.step(actions)
        for index, env in enumerate(singles):
            one = env.step(actions[index])
            assert np.array_equal(shown[index], one[0])
            assert (rewards[index], terminated[index], truncated[index]) == one[1:4]
        ended = terminated | truncated
        terminations, truncations = terminations + terminated.sum(), truncations + truncated.sum()
        if ended.any():
            seeds = [seed + 100 for seed in seeds]
            begun, _ = worlds.reset(seed=seeds, options={"reset_mask": ended})
            assert np.array_equal(begun[~ended], shown[~ended])
            for index in np.flatnonzero(ended):
                assert np.array_equal(begun[index], singles[index].reset(seed=seeds[index])[0])
            shown = begun
    assert terminations > 3
    assert truncations > 0
