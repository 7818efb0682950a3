"""Names what crops show, however many at a time: what a driver asks of a trained network. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.classification.source import SIDE
from perception.scaling import all_scaled
from sim_suite.errors import SuiteError
from sim_suite.learning.inferring import inferring, quick

AT_ONCE: Final = 8
"""Pictures of a pass, filled up with black ones: a different number would change the last bits of what the network says. A driver sees
few signs at a time: one took 3 ms of a processor so, and 20 ms in passes of 64, which named 1.1 times as many a second."""


class Classified(NamedTuple):
    """What N pictures show."""

    classes: NDArray[np.uint8]
    """[N] number of the likeliest class."""
    confidences: NDArray[np.float32]
    """[N] its chance, 0 to 1, as the network has it."""
    chances: NDArray[np.float32]
    """[N, K] of all classes."""


class Classifier:
    """A network with the names of its classes."""

    def __init__(
        self, network: nn.Module, classes: tuple[str, ...], device: torch.device | None = None, is_quick: bool = False
    ) -> None:
        """network: pictures as `prepared` makes them to scores [B, K]; it is put into its evaluating mode. is_quick: as
        `sim_suite.learning.inferring` runs it."""
        self._device, self._is_quick = device or torch.device("cpu"), is_quick
        placed = network.to(self._device).eval()
        self._network = quick(placed) if is_quick else placed
        self.classes = classes

    def classify(self, images: NDArray[np.uint8]) -> Classified:
        """images: [N, H, W, 3] uint8 red, green, blue, of any size. What is said of one does not depend on the others.

        Raises `SuiteError` for arrays of another form.
        """
        if images.ndim != 4 or images.shape[3] != 3 or images.dtype != np.uint8 or 0 in images.shape[1:3]:
            raise SuiteError(f"images are uint8 [N, H, W, 3], not {images.dtype} {list(images.shape)}.")
        chances = np.zeros((len(images), len(self.classes)), np.float32)
        for begin in range(0, len(images), AT_ONCE):
            part = images[begin : begin + AT_ONCE]
            shown = np.zeros((AT_ONCE, SIDE, SIDE, 3), np.uint8)
            shown[: len(part)] = fitted(part)
            with inferring(self._device, self._is_quick):
                scores = self._network(prepared(torch.from_numpy(shown).to(self._device))).float()
            chances[begin : begin + AT_ONCE] = scores.softmax(dim=1)[: len(part)].cpu().numpy()
        likeliest = chances.argmax(axis=1).astype(np.uint8)
        return Classified(likeliest, chances[np.arange(len(images)), likeliest], chances)


def fitted(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """[N, H, W, 3] -> [N, SIDE, SIDE, 3]: means over pixels where they are many, lines between them where they are few."""
    return all_scaled(images, (SIDE, SIDE))


def prepared(pictures: Tensor) -> Tensor:
    """[B, H, W, 3] uint8 -> [B, 3, H, W] float32 in -1..1, as the networks take them; channels last in memory."""
    return pictures.permute(0, 3, 1, 2).to(torch.float32).div(127.5).sub(1.0)
