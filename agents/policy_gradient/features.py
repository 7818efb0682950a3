"""Fixed features of scaled observations: with them a linear policy can be a rich one, and learns more surely than a deep one.

Sources: Rahimi and Recht 2007, "Random features for large-scale kernel machines"; Sutton and Barto 2018, section 9.5.5; Hinton and
Salakhutdinov 2006 (Science 313) for autoencoders.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from agents.policy_gradient.options import FeatureOptions
from sim_suite.errors import SuiteError

MOST: Final = 4096
"""Bumps of a grid; more would make a network of them slower than one that learns its features."""
_BETWEEN: Final = 64
"""Units between observation and features of an autoencoder."""
_STEPS, _BATCH, _RATE = 400, 256, 5e-3
"""How an autoencoder is trained: Adam's steps, states in each, step size. On MountainCarContinuous-v0 its error no longer falls then."""


def features_of(options: FeatureOptions, width: int) -> tuple[nn.Module, int]:
    """The features of observations [B, width], and how many there are. Random ones come from torch's global generator."""
    if options.kind == "fourier":
        return RandomFourier(width, options.gammas, options.count), len(options.gammas) * options.count
    if options.kind == "radial":
        return RadialBasis(width, options.grid, options.reach), options.grid**width
    if options.kind == "autoencoder":
        return StateEncoder(width, options.count), options.count
    return nn.Identity(), width


class RandomFourier(nn.Module):
    """sqrt(2 / D) cos(w x + b) with w drawn from a normal of variance 2 gamma, b from 0..2 pi: products of features of two states are about
    exp(-gamma |x - y|^2). Rahimi and Recht 2007, algorithm 1, for each gamma."""

    weights: Tensor
    phases: Tensor

    def __init__(self, width: int, gammas: tuple[float, ...], count: int) -> None:
        """count: D, features of each gamma."""
        super().__init__()
        spreads = torch.tensor(gammas).repeat_interleave(count).mul(2).sqrt()
        self.register_buffer("weights", torch.randn(width, len(spreads)) * spreads)
        self.register_buffer("phases", torch.rand(len(spreads)) * (2 * math.pi))
        self.height = math.sqrt(2 / count)

    def forward(self, scaled: Tensor) -> Tensor:
        """[B, width] -> [B, len(gammas) * count] float32."""
        return torch.addmm(self.phases, scaled, self.weights).cos() * self.height


class RadialBasis(nn.Module):
    """exp(-|x - c|^2 / (2 w^2)) for centres c on a grid, w being the distance of neighbours."""

    centres: Tensor

    def __init__(self, width: int, grid: int, reach: float) -> None:
        """Raises `SuiteError` where the grid has too many points."""
        super().__init__()
        if grid**width > MOST:
            raise SuiteError(
                f"{grid} bumps along each of {width} components are {grid**width}, more than {MOST}. Take fourier features."
            )
        along = torch.linspace(-reach, reach, grid)
        self.register_buffer("centres", torch.cartesian_prod(*[along] * width).reshape(-1, width))
        self.width = 2 * reach / (grid - 1)

    def forward(self, scaled: Tensor) -> Tensor:
        """[B, width] -> [B, grid^width] float32."""
        squares = (scaled[:, None, :] - self.centres).square().sum(dim=2)
        return (-squares / (2 * self.width**2)).exp()


class StateEncoder(nn.Module):
    """The first half of an autoencoder; only `fit` changes it."""

    def __init__(self, width: int, count: int) -> None:
        """count: features."""
        super().__init__()
        self._count = count
        self.inner, self.outer = nn.Linear(width, _BETWEEN), nn.Linear(_BETWEEN, count)
        self.requires_grad_(False)

    def forward(self, scaled: Tensor) -> Tensor:
        """[B, width] -> [B, count] float32 in -1..1."""
        return self.outer(self.inner(scaled).tanh()).tanh()  # type: ignore[no-any-return]  # torch says Any of a call

    def fit(self, scale: nn.Module, low: Tensor, high: Tensor, rng: np.random.Generator) -> float:
        """Learn to keep what states are, drawn evenly between `low` and `high` [width] and scaled; returns the last mean squared error.

        The second half's weights come from torch's global generator, the states from `rng`.
        """
        width = len(low)
        back = nn.Sequential(nn.Linear(self._count, _BETWEEN), nn.Tanh(), nn.Linear(_BETWEEN, width)).to(low.device)
        self.requires_grad_(True)
        optimizer = torch.optim.Adam([*self.parameters(), *back.parameters()], _RATE)
        error = torch.zeros(())
        for _ in range(_STEPS):
            states = low + (high - low) * torch.from_numpy(rng.random((_BATCH, width), np.float32)).to(low.device)
            shown = scale(states)
            error = (back(self(shown)) - shown).square().mean()
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
        self.requires_grad_(False)
        return float(error.detach())
