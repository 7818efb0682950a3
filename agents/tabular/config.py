"""What can be set for each tabular method, checked when it is built. Source of the fields: the methods' own files.

The defaults learn both slippery FrozenLake maps to near their optimum: README.md has the measured values.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Planning:
    """Common to the methods that read the transition table and never play."""

    gamma: float = 0.995
    """Discount per step, 0 to 1. Both FrozenLake maps have their best stationary policy here."""
    tolerance: float = 1e-10
    """Largest error left in a value: bounded from the last sweep's change; with gamma 1 it is that change itself."""
    max_sweeps: int = 100_000
    """Sweeps over all states after which planning stops, converged or not."""

    def __post_init__(self) -> None:
        _check_number("gamma", self.gamma, 0.0, 1.0)
        _check_number("tolerance", self.tolerance, 1e-300, 1e300)
        _check_count("max_sweeps", self.max_sweeps)


@dataclass(frozen=True)
class ValueIterationConfig(Planning):
    """Value iteration."""


@dataclass(frozen=True)
class PolicyIterationConfig(Planning):
    """Policy iteration; `max_sweeps` counts the sweeps of all evaluations together."""


@dataclass(frozen=True)
class PolicyEvaluationConfig(Planning):
    """Evaluation of one given policy."""

    policy: tuple[int, ...] = ()
    """The action played in each state; empty: every action equally often."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _fix_policy(self)


@dataclass(frozen=True)
class Sampling:
    """Common to the methods that learn from episodes."""

    steps: int = 2_000_000
    """Environment steps of the whole run; the episode that passes them is played to its end."""
    gamma: float = 0.995
    """Discount per step, 0 to 1."""
    alpha: float = 0.5
    """Step size of the first update of an entry, 0 to 1 (above 0)."""
    alpha_visits: float = 200.0
    """Updates of an entry after which its step size has halved: alpha / (1 + updates / alpha_visits)."""
    alpha_floor: float = 0.0005
    """The step size never falls below this, 0 to 1."""
    initial_value: float = 0.0
    """Value of every entry before it is updated; above the true values it makes an agent try everything."""

    def __post_init__(self) -> None:
        _check_count("steps", self.steps)
        _check_number("gamma", self.gamma, 0.0, 1.0)
        _check_number("alpha", self.alpha, 1e-12, 1.0)
        _check_number("alpha_visits", self.alpha_visits, 1e-12, 1e300)
        _check_number("alpha_floor", self.alpha_floor, 0.0, 1.0)
        _check_number("initial_value", self.initial_value, -1e300, 1e300)


@dataclass(frozen=True)
class Exploring(Sampling):
    """Sampling with an epsilon-greedy behaviour."""

    epsilon: float = 1.0
    """Probability of a uniformly random action at the first step, 0 to 1."""
    epsilon_end: float = 0.05
    """The same at the end of the decay, 0 to 1."""
    epsilon_decay: float = 0.5
    """Share of `steps` over which epsilon falls linearly, 0 to 1."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_number("epsilon", self.epsilon, 0.0, 1.0)
        _check_number("epsilon_end", self.epsilon_end, 0.0, 1.0)
        _check_number("epsilon_decay", self.epsilon_decay, 0.0, 1.0)


@dataclass(frozen=True)
class QLearningConfig(Exploring):
    """Q-learning."""


@dataclass(frozen=True)
class DoubleQLearningConfig(Exploring):
    """Double Q-learning. Each table gets every second update, so it needs more steps than Q-learning."""

    steps: int = 4_000_000
    """Environment steps of the whole run; the episode that passes them is played to its end."""


@dataclass(frozen=True)
class SarsaConfig(Exploring):
    """SARSA. It values the policy it plays, so it must settle on one early and forget what it thought of earlier ones."""

    steps: int = 4_000_000
    """Environment steps of the whole run; the episode that passes them is played to its end."""
    alpha_floor: float = 0.005
    """The step size never falls below this, 0 to 1."""
    epsilon_decay: float = 0.2
    """Share of `steps` over which epsilon falls linearly, 0 to 1."""


@dataclass(frozen=True)
class MonteCarloConfig(Exploring):
    """Epsilon-greedy Monte Carlo control. Whole returns are noisier than one-step targets: smaller step sizes."""

    steps: int = 4_000_000
    """Environment steps of the whole run; the episode that passes them is played to its end."""
    alpha: float = 0.1
    """Step size of the first update of an entry, 0 to 1 (above 0)."""
    alpha_visits: float = 1000.0
    """Updates of an entry after which its step size has halved."""


@dataclass(frozen=True)
class ExploringStartsConfig(Sampling):
    """Monte Carlo control in which every episode begins with a random state and action."""

    alpha: float = 0.1
    """Step size of the first update of an entry, 0 to 1 (above 0)."""
    alpha_visits: float = 1000.0
    """Updates of an entry after which its step size has halved."""


@dataclass(frozen=True)
class TD0Config(Sampling):
    """TD(0) evaluation of one given policy. The policy stays, so the step size may fall to nothing."""

    alpha_visits: float = 20.0
    """Updates of an entry after which its step size has halved."""
    alpha_floor: float = 0.0
    """The step size never falls below this, 0 to 1."""
    policy: tuple[int, ...] = ()
    """The action played in each state; empty: every action equally often."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _fix_policy(self)


def _check_number(name: str, value: float, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SuiteError(f"{name} must be a number from {low:g} to {high:g}, not {value!r}.")


def _check_count(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SuiteError(f"{name} must be a whole number of at least 1, not {value!r}.")


def _fix_policy(config: PolicyEvaluationConfig | TD0Config) -> None:
    """Accept the list that a TOML file gives, keep a tuple; whether it fits the table is checked by the learner."""
    if any(isinstance(action, bool) or not isinstance(action, int) or action < 0 for action in config.policy):
        raise SuiteError(f"policy must list one action, a whole number from 0, per state; seen: {config.policy!r}.")
    object.__setattr__(config, "policy", tuple(config.policy))
