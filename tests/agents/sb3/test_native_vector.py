"""Stable-Baselines3 on native vector environments: what it is told is right, and PPO trains."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecMonitor

import sim_suite.envs  # noqa: F401  # registers
from agents.sb3.native_vector import NativeVecEnv
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.errors import SuiteError

FAST = {"map": "crossroads", "actors": 6, "route_m": (60.0, 80.0)}


def test_ends_come_with_their_last_observation():
    envs, twin = DrivingVectorEnv(3, limit_ticks=8, **FAST), DrivingVectorEnv(3, limit_ticks=8, **FAST)
    adapter = NativeVecEnv(envs)
    adapter.seed(5)
    first = adapter.reset()
    assert np.array_equal(first, twin.reset(seed=[5, 6, 7])[0])
    action = np.full((3, 2), 0.3, np.float32)
    for step in range(4):
        observations, rewards, dones, infos = adapter.step(action)
        expected, expected_rewards, *_, told = twin.step(action)
        assert np.array_equal(observations, expected)
        assert np.array_equal(rewards, expected_rewards.astype(np.float32))
        assert dones.all() == (step == 3)
    for i, info in enumerate(infos):
        assert info["TimeLimit.truncated"]
        assert np.array_equal(info["terminal_observation"], told["final_obs"][i])
        assert info["metrics"]["route_done"] == 0.0
        assert info["terms"]["time"] == pytest.approx(0.1)
    kept = observations.copy()
    adapter.step(action)
    assert np.array_equal(observations, kept), "Stable-Baselines3 keeps the last observation while it steps"


def test_ppo_trains_on_many_driving_worlds():
    adapter = VecMonitor(NativeVecEnv(DrivingVectorEnv(8, limit_ticks=60, **FAST)))
    model = PPO("MlpPolicy", adapter, n_steps=32, batch_size=64, n_epochs=2, seed=0, device="cpu")
    model.learn(512)
    assert all(np.isfinite(parameter.detach().numpy()).all() for parameter in model.policy.parameters())
    assert len(model.ep_info_buffer) > 0


def test_ppo_trains_on_rasters_and_numbers_together():
    adapter = NativeVecEnv(DrivingVectorEnv(2, observation="both", **FAST))
    model = PPO("MultiInputPolicy", adapter, n_steps=16, batch_size=16, n_epochs=1, seed=0, device="cpu")
    model.learn(32)
    assert all(np.isfinite(parameter.detach().numpy()).all() for parameter in model.policy.parameters())


def test_what_it_cannot_do_is_refused():
    with pytest.raises(SuiteError, match=r"needs AutoresetMode\.SAME_STEP"):
        NativeVecEnv(gym.make_vec("CartPole-v1", num_envs=2))
    adapter = NativeVecEnv(DrivingVectorEnv(2, **FAST))
    adapter.set_options([{"weather": "fog"}, {"weather": "rain"}])
    with pytest.raises(SuiteError, match="share the options"):
        adapter.reset()
    adapter.set_options({"weather": "fog"})
    adapter.reset()
    assert adapter.env_is_wrapped(VecMonitor) == [False, False]
    assert adapter.get_attr("num_envs", [0]) == [2]
    with pytest.raises(SuiteError, match="have no method 'jump'"):
        adapter.env_method("jump")
