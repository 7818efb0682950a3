"""Diffusion as a perception task: batches, loss, judgement, pictures. Source: Ho et al. 2020 (arXiv:2006.11239), algorithm 1."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from perception.generative.data.source import spread
from perception.generative.diffusion.config import DiffusionConfig
from perception.generative.diffusion.denoising_unet import DenoisingUNet
from perception.generative.diffusion.picture_diffusion import PictureDiffusion
from perception.generative.diffusion.schedule import schedule
from perception.generative.drawing import sheet
from perception.generative.metrics.ladder import Judged
from perception.generative.pixels import signed
from perception.training.options import TrainingOptions
from perception.training.task import Tensors
from sim_suite.errors import SuiteError
from sim_suite.learning.run_folder import Metrics

SHOWN: Final = 10
"""Columns of the sheet."""
ROWS: Final = 4
"""Of pictures that were made."""
_SAMPLES: Final = 0
"""Seed of what is drawn to be judged and shown."""


class DiffusionTask:
    """See `perception.training.task.Task`."""

    Config: ClassVar[type] = DiffusionConfig
    classes: tuple[str, ...] = ()

    def __init__(self, config: DiffusionConfig, seed: int) -> None:
        """Nothing is drawn before it is needed. Raises `SuiteError` for pictures that the network cannot halve so often."""
        self.config = config
        self.source = config.data.open(seed)
        self.schedule = schedule(config.schedule, config.steps)
        multiple = config.patch * 2 ** (config.levels - 1)
        if any(side % multiple for side in self.source.size):
            raise SuiteError(
                f"patch={config.patch} and levels={config.levels} need rows and columns in multiples of {multiple}, not "
                f"{self.source.size[0]} x {self.source.size[1]}. Choose a smaller patch or fewer levels."
            )

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    def network(self) -> DenoisingUNet:
        """Noisy pictures in -1..1, steps and conditions to noise or velocity. `training.average` is appendix B's average."""
        config = self.config
        conditions = len(self.source.conditions) if config.conditional else 0
        return DenoisingUNet(config.width, config.levels, config.patch, conditions)

    def opened(self, network: nn.Module, device: torch.device) -> PictureDiffusion:
        """The network as others use it."""
        conditions = self.source.conditions if self.config.conditional else ()
        is_velocity = self.config.tells == "velocity"
        return PictureDiffusion(network, self.schedule, self.source.size, conditions, device, is_velocity)

    def batch(self, number: int) -> Mapping[str, NDArray[Any]]:
        """pictures [B, H, W, 3] uint8 and conditions [B] uint8."""
        shown = self.source.batch(number, self.training.batch_size)
        return {"pictures": shown.pictures, "conditions": shown.conditions}

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean squared error of what is told, of noise equation 14, at steps drawn evenly; and of the noise that follows from it."""
        conditions = batch["conditions"].long()
        none = torch.full_like(conditions, len(self.source.conditions))
        is_dropped = torch.rand(conditions.shape, device=conditions.device) < self.config.dropped
        loss, noise = self._errors(network, batch["pictures"], torch.where(is_dropped, none, conditions))
        return loss, {"noise_mse": noise.detach()}

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """The noise's mean squared error on held-out pictures, at the same steps and noise each time; of what is made, see `Judged`."""
        true = self._judged.reference
        with torch.random.fork_rng():
            torch.manual_seed(_SAMPLES)
            pictures, conditions = (torch.from_numpy(array).to(device) for array in true[:2])
            error = float(self._errors(network, pictures, conditions)[1])
        made = self.opened(network, device).sample(
            len(true.pictures), _SAMPLES, self._conditions(true.conditions), self.config.sampling
        )
        return {"noise_mse": error, **self._judged.figures(made, self._conditions(true.conditions))}

    def notes(self) -> Mapping[str, str]:
        """See `perception.training.task.Notes`."""
        return self._judged.network.notes()

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Held-out pictures, and below each others of its condition that were made."""
        true = self._judged.reference
        kinds = len(self.source.conditions)
        wanted = spread(kinds, min(SHOWN, kinds)) if kinds > 1 else np.zeros(SHOWN, np.int64)
        first = [int(np.flatnonzero(true.conditions == one)[0]) for one in wanted if one in true.conditions]
        shown = true.chosen(np.array(first if kinds > 1 else spread(len(true.pictures), SHOWN)))
        asked = np.tile(shown.conditions, ROWS)
        made = self.opened(network, device).sample(len(asked), _SAMPLES, self._conditions(asked), self.config.sampling)
        rows = [("held out", shown.pictures)]
        rows += [("made" if number == 0 else "", part) for number, part in enumerate(np.split(made, ROWS))]
        names = [self.source.conditions[one].replace("_", " ") for one in shown.conditions] if kinds > 1 else []
        return sheet(rows, names)

    def _errors(self, network: nn.Module, pictures: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        """Of what is told, and of noise: two scalars, by torch's random numbers. pictures: [B, H, W, 3] uint8."""
        clean = signed(pictures)
        steps = torch.randint(self.schedule.steps, (len(clean),), device=clean.device)
        noise = torch.randn_like(clean)
        noisy = self.schedule.noised(clean, steps, noise)
        told = network(noisy, steps, conditions)
        if self.config.tells == "noise":
            error = functional.mse_loss(told, noise)
            return error, error
        error = functional.mse_loss(told, self.schedule.velocity(clean, steps, noise))
        return error, functional.mse_loss(self.schedule.noise_of(noisy, steps, told), noise)

    def _conditions(self, conditions: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        return conditions if self.config.conditional else None

    @cached_property
    def _judged(self) -> Judged:
        return Judged(self.config.data, self.source, self.config.judging.pictures)
