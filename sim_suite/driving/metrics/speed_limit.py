"""Speed limit compliance, 0 to 1: less in proportion to how much and how long the ego drove above the limit.

Source: motional/nuplan-devkit, `speed_limit_compliance.py` and its configuration (master, commit e924167), where the formula
and the bound (max_overspeed_value_threshold) were checked: 1 - (mean excess / bound), at least 0.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.metrics.trip import Floats

BOUND_MPS: Final = 2.23
"""A mean excess of this gives 0."""


def speed_limit(speed_mps: Floats, limit_mps: Floats) -> float:
    """speed_mps, limit_mps: [T]; samples with an unknown limit (NaN) have no excess. 1 for trips of one sample."""
    if len(speed_mps) < 2:
        return 1.0
    excess = np.maximum(np.nan_to_num(np.abs(speed_mps) - limit_mps), 0.0)
    # As the original: the sum of T samples over the T - 1 intervals between them.
    return max(0.0, 1.0 - float(excess.sum()) / (BOUND_MPS * (len(speed_mps) - 1)))
