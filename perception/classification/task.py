"""Classification as a perception task: batches, loss, transfer, judgement, pictures. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.classification.augmenting import augmented
from perception.classification.classifier import Classifier, prepared
from perception.classification.config import ClassificationConfig
from perception.classification.datasets.source import FileSource
from perception.classification.drawing import Seen, sheet
from perception.classification.losses import mixed_cross_entropy, mixup, smoothed_cross_entropy
from perception.classification.nets.classifier_network import SCORES, ClassifierNetwork, Pictures
from perception.classification.nets.registry import build
from perception.classification.road_users.source import RoadUserSource
from perception.classification.signs.source import SignSource
from perception.classification.source import SIDE, HeldOut, LabelledSource
from perception.segmentation.confusion import Counts, confusion
from perception.training.checkpoint import load
from perception.training.options import TrainingOptions
from perception.training.task import Tensors
from sim_suite.errors import SuiteError
from sim_suite.learning.run_folder import Metrics
from sim_suite.rates import wilson

_AUGMENT = 2
"""What random numbers are for."""


class ClassificationTask:
    """See `perception.training.task.Task`."""

    Config: ClassVar[type] = ClassificationConfig

    def __init__(self, config: ClassificationConfig, seed: int) -> None:
        """Raises `SuiteError` for data that has no such name. Nothing is drawn or read before it is needed."""
        self.config, self._seed = config, seed
        self.source = _source(config, seed)

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    @property
    def classes(self) -> tuple[str, ...]:
        """See `Task`."""
        return self.source.classes

    def network(self) -> ClassifierNetwork:
        """Pictures as `prepared` makes them to scores [B, K]; the first blocks frozen where that is asked for."""
        network = build(self.config.network, Pictures(3, SIDE, SIDE, len(self.classes)), self.config.sizes)
        network.freeze(self.config.freeze)
        return network

    def start(self, network: nn.Module) -> None:
        """See `perception.training.task.Starts`: take over blocks, and scores too where the classes are the same.

        Raises `SuiteError` for a checkpoint of another network.
        """
        if not self.config.start_from:
            return
        before = load(self.config.start_from)
        if not isinstance(before.task, ClassificationTask):
            raise SuiteError(
                f"start_from={self.config.start_from} was trained for {before.description.task!r}; name a classifier's checkpoint."
            )
        theirs, ours = before.network.state_dict(), network.state_dict()
        fits = theirs.keys() == ours.keys() and all(
            theirs[name].shape == ours[name].shape for name in ours if not name.startswith(SCORES)
        )
        if before.task.config.network != self.config.network or not fits:
            raise SuiteError(
                f"start_from={self.config.start_from} is a {before.task.config.network} of {before.task.config.sizes}, and this run's is "
                f"a {self.config.network} of {self.config.sizes}. Set network and sizes to the checkpoint's."
            )
        fresh = (
            {}
            if before.task.classes == self.classes
            else {name: ours[name] for name in ours if name.startswith(SCORES)}
        )
        network.load_state_dict(theirs | fresh)

    def batch(self, number: int) -> Mapping[str, NDArray[Any]]:
        """pictures [B, H, W, 3] uint8 and labels [B] uint8."""
        shown = self.source.batch(number, self.training.batch_size)
        dice = np.random.default_rng([self._seed, _AUGMENT, number])
        return {"pictures": augmented(shown.pictures, self.config.augment, dice), "labels": shown.labels}

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, Tensor]]:
        """Cross-entropy, smoothed and of mixed pictures where that is asked for, and the share that is named rightly."""
        pictures, labels = prepared(batch["pictures"]), batch["labels"].long()
        if self.config.mixup > 0.0:
            mixed = mixup(pictures, labels, self.config.mixup)
            scores = network(mixed.pictures).float()
            loss = mixed_cross_entropy(scores, labels, mixed, self.config.label_smoothing)
        else:
            scores = network(pictures).float()
            loss = smoothed_cross_entropy(scores, labels, self.config.label_smoothing)
        right = (scores.detach().argmax(dim=1) == labels).float().mean()
        return loss, {"cross_entropy": loss.detach(), "accuracy": right}

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """The share of held-out pictures that are named rightly: of all, with its 95 % interval over other pictures of the same styles, in
        the worst style, and of each class."""
        counts = [confusion(seen.labels, seen.said, len(self.classes)) for seen in self._seen(network, device)]
        total = np.sum(counts, axis=0)
        shares = dict(zip(self.classes, recalls(total).tolist(), strict=True))
        low, high = wilson(float(np.trace(total)), int(total.sum()))
        return {
            "accuracy": accuracy(total),
            "accuracy_low": low,
            "accuracy_high": high,
            "worst_style_accuracy": min(map(accuracy, counts)),
            **{f"accuracy_{name}": value for name, value in shares.items() if not np.isnan(value)},
        }

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Held-out pictures of each class and style, those named wrongly framed, beside the confusion table; below them
        the surest mistakes."""
        return sheet(self._seen(network, device), self.classes)

    def _seen(self, network: nn.Module, device: torch.device) -> list[Seen]:
        classifier, found = Classifier(network, self.classes, device), []
        for style, shown in self._held_out:
            said = classifier.classify(shown.pictures)
            found.append(Seen(style, shown.pictures, shown.labels, said.classes, said.confidences))
        return found

    @cached_property
    def _held_out(self) -> list[HeldOut]:
        return list(self.source.held_out(self.config.judging.examples))


def _source(config: ClassificationConfig, seed: int) -> LabelledSource:
    if config.data == "signs":
        return SignSource(seed)
    return RoadUserSource(config.road_users, seed) if config.data == "road_users" else FileSource(config.data, seed)


def accuracy(counts: Counts) -> float:
    """Share of a confusion table that lies on its diagonal."""
    return float(np.trace(counts) / counts.sum())


def recalls(counts: Counts) -> NDArray[np.float64]:
    """[K] For each class the share that is named rightly; nan for a class that does not occur."""
    shown = counts.sum(axis=1)
    shares: NDArray[np.float64] = np.divide(
        np.diag(counts), shown, out=np.full(len(counts), np.nan, np.float64), where=shown > 0
    )
    return shares
