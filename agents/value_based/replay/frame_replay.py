"""A replay memory of stacked pictures that keeps each picture once: a million of 84 x 84 take 7.06 GB, not 28 or 56.

Source: Mnih et al. 2015 (Nature 518), methods: four frames are stacked, a million are remembered. How frames are shared is ours.
"""

from __future__ import annotations

import numpy as np
import torch

from agents.value_based.replay.memory import Replay
from agents.value_based.replay.options import ReplayOptions
from sim_suite.errors import SuiteError


class FrameReplay(Replay):
    """Observations are uint8 [stack, height, width] or [stack, height, width, 3], the newest frame last.

    What is drawn equals what was shown, bit for bit. An episode may begin with black frames (`View.stack`, ale-py), with
    its first frame repeated (Gymnasium's `FrameStackObservation`), or with others, which are then kept too; and it may go
    on after a termination with frames from before (a lost life).
    """

    def __init__(
        self, shape: tuple[int, ...], num_envs: int, options: ReplayOptions, device: str | torch.device = "cpu"
    ) -> None:
        """shape: of one observation, two frames at least. Raises `SuiteError` for less, and where the capacity holds no window."""
        if len(shape) < 3 or shape[0] < 2:
            raise SuiteError(
                f"a FrameReplay takes stacks of frames [stack, height, width], stack 2 or more, not {list(shape)}. "
                f"Keep single pictures in an ArrayReplay."
            )
        super().__init__(shape, shape[0], np.dtype(np.uint8), num_envs, options, device)
