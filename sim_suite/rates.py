"""What a rate among a few says of all: its interval. Source: Wilson 1927."""

from __future__ import annotations

from math import sqrt

from scipy.special import ndtri


def wilson(passed: float, count: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of a rate, `passed` of `count`. Source: Wilson 1927 (JASA 22, 209), without continuity correction; (0, 1) of none."""
    if count == 0:
        return 0.0, 1.0
    z = float(ndtri((1.0 + level) / 2.0))
    rate, spread = passed / count, z * z / count
    middle = (rate + spread / 2.0) / (1.0 + spread)
    half = z / (1.0 + spread) * sqrt(rate * (1.0 - rate) / count + spread / (4.0 * count))
    return max(middle - half, 0.0), min(middle + half, 1.0)
