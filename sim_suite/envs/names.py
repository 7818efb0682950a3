"""What the inputs and actions of the suite's environments are called. Sources: Gymnasium's pages; the catalogue's keys."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import gymnasium as gym
import numpy as np

from sim_suite.envs.catalog import EnvCard

_INPUTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "CartPole-v1": ("cart position", "cart velocity", "pole angle", "pole angular velocity"),
        "MountainCarContinuous-v0": ("position", "velocity"),
        "Pendulum-v1": ("cos angle", "sin angle", "angular velocity"),
    }
)
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"MountainCarContinuous-v0": ("force",), "Pendulum-v1": ("torque",)}
)
_COLUMNS_OF_FAMILY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"car racing": ("steer", "gas", "brake"), "driving": ("steer", "drive")}
)


def action_names(card: EnvCard, space: gym.Space[Any]) -> tuple[str, ...]:
    """Of the choices of a `Discrete` space (by the keys that play them), or of the columns of a `Box`; numbers where nothing is known."""
    if isinstance(space, gym.spaces.Discrete):
        keys = {number: key for key, number in card.keys.items()}
        if card.do_nothing not in keys and isinstance(card.do_nothing, int):
            keys[card.do_nothing] = "do nothing"
        return tuple(keys.get(k, f"action {k}") for k in range(int(space.n)))
    count = int(np.prod(space.shape or ()))
    known = _COLUMNS.get(card.id, _COLUMNS_OF_FAMILY.get(card.family, ()))
    return known if len(known) == count else tuple(f"action {k}" for k in range(count))


def input_names(card: EnvCard, space: gym.Space[Any], count: int) -> tuple[str, ...]:
    """Of the numbers that a network is shown of a vector, or of the places of a one-hot code."""
    if isinstance(space, gym.spaces.Discrete):
        return tuple(f"state {k}" for k in range(count))
    known = _INPUTS.get(card.id, ())
    return known if len(known) == count else tuple(f"input {k}" for k in range(count))
