"""V: a trained VAE that turns frames of CarRacing into latents, and latents into pictures. Source: Ha and Schmidhuber 2018, section 2.1."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from perception.generative.autoencoders.vae import Vae
from perception.generative.autoencoders.vae_config import VaeConfig
from perception.generative.autoencoders.vae_task import VaeTask
from perception.generative.data.car_racing import seen
from perception.generative.pixels import as_bytes, in_unit
from perception.training.checkpoint import load
from sim_suite.envs.views import PIXELS
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.learning.probing import autocast
from sim_suite.learning.torch_blocks import seeded
from sim_suite.learning.weights import load_weights, save_weights
from sim_suite.settings import build_config, plain_config

VIEW: Final = PIXELS
"""What is looked at: CarRacing's own frame, [96, 96, 3]; V is shown it as its training was."""
FRAME: Final = (96, 96, 3)
_WEIGHTS, _CONFIG = "vision.safetensors", "vision.json"


class Vision:
    """A VAE of CarRacing with its settings."""

    def __init__(self, config: VaeConfig, network: Vae, precision: str, device: torch.device | None = None) -> None:
        """precision: float32 or bfloat16. Raises `SuiteError` for a network of other pictures, or one that is told conditions."""
        if config.data.source != "car_racing" or config.conditional:
            raise SuiteError(
                f"V must be a VAE of car_racing that is told no conditions, not of {config.data.source} with "
                f"conditional={str(config.conditional).lower()}. Train one: sim-suite perception train vae-car-racing."
            )
        self.config, self.latents = config, config.latents
        self._precision, self._device = precision, device or torch.device("cpu")
        last = torch.channels_last
        self._network = network.to(self._device, memory_format=last).eval()  # type: ignore[call-overload]  # torch's stubs lack it

    def shown(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Frames [B, 96, 96, 3] as V is shown them, [B, 64, 64, 3] uint8."""
        return np.stack([seen(frame, self.config.data.car_racing.bar) for frame in frames])

    def encode(self, pictures: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
        """Mean and log variance of the latents, [B, N] float32 each, of pictures [B, 64, 64, 3] uint8."""
        with torch.inference_mode(), autocast(self._device, self._precision):
            mean, log_variance = self._network.encode(in_unit(torch.from_numpy(pictures).to(self._device)))
        return mean, log_variance

    def decode(self, latents: Tensor) -> NDArray[np.uint8]:
        """Pictures [B, 64, 64, 3] uint8 of latents [B, N]."""
        with torch.inference_mode():
            return as_bytes(self._network.decode(latents.to(self._device)).sigmoid())

    def save(self, folder: Path) -> None:
        """Write vision.safetensors and vision.json into an existing folder: an agent carries the V that it looks with."""
        save_weights(self._network, folder / _WEIGHTS)
        write_json(folder / _CONFIG, plain_config(self.config))


def open_vision(name: str, precision: str, device: torch.device | None = None) -> Vision:
    """V of a perception checkpoint: its folder, its run, or zoo:NAME. Raises `SuiteError` for one of another task."""
    trained = load(name)
    if not isinstance(trained.network, Vae):
        raise SuiteError(
            f"{name} was trained for {trained.description.task!r}; name a checkpoint of vae (`sim-suite perception list`)."
        )
    config = build_config(VaeConfig, trained.description.config, name)
    return Vision(config, trained.network, precision, device)


def read_vision(folder: Path, precision: str, device: torch.device | None = None) -> Vision:
    """The inverse of `Vision.save`. Raises `DamagedFileError` when the files are not that."""
    config = build_config(VaeConfig, read_json(folder / _CONFIG), str(folder / _CONFIG))
    with seeded(0):
        network = VaeTask(config, 0).network()
    load_weights(network, folder / _WEIGHTS)
    return Vision(config, network, precision, device)
