"""What a recipe may say about a policy-gradient run, checked once before anything is built.

Defaults learn classic control on a processor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from agents.policy_gradient.options import NetworkOptions
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside, refuse_unknown

Optimizer = Literal["adam", "rmsprop"]
Precision = Literal["auto", "float32", "bfloat16"]
PRECISIONS: Final[tuple[Precision, ...]] = get_args(Precision)
OPTIMIZERS: Final[tuple[Optimizer, ...]] = get_args(Optimizer)


@dataclass(frozen=True)
class PolicyConfig:
    """Common to all policy-gradient methods."""

    steps: int = 100_000
    """Environment steps of the whole run, of all environments together; the update that passes them is the last."""
    envs: int = 8
    """Environments that are stepped together."""
    view: View = VECTOR
    """What the agent looks at: kind vector, or pixels with size, grey and stack."""
    network: NetworkOptions = field(default_factory=NetworkOptions)
    """How observations are scaled, what is made of them, and what learns from it."""
    optimizer: Optimizer = "adam"
    """adam (Kingma and Ba 2015), or rmsprop with the decay of 0.99 and the epsilon of 1e-5 of Mnih et al. 2016."""
    learning_rate: float = 7e-4
    """The optimiser's step size, above 0 to 1."""
    anneal: bool = True
    """Whether it falls in a line to 0 over the run."""
    max_gradient: float = 0.5
    """Longest gradient, as a norm over all parameters; longer ones are shortened. Schulman et al. 2017's code: 0.5."""
    discount: float = 0.99
    """Gamma per step, 0 to 1."""
    entropy_weight: float = 0.0
    """Of the mean entropy, which is pushed up, 0 or more. Mnih et al. 2016: 0.01."""
    hold: int = 1
    """Steps for which the noise of continuous actions is held; 1 draws it anew each step."""
    scale_rewards: bool = False
    """Learn from rewards by the running deviation of returns (Engstrom et al. 2020); metrics tell the true ones."""
    standardise: bool = False
    """Whether the advantages of an update (of a minibatch) are brought to mean 0 and deviation 1."""
    threads: int = 1
    """CPU threads of torch while training: 1 is fastest for small networks; 0 leaves torch's own choice."""
    report_every: int = 1000
    """Environment steps between two lines of metrics."""

    def __post_init__(self) -> None:
        refuse_less(self, {"steps": 1, "envs": 1, "hold": 1, "threads": 0, "report_every": 1})
        refuse_unknown("optimizer", (self.optimizer,), OPTIMIZERS)
        refuse_outside(self, "learning_rate", 0.0, 1.0, open_below=True)
        refuse_outside(self, "max_gradient", 0.0, 1e6, open_below=True)
        refuse_outside(self, "discount", 0.0, 1.0)
        refuse_outside(self, "entropy_weight", 0.0, 1e6)
        if self.view.kind not in ("vector", "pixels"):
            raise SuiteError(f"policy-gradient agents look at 'vector' or 'pixels', not at {self.view.kind!r}.")


@dataclass(frozen=True)
class ReinforceConfig(PolicyConfig):
    """REINFORCE: an update from one whole episode of each environment. No bootstrap: at a time limit the sum ends."""

    envs: int = 4
    """Episodes an update, played together. Those that end early are not learned from after their end."""
    standardise: bool = True
    """Whether the returns of an update are brought to mean 0 and deviation 1, which is a constant baseline."""
    learning_rate: float = 1e-2
    """The optimiser's step size, above 0 to 1."""


@dataclass(frozen=True)
class CriticConfig(PolicyConfig):
    """Methods with a critic, which learns what states are worth."""

    value_weight: float = 0.5
    """Of the value's loss beside the policy's, above 0. Mnih et al. 2016: 0.5."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_outside(self, "value_weight", 0.0, 1e6, open_below=True)

    @property
    def look_ahead(self) -> float:
        """Lambda of the generalised advantages; 1 sums rewards to the end of what was played."""
        return 1.0


@dataclass(frozen=True)
class BaselineConfig(CriticConfig):
    """REINFORCE with a baseline: returns less what the critic expected. A time limit is bootstrapped."""

    envs: int = 4
    """Episodes an update, played together. Those that end early are not learned from after their end."""
    standardise: bool = True
    """Whether the advantages of an update are brought to mean 0 and deviation 1."""
    learning_rate: float = 1e-2
    """The optimiser's step size, above 0 to 1."""


