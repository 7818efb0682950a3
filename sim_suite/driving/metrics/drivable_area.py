"""Drivable area compliance: 1 where all corners of the ego stayed on the paved ground, else 0.

Source: motional/nuplan-devkit, `drivable_area_compliance.py` and its configuration (master, commit e924167), where the tolerance
(max_violation_threshold) was checked.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.metrics.trip import Bools

TOLERANCE_M: Final = 0.3
"""A corner may be so far off. Whoever records `Road.off_road` applies it."""


def drivable_area(off_road: Bools) -> float:
    """off_road: [T] whether a corner is off the paved ground by more than TOLERANCE_M."""
    return float(not off_road.any())
