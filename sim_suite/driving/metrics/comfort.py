"""Comfort: 1 where acceleration, jerk and yaw rate stayed within what passengers bear, else 0.

Source: motional/nuplan-devkit, `ego_is_comfortable.py`, `state_extractors.py` and their configuration (master, commit e924167),
where bounds, polynomials and windows were checked; NAVSIM's `pdm_comfort_metrics.py` states the same bounds. Values are smoothed
by Savitzky & Golay's filter (1964): jerk from unsmoothed accelerations says nothing. The original counts windows in samples of
0.1 s; here they are seconds, so that another sampling is smoothed over the same time. Its yaw rates ask for a window of 15
but are filtered with 5, and so are ours. Ours: accelerations are differences of the recorded velocity, in the ego's axes; and
windows are odd, 9 samples where the original has 8: an even one answers for the middle between two samples, except at the
ends of a trip, which there turned a steady jerk of 4.12 m/s^3 into 4.89.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim_suite.driving.metrics.trip import Bools, Floats, Trip

ACCELERATION_WINDOW_S: Final = 0.8
JERK_WINDOW_S: Final = 1.5
YAW_WINDOW_S: Final = 0.5
LEAST_SAMPLES: Final = 4
"""A cubic needs so many."""

LEAST_LONGITUDINAL_MPS2: Final = -4.05
MOST_LONGITUDINAL_MPS2: Final = 2.40
MOST_LATERAL_MPS2: Final = 4.89
MOST_JERK_MPS3: Final = 8.37
MOST_LONGITUDINAL_JERK_MPS3: Final = 4.13
MOST_YAW_RATE_RADPS: Final = 0.95
MOST_YAW_ACCELERATION_RADPS2: Final = 1.93


@dataclass(frozen=True)
class Motion:
    """Smoothed, [T] each."""

    longitudinal_mps2: Floats
    lateral_mps2: Floats
    """Left positive."""
    jerk_mps3: Floats
    """Rate of the acceleration's magnitude, as the original has it."""
    longitudinal_jerk_mps3: Floats
    yaw_rate_radps: Floats
    yaw_acceleration_radps2: Floats

    @property
    def comfort(self) -> float:
        """1 where all six stay strictly within their bounds, else 0."""
        most = (
            np.abs(values).max()
            for values in (
                self.lateral_mps2, self.jerk_mps3, self.longitudinal_jerk_mps3, self.yaw_rate_radps,
                self.yaw_acceleration_radps2,
            )
        )  # fmt: skip
        return float(bearable(self.longitudinal_mps2.min(), self.longitudinal_mps2.max(), *most))


def bearable(
    least_longitudinal_mps2: Floats, most_longitudinal_mps2: Floats, most_lateral_mps2: Floats, most_jerk_mps3: Floats,
    most_longitudinal_jerk_mps3: Floats, most_yaw_rate_radps: Floats, most_yaw_acceleration_radps2: Floats,
) -> Bools:  # fmt: skip
    """Whether the extremes of trips, [...] each and but for the first two without their signs, lie strictly within the bounds."""
    calm = (least_longitudinal_mps2 > LEAST_LONGITUDINAL_MPS2) & (most_longitudinal_mps2 < MOST_LONGITUDINAL_MPS2)
    calm &= (most_lateral_mps2 < MOST_LATERAL_MPS2) & (most_jerk_mps3 < MOST_JERK_MPS3)
    calm &= most_longitudinal_jerk_mps3 < MOST_LONGITUDINAL_JERK_MPS3
    calm &= most_yaw_rate_radps < MOST_YAW_RATE_RADPS
    return np.asarray(calm & (most_yaw_acceleration_radps2 < MOST_YAW_ACCELERATION_RADPS2))


def motion(trip: Trip) -> Motion | None:
    """How the ego moved; None for trips of fewer than LEAST_SAMPLES samples."""
    if len(trip.time_s) < LEAST_SAMPLES:
        return None
    step, yaw = trip.step_s, np.unwrap(trip.pose[:, 2])
    acceleration = np.gradient(trip.velocity, step, axis=0, edge_order=2)
    along = acceleration[:, 0] * np.cos(yaw) + acceleration[:, 1] * np.sin(yaw)
    left = acceleration[:, 1] * np.cos(yaw) - acceleration[:, 0] * np.sin(yaw)
    longitudinal, lateral, magnitude = (
        smooth(values, step, ACCELERATION_WINDOW_S) for values in (along, left, np.hypot(along, left))
    )
    return Motion(
        longitudinal,
        lateral,
        smooth(magnitude, step, JERK_WINDOW_S, derivative=1),
        smooth(longitudinal, step, JERK_WINDOW_S, derivative=1),
        smooth(yaw, step, YAW_WINDOW_S, derivative=1),
        smooth(yaw, step, YAW_WINDOW_S, derivative=2, order=3),
    )


def smooth(values: Floats, step_s: float, window_s: float, *, derivative: int = 0, order: int = 2) -> Floats:
    """Savitzky-Golay smoothed values [T] or their derivative."""
    window = window_samples(len(values), step_s, window_s, order)
    from scipy.signal import savgol_filter  # takes 0.7 s to import, which the first step need not wait for

    return np.asarray(savgol_filter(values, window, order, deriv=derivative, delta=step_s), dtype=np.float64)


def window_samples(count: int, step_s: float, window_s: float, order: int) -> int:
    """The next odd number of samples, at least as many as the polynomial needs, at most as many as the trip has."""
    if count <= order + 1:
        return count
    return min(max(round(window_s / step_s), order + 1) // 2 * 2 + 1, (count - 1) // 2 * 2 + 1)
