"""What a recipe may say about a Stable-Baselines3 run, checked once before anything is built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from agents.sb3.algorithms import Algorithm
from agents.sb3.policy_file import ACTIVATIONS, decode_arguments
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import SuiteError, UnknownNameError

Noise = Literal["none", "normal", "ornstein-uhlenbeck"]
NOISES: tuple[Noise, ...] = ("none", "normal", "ornstein-uhlenbeck")


@dataclass(frozen=True)
class Sb3Config:
    """Configuration of every Stable-Baselines3 method; what is not set is the library's default."""

    steps: int = 100_000
    """Environment steps of the run; the last rollout is finished, so a run may take a few more."""
    envs: int = 1
    """Copies of the environment, stepped in turn."""
    net_arch: tuple[int, ...] = ()
    """Widths of the hidden layers of actor and critic; empty for the algorithm's default."""
    activation: str = ""
    """tanh, relu, elu, leaky_relu, silu or gelu; empty for the algorithm's default."""
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    """The algorithm's own arguments by their names in Stable-Baselines3, such as learning_rate, gamma, n_steps.
    "linear 3e-4" for a rate or clip range falls from 3e-4 to 0 over the run."""
    policy: dict[str, Any] = field(default_factory=dict)
    """The policy's own arguments, such as log_std_init, ortho_init, n_quantiles, lstm_hidden_size."""
    linear_policy: bool = False
    """sb3-ars only: no hidden layer."""
    normalize_observations: bool = False
    """Scale observations by their running mean and variance; the statistics belong to the trained agent."""
    normalize_rewards: bool = False
    """Divide rewards by the running deviation of the discounted return; metrics still show the true returns."""
    action_noise: Noise = "none"
    """Exploration noise added to the actions of sb3-td3, sb3-ddpg, sb3-sac and sb3-tqc."""
    action_noise_sigma: float = 0.1
    """Its standard deviation, in units of half the action range."""
    view: View = VECTOR
    """What the agent looks at: kind vector, or pixels with size, grey and stack."""
    metrics_every: int = 500
    """Off-policy methods report after this many steps; on-policy ones after each rollout, sb3-ars after each update."""
    threads: int = 1
    """CPU threads of torch while training: 1 is fastest for small networks; 0 leaves torch's own choice."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "net_arch", tuple(self.net_arch))
        for name in ("steps", "envs", "metrics_every"):
            if getattr(self, name) < 1:
                raise SuiteError(f"{name} must be at least 1, not {getattr(self, name)}.")
        if any(width < 1 for width in self.net_arch):
            raise SuiteError(f"net_arch must hold positive widths, not {list(self.net_arch)}.")
        if self.activation and self.activation not in ACTIVATIONS:
            raise UnknownNameError("activation", self.activation, ACTIVATIONS)
        if self.action_noise not in NOISES:
            raise UnknownNameError("action_noise", self.action_noise, NOISES)
        if self.view.kind not in ("vector", "pixels"):
            raise SuiteError(f"Stable-Baselines3 agents look at 'vector' or 'pixels', not at {self.view.kind!r}.")
        if self.view.kind == "pixels" and self.normalize_observations:
            raise SuiteError("pictures are divided by 255 already: leave normalize_observations out for a pixels view.")

    def policy_name(self, row: Algorithm) -> str:
        """The algorithm's policy for this view. Raises `SuiteError` for a combination that does not exist."""
        if row.family == "search":
            if self.view.kind == "pixels":
                raise SuiteError(
                    f"{row.name} searches over a few weights and cannot look at pixels; give it a vector view."
                )
            return row.policies[1 if self.linear_policy else 0]
        if self.linear_policy:
            raise SuiteError(f"linear_policy belongs to sb3-ars, not to {row.name}.")
        return row.policies[0 if self.view.kind == "vector" else 1]

    def policy_arguments(self, row: Algorithm) -> dict[str, Any]:
        """Arguments for the policy's class. Raises `UnknownNameError` for one that it does not have."""
        arguments = dict(self.policy)
        if self.net_arch:
            arguments["net_arch"] = list(self.net_arch)
        if self.activation:
            arguments["activation_fn"] = self.activation
        return decode_arguments(row, self.policy_name(row), arguments)

    def algorithm_arguments(self, row: Algorithm) -> dict[str, Any]:
        """Arguments for the algorithm's class. Raises `UnknownNameError` for one that it does not have."""
        known = row.parameters()
        for name in self.hyperparameters:
            if name not in known:
                raise UnknownNameError(f"hyperparameter of {row.name}", name, known)
        return {name: _argument(name, value) for name, value in self.hyperparameters.items()}


def _argument(name: str, value: Any) -> Any:
    """TOML's value -> Stable-Baselines3's: "linear X" becomes a schedule, a list such as train_freq = [1, "episode"] a tuple."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and value.startswith("linear "):
        try:
            return _Linear(float(value.removeprefix("linear ")))
        except ValueError as error:
            raise SuiteError(
                f"{name} = {value!r}: write 'linear' and the starting value, such as 'linear 3e-4'."
            ) from error
    return value


@dataclass(frozen=True)
class _Linear:
    """Falls from `start` to 0 as the remaining share of the run falls from 1 to 0."""

    start: float

    def __call__(self, progress_remaining: float) -> float:
        return progress_remaining * self.start
