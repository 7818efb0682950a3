"""What a recipe may say about World Models, checked once before anything is driven. Defaults are the paper's where it names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside


@dataclass(frozen=True)
class GatheringOptions:
    """Drives that M learns from. Each is stretches of random actions, held for some time, and stretches of an expert."""

    rollouts: int = 10_000
    """Drives."""
    steps: int = 1000
    """Environment steps of a drive, at most."""
    held: int = 10
    """A random action is held for 1 to so many decisions."""
    expert: str = "car-racing-pursuit"
    """Who drives the other stretches (`sim-suite list agents`): one that reads the privileged state."""
    expert_share: float = 0.0
    """Chance that a stretch is the expert's, 0..1; the paper's drives are random alone."""
    expert_stretch: int = 50
    """An expert's stretch has 1 to so many decisions."""

    def __post_init__(self) -> None:
        refuse_less(self, {"rollouts": 2, "steps": 2, "held": 1, "expert_stretch": 1})
        refuse_outside(self, "expert_share", 0.0, 1.0)


@dataclass(frozen=True)
class MemoryOptions:
    """M and how it learns: Adam on windows of drives, whose latents are drawn anew each time from V's mean and variance."""

    units: int = 256
    """Of the LSTM."""
    gaussians: int = 5
    """Of each latent's mixture."""
    updates: int = 2000
    """Steps of the optimiser."""
    batch_size: int = 100
    """Windows of an update."""
    window: int = 100
    """Decisions of a window; shorter drives are not learned from."""
    learning_rate: float = 1e-3
    """Falls in a line to nothing at the end."""
    clip: float = 1.0
    """Longest gradient, over all parameters."""
    held_out: float = 0.1
    """Share of the drives, the last ones, that are judged on and not learned from."""
    report_every: int = 20
    """Updates between two lines of metrics."""

    def __post_init__(self) -> None:
        refuse_less(self, {"units": 1, "gaussians": 1, "updates": 1, "batch_size": 1, "window": 1, "report_every": 1})
        for name, most in (("learning_rate", 1.0), ("clip", 1e6), ("held_out", 0.5)):
            refuse_outside(self, name, 0.0, most, open_below=True)


@dataclass(frozen=True)
class EvolutionOptions:
    """CMA-ES over controllers. All candidates of a generation drive the same tracks, which are new in each generation."""

    generations: int = 1800
    """How often the candidates are drawn anew."""
    population: int = 64
    """Candidates of a generation."""
    tracks: int = 16
    """That each drives; its fitness is the mean return."""
    sigma: float = 0.1
    """Standard deviation of the first candidates, around zeros."""
    diagonal: bool = False
    """Learn variances alone, which takes fewer generations than a matrix of all pairs."""
    limit: int = 1000
    """Environment steps that a candidate drives on a track, at most."""
    patience: int = 0
    """Environment steps without a reward after which it is stopped; 0: never."""
    worlds: int = 64
    """Tracks that are driven at a time."""
    judge_every: int = 25
    """Generations between two judgements of the search's mean; the one judged best is what the run ends with."""
    judge_tracks: int = 16
    """Tracks that it is judged on, whole and always the same; neither these nor the training's are the leaderboard's."""

    def __post_init__(self) -> None:
        refuse_less(
            self,
            {
                "generations": 1, "population": 4, "tracks": 1, "limit": 1, "patience": 0, "worlds": 1, "judge_every": 1,
                "judge_tracks": 1,
            },
        )  # fmt: skip
        refuse_outside(self, "sigma", 0.0, 10.0, open_below=True)


@dataclass(frozen=True)
class WorldModelsConfig:
    """Configuration of World Models: V is taken as it is, M learns from drives, C is evolved."""

    vision: str = "zoo:vae-car-racing"
    """V: a checkpoint of the perception task `vae` (`sim-suite perception list`), its run, or zoo:NAME."""
    hold: int = 1
    """Environment steps that an action is held; V, M and C work once in each."""
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    """Arithmetic of V. M and C calculate in float32."""
    threads: int = 0
    """Of torch; 0 leaves as many as it takes by itself. Sums depend on it in their last bits."""
    gathering: GatheringOptions = field(default_factory=GatheringOptions)
    """Drives that M learns from."""
    memory: MemoryOptions = field(default_factory=MemoryOptions)
    """M."""
    evolution: EvolutionOptions = field(default_factory=EvolutionOptions)
    """C."""

    def __post_init__(self) -> None:
        refuse_less(self, {"hold": 1, "threads": 0})
        decisions = self.gathering.steps // self.hold
        if self.memory.window >= decisions:
            raise SuiteError(
                f"memory.window must be less than the {decisions} decisions of a drive (gathering.steps / hold), not "
                f"{self.memory.window}."
            )
        if round(self.gathering.rollouts * self.memory.held_out) < 1:
            raise SuiteError(
                f"memory.held_out of {self.memory.held_out} keeps none of {self.gathering.rollouts} drives apart. Raise one of them."
            )
