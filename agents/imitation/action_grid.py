"""A finite choice of actions, and the nearest one to any: how continuous driving becomes classes. Source: ours.

A grid has axes; an axis covers some columns of the action and lists the points that they may take together. The textbook's grid is
one axis with nine points (left, straight, right by gas, nothing, brake). The fine one has two axes, wheel and pedals, so that the
network learns 25 + 9 classes in place of 225.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

Array = NDArray[Any]
GRIDS: Final = ("fine", "finer", "textbook")
_WHEEL: Final = (0.012, 0.03, 0.05, 0.075, 0.1, 0.13, 0.17, 0.22, 0.3, 0.4, 0.6, 1.0)
"""Distances of the wheel from the middle: near each other where CarRacing's expert holds it (nine tenths below 0.16)."""
_FINE_WHEEL: Final = (*(-x for x in reversed(_WHEEL)), 0.0, *_WHEEL)
_FINE_PEDALS: Final = (
    (0.0, 0.9), (0.0, 0.6), (0.0, 0.35), (0.0, 0.15), (0.0, 0.0), (0.25, 0.0), (0.5, 0.0), (0.75, 0.0), (1.0, 0.0),
)  # fmt: skip
_FINER_PEDALS: Final = (
    (0.0, 0.9), (0.0, 0.6), (0.0, 0.35), (0.0, 0.2), (0.0, 0.1), (0.0, 0.0), (0.04, 0.0), (0.12, 0.0), (0.25, 0.0), (0.4, 0.0),
    (0.6, 0.0), (0.8, 0.0), (1.0, 0.0),
)  # fmt: skip
"""Of what CarRacing's expert says in states that clones get into, 7 % is gas of 0.03 to 0.06: what sets a standing car in motion on grass.
The nearest of `_FINE_PEDALS` is no gas at all, and a clone that stands there stands for ever."""
_LEVELS: Final = 9
"""Points of each column of an action space that is none of the two below."""


@dataclass(frozen=True)
class Axis:
    """Columns of the action that are chosen together, and the points they may take, in an order in which neighbours are alike."""

    columns: tuple[int, ...]
    points: tuple[tuple[float, ...], ...]
    """[K][len(columns)]"""


@dataclass(frozen=True)
class ActionGrid:
    """All actions of a policy that chooses among classes."""

    axes: tuple[Axis, ...]
    whole: bool = False
    """The action is one whole number, not a row of floats."""

    def __post_init__(self) -> None:
        columns = sorted(column for axis in self.axes for column in axis.columns)
        if columns != list(range(len(columns))) or not columns:
            raise SuiteError(f"the axes of a grid cover each column of the action once, not the columns {columns}.")
        for axis in self.axes:
            if not axis.points or any(len(point) != len(axis.columns) for point in axis.points):
                raise SuiteError(
                    f"an axis has points with a number for each of its columns {axis.columns}, not {axis.points}."
                )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Classes of each axis."""
        return tuple(len(axis.points) for axis in self.axes)

    def labels(self, actions: Array) -> NDArray[np.int64]:
        """The nearest point on each axis, [n, axes], for actions [n, A] (or [n] whole numbers). The first of equally near ones."""
        rows = np.asarray(actions, np.float64).reshape(len(actions), -1)
        found = np.empty((len(rows), len(self.axes)), np.int64)
        for k, axis in enumerate(self.axes):
            away = rows[:, None, list(axis.columns)] - np.asarray(axis.points)[None]
            found[:, k] = (away**2).sum(axis=2).argmin(axis=1)
        return found

    def actions(self, labels: Array) -> Array:
        """The actions of classes [n, axes]: [n, A] float32, or [n] int64."""
        return self._joined([np.asarray(axis.points)[labels[:, k]] for k, axis in enumerate(self.axes)])

    def means(self, shares: Sequence[Array]) -> Array:
        """Actions weighed by shares [n, K] of each axis, [n, A] float32. Raises `SuiteError` for a grid of whole numbers."""
        if self.whole:
            raise SuiteError("whole numbers have no mean: choose act = 'likeliest'.")
        return self._joined([share @ np.asarray(axis.points) for share, axis in zip(shares, self.axes, strict=True)])

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        axes = [{"columns": list(axis.columns), "points": [list(point) for point in axis.points]} for axis in self.axes]
        return {"axes": axes, "whole": self.whole}

    @staticmethod
    def from_dict(data: dict[str, Any]) -> ActionGrid:
        """The inverse of `to_dict`."""
        axes = tuple(Axis(tuple(axis["columns"]), tuple(map(tuple, axis["points"]))) for axis in data["axes"])
        return ActionGrid(axes, bool(data["whole"]))

    def _joined(self, parts: Sequence[Array]) -> Array:
        out = np.empty((len(parts[0]), sum(len(axis.columns) for axis in self.axes)), np.float32)
        for part, axis in zip(parts, self.axes, strict=True):
            out[:, list(axis.columns)] = part
        return out[:, 0].astype(np.int64) if self.whole else out


def grid_for(space: gym.Space[Any], name: str) -> ActionGrid:
    """The grid of that name over an action space. Raises `SuiteError` where there is none.

    fine: one axis for the wheel, one for the pedals; finer: more of the pedals near their rest; textbook: nine actions on one axis. A
    space of whole numbers is its own grid.
    """
    if isinstance(space, gym.spaces.Discrete):
        return ActionGrid((Axis((0,), tuple((float(space.start + k),) for k in range(int(space.n)))),), whole=True)
    if not isinstance(space, gym.spaces.Box) or len(space.shape) != 1 or not np.isfinite([space.low, space.high]).all():
        raise SuiteError(
            f"behaviour cloning chooses among actions of a bounded row of floats or a whole number, not {space}."
        )
    low, high = space.low.tolist(), space.high.tolist()
    if (low, high) == ([-1.0, 0.0, 0.0], [1.0, 1.0, 1.0]):  # CarRacing: wheel, gas, brake
        return (
            _textbook(pedals=((0.0, 0.5), (0.0, 0.0), (0.5, 0.0))) if name == "textbook" else _car_racing(_PEDALS[name])
        )
    if (low, high) == ([-1.0, -1.0], [1.0, 1.0]):  # driving: wheel, drive
        return _textbook(pedals=((-0.5,), (0.0,), (0.5,))) if name == "textbook" else _driving(_PEDALS[name])
    if name == "textbook":
        raise SuiteError(f"the textbook's grid is for CarRacing and the driving environments, not for {space}.")
    levels = [np.linspace(a, b, _LEVELS).tolist() for a, b in zip(low, high, strict=True)]
    return ActionGrid(tuple(Axis((column,), tuple((x,) for x in points)) for column, points in enumerate(levels)))


_PEDALS: Final = {"fine": _FINE_PEDALS, "finer": _FINER_PEDALS}


def _car_racing(pedals: tuple[tuple[float, float], ...]) -> ActionGrid:
    return ActionGrid((Axis((0,), tuple((x,) for x in _FINE_WHEEL)), Axis((1, 2), pedals)))


def _driving(pedals: tuple[tuple[float, float], ...]) -> ActionGrid:
    drive = tuple((gas - brake,) for gas, brake in pedals)
    return ActionGrid((Axis((0,), tuple((x,) for x in _FINE_WHEEL)), Axis((1,), drive)))


def _textbook(pedals: tuple[tuple[float, ...], ...]) -> ActionGrid:
    points = tuple((wheel, *pedal) for wheel in (-1.0, 0.0, 1.0) for pedal in pedals)
    return ActionGrid((Axis(tuple(range(len(points[0]))), points),))
