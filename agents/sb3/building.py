"""Builds what a Stable-Baselines3 run trains on and with: the vector of environments and the algorithm's object. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from agents.interface import Task
from agents.learning.picture_layout import ChannelsFirst
from agents.sb3.algorithms import Algorithm
from agents.sb3.config import Sb3Config
from agents.sb3.episodes import SeededEpisodes
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError


def build_environments(task: Task, config: Sb3Config, seed: int) -> Any:
    """The environments of one run in one process, each with seeds of its own, normalised as configured (a `VecEnv`)."""
    environments: Any = DummyVecEnv([_maker(task, config.view, seed, index) for index in range(config.envs)])
    if config.normalize_observations and not isinstance(environments.observation_space, spaces.Box):
        raise SuiteError(f"{task.env_id} observes {environments.observation_space}: leave normalize_observations out.")
    if config.normalize_observations or config.normalize_rewards:
        environments = VecNormalize(
            environments,
            norm_obs=config.normalize_observations,
            norm_reward=config.normalize_rewards,
            gamma=float(config.hyperparameters.get("gamma", 0.99)),
        )
    return environments


def build_algorithm(row: Algorithm, environments: Any, config: Sb3Config, seed: int, device: str) -> Any:
    """The algorithm with fresh networks. Raises `SuiteError` where it does not suit the task or refuses a hyperparameter."""
    discrete = isinstance(environments.action_space, spaces.Discrete)
    if row.actions != "any" and (row.actions == "discrete") != discrete:
        raise SuiteError(f"{row.name} needs {row.actions} actions; this environment has {environments.action_space}.")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise SuiteError(f"device {device!r} was asked for, but torch sees no CUDA device; use 'auto' or 'cpu'.")
    arguments = config.algorithm_arguments(row) | {"policy_kwargs": config.policy_arguments(row)}
    noise = _action_noise(row, environments.action_space, config)
    if noise is not None:
        arguments["action_noise"] = noise
    try:
        model = row.load_class()(config.policy_name(row), environments, seed=seed % 2**32, device=device, **arguments)
    except (TypeError, ValueError, AssertionError) as error:
        raise SuiteError(f"{row.name} refused its configuration: {' '.join(str(error).split())[:200]}") from error
    model.set_logger(Logger(None, []))
    return model


def _maker(task: Task, view: View, seed: int, index: int) -> Callable[[], gym.Env[Any, Any]]:
    def build() -> gym.Env[Any, Any]:
        env = make(task.env_id, view, kwargs=task.kwargs)
        return SeededEpisodes(Monitor(ChannelsFirst(env, view) if view.kind == "pixels" else env), seed, index)

    return build


def _action_noise(row: Algorithm, space: spaces.Space[Any], config: Sb3Config) -> Any:
    if config.action_noise == "none":
        return None
    if row.family != "off-policy" or not isinstance(space, spaces.Box):
        raise SuiteError(f"action_noise belongs to sb3-td3, sb3-ddpg, sb3-sac and sb3-tqc, not to {row.name}.")
    kind = NormalActionNoise if config.action_noise == "normal" else OrnsteinUhlenbeckActionNoise
    return kind(np.zeros(space.shape), np.full(space.shape, config.action_noise_sigma))
