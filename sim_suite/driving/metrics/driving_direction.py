"""Driving direction compliance: 1, 0.5 or 0 by how far the ego drove against the direction of its lane within a second.

Source: motional/nuplan-devkit, `driving_direction_compliance.py` and its configuration (master, commit e924167), where both
bounds and the horizon were checked. Ours: movement is projected on the lane's direction at the ego instead of measured along
its centre line, and a second is a second (the original sums over one sample more).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.driving.metrics.trip import Floats

TOLERATED_M: Final = 2.0
VIOLATION_M: Final = 6.0
HORIZON_S: Final = 1.0


def driving_direction(pose: Floats, lane_yaw: Floats, step_s: float) -> float:
    """pose: [T, 3]; lane_yaw: [T], NaN where there is no direction to go against (nothing counts there)."""
    against_m = most_against(pose, lane_yaw, step_s)
    return 1.0 if against_m < TOLERATED_M else 0.5 if against_m < VIOLATION_M else 0.0


def most_against(pose: Floats, lane_yaw: Floats, step_s: float) -> float:
    """The most metres within HORIZON_S, in sum, against the lanes' direction; 0 where it never was."""
    moved = np.diff(pose[:, :2], axis=0)
    along = np.nan_to_num(moved[:, 0] * np.cos(lane_yaw[1:]) + moved[:, 1] * np.sin(lane_yaw[1:]))
    total = np.concatenate([[0.0], np.cumsum(along)])
    window = min(max(round(HORIZON_S / step_s), 1), len(along)) if step_s > 0 else 0
    # Windows that begin before the trip are shorter.
    start = np.maximum(np.arange(len(total)) - window, 0)
    return float(max(0.0, -(total - total[start]).min()))
