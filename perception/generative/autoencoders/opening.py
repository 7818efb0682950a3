"""The VAE of a checkpoint. Source: ours."""

from __future__ import annotations

import torch

from perception.generative.autoencoders.picture_vae import PictureVae
from perception.generative.autoencoders.vae_task import VaeTask
from perception.training.checkpoint import load
from sim_suite.errors import SuiteError


def open_vae(name: str, device: torch.device | None = None) -> PictureVae:
    """name: a checkpoint's folder, its run, or zoo:NAME. Raises `SuiteError` for one of another task."""
    trained = load(name)
    if not isinstance(trained.task, VaeTask):
        raise SuiteError(f"{name} was trained for {trained.description.task!r}; name a checkpoint of vae.")
    return trained.task.opened(trained.network, device or torch.device("cpu"))
