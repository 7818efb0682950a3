"""What an agent scores with a part of its network out of action, on the same seeds as with all of it. Source: ours; after Meyes et al.
2019 (arXiv:1901.08644). Differences are paired by seed; their interval is the leaderboard's bootstrap of a mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from sim_suite.leaderboard.statistics import Interval, interval
from sim_suite.studies.explain.layers import Layer, parts, put_out


@dataclass(frozen=True)
class Loss:
    """One part of the network, and what the agent scores without it."""

    layer: Layer
    channels: range
    """Those out of action."""
    whole: tuple[float, ...]
    """Returns of the whole network, by seed."""
    returns: tuple[float, ...]
    """Returns without these channels, by seed."""
    change: Interval
    """Mean difference, seed by seed."""

    @property
    def differences(self) -> NDArray[np.float64]:
        """[seeds] without this part minus with it."""
        return np.asarray(self.returns, np.float64) - np.asarray(self.whole, np.float64)

    @property
    def name(self) -> str:
        """For a row of a table."""
        if len(self.channels) == self.layer.channels:
            return self.layer.name
        first, last = self.channels.start, self.channels.stop - 1
        return f"{self.layer.name}: {first}" if first == last else f"{self.layer.name}: {first}–{last}"


@dataclass(frozen=True)
class Ablation:
    """All parts."""

    seeds: tuple[int, ...]
    whole: tuple[float, ...]
    """Returns with nothing out of action, by seed."""
    losses: tuple[Loss, ...]


def ablate(
    play: Callable[[int], float],
    layers: Sequence[Layer],
    instead: Sequence[Tensor],
    seeds: Sequence[int],
    groups: int,
    played: Callable[[], None],
) -> Ablation:
    """Play the seeds with the whole network, and again without each part.

    play: seed -> return, by the agent whose layers these are; instead: of each layer, what stands in its place; played: called after
    each episode. There are `episodes_of` of them.
    """

    def returns() -> tuple[float, ...]:
        found = []
        for seed in seeds:
            found.append(play(seed))
            played()
        return tuple(found)

    whole = returns()
    losses = []
    for layer, value in zip(layers, instead, strict=True):
        for channels in parts(layer.channels, groups):
            with put_out(layer, channels, value):
                without = returns()
            change = interval((np.asarray(without) - np.asarray(whole))[None], "mean", seed=seeds[0])
            losses.append(Loss(layer, channels, whole, without, change))
    return Ablation(tuple(seeds), whole, tuple(losses))


def episodes_of(layers: Sequence[Layer], seeds: int, groups: int) -> int:
    """How many episodes `ablate` plays."""
    return seeds * (1 + sum(len(parts(layer.channels, groups)) for layer in layers))
