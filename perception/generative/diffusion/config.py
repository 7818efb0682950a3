"""What a recipe may say about diffusion, checked once before anything is drawn. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from perception.generative.data.options import DataOptions
from perception.generative.diffusion.denoising_unet import GROUPS
from perception.generative.diffusion.schedule import ScheduleName
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class SamplingOptions:
    """How pictures are made."""

    way: Literal["ddim", "ancestral"] = "ddim"
    """ddim: some of the steps; ancestral: all of them."""
    steps: int = 50
    """ddim: of the schedule's, 2 to 10,000."""
    eta: float = 0.0
    """ddim: new noise in each step, 0 to 1; 0 draws none."""
    guidance: float = 0.0
    """How much more of what the condition adds, 0 to 20."""

    def __post_init__(self) -> None:
        refuse_outside(self, "steps", 2, 10_000)
        refuse_outside(self, "eta", 0.0, 1.0)
        refuse_outside(self, "guidance", 0.0, 20.0)


@dataclass(frozen=True)
class DiffusionJudging:
    """How a network is judged."""

    pictures: int = 256
    """Made, and as many of each kind to hold them against, 8 to 10,000."""

    def __post_init__(self) -> None:
        refuse_outside(self, "pictures", 8, 10_000)


@dataclass(frozen=True)
class DiffusionConfig:
    """Configuration of diffusion. Defaults: a small one of signs by their class, for two cores of a processor."""

    data: DataOptions = field(default_factory=lambda: DataOptions(source="signs"))
    schedule: ScheduleName = "cosine"
    """linear (Ho et al. 2020) or cosine (Nichol and Dhariwal 2021)."""
    steps: int = 1000
    """Of the schedule, 2 to 10,000."""
    tells: Literal["velocity", "noise"] = "velocity"
    """What the network tells and is taught: noise (Ho et al. 2020) or velocity (Salimans and Ho 2022)."""
    width: int = 32
    """Maps of the first level, a multiple of 8, 8 to 512."""
    levels: int = 2
    """1 to 5; each further one has half the rows and columns and twice the maps."""
    patch: int = 2
    """Side of the squares of pixels that become channels, 1 to 8."""
    conditional: bool = True
    """Tell the network what the picture is to show: the source's conditions."""
    dropped: float = 0.1
    """Share of pictures whose condition it is not told, 0 to 1, so that sampling can be guided."""
    sampling: SamplingOptions = field(default_factory=SamplingOptions)
    judging: DiffusionJudging = field(default_factory=DiffusionJudging)
    training: TrainingOptions = field(default_factory=lambda: TrainingOptions(average=0.995))

    def __post_init__(self) -> None:
        refuse_outside(self, "steps", 2, 10_000)
        refuse_outside(self, "width", 8, 512)
        refuse_outside(self, "levels", 1, 5)
        refuse_outside(self, "patch", 1, 8)
        refuse_outside(self, "dropped", 0.0, 1.0)
        if self.width % GROUPS:
            raise SuiteError(f"width must be a multiple of {GROUPS}, the groups of its norms, not {self.width}.")
        if self.sampling.way == "ddim" and self.sampling.steps > self.steps:
            raise SuiteError(
                f"sampling.steps={self.sampling.steps} are more than the schedule's {self.steps}; choose fewer."
            )
        if self.sampling.guidance > 0.0 and not (self.conditional and self.dropped > 0.0):
            raise SuiteError(
                f"sampling.guidance={self.sampling.guidance} needs a network that also knows pictures without a condition; set "
                f"conditional=true and dropped=0.1."
            )
