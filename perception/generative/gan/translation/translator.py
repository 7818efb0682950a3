"""Pictures through a trained translation, however many. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.generative.gan.pixels import signed, unsigned

AT_ONCE: Final = 16
"""Pictures of a pass."""


def translate(generator: nn.Module, pictures: NDArray[np.uint8], device: torch.device) -> NDArray[np.uint8]:
    """[N, H, W, 3] of [N, H, W, 3]; the generator is in its evaluating mode."""
    return through(
        generator, lambda begin, end: signed(torch.from_numpy(pictures[begin:end]).to(device)), len(pictures)
    )


def through(generator: nn.Module, shown: Callable[[int, int], Tensor], count: int) -> NDArray[np.uint8]:
    """[count, H, W, 3] What is made of what is shown from one number to another, [n, C, H, W]."""
    with torch.inference_mode():
        parts = [unsigned(generator(shown(begin, min(begin + AT_ONCE, count)))) for begin in range(0, count, AT_ONCE)]
    return np.concatenate(parts)
