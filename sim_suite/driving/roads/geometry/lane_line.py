"""The centre line of a lane: how fast it runs, where it points and how it bends. Source: ours, plane curves in a moving frame.

The centre is P(s) = R(s) + t(s) N(s) with R the reference line, N its left normal, k its curvature. By Frenet's equations
P' = (1 - k t) T + t' N, from which speed |P'|, tangent and curvature follow. Where t lies beyond the centre of curvature
(1 - k t < 0) a lane's centre runs backwards: such lanes keep the reference line's sense, since traffic does.
"""

from __future__ import annotations

import math
from typing import Final

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.geometry.cross_section import lane_span
from sim_suite.driving.roads.geometry.tables import RoadTables

MAX_CURVATURE: Final = 10.0
"""1/m. Centre lines near the centre of curvature bend without bound; no vehicle follows a radius below 10 cm."""
MIN_SPEED: Final = 1e-6
"""Metres of centre line per metre of road under which its curvature is not computed."""


@borrowing
def centre(
    tables: RoadTables, lane: int, s: float, curvature: float, rate: float
) -> tuple[float, float, float, float, float, float]:
    """Of the lane's centre where the reference line has this curvature and change of curvature.

    Returns t; metres of centre line per metre of s; tangent relative to the reference line's [rad]; curvature [1/m] for
    somebody who travels with s; width [m]; its change per metre of s.
    """
    return centre_of_span(lane_span(tables, lane, s), curvature, rate)


@borrowing
def centre_of_span(
    span: tuple[float, float, float, float, float, float], curvature: float, rate: float
) -> tuple[float, float, float, float, float, float]:
    """The same for borders as `lane_span` returns them."""
    inner, inner1, inner2, outer, outer1, outer2 = span
    t, t1, t2 = 0.5 * (inner + outer), 0.5 * (inner1 + outer1), 0.5 * (inner2 + outer2)
    forward = 1.0 - curvature * t
    forward1 = -rate * t - curvature * t1
    speed = math.hypot(forward, t1)
    bend = 0.0
    if speed > MIN_SPEED:
        bend = (forward * (t2 + curvature * forward) - t1 * (forward1 - curvature * t1)) / speed**3
        bend = min(max(bend, -MAX_CURVATURE), MAX_CURVATURE)
    return (
        t,
        speed,
        math.atan2(t1, max(forward, 0.0)),
        bend,
        abs(outer - inner),
        math.copysign(1.0, outer - inner) * (outer1 - inner1),
    )
