"""What is looked at, and how finely. Source: ours; numbers of the papers where they give some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from sim_suite.errors import SuiteError

Fill = Literal["blur", "grey"]
Instead = Literal["mean", "zero"]
NO_ABLATION: Final = 0
FEWEST_EPISODES: Final = 2
"""Of the ablation: one difference has no interval."""


@dataclass(frozen=True)
class ExplainOptions:
    """Settings of one explanation."""

    seed: int = 0
    """Of the episode that is looked into, 0 or more; the ablation's episodes have this one and those after it."""
    moments: int = 6
    """Steps of the episode that are looked at, spread evenly over it; 1 or more."""
    episodes: int = 10
    """That are played with each part of the network out of action; 0 for none, else 2 or more."""
    outputs: tuple[str, ...] = ()
    """Names of outputs; empty for the chosen one of a choice, or for the numbers of a continuous action."""
    smooth: int = 50
    """Noisy copies that a gradient is averaged over (Smilkov et al. 2017 see little gain beyond 50); 0 for the plain gradient."""
    noise: float = 0.1
    """Their noise, a share of the input's range above 0; 0.1 to 0.2 in Smilkov et al. 2017, figure 3."""
    patch: int = 8
    """Side of the square that hides a part of a picture, pixels; 1 or more."""
    stride: int = 4
    """From one place of it to the next, pixels; 1 to `patch`."""
    fill: Fill = "blur"
    """What the square shows: the picture blurred, which brings in no new edge, or grey (Zeiler & Fergus 2014)."""
    instead: Instead = "mean"
    """What stands in place of an activation: its mean over the episode, or zero."""
    groups: int = 4
    """Parts into which the channels of each layer are cut, each put out of action by itself; 1 or more. In a chain of layers 1 says
    nothing of each: with any whole layer out of action no more is known of the input, and the action is always the same."""

    def __post_init__(self) -> None:
        for name, least in (("seed", 0), ("moments", 1), ("episodes", 0), ("smooth", 0), ("patch", 1), ("groups", 1)):
            if getattr(self, name) < least:
                raise SuiteError(f"{name} must be {least} or more, not {getattr(self, name)}.")
        if self.episodes not in (NO_ABLATION, *range(FEWEST_EPISODES, self.episodes + 1)):
            raise SuiteError(
                f"episodes must be {FEWEST_EPISODES} or more, not {self.episodes}: one has no interval. Write 0 for no ablation."
            )
        if not 0.0 < self.noise <= 1.0:
            raise SuiteError(f"noise is a share of the input's range, above 0 and at most 1, not {self.noise}.")
        if not 1 <= self.stride <= self.patch:
            raise SuiteError(
                f"stride must lie in 1 to {self.patch}, the patch's side, not be {self.stride}: else pixels are left out."
            )
        if self.fill not in get_args(Fill) or self.instead not in get_args(Instead):
            raise SuiteError(
                f"fill is blur or grey and instead is mean or zero, not {self.fill!r} and {self.instead!r}."
            )
