"""The autoencoder as a perception task: plain, denoising, colourising, or from one look to another. Source: ours; papers in autoencoder.py
and corrupting.py."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from perception.generative.autoencoders.autoencoder import Autoencoder, Corrector
from perception.generative.autoencoders.autoencoder_config import AutoencoderConfig
from perception.generative.autoencoders.corrupting import grey, median_filtered, noisy, non_local_means
from perception.generative.data.source import Pairs, spread
from perception.generative.data.streets import StreetPictures
from perception.generative.drawing import sheet
from perception.generative.metrics.picture_distances import psnr, ssim
from perception.generative.pixels import as_bytes, in_unit
from perception.segmentation.nets.building import refuse_size
from perception.training.options import TrainingOptions
from perception.training.task import Tensors
from sim_suite.learning.run_folder import Metrics

JUDGED_AT_ONCE: Final = 16
"""Pictures in a pass of judging."""
SHOWN: Final = 8
"""Pictures in a row of the sheet."""
_NOISE, _HELD_OUT = 14, 15
"""What random numbers are for."""


class _Taught(NamedTuple):
    """Pictures [B, H, W, 3] uint8: as they are shown, and as they should come back."""

    shown: NDArray[np.uint8]
    pictures: NDArray[np.uint8]


class AutoencoderTask:
    """See `perception.training.task.Task`."""

    Config: ClassVar[type] = AutoencoderConfig
    classes: tuple[str, ...] = ()

    def __init__(self, config: AutoencoderConfig, seed: int) -> None:
        """Nothing is drawn before it is needed. Raises `SuiteError` for pictures that the U-Net cannot halve so often."""
        self.config, self._seed = config, seed
        self.source = config.data.open(seed)
        if config.network == "unet":
            refuse_size("unet", config.levels, *self.source.size)

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    def network(self) -> nn.Module:
        """Raises `SuiteError` for pictures that the network cannot take."""
        config = self.config
        if config.network == "unet":
            return Corrector(config.width, config.levels)
        return Autoencoder(config.network, self.source.size, config.width, config.latents)

    def batch(self, number: int) -> Mapping[str, NDArray[Any]]:
        """shown and pictures, [B, H, W, 3] uint8 each."""
        count, dice = self.training.batch_size, np.random.default_rng([self._seed, _NOISE, number])
        if self.config.corruption == "look":
            return _looks(self._streets.pairs(number, count))._asdict()
        return self._taught(self.source.batch(number, count).pictures, dice)._asdict()

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared error, colours in 0..1."""
        loss = functional.mse_loss(network(in_unit(batch["shown"])), in_unit(batch["pictures"]))
        return loss, {"mse": loss.detach()}

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """PSNR and SSIM of what comes back of held-out pictures, of what was shown, and of filters that know nothing of roads."""
        shown, true = self._held_out
        said = returned(network, shown, device)
        told = {"psnr_db": psnr(said, true), "ssim": ssim(said, true)}
        if self.config.corruption == "none":
            return told
        told |= {"shown_psnr_db": psnr(shown, true), "shown_ssim": ssim(shown, true)}
        for name, filtered in self._filtered.items():
            told |= {f"{name}_psnr_db": psnr(filtered, true), f"{name}_ssim": ssim(filtered, true)}
        return told

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Held-out pictures as they are shown, what comes back, what filters make of them, and as they are."""
        which = spread(len(self._held_out.pictures), SHOWN)
        shown, true = (array[which] for array in self._held_out)
        rows = [("shown", shown), ("network", returned(network, shown, device))]
        rows += [(name.replace("_", " "), filtered[which]) for name, filtered in self._filtered.items()]
        return sheet([*rows, ("as it is", true)] if self.config.corruption != "none" else rows)

    @cached_property
    def _held_out(self) -> _Taught:
        count = self.config.judging.pictures
        if self.config.corruption == "look":
            return _looks(self._streets.held_out_pairs(count))
        return self._taught(self.source.held_out(count).pictures, np.random.default_rng(_HELD_OUT))

    @cached_property
    def _filtered(self) -> dict[str, NDArray[np.uint8]]:
        """Of the held-out pictures, by the filter's name."""
        if self.config.corruption != "noise":
            return {}
        shown = self._held_out.shown
        return {"median": median_filtered(shown), "non_local_means": non_local_means(shown, self.config.noise)}

    @property
    def _streets(self) -> StreetPictures:
        assert isinstance(self.source, StreetPictures)
        return self.source

    def _taught(self, pictures: NDArray[np.uint8], dice: np.random.Generator) -> _Taught:
        if self.config.corruption == "noise":
            return _Taught(noisy(pictures, self.config.noise, self.config.masked, dice), pictures)
        return _Taught(grey(pictures) if self.config.corruption == "grey" else pictures, pictures)


def returned(network: nn.Module, shown: NDArray[np.uint8], device: torch.device) -> NDArray[np.uint8]:
    """[N, H, W, 3] uint8 that an autoencoder's network gives back of pictures [N, H, W, 3]; it is in its evaluating mode."""
    parts = []
    for begin in range(0, len(shown), JUDGED_AT_ONCE):
        part = torch.from_numpy(shown[begin : begin + JUDGED_AT_ONCE]).to(device)
        with torch.inference_mode():
            parts.append(as_bytes(network(in_unit(part))))
    return np.concatenate(parts)


def _looks(pairs: Pairs) -> _Taught:
    """The second look is shown, the first should come back."""
    return _Taught(pairs.second, pairs.first)
