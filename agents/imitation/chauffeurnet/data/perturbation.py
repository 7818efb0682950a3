"""The same drive, refitted through a jittered present pose. Source: Bansal et al. 2018, section 5.2; the refit is ours, since the
paper names none.

What was driven from `start` to `end` about the moment is displaced by D(s), a quintic on either side in the arc length s: the jitter
at the moment, with the slope that turns the course by the jittered angle; nothing, to the second derivative, at start and end.
Times stay, so speeds change by the factor by which the way grows. A refit is refused that bends more than a car can, or that its
tyres would not hold; then the next of the draws is tried.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from sim_suite.compiling import borrowing, called

PX, PY, PYAW, PSPEED, PSLIP, POSE = 0, 1, 2, 3, 4, 5
"""Columns of a pose here: m, m, rad, m/s, rad from the heading to the course."""
ARC, COURSE, SCRATCH = 0, 1, 5
"""Columns of the scratch: metres from the moment, rad; three for the new course's turn, and the displacement."""
LEAST_WAY_M: Final = 2.0
"""On either side of the moment: who hardly moves cannot be led back."""
_TURN, _DX, _DY = 2, 3, 4
_STANDING_MPS: Final = -0.1
_LEAST_ALONG: Final = 0.3
"""Of the refitted way's advance along the driven one: below, it all but turns back."""
_SHORT_M: Final = 0.1


@called
def perturb(
    poses: np.ndarray, start: int, moment: int, end: int, draws: np.ndarray, most_curvature: float, most_lateral: float,
    work: np.ndarray,
) -> bool:  # fmt: skip
    """Refit poses start..end through the first of the draws that is not refused; False, and nothing written, where all are.

    poses: [P, POSE] float64, equally far apart in time, written. draws: [K, 3] jitter ahead (m), to the left (m), of the heading
    (rad, counter-clockwise). most_curvature: 1/m; most_lateral: m/s^2. work: [P, SCRATCH].
    """
    work[moment, ARC] = 0.0
    for j in range(moment, end):
        work[j + 1, ARC] = work[j, ARC] + math.hypot(poses[j + 1, PX] - poses[j, PX], poses[j + 1, PY] - poses[j, PY])
    for j in range(moment, start, -1):
        work[j - 1, ARC] = work[j, ARC] - math.hypot(poses[j, PX] - poses[j - 1, PX], poses[j, PY] - poses[j - 1, PY])
    for j in range(start, end + 1):
        work[j, COURSE] = poses[j, PYAW] + poses[j, PSLIP]
        if poses[j, PSPEED] < _STANDING_MPS:
            return False
    if min(work[end, ARC], -work[start, ARC]) < LEAST_WAY_M:
        return False
    for k in range(len(draws)):
        if _try(poses, start, moment, end, draws[k], most_curvature, most_lateral, work):
            for j in range(start, end + 1):
                poses[j, PX] += work[j, _DX]
                poses[j, PY] += work[j, _DY]
                poses[j, PYAW] += work[j, _TURN]
            return True
    return False


@borrowing
def _try(
    poses: np.ndarray, start: int, moment: int, end: int, draw: np.ndarray, most_curvature: float, most_lateral: float,
    work: np.ndarray,
) -> bool:  # fmt: skip
    """Whether a draw is admissible; then the work holds turn and displacement, and the poses' speeds are those refitted."""
    yaw, course = poses[moment, PYAW], work[moment, COURSE]
    jump_x = draw[0] * math.cos(yaw) - draw[1] * math.sin(yaw)
    jump_y = draw[0] * math.sin(yaw) + draw[1] * math.cos(yaw)
    slope_x = math.cos(course + draw[2]) - math.cos(course)
    slope_y = math.sin(course + draw[2]) - math.sin(course)
    for j in range(start, end + 1):
        along, across, bend = _bent(start, moment, end, j, jump_x, jump_y, slope_x, slope_y, work)
        way = math.hypot(along, across)
        speed = poses[j, PSPEED] * way
        if along < _LEAST_ALONG or abs(bend) > most_curvature or speed * speed * abs(bend) > most_lateral:
            return False
    for j in range(start, end + 1):
        along, across, _ = _bent(start, moment, end, j, jump_x, jump_y, slope_x, slope_y, work)
        work[j, _TURN] = math.atan2(across, along)
        poses[j, PSPEED] *= math.hypot(along, across)
    return True


@borrowing
def _bent(
    start: int, moment: int, end: int, j: int, jump_x: float, jump_y: float, slope_x: float, slope_y: float,
    work: np.ndarray,
) -> tuple[float, float, float]:  # fmt: skip
    """(along, across, curvature 1/m) of the refitted way at pose j: its advance a metre of the driven way, along and to the left of
    that one's course. Writes the displacement."""
    side = end if j >= moment else start
    length = work[side, ARC]
    u = work[j, ARC] / length
    value, value_1, value_2, lean, lean_1, lean_2 = quintic(u)
    work[j, _DX] = jump_x * value + slope_x * length * lean
    work[j, _DY] = jump_y * value + slope_y * length * lean
    first_x, first_y = jump_x * value_1 / length + slope_x * lean_1, jump_y * value_1 / length + slope_y * lean_1
    second_x = jump_x * value_2 / (length * length) + slope_x * lean_2 / length
    second_y = jump_y * value_2 / (length * length) + slope_y * lean_2 / length
    course = work[j, COURSE]
    cos, sin = math.cos(course), math.sin(course)
    along, across = 1.0 + first_x * cos + first_y * sin, first_y * cos - first_x * sin
    before, after = max(j - 1, start), min(j + 1, end)
    way = work[after, ARC] - work[before, ARC]
    turn = work[after, COURSE] - work[before, COURSE]
    turn -= 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5)
    own = turn / way if way > _SHORT_M else 0.0
    # Derivatives of the course's frame: along gains nothing by the driven way's own curvature, across gains it.
    second_along, second_across = second_x * cos + second_y * sin, own + second_y * cos - second_x * sin
    way = max(math.hypot(along, across), 1e-6)
    return along, across, (along * second_across - across * second_along) / (way * way * way)


@borrowing
def quintic(u: float) -> tuple[float, float, float, float, float, float]:
    """(v, v', v'', l, l', l'') at u in [0, 1] of the quintics with v(0) = 1 and l'(0) = 1, all else to the second derivative 0 at both
    ends."""
    rest = 1.0 - u
    return (
        rest * rest * rest * (1.0 + 3.0 * u + 6.0 * u * u), -30.0 * u * u * rest * rest, -60.0 * u * rest * (1.0 - 2.0 * u),
        u * rest * rest * rest * (1.0 + 3.0 * u), rest * rest * (1.0 + 2.0 * u - 15.0 * u * u),
        -12.0 * u * rest * (3.0 - 5.0 * u),
    )  # fmt: skip
