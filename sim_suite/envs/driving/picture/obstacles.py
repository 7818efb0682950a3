"""Draws what stands in the way: a barrier with red and white stripes, which no car looks like. Source: ours; after German
sign 600.
"""

from __future__ import annotations

import numpy as np

from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Image, Points

_STRIPE_M = 0.5


def draw_obstacle(image: Image, turn: Points, at: Points, length_m: float, width_m: float) -> None:
    """A striped box. turn: [2, 2] own axes (metres) to pixels; at: [2] pixel of its centre."""
    half = np.array((length_m, width_m)) / 2
    box = np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])
    brush.convex(image, (box * half) @ turn.T + at, (92, 30, 26))
    inner = half - np.minimum(0.06, 0.2 * half)
    brush.convex(image, (box * inner) @ turn.T + at, (244, 240, 232))
    long = int(half[1] > half[0])
    count = max(round(2 * inner[long] / _STRIPE_M), 2)
    lean = min(inner[1 - long], inner[long] / count)
    edges = np.linspace(-inner[long], inner[long], count + 1)
    for low, high in zip(edges[:-1:2].tolist(), edges[1::2].tolist(), strict=False):
        stripe = np.array([(low - lean, -1.0), (high - lean, -1.0), (high + lean, 1.0), (low + lean, 1.0)])
        stripe[:, 0] = np.clip(stripe[:, 0], -inner[long], inner[long])
        stripe[:, 1] *= inner[1 - long]
        brush.convex(image, (stripe[:, ::-1] if long else stripe) @ turn.T + at, (206, 58, 44))
