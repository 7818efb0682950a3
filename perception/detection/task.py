"""Detection as a perception task: batches, loss, judgement beside colours and contours, pictures. Source: ours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.detection.average_precision import COCO_SIZES, AveragePrecision, average_precision
from perception.detection.boxes import pairwise_iou
from perception.detection.config import YoloConfig
from perception.detection.darknet.network import DarknetNetwork
from perception.detection.darknet.yolov3 import yolov3, yolov3_tiny
from perception.detection.data.augmenting import augmented
from perception.detection.data.colour_contours import ColourContours
from perception.detection.data.driving import DrivingSource
from perception.detection.data.frames import Frames, FrameSource
from perception.detection.data.shapes import Shapes
from perception.detection.data.telling import TellTerminal
from perception.detection.detections import Detections, Truths
from perception.detection.detector import DetectorOptions, select
from perception.detection.drawing import contact_sheet
from perception.detection.losses.targets import targets_of
from perception.detection.networks.small import SmallYolo
from perception.detection.networks.yolo_network import YoloNetwork
from perception.detection.networks.yolo_v1 import YoloV1
from perception.training.options import TrainingOptions
from perception.training.task import Tensors
from sim_suite.learning.run_folder import Metrics

JUDGED_AT_ONCE: Final = 16
"""Pictures in a pass of judging."""
DRAWN: Final = 12
"""Held-out pictures in `YoloTask.picture`, spread over all."""
SURE: Final = 0.4
"""Confidence from which boxes are drawn."""
COVERED: Final = 0.5
"""IoU from which a thing counts as found in a picture, as in AP50."""
COCO_ROWS: Final = 480
"""Of most of COCO's pictures."""
_ORDER, _VARIED = 0, 1
"""What random numbers are for."""


