"""What an autoencoder is shown instead of the picture that it is to give back. Sources: Vincent et al. 2010 (JMLR 11), section 3.3, for
noise and masks; ITU-R BT.601 for grey."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]
WHITE: Final = 255.0


def noisy(pictures: Pictures, deviation: float, masked: float, dice: np.random.Generator) -> Pictures:
    """[B, H, W, 3] with normal noise on each number and a share of pixels black. deviation: parts of white."""
    noise = dice.standard_normal(pictures.shape, dtype=np.float32) * np.float32(WHITE * deviation)
    spoilt = np.clip(np.rint(pictures + noise), 0, 255).astype(np.uint8)
    spoilt[dice.random(pictures.shape[:3]) < masked] = 0
    return spoilt


def grey(pictures: Pictures) -> Pictures:
    """[B, H, W, 3]: three times the luma 0.299 R + 0.587 G + 0.114 B."""
    flat = cv2.cvtColor(pictures.reshape(-1, pictures.shape[2], 3), cv2.COLOR_RGB2GRAY).reshape(pictures.shape[:3])
    return np.repeat(flat[..., None], 3, axis=3).astype(np.uint8, copy=False)


def median_filtered(pictures: Pictures, side: int = 3) -> Pictures:
    """[B, H, W, 3] each number the median of its neighbourhood: what a denoiser must beat."""
    return np.stack([cv2.medianBlur(picture, side) for picture in pictures]).astype(np.uint8, copy=False)


def non_local_means(pictures: Pictures, deviation: float) -> Pictures:
    """[B, H, W, 3] by Buades et al. 2005, filtered as strongly as the noise is: what a denoiser should beat."""
    strength = WHITE * deviation
    return np.stack(
        [cv2.fastNlMeansDenoisingColored(picture, None, strength, strength) for picture in pictures]
    ).astype(np.uint8, copy=False)
