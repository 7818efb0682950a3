"""What a recipe may say about a cloned policy and about behaviour cloning, checked once before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from agents.imitation.action_grid import GRIDS
from agents.imitation.heads import Act, HeadName
from agents.imitation.networks import NETWORKS
from perception.augmentation.augmenter import NONE
from sim_suite.envs.views import View
from sim_suite.episodes.store.facts import Actor
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside, refuse_unknown

Precision = Literal["float32", "bfloat16"]
_ACTORS = tuple(actor.name.lower() for actor in Actor)
FOUR_GREY: Final = View("pixels", grey=True, stack=4)


@dataclass(frozen=True)
class ClonerConfig:
    """What a cloned policy is, and how its network learns from a batch."""

    policy: str = "textbook"
    """textbook, pilotnet or alvinn."""
    head: HeadName = "classes"
    """classes: weighted cross-entropy; regression: the action itself, squared error; hill: ALVINN's."""
    grid: str = "fine"
    """The actions to choose among: fine (wheel and pedals apart), finer (more of the pedals near their rest) or textbook (nine)."""
    act: Act = "mean"
    """How classes become an action: the likeliest, or the mean by their shares. Whole numbers always take the likeliest."""
    view: View = FOUR_GREY
    """What the agent looks at: pixels with size, grey and stack; or a raster."""
    hidden_rows: int = 0
    """Rows at the foot of the picture that are cut off: CarRacing's instruments (12 of 96) show the last action."""
    mirror: bool = False
    """Show half of the pictures in a mirror, with the wheel (the action's first column) turned round."""
    shift_m: float = 0.0
    """Show pictures of CarRacing as from a car up to so many metres aside, with the wheel corrected as its
    speed, read from the instruments, asks for. 0: as they are."""
    turn_rad: float = 0.0
    """The same for a car turned by up to so many radians."""
    wheel_gain: float = 1.0
    """How briskly the wheel leads back: 1 as the expert does."""
    augment: str = NONE
    """What shows pictures otherwise while they are learned from, the car where it is: none, classical (light, contrast, noise), or a
    checkpoint of a network that makes pictures of pictures."""
    augment_share: float = 0.5
    """Share of the steps that are shown so, 0 to 1."""
    batch_size: int = 128
    """Steps a batch."""
    learning_rate: float = 1e-3
    """Adam's, where it is highest; it falls along a cosine."""
    weight_decay: float = 0.0
    """Decoupled from the gradient (AdamW)."""
    dropout: float = 0.5
    """Share of dense units left out in training."""
    balance: float = 1.0
    """1: all classes count alike; 0: as often as they occur; between: the weights to that power. Of head classes only."""
    precision: Precision = "float32"
    """Of the network's arithmetic in training. bfloat16 was 1.5 to 2 times as fast on a processor that has it."""
    threads: int = 1
    """Threads of torch while training; 0 leaves torch's own choice."""

    def __post_init__(self) -> None:
        refuse_unknown("policy", (self.policy,), NETWORKS)
        refuse_unknown("grid", (self.grid,), GRIDS)
        refuse_unknown("head", (self.head,), get_args(HeadName))
        refuse_unknown("way to act", (self.act,), get_args(Act))
        refuse_unknown("precision", (self.precision,), get_args(Precision))
        if self.view.kind not in ("pixels", "raster"):
            raise SuiteError(
                f"a cloned policy looks at 'pixels' or a 'raster', not at {self.view.kind!r}: --set 'view={{kind=\"pixels\"}}'."
            )
        refuse_less(self, {"batch_size": 2, "hidden_rows": 0, "threads": 0})
        refuse_outside(self, "learning_rate", 0.0, 1.0, open_below=True)
        for name in ("balance", "weight_decay"):
            refuse_outside(self, name, 0.0, 1.0)
        refuse_outside(self, "dropout", 0.0, 0.9)
        refuse_outside(self, "shift_m", 0.0, 5.0)
        refuse_outside(self, "turn_rad", 0.0, 1.0)
        refuse_outside(self, "wheel_gain", 0.0, 10.0)
        refuse_outside(self, "augment_share", 0.0, 1.0)
        if self.augment != NONE and self.view.kind != "pixels":
            raise SuiteError(f"augment shows pictures otherwise, and a {self.view.kind} is none. Leave it out.")


@dataclass(frozen=True)
class BcConfig(ClonerConfig):
    """Configuration of behaviour cloning. Defaults: the textbook's network on four grey pictures."""

    episodes: tuple[str, ...] = ()
    """Folders of recorded episodes; `--episodes` writes them here."""
    actors: tuple[str, ...] = ("human", "expert")
    """Whose steps are learned from: human, agent, expert. Of an episode driven with take-overs those are the person's; steps
    that `episodes balance` did not select are left out."""
    epochs: int = 10
    """How often each step is seen."""
    validation: float = 0.1
    """Share of the episodes, whole ones, that is kept apart; 0 learns from all."""
    workers: int = 0
    """Processes that read episodes when they do not fit in memory."""
    memory_mb: int = 2048
    """Observations that take no more than this are read once and kept."""
    start_from: str = ""
    """Checkpoint whose weights the run begins with; `--resume RUN --episodes ...` writes it here."""
    start_sha256: str = ""
    """Of that checkpoint's agent.json."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "episodes", tuple(self.episodes))
        object.__setattr__(self, "actors", tuple(self.actors))
        refuse_actors(self.actors)
        refuse_less(self, {"epochs": 1, "workers": 0, "memory_mb": 0})
        refuse_outside(self, "validation", 0.0, 0.9)

    @property
    def learned_from(self) -> tuple[Actor, ...]:
        """The actors."""
        return actors_of(self.actors)


def actors_of(names: tuple[str, ...]) -> tuple[Actor, ...]:
    """The actors of these names."""
    return tuple(Actor[name.upper()] for name in names)


def refuse_actors(names: tuple[str, ...]) -> None:
    """Raise `SuiteError` unless they name actors, one at least."""
    refuse_unknown("actor", names, _ACTORS)
    if not names:
        raise SuiteError(f"actors must name one or more of {', '.join(_ACTORS)}.")
