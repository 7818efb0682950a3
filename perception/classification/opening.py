"""The classifier of a checkpoint. Source: ours."""

from __future__ import annotations

import torch

from perception.classification.classifier import Classifier
from perception.classification.task import ClassificationTask
from perception.training.checkpoint import load
from sim_suite.errors import SuiteError


def open_classifier(name: str, device: torch.device | None = None, is_quick: bool = False) -> Classifier:
    """name: a checkpoint's folder, its run, or zoo:NAME; is_quick: as `sim_suite.learning.inferring` runs it.

    Raises `SuiteError` for one of another task.
    """
    trained = load(name)
    if not isinstance(trained.task, ClassificationTask):
        raise SuiteError(f"{name} was trained for {trained.description.task!r}; name a checkpoint of classification.")
    network = trained.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
    return Classifier(network, trained.task.classes, device, is_quick)
