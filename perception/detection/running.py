"""Runs a network of YOLO in torch. Source: ours."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from perception.detection.networks.yolo_network import YoloNetwork
from sim_suite.errors import SuiteError
from sim_suite.learning.inferring import inferring, quick


class TorchPredictor:
    """See `detector.Predictor`."""

    def __init__(
        self, network: YoloNetwork, classes: tuple[str, ...], size: tuple[int, int], device: torch.device | None = None,
        is_quick: bool = False,
    ) -> None:  # fmt: skip
        """is_quick: as `sim_suite.learning.inferring` runs it. Raises SuiteError where there are not as many names as classes."""
        if len(classes) != network.num_classes:
            raise SuiteError(f"{len(classes)} names for {network.num_classes} classes; give one for each, a line each.")
        network.refuse_size(size)
        self._device, self._is_quick = device or torch.device("cpu"), is_quick
        placed = network.to(self._device).eval()
        self.network = quick(placed) if is_quick else placed
        self.classes, self.size = classes, size

    def predict(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `detector.Predictor`."""
        with inferring(self._device, self._is_quick):
            said: NDArray[np.float32] = self.network.decoded(torch.from_numpy(pictures).to(self._device)).cpu().numpy()
        return said
