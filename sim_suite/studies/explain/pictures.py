"""Heat over a frame, as PNG. Source: ours; the cap is that of Smilkov et al. 2017 (arXiv:1706.03825), section 2.

A frame is shown grey and dim, so that colour is heat alone: a gradient's magnitude in one colour, gain and loss in two.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Colour = tuple[int, int, int]
WIDTH_PX: Final = 288
"""About what a picture is wide on the page; small frames are enlarged by whole numbers."""
CAP: Final = 99.0
"""Percentile of the magnitude that has the full colour; single pixels beyond it would leave the rest dark."""
DIM: Final = 0.55
"""Of the frame's brightness beneath the heat."""
MAGNITUDE: Final[Colour] = (255, 196, 40)
RAISES: Final[Colour] = (255, 92, 64)
LOWERS: Final[Colour] = (64, 156, 255)


def enlarged(frame: Image) -> Image:
    """[H, W, 3] uint8, each pixel repeated so that the picture is about WIDTH_PX wide; larger ones are shrunk to it."""
    height, width = frame.shape[:2]
    if width > WIDTH_PX:
        size = (WIDTH_PX, round(height * WIDTH_PX / width))
        return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
    zoom = max(1, round(WIDTH_PX / width))
    return frame.repeat(zoom, axis=0).repeat(zoom, axis=1)


def heat_over(frame: Image, heat: Floats) -> Image:
    """A frame [H, W, 3] uint8 under heat [H, W]: red where above 0, blue where below; the strongest has the full colour."""
    return _over(frame, heat, np.where(heat[..., None] >= 0, RAISES, LOWERS))


def magnitude_over(frame: Image, heat: Floats) -> Image:
    """The same for heat that is 0 or more, in amber."""
    return _over(frame, heat, np.broadcast_to(MAGNITUDE, (*heat.shape, 3)))


def png(picture: Image) -> bytes:
    """RGB [H, W, 3] uint8 as a file. Equal pictures give equal bytes under one version of OpenCV."""
    return bytes(cv2.imencode(".png", picture[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])[1])


def _over(frame: Image, heat: Floats, colours: NDArray[np.int64]) -> Image:
    magnitude = np.abs(heat)
    strongest = float(np.percentile(magnitude, CAP)) or float(magnitude.max())
    strength = np.clip(magnitude / strongest, 0, 1) if strongest > 0 else np.zeros_like(magnitude)
    base = enlarged(frame)
    size = (base.shape[1], base.shape[0])
    luma = np.repeat(cv2.cvtColor(base, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2) * DIM
    glow = cv2.resize(
        (strength[..., None] * colours).astype(np.float32), size, interpolation=cv2.INTER_LINEAR
    )  # premultiplied, so that colours do not mix where heat is none
    cover = cv2.resize(strength.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)[..., None]
    mixed: Image = np.clip(np.rint(luma * (1 - cover) + glow), 0, 255).astype(np.uint8)
    return mixed