@dataclass(frozen=True)
class RolloutConfig(CriticConfig):
    """Methods that learn in the midst of episodes."""

    rollout: int = 1
    """Steps of each environment between two updates."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_less(self, {"rollout": 1})


@dataclass(frozen=True)
class ActorCriticConfig(RolloutConfig):
    """One-step actor-critic: the advantage is the TD error. Sutton and Barto 2018, section 13.5, update after each step."""

    @property
    def look_ahead(self) -> float:
        """Lambda 0: the advantage is the TD error."""
        return 0.0


@dataclass(frozen=True)
class A2cConfig(RolloutConfig):
    """A2C: advantages look to the end of the rollout."""

    rollout: int = 16
    """Steps of each environment between two updates. Mnih et al. 2016: 5."""
    decay: float = 1.0
    """Lambda of generalised advantages, 0 to 1: 1 for the n steps of Mnih et al. 2016."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_outside(self, "decay", 0.0, 1.0)

    @property
    def look_ahead(self) -> float:
        """Lambda of the generalised advantages."""
        return self.decay


@dataclass(frozen=True)
class PpoConfig(A2cConfig):
    """PPO: several epochs over a rollout, within a clipped change of the policy."""

    rollout: int = 128
    """Steps of each environment between two rounds of updates. Schulman et al. 2017: 128 on Atari."""
    decay: float = 0.95
    """Lambda of generalised advantages, 0 to 1. Schulman et al. 2017: 0.95."""
    learning_rate: float = 3e-4
    """Adam's step size, above 0 to 1. Schulman et al. 2017: 3e-4."""
    standardise: bool = True
    """Whether the advantages of a minibatch are brought to mean 0 and deviation 1."""
    epochs: int = 10
    """How often each step is learned from. Schulman et al. 2017: 10."""
    minibatches: int = 4
    """Updates an epoch. Schulman et al. 2017: 4 on Atari."""
    clip: float = 0.2
    """Epsilon: how far the ratio of probabilities counts, above 0 to 1. Schulman et al. 2017: 0.2."""
    anneal_clip: bool = False
    """Whether it falls in a line to 0 over the run, as on Atari in Schulman et al. 2017."""
    value_clip: float = 0.0
    """How far a value may move from the old one, in the unit of the (scaled) return; 0 for no limit."""
    kl_limit: float = 0.0
    """An epoch whose policy has moved on by more than this, in nats, is the round's last; 0 for no limit."""
    precision: Precision = "float32"
    """Of the dense layers' sums while learning; actions are always chosen in float32. bfloat16 pays for layers of 100 and more and
    minibatches of thousands, on processors with units for it; auto: whichever is faster there, as the first round measures it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_less(self, {"epochs": 1, "minibatches": 1})
        refuse_unknown("precision", (self.precision,), PRECISIONS)
        refuse_outside(self, "clip", 0.0, 1.0, open_below=True)
        for name in ("value_clip", "kl_limit"):
            refuse_outside(self, name, 0.0, 1e6)
        _refuse_minibatches(self)


@dataclass(frozen=True)
class TrpoConfig(A2cConfig):
    """TRPO: the best step of the policy within a divergence; the critic learns by the optimiser."""

    rollout: int = 128
    """Steps of each environment between two rounds of updates."""
    decay: float = 0.97
    """Lambda of generalised advantages, 0 to 1. Schulman et al. 2016: 0.97."""
    learning_rate: float = 1e-3
    """The optimiser's step size for the critic, above 0 to 1."""
    standardise: bool = True
    """Whether the advantages of a round are brought to mean 0 and deviation 1."""
    kl_limit: float = 0.01
    """How far one step may move the policy, in nats, above 0. Schulman et al. 2015: 0.01."""
    conjugate_steps: int = 10
    """Of the conjugate gradients. Schulman et al. 2015: 10."""
    damping: float = 0.1
    """Added to the Fisher matrix, 0 or more. OpenAI Baselines: 0.1."""
    tries: int = 10
    """Shares of a step that are tried."""
    shrink: float = 0.8
    """By which each is shorter than the one before, above 0 to 1. sb3-contrib: 0.8."""
    epochs: int = 10
    """How often the critic learns from each step."""
    minibatches: int = 4
    """Updates of the critic an epoch."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_less(self, {"conjugate_steps": 1, "tries": 1, "epochs": 1, "minibatches": 1})
        refuse_outside(self, "kl_limit", 0.0, 1e6, open_below=True)
        if self.view.kind == "pixels":
            raise SuiteError(
                "trpo looks at 'vector': what it would share between policy and critic knows no limit. Take ppo."
            )
        refuse_outside(self, "damping", 0.0, 1e6)
        refuse_outside(self, "shrink", 0.0, 1.0, open_below=True)
        _refuse_minibatches(self)


def _refuse_minibatches(config: PpoConfig | TrpoConfig) -> None:
    if config.minibatches > config.rollout * config.envs:
        raise SuiteError(
            f"a rollout of {config.rollout} steps of {config.envs} environments does not fill {config.minibatches} minibatches. "
            f"Ask for fewer."
        )
