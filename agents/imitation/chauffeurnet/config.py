"""What a recipe may say about a ChauffeurNet, checked once before anything is driven."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from agents.imitation.chauffeurnet.data.feeding import FeedOptions
from agents.imitation.chauffeurnet.nets.losses import LossWeights
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import WAYPOINTS, ChauffeurSpec
from agents.imitation.config import refuse_actors
from perception.sources import SceneOptions
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.refusals import refuse_outside

Precision = Literal["auto", "float32", "bfloat16"]
_LEAST: Final = {
    "updates": 1, "accumulate": 1, "warm_up": 0, "threads": 0, "report_every": 1, "judge_every": 0, "judged_batches": 1, "judged_worlds": 1,
}  # fmt: skip


@dataclass(frozen=True)
class ChauffeurConfig:
    """Configuration of ChauffeurNet. Defaults: the preset for two cores of a processor."""

    raster: str = "small"
    """Preset of the raster."""
    stride: int = 2
    """Pixels of the raster along a cell of the outputs."""
    waypoints: int = WAYPOINTS
    """N, each 0.2 s after the other."""
    place_spread: float = 0.0
    """How far a driven place is spread when the chances of places are learned, cells: standard deviation of a Gaussian, 0 to 8; 0 as in the
    paper. A cell beside the driven one is nearly right, and is told so."""
    sizes: Sizes = field(default_factory=Sizes)
    """How large the networks are."""
    losses: LossWeights = field(default_factory=LossWeights)
    """How much each loss counts."""
    feed: FeedOptions = field(default_factory=FeedOptions)
    """Batches, their augmentation, and the experts' driving from which they are drawn."""
    episodes: tuple[str, ...] = ()
    """Folders of recorded driving to learn from; `--episodes` writes them here. `feed.recorded` says which share of the examples."""
    actors: tuple[str, ...] = ("human", "expert")
    """Whose steps of the recorded episodes are learned from: human, agent, expert."""
    validation: float = 0.1
    """Share of the recorded episodes, whole ones, that is kept apart, to judge by it; 0 learns from all."""
    scene: SceneOptions = field(default_factory=SceneOptions)
    """How the surroundings are perceived, in training and in driving."""
    start_from: str = ""
    """Trained ChauffeurNet of the same sizes, whose weights the run begins with: the folder of a run, or zoo:NAME. Experts correct it where
    `feed.experience.handed_over` is above 0."""
    updates: int = 3000
    """Steps of the optimiser."""
    accumulate: int = 1
    """Batches whose gradients are averaged in an update, in each process."""
    learning_rate: float = 1e-3
    """AdamW's greatest; it rises over the warm-up and falls to 0 along a cosine."""
    warm_up: int = 200
    """Updates over which the rate rises from 0."""
    weight_decay: float = 0.01
    """Decoupled from the gradient (AdamW)."""
    clip: float = 10.0
    """Greatest norm of the gradient of all parameters together."""
    precision: Precision = "auto"
    """Of the network's arithmetic in training; auto: whichever is faster on this machine, tried for a few seconds. A run that goes on
    keeps what it began with."""
    threads: int = 0
    """Threads of torch while training; 0 leaves torch's own choice."""
    report_every: int = 25
    """Updates between two lines of metrics."""
    judge_every: int = 500
    """Updates between two judgements on driving that is kept apart: recorded episodes, or experts' where there are none; 0: at the
    end only."""
    judged_batches: int = 8
    """Batches in a judgement, the same ones each time."""
    judged_worlds: int = 3
    """Episodes on each map, or CarRacing's laps, from which they are drawn, where experts drive them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "episodes", tuple(self.episodes))
        object.__setattr__(self, "actors", tuple(self.actors))
        refuse_actors(self.actors)
        refuse_outside(self, "validation", 0.0, 0.9)
        if self.feed.recorded < 1.0 and not self.episodes:
            raise SuiteError(f"feed.recorded is {self.feed.recorded}, but no episodes are named: --episodes data/mine.")
        if self.feed.experience.handed_over > 0.0 and not self.start_from:
            raise SuiteError(
                f"feed.experience.handed_over is {self.feed.experience.handed_over}, but there is no novice: name a trained network, "
                "--set start_from=runs/..."
            )
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise SuiteError(f"{name} must be {least} or more, not {getattr(self, name)}.")
        for name in ("learning_rate", "clip"):
            if not (0.0 < getattr(self, name) < math.inf):
                raise SuiteError(f"{name} must be above 0, not {getattr(self, name)}.")
        if not 0.0 <= self.weight_decay <= 1.0:
            raise SuiteError(f"weight_decay must lie in 0 to 1, not be {self.weight_decay}.")
        if self.precision not in get_args(Precision):
            raise UnknownNameError("precision", self.precision, get_args(Precision))
        self.spec  # noqa: B018  # refuses what does not go together

    @property
    def spec(self) -> ChauffeurSpec:
        """What the network sees and says. Raises `SuiteError` where raster and stride do not go together."""
        return ChauffeurSpec(preset(self.raster), self.stride, self.waypoints, self.place_spread)
