"""The Stable-Baselines3 algorithms that we train and load, in one fixed table. A name in a file is looked up here, never imported.

Source: Raffin et al. 2021, "Stable-Baselines3: Reliable Reinforcement Learning Implementations", JMLR 22(268); sb3-contrib.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from agents.interface import Actions
from sim_suite.envs.making import load_object
from sim_suite.errors import UnknownNameError

Family = Literal["on-policy", "off-policy", "search"]


@dataclass(frozen=True)
class Algorithm:
    """One algorithm: where its class is, how it is driven and which part of its policy acts."""

    name: str
    """Registered name of the agent, "sb3-" and the algorithm."""
    target: str
    """`module:Class` of the algorithm."""
    family: Family
    """on-policy: rollout, then update; off-policy: a replay buffer; search: whole episodes with perturbed weights."""
    acting: str
    """Attribute of the policy that maps observations to actions; empty where that is the policy itself."""
    actions: Actions
    """Which action spaces it handles."""
    policies: tuple[str, ...] = ("MlpPolicy", "CnnPolicy")
    """Names of its policy classes, for vectors first, for pixels second."""
    recurrent: bool = False

    def load_class(self) -> Any:
        """The algorithm's class, imported now."""
        return load_object(self.target)

    def policy_class(self, policy: str) -> Any:
        """The policy class that goes by `policy` for this algorithm. Raises `UnknownNameError` for any other name."""
        if policy not in self.policies:
            raise UnknownNameError(f"policy of {self.name}", policy, self.policies)
        return self.load_class().policy_aliases[policy]

    def parameters(self) -> frozenset[str]:
        """Names of the algorithm's hyperparameters: the arguments of its class that a recipe may set."""
        return frozenset(inspect.signature(self.load_class().__init__).parameters) - _NOT_HYPERPARAMETERS

    def policy_parameters(self, policy: str) -> frozenset[str]:
        """Names of the policy's arguments that a recipe or a saved agent may set."""
        return frozenset(inspect.signature(self.policy_class(policy).__init__).parameters) - _NOT_POLICY_PARAMETERS


_NOT_HYPERPARAMETERS = frozenset(
    {
        "self",
        "policy",
        "env",
        "seed",
        "device",
        "verbose",
        "tensorboard_log",
        "stats_window_size",
        "policy_kwargs",
        "action_noise",
        "_init_setup_model",
        "replay_buffer_class",
        "replay_buffer_kwargs",
        "rollout_buffer_class",
        "rollout_buffer_kwargs",
        "optimize_memory_usage",
    }
)
_NOT_POLICY_PARAMETERS = frozenset(
    {
        "self",
        "observation_space",
        "action_space",
        "lr_schedule",
        "optimizer_class",
        "optimizer_kwargs",
    }
)

_TABLE = (
    Algorithm(
        "sb3-a2c",
        "stable_baselines3:A2C",
        "on-policy",
        "",
        "any",
    ),
    Algorithm(
        "sb3-ppo",
        "stable_baselines3:PPO",
        "on-policy",
        "",
        "any",
    ),
    Algorithm(
        "sb3-trpo",
        "sb3_contrib:TRPO",
        "on-policy",
        "",
        "any",
    ),
    Algorithm(
        "sb3-recurrent-ppo",
        "sb3_contrib:RecurrentPPO",
        "on-policy",
        "",
        "any",
        ("MlpLstmPolicy", "CnnLstmPolicy"),
        recurrent=True,
    ),
    Algorithm(
        "sb3-dqn",
        "stable_baselines3:DQN",
        "off-policy",
        "q_net",
        "discrete",
    ),
    Algorithm(
        "sb3-qrdqn",
        "sb3_contrib:QRDQN",
        "off-policy",
        "quantile_net",
        "discrete",
    ),
    Algorithm(
        "sb3-sac",
        "stable_baselines3:SAC",
        "off-policy",
        "actor",
        "continuous",
    ),
    Algorithm(
        "sb3-td3",
        "stable_baselines3:TD3",
        "off-policy",
        "actor",
        "continuous",
    ),
    Algorithm(
        "sb3-ddpg",
        "stable_baselines3:DDPG",
        "off-policy",
        "actor",
        "continuous",
    ),
    Algorithm(
        "sb3-tqc",
        "sb3_contrib:TQC",
        "off-policy",
        "actor",
        "continuous",
    ),
    Algorithm(
        "sb3-ars",
        "sb3_contrib:ARS",
        "search",
        "",
        "any",
        ("MlpPolicy", "LinearPolicy"),
    ),
)

ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType({row.name: row for row in _TABLE})


def algorithm(name: str) -> Algorithm:
    """The row of one algorithm. Raises `UnknownNameError` with the nearest names."""
    try:
        return ALGORITHMS[name]
    except KeyError:
        raise UnknownNameError("Stable-Baselines3 agent", name, ALGORITHMS) from None
