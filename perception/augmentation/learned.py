"""Pictures as a trained network makes them of others: a variational autoencoder, a translator of weather or light. Source: ours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.training.checkpoint import load
from perception.training.task import Varies
from sim_suite.errors import SuiteError


class Learned:
    """See `augmenter.Augmenter`. Pictures of another size than the network's are resized to it and back."""

    def __init__(self, checkpoint: str) -> None:
        """Raises `SuiteError` for a checkpoint that is not there, or that makes no pictures of pictures."""
        self._network, task, description = load(checkpoint)
        if not isinstance(task, Varies):
            raise SuiteError(
                f"augment={checkpoint} is a network of {description.task!r}, which makes no pictures of pictures. Name a checkpoint that "
                f"does (`sim-suite perception list`: vae, cyclegan, pix2pix), 'classical' or 'none'."
            )
        self._task = task

    def vary(self, pictures: NDArray[np.uint8], dice: np.random.Generator) -> NDArray[np.uint8]:
        """See `Augmenter`."""
        size = pictures.shape[1:3]
        wanted = self._task.picture_size or size
        made = self._task.vary(self._network, _resized(pictures, wanted), dice)
        return _resized(made, size)


def _resized(pictures: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Pictures [B, H, W, 3] in another size (rows, columns)."""
    if pictures.shape[1:3] == size:
        return pictures
    way = cv2.INTER_AREA if size[0] < pictures.shape[1] else cv2.INTER_LINEAR
    return np.stack([cv2.resize(one, size[::-1], interpolation=way) for one in pictures]).astype(np.uint8, copy=False)
