"""How each Stable-Baselines3 agent is trained, by its registered name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from agents.learner import Method
from agents.sb3.algorithms import ALGORITHMS
from agents.sb3.config import Sb3Config
from agents.sb3.learner import Sb3Learner

METHODS: Mapping[str, Method] = MappingProxyType(
    {name: Method(partial(Sb3Learner, row), Sb3Config) for name, row in ALGORITHMS.items()}
)
