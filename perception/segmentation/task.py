"""Segmentation as a perception task: batches, loss, judgement beside the colour threshold, pictures. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.segmentation.car_racing.source import CarRacingSource
from perception.segmentation.config import SegmentationConfig
from perception.segmentation.confusion import confusion, intersection_over_union, mean_iou
from perception.segmentation.drawing import side_by_side
from perception.segmentation.driving.source import StreetSource
from perception.segmentation.losses import cross_entropy, dice_loss
from perception.segmentation.nets.building import build, prepared, refuse_size
from perception.segmentation.source import LabelledSource, Styled
from perception.segmentation.threshold import ColourThreshold
from perception.training.options import TrainingOptions
from perception.training.task import Tensors
from sim_suite.errors import SuiteError
from sim_suite.learning.inferring import inferring
from sim_suite.learning.run_folder import Metrics

JUDGED_AT_ONCE: Final = 16
"""Pictures in a pass of judging."""
_MIRROR: Final = 7
"""What the run's random numbers are for here, beside those of the sources."""


class SegmentationTask:
    """See `perception.training.task.Task`."""

    Config: ClassVar[type] = SegmentationConfig

    def __init__(self, config: SegmentationConfig, seed: int) -> None:
        """Raises `SuiteError` where network, weights and pictures do not fit together."""
        self.config, self._seed = config, seed
        self.source = _source(config, seed)
        refuse_size(config.network, config.levels, *self.source.size)
        if config.class_weights and len(config.class_weights) != len(self.classes):
            raise SuiteError(
                f"class_weights must have {len(self.classes)} numbers, for {', '.join(self.classes)}, not "
                f"{len(config.class_weights)}."
            )
        self._weights = torch.tensor(config.class_weights) if config.class_weights else None

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    @property
    def classes(self) -> tuple[str, ...]:
        """See `Task`."""
        return self.source.classes

    def network(self) -> nn.Module:
        """Pictures [B, 3, H, W] as `prepared` makes them to scores [B, K, H, W]."""
        return build(self.config.network, len(self.classes), self.config.width, self.config.levels)

    def batch(self, number: int) -> Mapping[str, NDArray[np.uint8]]:
        """pictures [B, H, W, 3] and labels [B, H, W]."""
        drawn = self.source.batch(number, self.training.batch_size)
        if self.config.mirror > 0.0:
            mirrored = (
                np.random.default_rng([self._seed, _MIRROR, number]).random(len(drawn.labels)) < self.config.mirror
            )
            drawn.pictures[mirrored] = drawn.pictures[mirrored, :, ::-1]
            drawn.labels[mirrored] = drawn.labels[mirrored, :, ::-1]
        return drawn._asdict()

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross-entropy, and Dice as heavy as it is asked for."""
        scores = network(prepared(batch["pictures"])).float()
        labels = batch["labels"].long()
        weights = None if self._weights is None else self._weights.to(scores.device)
        loss = cross_entropy(scores, labels, weights)
        terms = {"cross_entropy": loss.detach()}
        if self.config.dice > 0.0:
            dice = dice_loss(scores, labels)
            loss, terms["dice"] = loss + self.config.dice * dice, dice.detach()
        return loss, terms

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """Mean IoU over held-out styles, that of each class and of the worst style, and how far it lies above the colour threshold's."""
        counts = [self._confusion(segment(network, one.shown.pictures, device), one) for one in self._held_out]
        total = np.sum(counts, axis=0)
        classes = dict(zip(self.classes, intersection_over_union(total).tolist(), strict=True))
        threshold = mean_iou(np.sum([self._confusion(said, one) for said, one in self._by_threshold], axis=0))
        return {
            "miou": mean_iou(total),
            **{f"iou_{name}": value for name, value in classes.items() if not np.isnan(value)},
            "worst_style_miou": min(map(mean_iou, counts)),
            "threshold_miou": threshold,
            "above_threshold": mean_iou(total) - threshold,
        }

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] A row of picture, truth, prediction and the threshold's for each held-out style.

        Of the pictures where the rarest classes are seen most: the first style's best, the second's second, and so on.
        """
        rows = []
        for number, (one, (said, _)) in enumerate(zip(self._held_out, self._by_threshold, strict=True)):
            pictures, labels = one.shown
            seen = [np.sort(np.bincount(part.ravel(), minlength=len(self.classes))).tolist() for part in labels]
            best = sorted(range(len(seen)), key=seen.__getitem__, reverse=True)
            which = best[min(number, len(best) - 1)]
            shown = segment(network, pictures[which : which + 1], device)[0]
            rows.append((one.style, pictures[which], labels[which], shown, said[which]))
        return side_by_side(rows, self.classes, self.source.colours)

    @cached_property
    def _held_out(self) -> list[Styled]:
        return list(self.source.held_out(self.config.judging.frames))

    @cached_property
    def _by_threshold(self) -> list[tuple[NDArray[np.uint8], Styled]]:
        """What the colour threshold says of them."""
        shown = (one.shown for one in self.source.in_training_styles(self.config.judging.frames))
        threshold = ColourThreshold(shown, len(self.classes))
        return [(threshold.predict(one.shown.pictures), one) for one in self._held_out]

    def _confusion(self, predicted: NDArray[np.uint8], true: Styled) -> NDArray[np.int64]:
        return confusion(true.shown.labels, predicted, len(self.classes))


def _source(config: SegmentationConfig, seed: int) -> LabelledSource:
    if config.source == "driving":
        return StreetSource(config.streets, seed)
    return CarRacingSource(config.data, seed)


def segment(
    network: nn.Module, pictures: NDArray[np.uint8], device: torch.device, is_quick: bool = False
) -> NDArray[np.uint8]:
    """[B, H, W] The likeliest class of each pixel. pictures: [B, H, W, 3]; the network is in its evaluating mode. is_quick: it is one
    of `sim_suite.learning.inferring.quick`."""
    parts = []
    for begin in range(0, len(pictures), JUDGED_AT_ONCE):
        shown = torch.from_numpy(pictures[begin : begin + JUDGED_AT_ONCE]).to(device)
        with inferring(device, is_quick):
            parts.append(network(prepared(shown)).argmax(dim=1).to(torch.uint8).cpu().numpy())
    return np.concatenate(parts)
