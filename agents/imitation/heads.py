"""From a network's raw outputs to actions, and the loss against recorded ones. Three ways, by name.

classes: weighted cross-entropy on each axis of a grid (the textbook's way).
regression: mean squared error on the action itself (Bojarski et al. 2016, arXiv:1604.07316).
hill: squared error against a hill of activation around the right unit; the action is the hill's centre of mass (Pomerleau 1989).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from agents.imitation.action_grid import ActionGrid
from agents.imitation.loading import class_weights
from sim_suite.errors import SuiteError

Array = NDArray[Any]
HeadName = Literal["classes", "regression", "hill"]
Act = Literal["likeliest", "mean"]
HILL: Final = (1.0, 0.89, 0.61, 0.32, 0.10)
"""Activation wanted of the right unit and of those one to four beside it; Pomerleau 1989, section 3."""


class Head(Protocol):
    """What a network's outputs mean."""

    outputs: int
    """How many there are."""

    def targets(self, actions: Array) -> Tensor:
        """What is to be learned of recorded actions [n, A] (or [n] whole numbers)."""

    def loss(self, raw: Tensor, targets: Tensor) -> Tensor:
        """Scalar, of raw outputs [n, outputs] float32."""

    def act(self, raw: Tensor, dice: torch.Generator | None) -> Array:
        """Actions [n, A] (or [n]). dice: draw at random, where the head knows how likely each action is; None: do not."""


class ClassesHead:
    """One choice on each axis of a grid."""

    def __init__(self, grid: ActionGrid, act: Act, weights: Sequence[Tensor] | None = None) -> None:
        """act: the likeliest class, or the mean of all by their shares; weights: [K] float32 of each axis, for the loss."""
        if act == "mean" and grid.whole:
            raise SuiteError("whole numbers have no mean: choose act = 'likeliest'.")
        self._grid, self._act, self._weights = grid, act, weights
        self.outputs = sum(grid.sizes)

    def targets(self, actions: Array) -> Tensor:
        """Classes [n, axes] int64."""
        return torch.from_numpy(self._grid.labels(actions))

    def loss(self, raw: Tensor, targets: Tensor) -> Tensor:
        """Sum over axes of the cross-entropy, each a mean in which a step weighs as its class does."""
        weights = [None] * len(self._grid.axes) if self._weights is None else self._weights
        parts = zip(torch.split(raw, list(self._grid.sizes), dim=1), targets.unbind(1), weights, strict=True)
        return torch.stack([functional.cross_entropy(scores, labels, weight) for scores, labels, weight in parts]).sum()

    def act(self, raw: Tensor, dice: torch.Generator | None) -> Array:
        """The likeliest or mean action; with dice, classes drawn by their shares."""
        scores = torch.split(raw, list(self._grid.sizes), dim=1)
        if dice is None and self._act == "mean":
            return self._grid.means([part.softmax(dim=1).double().numpy() for part in scores])
        if dice is None:
            chosen = [part.argmax(dim=1) for part in scores]
        else:
            chosen = [torch.multinomial(part.softmax(dim=1), 1, generator=dice)[:, 0] for part in scores]
        return self._grid.actions(torch.stack(chosen, dim=1).numpy())


class RegressionHead:
    """The action itself."""

    def __init__(self, low: Array, high: Array) -> None:
        """low, high: [A] bounds of the action space."""
        self._low, self._high = low, high
        self.outputs = len(low)

    def targets(self, actions: Array) -> Tensor:
        """[n, A] float32."""
        return torch.from_numpy(np.asarray(actions, np.float32))

    def loss(self, raw: Tensor, targets: Tensor) -> Tensor:
        """Mean squared error over steps and columns."""
        return functional.mse_loss(raw, targets)

    def act(self, raw: Tensor, dice: torch.Generator | None) -> Array:
        """Clipped to the bounds."""
        return raw.numpy().clip(self._low, self._high).astype(np.float32)


class HillHead:
    """A unit for each point of the grid's axes, squashed to 0..1."""

    def __init__(self, grid: ActionGrid) -> None:
        """Raises `SuiteError` for whole numbers, whose neighbours are not alike."""
        if grid.whole:
            raise SuiteError(
                "head = 'hill' needs actions whose neighbours are alike; choose 'classes' for whole numbers."
            )
        self._grid = grid
        self.outputs = sum(grid.sizes)

    def targets(self, actions: Array) -> Tensor:
        """[n, outputs] float32: hills around the nearest points."""
        labels = self._grid.labels(actions)
        hills = [_hill(labels[:, k], size) for k, size in enumerate(self._grid.sizes)]
        return torch.from_numpy(np.concatenate(hills, axis=1))

    def loss(self, raw: Tensor, targets: Tensor) -> Tensor:
        """Mean squared error over steps and units."""
        return functional.mse_loss(raw.sigmoid(), targets)

    def act(self, raw: Tensor, dice: torch.Generator | None) -> Array:
        """The centre of mass around the highest unit, as far as a hill reaches and as far on one side as on the other.

        At an end of the axis half a hill is missing; its centre of mass would lie inside, and full gas could never be asked for.
        """
        parts = torch.split(raw, list(self._grid.sizes), dim=1)
        shares = [hill_shares(part).numpy() for part in parts]
        return self._grid.means(shares)


def hill_shares(units: Tensor) -> Tensor:
    """Shares [n, K] float64 that weigh an axis's points, of its raw units [n, K], with a gradient; see `HillHead.act`."""
    activations = units.sigmoid().double()
    highest = activations.argmax(dim=1)
    last = activations.shape[1] - 1
    reach = torch.minimum(highest, last - highest).clamp(max=len(HILL) - 1)
    near = (torch.arange(last + 1, device=units.device) - highest[:, None]).abs() <= reach[:, None]
    weighed = activations * near
    return weighed / weighed.sum(dim=1, keepdim=True)


def balanced(grid: ActionGrid, actions: Array, power: float) -> list[Tensor]:
    """Weights [K] float32 of each axis's classes: as if all occurred alike (power 1) or as they are (0); power lies between.

    Scaled so that the weights of all steps have mean 1 before the power is taken.
    """
    labels = grid.labels(actions)
    found = []
    for k, size in enumerate(grid.sizes):
        weights = class_weights(labels[:, k], size)
        found.append(torch.from_numpy(np.where(weights > 0, weights**power, 0).astype(np.float32)))
    return found


def _hill(labels: NDArray[np.int64], size: int) -> Array:
    """[n, size] float32"""
    away = np.abs(np.arange(size) - labels[:, None])
    hills: Array = np.asarray((*HILL, 0.0), np.float32)[np.minimum(away, len(HILL))]
    return hills
