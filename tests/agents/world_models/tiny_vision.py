"""A VAE of four latents that has learned nothing, as V of these tests: what it says is some function of the picture."""

from __future__ import annotations

from pathlib import Path

from agents.world_models.vision import Vision
from perception.generative.autoencoders.vae_config import VaeConfig
from perception.generative.autoencoders.vae_task import VaeTask
from perception.training.checkpoint import Description, save
from sim_suite.learning.torch_blocks import seeded
from sim_suite.settings import plain_config

LATENTS = 4
CONFIG = VaeConfig(width=1, latents=LATENTS)


def network():
    with seeded(3):
        return VaeTask(CONFIG, 0).network()


def vision(precision: str = "float32") -> Vision:
    return Vision(CONFIG, network(), precision)


def kept_in(folder: Path) -> Path:
    """A perception checkpoint of it."""
    save(folder, network(), Description("vae", plain_config(CONFIG), ()))
    return folder
