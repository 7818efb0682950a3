"""What a recipe may say about a value-based run, checked once before anything is built.

Defaults learn classic control on a processor; recipes have what pictures need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from agents.value_based.losses import LOSSES, Loss
from agents.value_based.replay import ReplayOptions
from agents.value_based.schedules import EpsilonSchedule
from sim_suite.envs.views import VECTOR, View
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside, refuse_unknown

Precision = Literal["float32", "bfloat16", "auto"]
PRECISIONS: Final[tuple[Precision, ...]] = get_args(Precision)


@dataclass(frozen=True)
class QConfig:
    """Common to all value-based methods."""

    steps: int = 50_000
    """Environment steps of the whole run, of all environments together; the vector step that passes them is the last."""
    envs: int = 4
    """Environments that are stepped together."""
    view: View = VECTOR
    """What the agent looks at: kind vector, or pixels with size, grey and stack."""
    hidden: tuple[int, ...] = (128, 128)
    """Widths of the dense layers; of pictures those behind the convolutions. Mnih et al. 2015: 512."""
    layer_norm: bool = False
    """Whether features are normalised before each nonlinearity."""
    dueling: bool = False
    """Whether a state's worth and its actions' advantages have streams of their own (Wang et al. 2016)."""
    learning_rate: float = 1e-3
    """The optimiser's step size, above 0 to 1."""
    anneal: bool = True
    """Whether it falls in a line to 0 over the run."""
    max_gradient: float = 10.0
    """Longest gradient, as a norm over all parameters; longer ones are shortened. Wang et al. 2016: 10."""
    clip_rewards: bool = False
    """Learn from rewards cut to -1..1 (Mnih et al. 2015); metrics tell the true ones."""
    life_loss: bool = False
    """Learn as if an episode terminated where a life is lost (Mnih et al. 2015, methods); it is played on all the same."""
    epsilon: EpsilonSchedule = field(default_factory=EpsilonSchedule)
    """The probability of a random action."""
    precision: Precision = "float32"
    """Of the network's arithmetic in training. auto: the faster one on this machine, found by a few passes, so that the result is no
    longer a function of the seed alone."""
    threads: int = 1
    """CPU threads of torch while training: 1 is fastest for small networks; 0 leaves torch's own choice."""
    report_every: int = 1000
    """Environment steps between two lines of metrics."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", tuple(self.hidden))
        refuse_less(self, {"steps": 1, "envs": 1, "threads": 0, "report_every": 1})
        refuse_unknown("precision", (self.precision,), PRECISIONS)
        refuse_outside(self, "learning_rate", 0.0, 1.0, open_below=True)
        refuse_outside(self, "max_gradient", 0.0, 1e6, open_below=True)
        if any(width < 1 for width in self.hidden):
            raise SuiteError(f"hidden must hold positive widths, not {list(self.hidden)}.")
        if self.dueling and not self.hidden:
            raise SuiteError("dueling needs a hidden layer for each stream: set hidden to [128].")
        if self.view.kind not in ("vector", "pixels"):
            raise SuiteError(f"value-based agents look at 'vector' or 'pixels', not at {self.view.kind!r}.")


@dataclass(frozen=True)
class DqnConfig(QConfig):
    """DQN and double DQN."""

    replay: ReplayOptions = field(default_factory=lambda: ReplayOptions(capacity=50_000, n_step=3))
    """What is remembered: capacity, n_step, discount; alpha and beta for drawing by priority."""
    loss: Loss = "huber"
    """huber: errors beyond 1 count as 1 (Mnih et al. 2015); squared."""
    batch_size: int = 128
    """Transitions an update. Mnih et al. 2015: 32."""
    learning_starts: int = 1000
    """Environment steps of random actions before the first update."""
    train_every: int = 4
    """Environment steps between two rounds of updates. Mnih et al. 2015: 4."""
    updates: int = 2
    """Updates a round."""
    target_every: int = 200
    """Updates between two moves of the target network; 0: the online network is its own target. Mnih et al. 2015: 10,000."""
    target_share: float = 1.0
    """How far the target network moves to the online one, above 0 to 1: 1 copies it (Mnih et al. 2015), less with target_every 1 follows
    it slowly (Lillicrap et al. 2016)."""
    overlap: bool = False
    """Step the environments in a thread of their own while the network learns. The results are the same."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_unknown("loss", (self.loss,), LOSSES)
        refuse_less(self, {"batch_size": 1, "learning_starts": 0, "train_every": 1, "updates": 1, "target_every": 0})
        refuse_outside(self, "target_share", 0.0, 1.0, open_below=True)


@dataclass(frozen=True)
class PqnConfig(QConfig):
    """PQN: no memory, no target network; layer norms keep it from diverging."""

    layer_norm: bool = True
    """Whether features are normalised before each nonlinearity; without it the method has no ground to stand on."""
    learning_rate: float = 2.5e-4
    """RAdam's step size, above 0 to 1. Gallici et al. 2024: 2.5e-4 on Atari."""
    envs: int = 8
    """Environments that are stepped together. Gallici et al. 2024: 128 on Atari."""
    rollout: int = 32
    """Steps of each environment between two rounds of updates. Gallici et al. 2024: 32 on Atari."""
    discount: float = 0.99
    """Gamma per step, 0 to 1."""
    decay: float = 0.65
    """Lambda, 0 to 1: 0 looks one step ahead, 1 to the end of the rollout. Gallici et al. 2024: 0.65 on Atari."""
    epochs: int = 2
    """How often each step is learned from."""
    minibatches: int = 4
    """Updates an epoch."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_less(self, {"rollout": 1, "epochs": 1, "minibatches": 1})
        for name in ("discount", "decay"):
            refuse_outside(self, name, 0.0, 1.0)
        if self.minibatches > self.rollout * self.envs:
            raise SuiteError(
                f"a rollout of {self.rollout} steps of {self.envs} environments does not fill {self.minibatches} minibatches. "
                f"Ask for fewer."
            )
