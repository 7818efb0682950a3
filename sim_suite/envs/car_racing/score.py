"""The score in the lower left corner of CarRacing's frame, each number drawn once a process. Source: ours.

Gymnasium writes the reward in pygame's own font at 42 points, white on black, centred on (60, 750) of its picture of
1000 x 800. The font sets pairs of digits closer or wider, so that whole numbers are kept rather than digits: an episode
shows some hundred of them, each for ten frames or so, and later episodes the same again.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import pygame
from numpy.typing import NDArray

ROWS, COLUMNS = 12, 96
"""The bar of indicators in the frame."""
TEXT_COLUMNS = 24
"""Columns of the bar in which the text lies, up to ten letters."""
BAR_W, BAR_H = 250, 100
"""Those columns and rows in the large picture."""
CENTRE_X, CENTRE_Y = 60, 50
"""Where the text's middle lies, from the bar's upper left corner in the large picture."""
POINTS = 42


@lru_cache(maxsize=4096)
def score_bar(text: str) -> NDArray[np.uint8]:
    """[12, 96] grey levels of the bar with nothing on it but `text`; shared, not to be written."""
    surface = pygame.Surface((BAR_W, BAR_H), depth=32)
    written = _written(text)
    surface.blit(written, written.get_rect(center=(CENTRE_X, CENTRE_Y)))
    grey = pygame.surfarray.array3d(surface)[:, :, 0].T.astype(np.float32)
    mean = _area_filter(BAR_H, ROWS) @ grey @ _area_filter(BAR_W, TEXT_COLUMNS).T
    bar = np.zeros((ROWS, COLUMNS), dtype=np.uint8)
    # pygame's filter rounds down twice, see `indicators.level`.
    bar[:, :TEXT_COLUMNS] = np.maximum(mean - 1.01, 0)
    return bar


def _written(text: str) -> pygame.Surface:
    """White on black."""
    try:
        return _font().render(text, True, (255, 255, 255), (0, 0, 0))
    except pygame.error:  # whoever closes one of Gymnasium's environments quits pygame for all, and with it every font
        _font.cache_clear()
        return _font().render(text, True, (255, 255, 255), (0, 0, 0))


@cache
def _font() -> pygame.font.Font:
    pygame.font.init()
    return pygame.font.Font(pygame.font.get_default_font(), POINTS)


@cache
def _area_filter(source: int, target: int) -> NDArray[np.float32]:
    """[target, source] weights of a mean over equal stretches."""
    edges = np.linspace(0, source, target + 1)
    pixel = np.arange(source)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    weights: NDArray[np.float32] = (np.maximum(overlap, 0) * target / source).astype(np.float32)
    return weights
