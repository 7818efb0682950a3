"""The colours of things and of the ground, linear, as light adds up. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray


def _linear(*colours: tuple[int, int, int]) -> NDArray[np.float32]:
    """[N, 3] of colours as screens show them, 0 to 255; screens are taken to square (sRGB has 2.2)."""
    shares: NDArray[np.float32] = np.array(colours, np.float32) / np.float32(255.0)
    return shares * shares


PAINTS: Final = _linear(
    (232, 232, 230), (28, 29, 32), (148, 151, 156), (92, 96, 104), (168, 30, 34), (30, 62, 128), (196, 190, 176),
    (38, 84, 62), (204, 116, 32), (110, 28, 44), (70, 116, 160), (58, 60, 66),
)  # fmt: skip
"""Of cars: white, black, silver, grey and red, blue, beige, green, orange, wine."""
LOADS: Final = _linear((226, 226, 222), (200, 204, 208), (176, 60, 44), (44, 92, 140), (214, 178, 72), (80, 120, 84))
COACHES: Final = _linear((206, 52, 40), (228, 190, 62), (52, 110, 170), (224, 224, 220), (70, 140, 96))
JACKETS: Final = _linear(
    (150, 40, 44),
    (40, 60, 110),
    (60, 62, 66),
    (196, 180, 150),
    (60, 110, 80),
    (216, 160, 50),
    (120, 70, 120),
    (230, 230, 226),
)
TROUSERS: Final = _linear((44, 52, 78), (50, 48, 46), (96, 88, 74), (30, 30, 34))
SKINS: Final = _linear((226, 184, 152), (196, 144, 108), (140, 94, 66), (90, 62, 48))
CROWNS: Final = _linear((72, 112, 48), (88, 124, 52), (58, 98, 52), (112, 128, 52), (64, 104, 66))
WALLS: Final = np.stack([
    _linear((214, 200, 176), (188, 112, 86), (222, 214, 196), (176, 172, 164), (206, 178, 132), (200, 188, 190)),
    _linear((222, 202, 160), (210, 170, 120), (200, 180, 150), (230, 218, 190), (184, 150, 118), (214, 190, 160)),
    _linear((170, 84, 66), (150, 74, 60), (190, 110, 84), (206, 194, 178), (140, 80, 70), (178, 98, 72)),
    _linear((226, 228, 230), (204, 210, 216), (190, 196, 202), (216, 220, 214), (236, 232, 224), (180, 188, 196)),
])  # fmt: skip
"""[SURFACES, 6, 3]"""
TERRAIN, ASPHALT, PAVED, SLABS, KERB, PAINT_LINE = range(6)
GROUNDS: Final = np.stack([
    _linear((96, 122, 66), (92, 93, 97), (104, 102, 100), (158, 154, 147), (176, 173, 167), (232, 231, 224)),
    _linear((158, 146, 96), (106, 104, 100), (120, 114, 106), (176, 164, 146), (188, 178, 162), (230, 226, 212)),
    _linear((110, 118, 70), (80, 78, 80), (112, 92, 84), (150, 116, 100), (164, 140, 126), (226, 224, 216)),
    _linear((132, 142, 110), (124, 127, 130), (136, 136, 136), (182, 184, 184), (196, 197, 196), (240, 240, 238)),
])  # fmt: skip
"""[SURFACES, 6, 3]"""
