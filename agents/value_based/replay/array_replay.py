"""A replay memory of vectors and numbers, as classic control and tables show them. Source: Mnih et al. 2015 (Nature 518)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import DTypeLike

from agents.value_based.replay.memory import Replay
from agents.value_based.replay.options import ReplayOptions


class ArrayReplay(Replay):
    """Observations are arrays of any shape, () for numbers of a `Discrete` space. Each is kept once, whole."""

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: DTypeLike,
        num_envs: int,
        options: ReplayOptions,
        device: str | torch.device = "cpu",
    ) -> None:
        """shape, dtype: of one observation, as it is kept. Raises `SuiteError` where the capacity holds no window."""
        kept: np.dtype[Any] = np.dtype(dtype)
        super().__init__(shape, 1, kept, num_envs, options, device)