class YoloTask:
    """See `perception.training.task.Task`."""

    Config: ClassVar[type] = YoloConfig

    def __init__(self, config: YoloConfig, seed: int) -> None:
        """Nothing is drawn before it is asked for."""
        self.config, self._seed = config, seed
        self._epoch: tuple[int, NDArray[np.int64]] | None = None
        self.source: FrameSource = (
            Shapes(config.shapes, seed) if config.source == "shapes" else DrivingSource(config.driving, seed)
        )
        self.size = config.shapes.size if config.source == "shapes" else config.driving.camera.size

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    @property
    def classes(self) -> tuple[str, ...]:
        """See `Task`."""
        return self.source.classes

    def network(self) -> YoloNetwork:
        """The one that is configured."""
        config, count = self.config, len(self.classes)
        if config.network == "v1":
            return YoloV1(count, config.v1, config.loss_v1)
        if config.network == "small":
            return SmallYolo(count, config.anchor_pairs, config.small, config.loss)
        build = yolov3 if config.network == "yolov3" else yolov3_tiny
        return DarknetNetwork(build(count, self.size, config.anchor_pairs), config.loss)

    def batch(self, number: int) -> Mapping[str, NDArray[Any]]:
        """pictures uint8 [B, 3, H, W], targets float32 [M, TARGET], see `losses.targets`. An epoch shows each frame once."""
        frames, size = self._frames, self.training.batch_size
        pictures, truths = [], []
        for place in range(number * size, (number + 1) * size):
            epoch, index = divmod(place, len(frames))
            chosen = int(self._shuffled(epoch)[index])
            dice = np.random.default_rng((self._seed, _VARIED, place))
            picture, truth = augmented(frames.pictures[chosen], frames.truths[chosen], self.config.augment, dice)
            pictures.append(picture)
            truths.append(truth)
        stacked = np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2))
        return {"pictures": stacked, "targets": targets_of(truths, frames.pictures.shape[1:3]).numpy()}

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, Tensor]]:
        """See `losses`."""
        return _yolo(network).loss(prepared(batch["pictures"]), batch["targets"])

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """Average precision on held-out frames, by class too, and what colours and contours reach there.

        Sizes are COCO's share of the picture: 32 and 96 of 480 rows.
        """
        ours, *others = (
            self._precision(self._found(network, frames, device), frames) for frames in self._held_out.values()
        )
        theirs = self._baseline
        numbers = {
            "ap50": ours.ap50,
            "ap": ours.ap,
            "ap75": ours.ap75,
            "ap_small": ours.ap_small,
            "ap_medium": ours.ap_medium,
            "ap_large": ours.ap_large,
            **{f"ap50_{name}": value for name, value in zip(self.classes, ours.ap50_by_class, strict=True)},
            "colours_ap50": theirs.ap50,
            "above_colours": ours.ap50 - theirs.ap50,
            **{f"ap50_{name}": other.ap50 for name, other in zip(list(self._held_out)[1:], others, strict=True)},
        }
        return {name: value for name, value in numbers.items() if not math.isnan(value)}

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Held-out pictures with what the network is sure of, and what it misses."""
        frames = next(iter(self._held_out.values()))
        chosen = np.linspace(0, len(frames) - 1, min(DRAWN, len(frames))).astype(int)
        frames = Frames(frames.pictures[chosen], tuple(frames.truths[i] for i in chosen))
        found = self._found(network, frames, device, SURE)
        missed = [_missed(one, truths) for one, truths in zip(found, frames.truths, strict=True)]
        return contact_sheet(frames.pictures, found, missed, self.classes)

    def _found(
        self, network: nn.Module, frames: Frames, device: torch.device, confidence: float | None = None
    ) -> list[Detections]:
        judging = self.config.judging
        options = DetectorOptions(judging.confidence if confidence is None else confidence, judging.nms_iou)
        found = []
        for begin in range(0, len(frames), JUDGED_AT_ONCE):
            shown = torch.from_numpy(frames.pictures[begin : begin + JUDGED_AT_ONCE]).to(device)
            with torch.inference_mode():
                said = _yolo(network).decoded(prepared(shown.permute(0, 3, 1, 2))).cpu().numpy()
            found += [select(one, options) for one in said]
        return found

    @cached_property
    def _frames(self) -> Frames:
        frames = self.source.training(TellTerminal("training"))
        return frames.first(self.config.frames) if self.config.frames else frames

    @cached_property
    def _held_out(self) -> dict[str, Frames]:
        most = self.config.judging.frames
        held_out = self.source.held_out(TellTerminal("held-out scenes"))
        return {name: frames.first(most) for name, frames in held_out.items()} if most else held_out

    @cached_property
    def _baseline(self) -> AveragePrecision:
        """What `ColourContours` reaches."""
        baseline, frames = ColourContours(self._frames, len(self.classes)), next(iter(self._held_out.values()))
        return self._precision([baseline.detect(picture) for picture in frames.pictures], frames)

    def _precision(self, found: list[Detections], frames: Frames) -> AveragePrecision:
        share = (frames.pictures.shape[1] / COCO_ROWS) ** 2
        sizes = COCO_SIZES[0] * share, COCO_SIZES[1] * share
        return average_precision(found, frames.truths, len(self.classes), sizes)

    def _shuffled(self, epoch: int) -> NDArray[np.int64]:
        """The frames' numbers in the order of an epoch."""
        if self._epoch is None or self._epoch[0] != epoch:
            dice = np.random.default_rng((self._seed, _ORDER, epoch))
            self._epoch = epoch, dice.permutation(len(self._frames))
        return self._epoch[1]


def _missed(found: Detections, truths: Truths) -> NDArray[np.float32]:
    """[k, 4] Boxes that are to be found and that no detection of their class covers by half."""
    covers = pairwise_iou(truths.boxes, found.boxes) >= COVERED
    same = truths.classes[:, None] == found.classes[None]
    lost: NDArray[np.float32] = truths.boxes[~truths.crowd & ~(covers & same).any(1)]
    return lost


def _yolo(network: nn.Module) -> YoloNetwork:
    assert isinstance(network, YoloNetwork)
    return network


def prepared(pictures: Tensor) -> Tensor:
    """uint8 [B, 3, H, W] -> 0..1, float32, channels last: what convolutions on processors are fastest at."""
    return pictures.to(torch.float32, memory_format=torch.channels_last).div_(255)
