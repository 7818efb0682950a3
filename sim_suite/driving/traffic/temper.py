"""How the kinds of road users drive when the traffic model moves them. Source: ours unless a row says otherwise."""

from __future__ import annotations

from typing import Final

import numpy as np

MOST_ACCEL: Final = 0
"""IDM's a, m/s^2."""
TOP_MPS: Final = 1
"""They go no faster, whatever the limit."""
HEADWAY_S: Final = 2
"""Mean of IDM's T."""
WISH_MEAN: Final = 3
"""Share of the limit (pedestrians: m/s) that they would drive, and its spread."""
WISH_SPREAD: Final = 4

TEMPER: Final = np.array(
    [
        [
            1.6,
            45.0,
            1.3,
            0.95,
            0.08,
        ],  # car: a and T of Treiber et al. 2000, table I (0.73, 1.6), livelier as later city calibrations
        [0.9, 22.2, 1.7, 0.90, 0.04],  # truck: 80 km/h, the limit of trucks on most roads of Europe
        [1.0, 22.2, 1.6, 0.90, 0.04],  # bus
        [0.8, 5.0, 1.2, 1.00, 0.10],  # bicycle: 18 km/h
        [1.0, 2.0, 0.0, 1.35, 0.20],  # pedestrian: Weidmann 1993, 1.34 +- 0.26 m/s
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
    ],
    np.float32,
)
"""[NUM_KINDS, 5]"""
