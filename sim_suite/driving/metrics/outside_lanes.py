"""Outside of the route's lanes: the share of the way that was driven off the lanes or on wrong ones, in per cent, 0 to 100.

Source: carla-simulator/scenario_runner, `atomic_criteria.py`, class OutsideRouteLanesTest (master, 2025). It measures progress
along the route, not the way of the wheels. The driving scores count what was covered so as not driven: they are multiplied by
1 - share. Which sample is outside is for whoever records to say, by the bounds below.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.metrics.trip import Bools, Floats

ALLOWED_M: Final = 0.5
"""OutsideRouteLanesTest.ALLOWED_OUT_DISTANCE: so far beyond the edge of the nearest lane the centre may be."""
WRONG_WAY_RAD: Final = float(np.deg2rad(120.0))
"""OutsideRouteLanesTest.MAX_VEHICLE_ANGLE: a lane at a larger angle to the ego runs against it (not judged in junctions)."""


def outside_lanes_percent(progress_m: Floats, outside: Bools) -> float:
    """Per cent of the progress that was made outside. progress_m: [T]; outside: [T], of the way since the sample before."""
    made = np.diff(progress_m)
    total = float(made.sum())
    return 100.0 * float(made[outside[1:]].sum()) / total if total > 0 else 0.0
