"""What recipes may say about pix2pix and CycleGAN, checked once before anything is filmed. Source: ours; numbers name their papers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from perception.generative.data.streets import NIGHT, StreetViews
from perception.generative.gan.nets.patch import HALVINGS
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class TranslationJudging:
    """How a translation is judged."""

    pairs: int = 192
    """Held-out scenes that are translated, and as many others to compare with, 4 to 10,000."""

    def __post_init__(self) -> None:
        refuse_outside(self, "pairs", 4, 10_000)


@dataclass(frozen=True)
class CriticOptions:
    """Of PatchGAN."""

    patch: int = 34
    """Side of what a score sees, pixels: 16, 34, 70, 142 or 286. The papers' is 70 for sides of 256."""
    width: int = 32
    """Maps of the first layer, 1 to 256; the papers' is 64."""
    rate: float = 1.0
    """Share of the learning rate, above 0 to 100."""

    def __post_init__(self) -> None:
        if self.patch not in HALVINGS:
            raise SuiteError(f"patch must be one of {', '.join(map(str, HALVINGS))}, not {self.patch}.")
        refuse_outside(self, "width", 1, 256)
        refuse_outside(self, "rate", 0.0, 100.0, open_below=True)


@dataclass(frozen=True)
class Pix2PixConfig:
    """Configuration of pix2pix. Defaults: labels to streets at night, for two cores of a processor."""

    source: Literal["labels", "first"] = "labels"
    """What is translated to the second look: the classes of a scene's pixels, or its picture in the first look."""
    data: StreetViews = field(default_factory=lambda: StreetViews(NIGHT))
    """Looks, and how scenes are come by."""
    width: int = 16
    """Maps of the U-Net's first level, 1 to 256; the paper's is 64."""
    levels: int = 5
    """Of the U-Net, halvings of the side, 2 to 8."""
    l1: float = 100.0
    """Weight of the distance to the true picture, 0 to 10,000; the paper's is 100 (section 3.1)."""
    critic: CriticOptions = field(default_factory=CriticOptions)
    judging: TranslationJudging = field(default_factory=TranslationJudging)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        refuse_outside(self, "width", 1, 256)
        refuse_outside(self, "levels", 2, 8)
        refuse_outside(self, "l1", 0.0, 10_000.0)


@dataclass(frozen=True)
class CycleGanConfig:
    """Configuration of CycleGAN. Defaults: day and night, for two cores of a processor."""

    data: StreetViews = field(default_factory=lambda: StreetViews(NIGHT))
    """Two looks, and how scenes are come by."""
    width: int = 16
    """Maps of the generators at full side, 1 to 256; the paper's is 64."""
    blocks: int = 4
    """Residual blocks of each generator, 0 to 32; the paper's are 6 for a side of 128."""
    cycle: float = 10.0
    """Weight of coming back, lambda, 0 to 1000; the paper's is 10 (section 4)."""
    identity: float = 0.5
    """Weight of leaving alone what is in the look already, a share of `cycle`, 0 to 10; the paper's is 0.5 (section 5.2)."""
    pool: int = 50
    """Made pictures that are kept for the critics, 0 to 1000; the paper's are 50 (section 4)."""
    critic: CriticOptions = field(default_factory=CriticOptions)
    judging: TranslationJudging = field(default_factory=TranslationJudging)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        refuse_outside(self, "width", 1, 256)
        refuse_outside(self, "blocks", 0, 32)
        refuse_outside(self, "cycle", 0.0, 1000.0)
        refuse_outside(self, "identity", 0.0, 10.0)
        refuse_outside(self, "pool", 0, 1000)
