"""The variational autoencoder as a perception task: batches, bound, judgement, pictures. Source: ours; papers in vae_terms.py."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.generative.autoencoders.picture_vae import PictureVae, picture_vae
from perception.generative.autoencoders.vae import Vae
from perception.generative.autoencoders.vae_config import VaeConfig
from perception.generative.autoencoders.vae_terms import (
    bernoulli_nats,
    gaussian_nats,
    kl_nats,
    sampled,
    warmed_up,
    with_free_bits,
)
from perception.generative.data.source import Shown, spread
from perception.generative.drawing import sheet
from perception.generative.metrics.ladder import Judged
from perception.generative.metrics.picture_distances import psnr, ssim
from perception.generative.metrics.probes import fit, r_squared
from perception.generative.pixels import in_unit
from perception.training.options import TrainingOptions
from perception.training.task import Tensors
from sim_suite.learning.run_folder import Metrics

JUDGED_AT_ONCE: Final = 32
"""Pictures in a pass of judging."""
ACTIVE: Final = 0.01
"""Variance of a latent's mean over pictures above which it says something (Burda et al. 2016, arXiv:1509.00519, section 5.2)."""
SHOWN: Final = 10
"""Pictures in a row of the sheet."""
WAY: Final = (3, 7)
"""Columns of the pictures between which it shows the way."""
NEAR: Final = 3.0
"""Standard deviations of the latents that its neighbours are drawn with: one can hardly be seen."""
_SAMPLES: Final = 0
"""Seed of what is drawn to be judged and shown."""


