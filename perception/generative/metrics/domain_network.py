"""Features of pictures by a trained network of the suite, named with its hash: figures by another one are not to be compared, nor are they
those of Inception. Source: ours, in place of Heusel et al. 2017's network, which knows no roads and cannot be had without a download."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.classification.classifier import fitted, prepared
from perception.classification.nets.classifier_network import ClassifierNetwork
from perception.generative.data.options import SourceName
from perception.scaling import all_scaled
from perception.segmentation.nets.unet import UNet
from perception.training.checkpoint import MODEL, find, load
from sim_suite.files import sha256

OF_SOURCE: Final[dict[SourceName, str]] = {
    "car_racing": "zoo:segmentation-car-racing", "streets": "zoo:segmentation-driving", "signs": "zoo:signs",
    "folder": "zoo:segmentation-driving",
}  # fmt: skip
"""Trained on other draws than those that generators learn from."""
_SIDE: Final = 96
"""Rows and columns of pictures for the segmentation networks."""
_AT_ONCE: Final = 32


class DomainNetwork(NamedTuple):
    """Pictures to features."""

    name: str
    sha256: str
    """Of its weights' file."""
    features: Callable[[Tensor], Tensor]
    """Pictures [B, 3, H, W] in -1..1 to [B, D]."""
    fit: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
    """Brings pictures [N, H, W, 3] to the network's size."""
    device: torch.device

    def notes(self) -> dict[str, str]:
        """What a figure by these features must be told with."""
        return {"features": f"{self.name}, SHA-256 {self.sha256}"}

    def extract(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """[N, D] features of pictures [N, H, W, 3] uint8."""
        parts = []
        for begin in range(0, len(pictures), _AT_ONCE):
            shown = torch.from_numpy(self.fit(pictures[begin : begin + _AT_ONCE])).to(self.device)
            with torch.inference_mode():
                parts.append(self.features(prepared(shown)).double().cpu().numpy())
        return np.concatenate(parts)


def domain_network(source: SourceName, device: torch.device | None = None) -> DomainNetwork:
    """That of a source of pictures."""
    device, name = device or torch.device("cpu"), OF_SOURCE[source]
    network = load(name).network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
    digest = sha256(find(name) / MODEL)
    if isinstance(network, ClassifierNetwork):
        return DomainNetwork(name, digest, network.blocks, fitted, device)
    return DomainNetwork(name, digest, _coarsest(network), _enlarged, device)


def _coarsest(network: nn.Module) -> Callable[[Tensor], Tensor]:
    """Means over the picture of what the U-Net's coarsest level sees."""
    assert isinstance(network, UNet)
    unet = network

    def features(pictures: Tensor) -> Tensor:
        seen = pictures
        for number, block in enumerate(unet.down):
            seen = block(unet.pool(seen) if number else seen)
        return seen.mean(dim=(2, 3))

    return features


def _enlarged(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return all_scaled(pictures, (_SIDE, _SIDE))
