"""Other colours for pictures that are learned from, so that fewer styles teach as much: labels stay what they are. Source: ours."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

GAIN: Final = (0.5, 1.8)
"""Least and greatest factor on the light, drawn evenly in its logarithm."""
BALANCE: Final = 0.12
"""Standard deviation of the logarithm of each channel's own factor."""
GAMMA: Final = (0.7, 1.4)
"""Least and greatest exponent of the light, drawn as the gain."""
NOISE: Final = 0.06
"""Greatest standard deviation of the camera's noise, parts of white; its square root is drawn evenly, so that most have little."""


def swap_channels(pictures: NDArray[np.uint8], share: float, dice: np.random.Generator) -> None:
    """Let the channels of a share of pictures [B, H, W, 3] change places, and turn every second of these into its negative; in place."""
    for picture in pictures:
        order, is_chosen, is_negative = dice.permutation(3), dice.random() < share, dice.random() < 0.5
        if is_chosen:
            picture[:] = picture[..., order] ^ np.uint8(255 * is_negative)


def expose(pictures: NDArray[np.uint8], share: float, dice: np.random.Generator) -> None:
    """Take a share of pictures [B, H, W, 3] as another camera would have: other exposure, balance, contrast and noise; in place."""
    for picture in pictures:
        is_chosen = dice.random() < share
        gain, gamma = (math.exp(dice.uniform(math.log(low), math.log(high))) for low, high in (GAIN, GAMMA))
        balance, deviation = np.exp(dice.normal(0.0, BALANCE, 3)), NOISE * dice.random() ** 2
        if is_chosen:
            light = gain * balance * (picture / 255.0) ** gamma + deviation * dice.standard_normal(picture.shape)
            picture[:] = np.rint(255.0 * np.clip(light, 0.0, 1.0))
