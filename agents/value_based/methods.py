"""How each value-based agent is trained, by its registered name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from agents.learner import Method
from agents.value_based.config import DqnConfig, PqnConfig
from agents.value_based.learner import DqnLearner
from agents.value_based.pqn_learner import PqnLearner

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "dqn": Method(partial(DqnLearner, "dqn", False), DqnConfig),
        "ddqn": Method(partial(DqnLearner, "ddqn", True), DqnConfig),
        "pqn": Method(PqnLearner, PqnConfig),
    }
)
