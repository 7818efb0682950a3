"""The diffusion network of a checkpoint. Source: ours."""

from __future__ import annotations

import torch

from perception.generative.diffusion.picture_diffusion import PictureDiffusion
from perception.generative.diffusion.task import DiffusionTask
from perception.training.checkpoint import load
from sim_suite.errors import SuiteError


def open_diffusion(name: str, device: torch.device | None = None) -> PictureDiffusion:
    """name: a checkpoint's folder, its run, or zoo:NAME. Raises `SuiteError` for one of another task."""
    trained = load(name)
    if not isinstance(trained.task, DiffusionTask):
        raise SuiteError(f"{name} was trained for {trained.description.task!r}; name a checkpoint of diffusion.")
    return trained.task.opened(trained.network, device or torch.device("cpu"))
