"""How each policy-gradient agent is trained, by its registered name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from agents.learner import Method
from agents.policy_gradient.ascent import Update
from agents.policy_gradient.config import (
    A2cConfig,
    ActorCriticConfig,
    BaselineConfig,
    PolicyConfig,
    PpoConfig,
    ReinforceConfig,
    TrpoConfig,
)
from agents.policy_gradient.learner import PolicyLearner
from agents.policy_gradient.ppo import clipped_epochs
from agents.policy_gradient.recurrent.config import RecurrentPpoConfig
from agents.policy_gradient.recurrent.learner import RecurrentLearner
from agents.policy_gradient.recurrent.sequences import recurrent_epochs
from agents.policy_gradient.single_step import single_step
from agents.policy_gradient.trpo import trust_region_round

_TABLE: Final[Mapping[str, tuple[type[PolicyLearner], type[PolicyConfig], Update]]] = {
    "reinforce": (PolicyLearner, ReinforceConfig, single_step),
    "reinforce-baseline": (PolicyLearner, BaselineConfig, single_step),
    "actor-critic": (PolicyLearner, ActorCriticConfig, single_step),
    "a2c": (PolicyLearner, A2cConfig, single_step),
    "ppo": (PolicyLearner, PpoConfig, clipped_epochs),
    "recurrent-ppo": (RecurrentLearner, RecurrentPpoConfig, recurrent_epochs),
    "trpo": (PolicyLearner, TrpoConfig, trust_region_round),
}

METHODS: Mapping[str, Method] = MappingProxyType(
    {name: Method(partial(learner, name, update), config) for name, (learner, config, update) in _TABLE.items()}
)
