"""What a recipe may say about YOLO, checked once before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from perception.detection.darknet.yolov3 import ANCHORS, TINY_ANCHORS
from perception.detection.data.augmenting import AugmentOptions
from perception.detection.data.driving import DrivingFrames
from perception.detection.data.shapes import ShapesOptions
from perception.detection.losses.yolo_v1 import LossWeights
from perception.detection.losses.yolo_v3 import LossOptions
from perception.detection.networks.small import SmallSizes
from perception.detection.networks.yolo_v1 import V1Sizes
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.refusals import refuse_less, refuse_outside

SourceName = Literal["driving", "shapes"]
NetworkName = Literal["small", "v1", "yolov3", "yolov3-tiny"]


DEFAULT_ANCHORS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "small": (
        (4.0, 4.0), (5.0, 8.0), (8.0, 6.0), (6.0, 14.0), (12.0, 9.0), (19.0, 14.0), (11.0, 27.0), (34.0, 22.0), (66.0, 50.0),
    ),
    "v1": (),
    "yolov3": ANCHORS,
    "yolov3-tiny": TINY_ANCHORS,
}  # fmt: skip
"""(width, height) in pixels; of the small network those that `sim-suite perception anchors yolo` finds."""


@dataclass(frozen=True)
class JudgingOptions:
    """How a network is judged."""

    frames: int = 0
    """Of the held-out ones, the first so many; 0 all."""
    confidence: float = 0.01
    """Boxes below it do not count: what is surer decides average precision."""
    nms_iou: float = 0.45
    """See `detector.DetectorOptions`."""

    def __post_init__(self) -> None:
        refuse_less(self, {"frames": 0})
        refuse_outside(self, "confidence", 0.0, 1.0)
        refuse_outside(self, "nms_iou", 0.0, 1.0)


@dataclass(frozen=True)
class YoloConfig:
    """Configuration of a detector. Defaults: the small network on the driving camera, for two cores of a processor."""

    source: SourceName = "driving"
    """Where pictures come from."""
    network: NetworkName = "small"
    """Of `networks`, or YOLO v3 as published (62 million parameters) and its smaller sister."""
    anchors: tuple[float, ...] = ()
    """width, height, width, height, .. in pixels, by rising area, as in Darknet's files: nine, or six of yolov3-tiny; YOLO v1 has none.
    Empty takes the papers', and for the small network those of the driving camera. `sim-suite perception anchors` finds them."""
    frames: int = 0
    """Of training, the first so many are learned from; 0 all."""
    small: SmallSizes = field(default_factory=SmallSizes)
    v1: V1Sizes = field(default_factory=V1Sizes)
    loss: LossOptions = field(default_factory=LossOptions)
    """Of YOLO v3."""
    loss_v1: LossWeights = field(default_factory=LossWeights)
    driving: DrivingFrames = field(default_factory=DrivingFrames)
    shapes: ShapesOptions = field(default_factory=ShapesOptions)
    augment: AugmentOptions = field(default_factory=AugmentOptions)
    judging: JudgingOptions = field(default_factory=JudgingOptions)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        object.__setattr__(self, "anchors", tuple(float(side) for side in self.anchors))
        refuse_less(self, {"frames": 0})
        for name, kind in (("source", SourceName), ("network", NetworkName)):
            if getattr(self, name) not in get_args(kind):
                raise UnknownNameError(name, getattr(self, name), get_args(kind))
        needed = len(DEFAULT_ANCHORS[self.network])
        if self.anchors and len(self.anchors) != 2 * needed:
            raise SuiteError(
                f"the network {self.network!r} needs {needed} anchors, {2 * needed} numbers; there are {len(self.anchors)}. "
                "`sim-suite perception anchors` finds them."
            )

    @property
    def anchor_pairs(self) -> tuple[tuple[float, float], ...]:
        """(width, height) each."""
        if not self.anchors:
            return DEFAULT_ANCHORS[self.network]
        return tuple(zip(self.anchors[::2], self.anchors[1::2], strict=True))
