"""Pictures as a trained network makes them of others: a variational autoencoder, a translator of weather or light. Source: ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from perception.scaling import all_scaled
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
        made = self._task.vary(self._network, all_scaled(pictures, wanted), dice)
        return all_scaled(made, size)
