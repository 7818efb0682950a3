"""The generators of checkpoints as others use them. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from perception.generative.gan.maker import Maker
from perception.generative.gan.task import GanTask
from perception.generative.gan.translation.cyclegan_task import CycleGanTask
from perception.generative.gan.translation.pix2pix_task import Pix2PixTask
from perception.training.checkpoint import load
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Translator:
    """A trained translation."""

    looks: tuple[str, ...]
    """That pictures can be brought into."""
    translate: Callable[[NDArray[np.uint8], str], NDArray[np.uint8]]
    """Pictures [N, H, W, 3] uint8 red, green, blue, and one of `looks`, to pictures of the same form. Raises `SuiteError` for another."""


def open_maker(name: str, device: torch.device | None = None) -> Maker:
    """name: a checkpoint's folder, its run, or zoo:NAME. Raises `SuiteError` for one of another task."""
    trained = load(name)
    if not isinstance(trained.task, GanTask):
        raise SuiteError(f"{name} was trained for {trained.description.task!r}; name a checkpoint of gan.")
    return trained.task.opened(trained.network, device or torch.device("cpu"))


def open_translator(name: str, device: torch.device | None = None) -> Translator:
    """name: as above, of cyclegan, or of pix2pix that translates pictures. Raises `SuiteError` for another."""
    trained, on = load(name), device or torch.device("cpu")
    network, task = trained.network.to(on), trained.task
    if isinstance(task, CycleGanTask):
        return Translator(task.config.data.looks, lambda pictures, look: task.translated(network, pictures, look, on))
    if isinstance(task, Pix2PixTask) and task.config.source == "first":
        goal = task.config.data.looks[1:]
        return Translator(goal, lambda pictures, look: task.recast(network, pictures, look, on))
    raise SuiteError(
        f"{name} translates no pictures: it was trained for {trained.description.task!r}. Name a checkpoint of cyclegan, or of pix2pix "
        f"with source=first."
    )
