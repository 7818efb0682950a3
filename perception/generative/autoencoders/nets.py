"""Halves of autoencoders: pictures to features, and latents to pictures. Sources: Ha and Schmidhuber 2018 (arXiv:1803.10122), figure 22,
for `world_models`; the small one is ours, after DCGAN (Radford et al. 2016, arXiv:1511.06434): strides of two, no pooling."""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

from torch import nn

from sim_suite.errors import SuiteError

NetworkName = Literal["small", "world_models"]
WORLD_MODELS_SIDE: Final = 64
_WIDE: Final = 1024
"""Features of the paper's network."""
_HALVINGS: Final = 4
"""Of the small network."""
_GROUPS: Final = 4
"""Of a group norm (Wu and He 2018, arXiv:1803.08494), or as many as divide the maps."""


class Halves(NamedTuple):
    """Two networks that meet at the latents."""

    encoder: nn.Module
    """Pictures [B, 3, H, W] to features [B, F]."""
    features: int
    """F."""
    decoder: nn.Module
    """Latents [B, Z] to numbers [B, 3, H, W] whose sigmoid is a picture."""


def build(name: NetworkName, size: tuple[int, int], width: int, latents: int) -> Halves:
    """Fresh networks. width: maps of the small one's first layer; latents: Z, what the decoder is given.

    Raises `SuiteError` for pictures that the network cannot take.
    """
    if name == "world_models":
        if size != (WORLD_MODELS_SIDE, WORLD_MODELS_SIDE):
            raise SuiteError(
                f"world_models takes pictures of 64 x 64, not {size[0]} x {size[1]}. Choose network=small."
            )
        return Halves(_paper_encoder(), _WIDE, _paper_decoder(latents))
    if size[0] % 2**_HALVINGS or size[1] % 2**_HALVINGS:
        raise SuiteError(f"small needs rows and columns in multiples of {2**_HALVINGS}, not {size[0]} x {size[1]}.")
    maps = [width * 2**level for level in range(_HALVINGS)]
    least = (maps[-1], size[0] // 2**_HALVINGS, size[1] // 2**_HALVINGS)
    return Halves(_small_encoder(maps), math.prod(least), _small_decoder(maps, least, latents))


def _paper_encoder() -> nn.Sequential:
    """64 x 64 -> 31 -> 14 -> 6 -> 2: 2 x 2 x 256 = 1024 features."""
    layers: list[nn.Module] = []
    for before, after in ((3, 32), (32, 64), (64, 128), (128, 256)):
        layers += [nn.Conv2d(before, after, 4, stride=2), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.Flatten())


def _paper_decoder(latents: int) -> nn.Sequential:
    """1 x 1 x 1024 -> 5 -> 13 -> 30 -> 64 x 64."""
    layers: list[nn.Module] = [nn.Linear(latents, _WIDE), nn.Unflatten(1, (_WIDE, 1, 1))]
    for before, after, kernel in ((_WIDE, 128, 5), (128, 64, 5), (64, 32, 6), (32, 3, 6)):
        layers += [nn.ConvTranspose2d(before, after, kernel, stride=2), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers[:-1])


def _small_encoder(maps: list[int]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in zip([3, *maps], maps, strict=False):
        layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), _norm(after), nn.SiLU(inplace=True)]
    return nn.Sequential(*layers, nn.Flatten())


def _small_decoder(maps: list[int], least: tuple[int, int, int], latents: int) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Linear(latents, math.prod(least)), nn.Unflatten(1, least)]
    for before, after in zip(maps[::-1], [*maps[-2::-1], 3], strict=True):
        layers += [_norm(before), nn.SiLU(inplace=True), nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)]
    return nn.Sequential(*layers)


def _norm(maps: int) -> nn.GroupNorm:
    return nn.GroupNorm(math.gcd(_GROUPS, maps), maps)
