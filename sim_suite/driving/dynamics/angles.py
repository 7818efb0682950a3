"""Angles in float32: kept within one turn. Source: ours."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing

_TWO_PI: Final = np.float32(2.0 * math.pi)
_HALF: Final = np.float32(0.5)


@borrowing
def within_a_turn(angle: np.float32) -> np.float32:
    """The same angle within [-pi, pi)."""
    return angle - _TWO_PI * np.float32(math.floor(angle / _TWO_PI + _HALF))
