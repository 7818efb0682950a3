"""How a policy's network is built, as a recipe says it and a checkpoint keeps it; checked once, before anything is built."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside, refuse_unknown

Scaling = Literal["none", "bounds", "fixed", "running"]
Features = Literal["none", "fourier", "radial", "autoencoder"]
Activation = Literal["tanh", "relu"]
Deviating = Literal["free", "state", "noise"]
CriticMemory = Literal["own", "shared", "none"]
DEVIATING: Final[tuple[Deviating, ...]] = get_args(Deviating)
SCALINGS: Final[tuple[Scaling, ...]] = get_args(Scaling)
FEATURES: Final[tuple[Features, ...]] = get_args(Features)
ACTIVATIONS: Final[tuple[Activation, ...]] = get_args(Activation)
CRITIC_MEMORIES: Final[tuple[CriticMemory, ...]] = get_args(CriticMemory)


@dataclass(frozen=True)
class ScaleOptions:
    """How components of an observation are brought to about -1..1: (observation - centre) / spread."""

    kind: Scaling = "none"
    """bounds: from the middle and half the width of the observation space; fixed: by `centre` and `spread`; running: by the mean and the
    deviation of what was seen in training."""
    centre: tuple[float, ...] = ()
    """fixed only: one a component."""
    spread: tuple[float, ...] = ()
    """fixed only: one a component, above 0."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre", tuple(self.centre))
        object.__setattr__(self, "spread", tuple(self.spread))
        refuse_unknown("kind of scale", (self.kind,), SCALINGS)
        given = len(self.centre), len(self.spread)
        if given != (0, 0) and self.kind != "fixed":
            raise SuiteError(f"centre and spread belong to a scale of kind 'fixed', not {self.kind!r}.")
        if self.kind == "fixed" and (given[0] != given[1] or given[0] == 0 or min(self.spread) <= 0):
            raise SuiteError(
                f"a fixed scale needs a centre and a spread above 0 for each component, not {self.centre} and {self.spread}."
            )


@dataclass(frozen=True)
class FeatureOptions:
    """What is made of a scaled observation before the network learns from it; itself it is not learned with the policy."""

    kind: Features = "none"
    """fourier: random Fourier features (Rahimi and Recht 2007); radial: a grid of Gaussian bumps (Sutton and Barto 2018, section 9.5.5);
    autoencoder: what an autoencoder keeps of random states, trained before the policy."""
    count: int = 100
    """fourier: features of each bandwidth; autoencoder: features in all."""
    gammas: tuple[float, ...] = (5.0, 2.0, 1.0, 0.5)
    """fourier: of each bandwidth the gamma of the kernel exp(-gamma |x - y|^2), above 0. Those of D. Britz's "reinforcement-learning" for
    MountainCar (FA/Q-Learning with Value Function Approximation)."""
    grid: int = 8
    """radial: bumps along each component, 2 or more; their width is the distance between two."""
    reach: float = 2.0
    """radial: the grid's end to either side, in units of the scaled observation, above 0."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "gammas", tuple(self.gammas))
        refuse_unknown("kind of features", (self.kind,), FEATURES)
        refuse_less(self, {"count": 1, "grid": 2})
        refuse_outside(self, "reach", 0.0, math.inf, open_below=True)
        if not self.gammas or min(self.gammas) <= 0:
            raise SuiteError(f"gammas must be one or more numbers above 0, not {list(self.gammas)}.")


@dataclass(frozen=True)
class DeviationOptions:
    """The standard deviation of a continuous policy, in units of half the action's range."""

    initial: float = 1.0
    """At the beginning of training, above `smallest`."""
    smallest: float = 1e-3
    """It never falls below this, above 0: softplus(x) + smallest."""
    kind: Deviating = "free"
    """free: one number for each component of the action; state: a linear function of the features; noise: that of noise which is itself a
    function of the features, by weights that are drawn and held (gSDE, Raffin et al. 2021, arXiv:2005.05719); `initial` of each."""

    def __post_init__(self) -> None:
        refuse_unknown("kind of deviation", (self.kind,), DEVIATING)
        refuse_outside(self, "smallest", 0.0, 1.0, open_below=True)
        refuse_outside(self, "initial", self.smallest, 100.0, open_below=True)


@dataclass(frozen=True)
class NetworkOptions:
    """From observations to what a policy says, and to what a state is worth."""

    hidden: tuple[int, ...] = (64, 64)
    """Widths of the dense layers, of policy and of value apart; none: both are linear. Schulman et al. 2017: 64, 64."""
    activation: Activation = "tanh"
    """Nonlinearity of the dense layers: tanh (Schulman et al. 2017) or relu."""
    scale: ScaleOptions = field(default_factory=ScaleOptions)
    """How observations are scaled first."""
    features: FeatureOptions = field(default_factory=FeatureOptions)
    """What is made of them then."""
    deviation: DeviationOptions = field(default_factory=DeviationOptions)
    """How widely continuous actions are drawn."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", tuple(self.hidden))
        refuse_unknown("activation", (self.activation,), ACTIVATIONS)
        if any(width < 1 for width in self.hidden):
            raise SuiteError(f"hidden must hold positive widths, not {list(self.hidden)}.")
        if self.features.kind == "autoencoder" and self.scale.kind == "running":
            raise SuiteError(
                "an autoencoder is trained before anything was seen to scale by: set scale.kind to 'bounds' or 'fixed'."
            )


@dataclass(frozen=True)
class MemoryOptions:
    """The LSTM between features and dense layers."""

    units: int = 64
    """Of each LSTM. sb3-contrib: 256."""
    critic: CriticMemory = "own"
    """own: the critic has an LSTM of its own; shared: that of the policy, which then learns from both; none: it sees the features alone."""

    def __post_init__(self) -> None:
        refuse_less(self, {"units": 1})
        refuse_unknown("memory of the critic", (self.critic,), CRITIC_MEMORIES)
