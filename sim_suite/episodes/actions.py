"""What actions are called, and into which classes they fall: for histograms, and to thin out what is done too often. Source: ours.

Cars have nine classes: to the left, straight or to the right; accelerating, rolling or braking. Numbered actions are classes themselves.
Other continuous actions are cut into thirds of their range, number by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from sim_suite.envs.space_json import space_from_json
from sim_suite.episodes.store.facts import Head
from sim_suite.errors import SuiteError

Array = NDArray[Any]
STEERS: Final = 0.05
"""Steering below this share of the largest is straight on."""
PEDALS: Final = 0.05
"""A pedal below this is not pressed."""
MOST_CLASSES: Final = 256
_STEER: Final = ("left", "straight", "right")
_PEDAL: Final = ("accelerate", "roll", "brake")
CAR: Final = tuple(f"{steer}, {pedal}" for steer in _STEER for pedal in _PEDAL)
"""Classes of continuous actions at a wheel."""
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {"car": ("steer", "gas", "brake"), "driving": ("steer", "drive")}
_CAR_RACING_NUMBERED: Final = ("do nothing", "right", "left", "accelerate", "brake")
"""CarRacing's numbered actions."""


@dataclass(frozen=True)
class Actions:
    """The actions of one environment."""

    names: tuple[str, ...]
    """Of the numbers of an action; of numbered actions one name."""
    low: tuple[float, ...]
    """Of each number; infinite where it has no bound."""
    high: tuple[float, ...]
    classes: tuple[str, ...]
    """Names of the classes; empty where there are too many."""
    kind: str
    """car, driving, numbered or numbers: how `classify` works."""

    def classify(self, actions: Array) -> NDArray[np.int64]:
        """[n, ...] actions to [n] numbers of classes. Raises `SuiteError` where there are no classes."""
        if not self.classes:
            raise SuiteError(f"actions of {len(self.names)} numbers fall into more than {MOST_CLASSES} classes.")
        if self.kind == "numbered":
            return actions.astype(np.int64).reshape(len(actions))
        values = np.asarray(actions, np.float64).reshape(len(actions), -1)
        if self.kind in ("car", "driving"):
            return _car_classes(values, self.kind)
        number = np.zeros(len(values), np.int64)
        for k, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            third = np.clip(np.floor(3.0 * (values[:, k] - low) / (high - low)), 0, 2)
            number = 3 * number + third.astype(np.int64)
        return number


def actions_of(head: Head) -> Actions:
    """The actions of an episode's environment."""
    space = space_from_json(dict(head.action_space))
    if isinstance(space, spaces.Discrete):
        n = int(space.n)
        named = head.env.id.startswith(("sim_suite/CarRacing", "CarRacing")) and n == len(_CAR_RACING_NUMBERED)
        classes = _CAR_RACING_NUMBERED if named else tuple(str(k) for k in range(n))
        return Actions(("action",), (0.0,), (n - 1.0,), classes, "numbered")
    low, high = _bounds(space)
    count = len(low)
    kind = _kind(head, count)
    names = _NAMES.get(kind, tuple(f"action {k}" for k in range(count)))
    if kind in ("car", "driving"):
        return Actions(names, low, high, CAR, kind)
    bounded = all(np.isfinite([*low, *high])) and 3**count <= MOST_CLASSES
    return Actions(names, low, high, _thirds(count) if bounded else (), kind)


def _bounds(space: spaces.Space[Any]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if isinstance(space, spaces.Box):
        return tuple(map(float, space.low.ravel())), tuple(map(float, space.high.ravel()))
    if isinstance(space, spaces.MultiDiscrete):
        return (0.0,) * space.nvec.size, tuple(float(n - 1) for n in space.nvec.ravel())
    size = int(np.prod(space.shape or (1,)))
    return (0.0,) * size, (1.0,) * size


def _kind(head: Head, numbers: int) -> str:
    """Wheels are known by the environment: CarRacing's steers to the right, driving's to the left."""
    if "CarRacing" in head.env.id and numbers == 3:
        return "car"
    if head.observation_space is None and numbers == 2:
        return "driving"
    return "numbers"


def _car_classes(values: NDArray[np.float64], kind: str) -> NDArray[np.int64]:
    """values: [n, 3] steer (right positive), gas, brake of CarRacing; [n, 2] steer (left positive), drive of driving."""
    left = -values[:, 0] if kind == "car" else values[:, 0]
    drive = values[:, 1] - values[:, 2] if kind == "car" else values[:, 1]
    steer = np.where(left > STEERS, 0, np.where(left < -STEERS, 2, 1))
    pedal = np.where(drive > PEDALS, 0, np.where(drive < -PEDALS, 2, 1))
    found: NDArray[np.int64] = 3 * steer + pedal
    return found


def _thirds(count: int) -> tuple[str, ...]:
    names = [""]
    for _ in range(count):
        names = [f"{name}, {third}" if name else third for name in names for third in ("low", "middle", "high")]
    return tuple(names)
