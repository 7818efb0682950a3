"""How AlphaZero is trained, by its registered name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agents.alphazero.config import AlphaZeroConfig
from agents.alphazero.learner import AlphaZeroLearner
from agents.learner import Method

METHODS: Mapping[str, Method] = MappingProxyType({"alphazero": Method(AlphaZeroLearner, AlphaZeroConfig)})
