"""What a recipe may say about segmentation, checked once before anything is driven."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from perception.segmentation.car_racing.drives import DriveOptions
from perception.segmentation.driving.streets import StreetOptions
from perception.segmentation.nets.building import NetworkName
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside


@dataclass(frozen=True)
class JudgingOptions:
    """How a network is judged."""

    frames: int = 24
    """Pictures in each held-out style, 1 to 10,000."""

    def __post_init__(self) -> None:
        refuse_outside(self, "frames", 1, 10_000)


@dataclass(frozen=True)
class SegmentationConfig:
    """Configuration of a segmentation network. Defaults: a U-Net for two cores of a processor."""

    source: Literal["car_racing", "driving"] = "car_racing"
    """Where labelled pictures come from: CarRacing from above, or streets through a car's camera."""
    network: NetworkName = "unet"
    """unet, fcn32s, fcn16s or fcn8s."""
    width: int = 16
    """Maps of the first level, 1 to 256; the papers' is 64."""
    levels: int = 4
    """Of the U-Net, 2 to 8; the paper's is 5."""
    class_weights: tuple[float, ...] = ()
    """Of the cross-entropy, one for each class; empty weighs all pixels alike."""
    dice: float = 0.0
    """Weight of the Dice loss beside the cross-entropy, 0 to 100."""
    mirror: float = 0.0
    """Share of the pictures that are learned from in a mirror, 0 to 1."""
    data: DriveOptions = field(default_factory=DriveOptions)
    """CarRacing: how frames are come by."""
    streets: StreetOptions = field(default_factory=StreetOptions)
    """Driving: how pictures are come by."""
    judging: JudgingOptions = field(default_factory=JudgingOptions)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        refuse_outside(self, "width", 1, 256)
        refuse_outside(self, "levels", 2, 8)
        refuse_outside(self, "dice", 0.0, 100.0)
        refuse_outside(self, "mirror", 0.0, 1.0)
        if any(weight < 0.0 for weight in self.class_weights) or (self.class_weights and not any(self.class_weights)):
            raise SuiteError(f"class_weights must be 0 or more and not all 0, not {list(self.class_weights)}.")
