"""How each policy-gradient agent is trained, by its registered name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from agents.learner import Method
from agents.policy_gradient.config import (
    A2cConfig,
    ActorCriticConfig,
    BaselineConfig,
    PolicyConfig,
    PpoConfig,
    ReinforceConfig,
)
from agents.policy_gradient.learner import PolicyLearner

_CONFIGS: Final[Mapping[str, type[PolicyConfig]]] = {
    "reinforce": ReinforceConfig,
    "reinforce-baseline": BaselineConfig,
    "actor-critic": ActorCriticConfig,
    "a2c": A2cConfig,
    "ppo": PpoConfig,
}

METHODS: Mapping[str, Method] = MappingProxyType(
    {name: Method(partial(PolicyLearner, name), config) for name, config in _CONFIGS.items()}
)
