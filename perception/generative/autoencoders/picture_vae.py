"""A trained VAE as others use it: pictures to latents and back, however many at a time. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from perception.generative.autoencoders.vae import Vae
from perception.generative.pixels import as_bytes, in_unit
from sim_suite.errors import SuiteError

AT_ONCE: Final = 8
"""Pictures of a pass, filled up: a different number would change the last bits of what the network says."""
Floats = NDArray[np.float32]


class PictureVae:
    """A network, the size of its pictures and the names of its conditions. What is said of one picture does not depend on the others."""

    def __init__(
        self, network: Vae, size: tuple[int, int], conditions: tuple[str, ...] = (), device: torch.device | None = None
    ) -> None:
        """conditions: of a conditional network; it is put into its evaluating mode."""
        self._device = device or torch.device("cpu")
        self._network = network.to(self._device).eval()
        self.size, self.latents, self.conditions = size, network.latents, conditions

    def encode(self, images: NDArray[np.uint8], conditions: NDArray[np.uint8] | None = None) -> tuple[Floats, Floats]:
        """Mean and log variance, [N, Z] float32 each. images: [N, H, W, 3] uint8 red, green, blue; conditions: [N], where there are any.

        Raises `SuiteError` for arrays of another form.
        """
        if images.ndim != 4 or images.shape[1:] != (*self.size, 3) or images.dtype != np.uint8:
            raise SuiteError(
                f"images are uint8 [N, {self.size[0]}, {self.size[1]}, 3], not {images.dtype} {list(images.shape)}. "
                f"Cut and scale them as the network's source does."
            )
        told = self._checked(conditions, len(images))
        mean, log_variance = (np.empty((len(images), self.latents), np.float32) for _ in range(2))
        for part in _parts(len(images)):
            with torch.inference_mode():
                said = self._network.encode(in_unit(self._filled(images[part])), self._filled(told[part]))
            for kept, one in zip((mean, log_variance), said, strict=True):
                kept[part] = one.cpu().numpy()[: len(images[part])]
        return mean, log_variance

    def decode(self, latent: Floats, conditions: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
        """[N, H, W, 3] uint8. latent: [N, Z] float32. Raises `SuiteError` for an array of another form."""
        if latent.ndim != 2 or latent.shape[1] != self.latents or latent.dtype != np.float32:
            raise SuiteError(f"latents are float32 [N, {self.latents}], not {latent.dtype} {list(latent.shape)}.")
        told = self._checked(conditions, len(latent))
        pictures = np.empty((len(latent), *self.size, 3), np.uint8)
        for part in _parts(len(latent)):
            with torch.inference_mode():
                logits = self._network.decode(self._filled(latent[part]), self._filled(told[part]))
            pictures[part] = as_bytes(logits.sigmoid())[: len(latent[part])]
        return pictures

    def reconstruct(self, images: NDArray[np.uint8], conditions: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
        """[N, H, W, 3] uint8: through the means of the latents and back."""
        return self.decode(self.encode(images, conditions)[0], conditions)

    def perturb(
        self,
        images: NDArray[np.uint8],
        dice: np.random.Generator,
        strength: float = 1.0,
        conditions: NDArray[np.uint8] | None = None,
    ) -> NDArray[np.uint8]:
        """[N, H, W, 3] uint8: neighbours of the pictures. Latents are drawn from what the encoder says of each, with `strength` times its
        standard deviation; 0 reconstructs. Raises `SuiteError` for a strength below 0."""
        if not strength >= 0.0:
            raise SuiteError(f"strength must be 0 or more, not {strength}.")
        mean, log_variance = self.encode(images, conditions)
        noise = dice.standard_normal(mean.shape, dtype=np.float32)
        return self.decode(mean + np.float32(strength) * np.exp(0.5 * log_variance) * noise, conditions)

    def sample(
        self, count: int, dice: np.random.Generator, conditions: NDArray[np.uint8] | None = None
    ) -> NDArray[np.uint8]:
        """[count, H, W, 3] uint8 from latents of the prior N(0, 1)."""
        return self.decode(dice.standard_normal((count, self.latents), dtype=np.float32), conditions)

    def _checked(self, conditions: NDArray[np.uint8] | None, count: int) -> NDArray[np.uint8]:
        if conditions is None:
            if self.conditions:
                raise SuiteError(
                    f"this network wants a condition for each picture: {', '.join(self.conditions)} by number."
                )
            return np.zeros(count, np.uint8)
        if conditions.shape != (count,) or (len(self.conditions) and np.any(conditions >= len(self.conditions))):
            raise SuiteError(
                f"conditions are [{count}] numbers below {len(self.conditions)}, not {conditions.tolist()}."
            )
        return conditions

    def _filled(self, part: NDArray[np.generic]) -> torch.Tensor:
        """[AT_ONCE, ...]: with zeros behind where the last part has fewer."""
        whole = np.zeros((AT_ONCE, *part.shape[1:]), part.dtype)
        whole[: len(part)] = part
        return torch.from_numpy(whole).to(self._device)


def picture_vae(
    network: nn.Module, size: tuple[int, int], conditions: tuple[str, ...], device: torch.device
) -> PictureVae:
    """Of a task's network; conditions: of its source."""
    assert isinstance(network, Vae)
    return PictureVae(network, size, conditions if network.conditions else (), device)


def _parts(count: int) -> list[slice]:
    return [slice(begin, min(begin + AT_ONCE, count)) for begin in range(0, count, AT_ONCE)]
