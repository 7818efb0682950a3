"""A trained generator as others use it: pictures by condition and seed. Source: ours."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from perception.generative.gan.conditioning.condition import Condition
from perception.generative.gan.playing import with_noise
from perception.generative.pixels import unsigned
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import seeded

AT_ONCE: Final = 64
"""Pictures of a pass, filled up: a different number would change the last bits of what is made."""


class Made(NamedTuple):
    """N pictures."""

    pictures: NDArray[np.uint8]
    """[N, H, W, 3] red, green, blue."""
    codes: NDArray[np.float32]
    """[N, inputs] what the generator was told beside noise."""


class Maker:
    """A generator with the names of its conditions."""

    def __init__(
        self, generator: nn.Module, condition: Condition, conditions: tuple[str, ...], device: torch.device
    ) -> None:
        """conditions: names; a generator that is told none has them too, and does not heed what is asked."""
        self._generator, self._condition, self._device = generator.to(device).eval(), condition, device
        self.conditions = conditions

    def make(self, conditions: NDArray[np.integer], seed: int) -> Made:
        """conditions: [N] numbers of what each picture is to show. Equal numbers and seeds make equal pictures.

        Raises `SuiteError` for a condition that there is not.
        """
        if conditions.size and (conditions.min() < 0 or conditions.max() >= len(self.conditions)):
            raise SuiteError(
                f"conditions are 0 to {len(self.conditions) - 1} here, not {conditions.min()} to {conditions.max()}."
            )
        pictures, codes = [], []
        for number, begin in enumerate(range(0, len(conditions), AT_ONCE)):
            part = torch.from_numpy(conditions[begin : begin + AT_ONCE].astype(np.int64))
            with seeded(seed, number), torch.inference_mode():
                code = self._condition.code(nn.functional.pad(part, (0, AT_ONCE - len(part))))
                given = with_noise(code, int(self._generator.noise))  # type: ignore[arg-type]  # torch knows tensors and modules alone
                pictures.append(unsigned(self._generator(given.to(self._device)))[: len(part)])
            codes.append(code[: len(part)].numpy())
        return Made(np.concatenate(pictures), np.concatenate(codes))
