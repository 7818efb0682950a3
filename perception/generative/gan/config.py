"""What a recipe may say about a GAN that makes pictures from noise, checked once before anything is drawn. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from perception.generative.data.options import DataOptions
from perception.generative.gan.members.registry import options_of
from perception.training.options import TrainingOptions
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class GanJudging:
    """How a generator is judged."""

    pictures: int = 1024
    """That are made, and as many held out, 16 to 100,000."""

    def __post_init__(self) -> None:
        refuse_outside(self, "pictures", 16, 100_000)


@dataclass(frozen=True)
class GanConfig:
    """Configuration of a GAN. Defaults: DCGAN on signs, for two cores of a processor."""

    member: str = "dcgan"
    """dcgan, cgan, acgan, lsgan, wgan, wgan-gp or infogan."""
    options: dict[str, Any] = field(default_factory=dict)
    """Of the member: fields of its `Options`; what is missing keeps its default."""
    data: DataOptions = field(default_factory=lambda: DataOptions(source="signs"))
    """Pictures, squares with a side that is a power of 2."""
    width: int = 32
    """Maps of the finest layer of both networks, doubled at each coarser one, 1 to 256; the paper's is 128 (figure 1)."""
    noise: int = 64
    """Numbers, 1 to 4096; the paper's is 100."""
    critic_rate: float = 1.0
    """The critic's share of the learning rate (Heusel et al. 2017, arXiv:1706.08500), above 0 to 100."""
    judging: GanJudging = field(default_factory=GanJudging)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        options_of(self.member, self.options)
        refuse_outside(self, "width", 1, 256)
        refuse_outside(self, "noise", 1, 4096)
        refuse_outside(self, "critic_rate", 0.0, 100.0, open_below=True)
