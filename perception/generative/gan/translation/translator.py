"""Pictures through a trained translation, however many. Source: ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from perception.generative.pixels import signed, unsigned

AT_ONCE: Final = 16
"""Pictures of a pass."""


def translate(
    generator: nn.Module, pictures: NDArray[np.uint8], device: torch.device, multiple: int
) -> NDArray[np.uint8]:
    """[N, H, W, 3] of [N, H, W, 3] of any size: what the generator cannot halve is repeated at the border and cut off again.

    generator: in its evaluating mode; multiple: that rows and columns must be of.
    """
    rows, columns = pictures.shape[1:3]
    border = ((0, 0), (0, -rows % multiple), (0, -columns % multiple), (0, 0))
    wide = np.pad(pictures, border, mode="edge")
    made = through(generator, lambda begin, end: signed(torch.from_numpy(wide[begin:end]).to(device)), len(wide))
    return np.ascontiguousarray(made[:, :rows, :columns])


def through(generator: nn.Module, shown: Callable[[int, int], Tensor], count: int) -> NDArray[np.uint8]:
    """[count, H, W, 3] What is made of what is shown from one number to another, [n, C, H, W]."""
    with torch.inference_mode():
        parts = [unsigned(generator(shown(begin, min(begin + AT_ONCE, count)))) for begin in range(0, count, AT_ONCE)]
    return np.concatenate(parts)
