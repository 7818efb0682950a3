"""What a recipe may say about classification, checked once before anything is drawn or read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from perception.classification.nets.registry import sizes_of
from perception.classification.road_users.options import RoadUserOptions
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside


@dataclass(frozen=True)
class AugmentOptions:
    """How training pictures are changed."""

    shift: int = 0
    """Pixels that they move by at most, each way, 0 to 16; what comes in is black."""
    mirror: bool = False
    """Half of them left to right: not where sides matter, as on signs and in figures."""

    def __post_init__(self) -> None:
        refuse_outside(self, "shift", 0, 16)


@dataclass(frozen=True)
class JudgingOptions:
    """How a network is judged."""

    examples: int = 320
    """Pictures in each held-out style, or of a data set's own test pictures, 1 to 100,000."""

    def __post_init__(self) -> None:
        refuse_outside(self, "examples", 1, 100_000)


@dataclass(frozen=True)
class ClassificationConfig:
    """Configuration of a classifier. Defaults: a plain network that learns signs, for two cores of a processor."""

    data: str = "signs"
    """signs, road_users, or a data set's name and the folder with its files: mnist:DIR, cifar10:DIR, svhn:DIR."""
    network: str = "plain"
    """plain, vgg, resnet, resnet_v2, densenet, mobilenet, mobilenet_v2 or vit."""
    sizes: dict[str, Any] = field(default_factory=dict)
    """Of the network: fields of its `Sizes`; what is missing keeps its default."""
    label_smoothing: float = 0.0
    """Share of the truth that is spread over all classes, 0 to 0.5."""
    mixup: float = 0.0
    """The paper's alpha, 0 to 10; 0 mixes nothing."""
    start_from: str = ""
    """A checkpoint whose blocks are taken over: its folder, its run, zoo:NAME; network and sizes must be the same, classes need not."""
    freeze: int = 0
    """Blocks from the first on that stay as they were taken over."""
    road_users: RoadUserOptions = field(default_factory=RoadUserOptions)
    """Of data=road_users."""
    augment: AugmentOptions = field(default_factory=AugmentOptions)
    judging: JudgingOptions = field(default_factory=JudgingOptions)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        sizes_of(self.network, self.sizes)
        refuse_outside(self, "label_smoothing", 0.0, 0.5)
        refuse_outside(self, "mixup", 0.0, 10.0)
        refuse_less(self, {"freeze": 0})
        if self.freeze and not self.start_from:
            raise SuiteError(f"freeze={self.freeze} keeps blocks that are taken over; name start_from=CHECKPOINT too.")
