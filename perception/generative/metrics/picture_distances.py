"""How far a picture is from the one that it should be: PSNR and SSIM. Source: Wang et al. 2004 (IEEE TIP 13(4)), equation 13."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]
WHITE: Final = 255.0
_WINDOW: Final = 11
"""Side of the Gaussian window, and its standard deviation, as in the paper."""
_SIGMA: Final = 1.5
_C1: Final = (0.01 * WHITE) ** 2
_C2: Final = (0.03 * WHITE) ** 2


def psnr(said: Pictures, true: Pictures) -> float:
    """Peak signal-to-noise ratio in dB of all pictures [N, H, W, 3] together; inf where they are the same."""
    error = float(np.square(said.astype(np.float64) - true).mean())
    return float("inf") if error == 0.0 else float(10.0 * np.log10(WHITE**2 / error))


def ssim(said: Pictures, true: Pictures) -> float:
    """Mean structural similarity of pictures [N, H, W, 3], each colour by itself, over places where the whole window lies within."""
    return float(np.mean([_ssim(one, other) for one, other in zip(said, true, strict=True)]))


def _ssim(one: Pictures, other: Pictures) -> float:
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _blurred(x), _blurred(y)
    variance_x, variance_y = _blurred(x * x) - mean_x**2, _blurred(y * y) - mean_y**2
    covariance = _blurred(x * y) - mean_x * mean_y
    above = (2.0 * mean_x * mean_y + _C1) * (2.0 * covariance + _C2)
    return float((above / ((mean_x**2 + mean_y**2 + _C1) * (variance_x + variance_y + _C2))).mean())


def _blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    half = _WINDOW // 2
    blurred = cv2.GaussianBlur(values, (_WINDOW, _WINDOW), _SIGMA)[half:-half, half:-half]
    return blurred.astype(np.float64, copy=False)