class VaeTask:
    """See `perception.training.task.Task`."""

    Config: ClassVar[type] = VaeConfig
    classes: tuple[str, ...] = ()

    def __init__(self, config: VaeConfig, seed: int) -> None:
        """Nothing is drawn before it is needed."""
        self.config = config
        self.source = config.data.open(seed)

    @property
    def training(self) -> TrainingOptions:
        """See `Task`."""
        return self.config.training

    def network(self) -> Vae:
        """Raises `SuiteError` for pictures that the network cannot take."""
        config = self.config
        conditions = len(self.source.conditions) if config.conditional else 0
        return Vae(config.network, self.source.size, config.width, config.latents, conditions)

    def opened(self, network: nn.Module, device: torch.device) -> PictureVae:
        """The network as others use it."""
        return picture_vae(network, self.source.size, self.source.conditions, device)

    def batch(self, number: int) -> Mapping[str, NDArray[Any]]:
        """pictures [B, H, W, 3] uint8, conditions [B] uint8, and kl_weight [1] float32."""
        shown = self.source.batch(number, self.training.batch_size)
        weight = self.config.beta * warmed_up(number, self.config.kl_warm_up)
        return {
            "pictures": shown.pictures,
            "conditions": shown.conditions,
            "kl_weight": np.array([weight], np.float32),
        }

    def loss(self, network: nn.Module, batch: Tensors) -> tuple[Tensor, dict[str, Tensor]]:
        """Nats a picture: what reconstruction costs, and the weighed KL above its free bits; the terms are unweighed."""
        assert isinstance(network, Vae)
        pictures, conditions = in_unit(batch["pictures"]), batch["conditions"]
        mean, log_variance = network.encode(pictures, conditions)
        logits = network.decode(sampled(mean, log_variance), conditions)
        reconstruction = self._reconstruction(pictures, logits).mean()
        kl = kl_nats(mean, log_variance)
        loss = reconstruction + batch["kl_weight"][0] * with_free_bits(kl, self.config.free_bits)
        return loss / pictures[0].numel(), {
            "reconstruction_nats": reconstruction.detach(),
            "kl_nats": kl.sum(dim=1).mean().detach(),
        }

    def judge(self, network: nn.Module, device: torch.device) -> Metrics:
        """Of held-out pictures: both parts of the bound in nats a picture, the bound in nats a number of a pixel, how near reconstructions
        come, how many latents say anything, and what a line through them tells of the state (R^2); of samples, see `Judged`."""
        assert isinstance(network, Vae)
        vae, true = self.opened(network, device), self._held_out
        reconstruction, kl = self._bound(network, device)
        told = self._conditions(true)
        latents, _ = vae.encode(true.pictures, told)
        decoded = vae.decode(latents, told)
        samples = vae.sample(len(true.pictures), np.random.default_rng(_SAMPLES), told)
        return {
            "reconstruction_nats": reconstruction,
            "kl_nats": kl,
            "negative_elbo_nats": reconstruction + kl,
            "nats_per_dim": (reconstruction + kl) / true.pictures[0].size,
            "psnr_db": psnr(decoded, true.pictures),
            "ssim": ssim(decoded, true.pictures),
            "active_latents": float((latents.var(axis=0) > ACTIVE).sum()),
            **self._probed(vae, latents.astype(np.float64)),
            **self._judged.figures(samples, told),
        }

    def notes(self) -> Mapping[str, str]:
        """See `perception.training.task.Notes`."""
        return self._judged.network.notes()

    def picture(self, network: nn.Module, device: torch.device) -> NDArray[np.uint8]:
        """[rows, columns, 3] Held-out pictures, what comes back of them, neighbours of them, samples of the prior, and the way from one
        picture to another."""
        vae = self.opened(network, device)
        true = self._held_out.chosen(spread(len(self._held_out.pictures), SHOWN))
        told = self._conditions(true)
        latents, _ = vae.encode(true.pictures, told)
        way = latents[WAY[0]] + np.linspace(0.0, 1.0, SHOWN, dtype=np.float32)[:, None] * (
            latents[WAY[1]] - latents[WAY[0]]
        )
        rows = [
            ("held out", true.pictures),
            ("reconstructed", vae.decode(latents, told)),
            ("neighbours", vae.perturb(true.pictures, np.random.default_rng(_SAMPLES), NEAR, told)),
            ("from the prior", vae.sample(SHOWN, np.random.default_rng(_SAMPLES), told)),
            ("from 4th to 8th", vae.decode(way, told)),
        ]
        return sheet(rows)

    def _probed(self, vae: PictureVae, latents: NDArray[np.float64]) -> Metrics:
        """R^2 on held-out pictures, of probes that were fitted to the training split. latents: of the held-out ones."""
        if not self.source.state:
            return {}
        shown = self.source.training(len(latents))
        before, _ = vae.encode(shown.pictures, self._conditions(shown))
        probe = fit(before.astype(np.float64), shown.state.astype(np.float64))
        scores = r_squared(probe.tell(latents), self._held_out.state.astype(np.float64)).tolist()
        return {f"r2_{name}": score for name, score in zip(self.source.state, scores, strict=True)}

    def _conditions(self, shown: Shown) -> NDArray[np.uint8] | None:
        return shown.conditions if self.config.conditional else None

    @cached_property
    def _judged(self) -> Judged:
        return Judged(self.config.data, self.source, self.config.judging.pictures)

    def _bound(self, network: Vae, device: torch.device) -> tuple[float, float]:
        """Means over held-out pictures, with one draw of the latents each, the same each time."""
        total = np.zeros(2)
        draws = torch.Generator().manual_seed(0)
        for begin in range(0, len(self._held_out.pictures), JUDGED_AT_ONCE):
            part = self._held_out.chosen(np.arange(begin, min(begin + JUDGED_AT_ONCE, len(self._held_out.pictures))))
            pictures = in_unit(torch.from_numpy(part.pictures).to(device))
            conditions = torch.from_numpy(part.conditions).to(device)
            mean, log_variance = network.encode(pictures, conditions)
            noise = torch.randn(mean.shape, generator=draws).to(device)
            logits = network.decode(mean + (0.5 * log_variance).exp() * noise, conditions)
            total += (
                float(self._reconstruction(pictures, logits).double().sum()),
                float(kl_nats(mean, log_variance).double().sum()),
            )
        reconstruction, kl = (total / len(self._held_out.pictures)).tolist()
        return reconstruction, kl

    def _reconstruction(self, pictures: Tensor, logits: Tensor) -> Tensor:
        """[B] nats."""
        if self.config.likelihood == "bernoulli":
            return bernoulli_nats(pictures, logits)
        return gaussian_nats(pictures, logits.sigmoid(), self.config.deviation)

    @property
    def _held_out(self) -> Shown:
        return self._judged.reference
